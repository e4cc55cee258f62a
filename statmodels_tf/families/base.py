"""Families: what distribution the response has, given its linear predictor."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from ..errors import ModelError, did_you_mean
from ..priors import Prior
from .links import Link

Array = Any  # an array of NumPy, TensorFlow or JAX


class Family(ABC):
    """The distribution of the response.

    Attributes
    ----------
    name : str
    link : Link
        Of the mean.
    scale : str or None
        The parameter that group standard deviations are relative to: `sigma` for the gaussian family.
    """

    name: ClassVar[str]
    scale: ClassVar[str | None] = None
    link: Link

    @abstractmethod
    def refuses(self, response: Any) -> str | None:
        """Return why a response of this form (`values`, `trials`, `levels`) cannot come from the family, or None."""

    @abstractmethod
    def default_priors(self, y: np.ndarray) -> dict[str, Prior]:
        """Return the family's own parameters with their default priors, in the units of the response."""

    @abstractmethod
    def default_scale(self, y: np.ndarray) -> tuple[float, float]:
        """Return centre and unit of the linear predictor, for the default priors of coefficients."""

    @abstractmethod
    def log_density(self, y: Array, eta: Array, values: Mapping[str, Array], weights: Array | None, xp: Any) -> Array:
        """Return the log density of each row [..., n], with prior weights [n]."""

    @abstractmethod
    def distribution(self, tfd: Any, eta: Array, values: Mapping[str, Array], weights: Array | None, xp: Any) -> Any:
        """Return TFP's distribution of the response, one event of n rows."""

    @abstractmethod
    def simulate(
        self, rng: np.random.Generator, eta: np.ndarray, values: Mapping[str, np.ndarray], weights: np.ndarray | None
    ) -> np.ndarray:
        """Return one response [..., n] for each linear predictor [..., n]."""

    @abstractmethod
    def code(self, name: str, keys: Mapping[str, str], weights: str | None) -> str:
        """Return the text of TFP's distribution of the response `name`, given `eta` in scope."""


class ExponentialFamily(Family):
    """A family that iteratively reweighted least squares can fit."""

    canonical: ClassVar[str]

    @abstractmethod
    def variance(self, mu: Array) -> Array:
        """Return the variance function V(mu); the variance of a row is dispersion V(mu) / weight."""

    @abstractmethod
    def deviance(self, y: Array, mu: Array) -> Array:
        """Return twice the log-likelihood ratio of the saturated model to `mu`, row by row, times the dispersion."""


FAMILIES: dict[str, type[Family]] = {}


def family(name: str) -> Callable[[type[Family]], type[Family]]:
    """Register a class as the family of that name."""

    def register(cls: type[Family]) -> type[Family]:
        FAMILIES[name] = cls
        cls.name = name
        return cls

    return register


def as_family(name: str | Family, link: str | Link | None = None) -> Family:
    """Return the family of that name, with its default link or the one asked for.

    >>> as_family("gaussian").link.name
    'identity'
    """
    if isinstance(name, Family):
        if link is not None:
            raise ModelError(f"`link=` and a family object: write the link inside, `{type(name).__name__}(link=...)`.")
        return name
    if name not in FAMILIES:
        near = did_you_mean(str(name), FAMILIES)
        listed = ", ".join(f'"{known}"' for known in sorted(FAMILIES))
        raise ModelError(f"this release has no family {name!r}.{near} There is {listed}.")
    made: Callable[..., Family] = FAMILIES[name]
    return made() if link is None else made(link=link)
