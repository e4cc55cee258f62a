"""Counts with more zeros than their law has: with probability `zi` a zero, else a count of the law."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from ..errors import article
from ..priors import Beta, Exponential, Prior
from .base import Array, Data, Family, Values, family, not_numbers, out_of_range
from .count_laws import BinomialLaw, NegativeBinomialLaw, PoissonLaw
from .law import Counting, Law, Slopes, Texts
from .links import Link, as_link
from .of_law import OfLaw


@dataclass(frozen=True)
class InflatedLaw(Counting):
    """Zero with probability `zi`, else a count of another law, which may be zero too."""

    inner: Law

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return log(zi + (1 - zi) p0) at zero and log(1 - zi) + log p elsewhere."""
        zero = data["y"] < 0.5
        count = xp.log1p(-own["zi"]) + self.inner.log_density(data, mu, own, xp)
        return xp.where(zero, xp.logaddexp(xp.log(own["zi"]) + 0 * count, count), count)

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return the slopes of the law times the probability that a row is of it."""
        find_inner, zero = self.inner.slopes(data), data["y"] < 0.5

        def find(mu: np.ndarray, own: Values) -> Slopes:
            zi = own["zi"]
            count, location, slopes = find_inner(mu, own)
            count = np.log1p(-zi) + count
            density = np.where(zero, np.logaddexp(np.log(zi), count), count)
            share = np.exp(count - density)
            by_zi = np.where(zero, (1 - share) / zi, 0.0) - share / (1 - zi)
            return Slopes(density, share * location, {n: share * s for n, s in slopes.items()} | {"zi": by_zi})

        return find

    def tails(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return zi + (1 - zi) P(Y <= y) and (1 - zi) P(Y > y)."""
        lower, upper = self.inner.tails(data, mu, own)
        return own["zi"] + (1 - own["zi"]) * lower, (1 - own["zi"]) * upper

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return counts of the law, a share zi of them made zero."""
        return np.where(rng.uniform(size=np.shape(mu)) < own["zi"], 0.0, self.inner.draw(data, mu, own, rng))

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return (1 - zi) m and (1 - zi) (v + zi m²), m and v those of the law."""
        mean, variance = self.inner.moments(data, mu, own)
        return (1 - own["zi"]) * mean, (1 - own["zi"]) * (variance + own["zi"] * mean * mean)

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's inflated distributions."""
        return on.tfd.Inflated(self.inner.made(data, mu, own, on), inflated_loc_probs=own["zi"] + 0 * mu)

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of TFP's inflated distributions."""
        return f"tfd.Inflated({self.inner.text(data, mu, own)}, inflated_loc_probs={own['zi']} + 0 * eta)"


class ZeroInflated(OfLaw, ABC):
    """A family of counts with additional zeros; `zi` ~ beta(1, 1), as brms."""

    whole = True

    @property
    @abstractmethod
    def counts(self) -> Law:
        """The law of the counts that are not made zero."""

    @property
    def law(self) -> Law:
        """The law of the counts with the additional zeros."""
        return InflatedLaw(self.counts)

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return 0 and 1."""
        return 0.0, 1.0


@family("zero_inflated_poisson")
@dataclass(frozen=True)
class ZeroInflatedPoisson(ZeroInflated):
    """Zero with probability `zi`, else a Poisson count of mean mu, as brms.

    >>> ZeroInflatedPoisson().link.name
    'log'

    References
    ----------
    Lambert (1992), Zero-Inflated Poisson Regression, doi:10.2307/1269547.
    """

    link: Link = field(default_factory=lambda: as_link("log"))

    mean_name = "rate"
    own_links = MappingProxyType({"zi": "logit"})

    @property
    def counts(self) -> Law:
        """The Poisson law."""
        return PoissonLaw()

    def refuses(self, response: Any) -> str | None:
        """Return which responses are below zero, or None."""
        return refuses_below_zero(self, response)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return zi ~ beta(1, 1)."""
        return {"zi": Beta(1.0, 1.0)}


@family("zero_inflated_negative_binomial")
@dataclass(frozen=True)
class ZeroInflatedNegativeBinomial(ZeroInflated):
    """Zero with probability `zi`, else a negative binomial count of mean mu and variance mu + mu² / theta, as brms.

    Priors: zi ~ beta(1, 1), as brms, and theta ~ exponential(1), as the negative binomial family.

    >>> ZeroInflatedNegativeBinomial().link.name
    'log'
    """

    link: Link = field(default_factory=lambda: as_link("log"))

    mean_name = "rate"
    own_links = MappingProxyType({"theta": "log", "zi": "logit"})

    @property
    def counts(self) -> Law:
        """The negative binomial law."""
        return NegativeBinomialLaw()

    def refuses(self, response: Any) -> str | None:
        """Return which responses are below zero, or None."""
        return refuses_below_zero(self, response)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return theta ~ exponential(1) and zi ~ beta(1, 1)."""
        return {"theta": Exponential(1.0), "zi": Beta(1.0, 1.0)}


@family("zero_inflated_binomial")
@dataclass(frozen=True)
class ZeroInflatedBinomial(ZeroInflated):
    """No success with probability `zi`, else the successes of a number of trials, each of probability mu, as brms.

    The response is `y | trials(n)` or `cbind(successes, failures)`.

    >>> ZeroInflatedBinomial().link.name
    'logit'
    """

    link: Link = field(default_factory=lambda: as_link("logit"))

    own_links = MappingProxyType({"zi": "logit"})

    @property
    def counts(self) -> Law:
        """The binomial law."""
        return BinomialLaw()

    def refuses(self, response: Any) -> str | None:
        """Return that the response has no trials, more successes than trials, or None."""
        if response.trials is None:
            return (
                f"a zero_inflated_binomial model needs numbers of trials: write `{response.name} | trials(n)` or "
                "`cbind(successes, failures)` on the left."
            )
        needs = "successes are whole numbers from 0 to the number of trials"
        return out_of_range(response, ~((response.values >= 0) & (response.values <= response.trials)), needs)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return zi ~ beta(1, 1)."""
        return {"zi": Beta(1.0, 1.0)}


def refuses_below_zero(family: Family, response: Any) -> str | None:
    """Return why the response is no column of numbers from 0 up, or None."""
    needs = f"{article(family.name)} {family.name} model needs counts, 0 or more"
    return not_numbers(family, response) or out_of_range(response, ~(response.values >= 0), needs)
