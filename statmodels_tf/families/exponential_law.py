"""The exponential family of waiting times: y of mean mu, its hazard constant."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..priors import Prior
from .base import Array, Data, Values, family
from .law import ContinuousWithTails, LawWithTails, Slopes, Texts
from .links import Link, as_link
from .of_law import OfLaw, refuses_unless_positive
from .power_variance import moments, predictor_scale
from .weibull import waited


class ExponentialLaw(ContinuousWithTails):
    """mu E, E standard exponential."""

    positive = True

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return -log mu - y / mu."""
        return -xp.log(mu) - data["y"] / mu

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return (y / mu - 1) / mu."""
        y = data["y"]

        def find(mu: np.ndarray, own: Values) -> Slopes:
            ratio = y / mu
            return Slopes(-np.log(mu) - ratio, (ratio - 1) / mu, {})

        return find

    def log_tails(self, y: Array, mu: Array, own: Values, xp: Any) -> tuple[Array, Array]:
        """Return log(1 - exp(-y / mu)) and -y / mu; nothing is at 0 or below."""
        inside = y > 0
        ratio = xp.where(inside, y, xp.ones_like(y)) / mu
        lower = xp.log(-xp.expm1(-ratio))
        return xp.where(inside, lower, -np.inf), xp.where(inside, -ratio, xp.zeros_like(ratio))

    def moves(self, y: np.ndarray, mu: np.ndarray, own: Values) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return y / mu."""
        return y / mu, {}

    def quantile(self, lower: np.ndarray, upper: np.ndarray, mu: np.ndarray, own: Values) -> np.ndarray:
        """Return -mu log(upper)."""
        return mu * waited(lower, upper)

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return exponential numbers."""
        return mu * rng.standard_exponential(np.shape(mu))

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return mu and mu²."""
        return mu, mu * mu

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's exponential distributions."""
        return on.tfd.Exponential(1 / mu)

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of TFP's exponential distributions."""
        return f"tfd.Exponential(1 / ({mu}))"


@family("exponential")
@dataclass(frozen=True)
class Exponential(OfLaw):
    """Positive responses, such as times until an event, of mean mu and constant hazard 1 / mu.

    >>> Exponential().link.name
    'log'
    """

    link: Link = field(default_factory=lambda: as_link("log"))

    @property
    def law(self) -> LawWithTails:
        """The exponential law."""
        return ExponentialLaw()

    def refuses(self, response: Any) -> str | None:
        """Return why the response is no column of positive numbers, or None."""
        return refuses_unless_positive(self, response)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return none: the family has no parameters of its own."""
        return {}

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return the link of mean(y), and sd(y) in units of the linear predictor there."""
        return predictor_scale(self.link, *moments(data["y"]))
