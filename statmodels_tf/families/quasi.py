"""Quasi-likelihood families: a link and a variance function, with a dispersion, and no likelihood."""

from abc import ABC
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..errors import ModelError, did_you_mean
from .base import Array, Data, Values, family, not_numbers, out_of_range
from .counts import Counts, poisson_deviance
from .exponential import OfNumbers, WithoutParameters, Working, fisher, where_linked
from .links import Link, as_link
from .shares import Shares, binomial_deviance, start_of_shares
from .stirling import excess


class WithoutLikelihood(WithoutParameters, ABC):
    """A family whose estimates solve its score equations, and which has no density."""

    likelihood = False
    unsampled = "a quasi-likelihood is no density"

    def loglik(
        self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None, data: Data, dispersion: float | None = None
    ) -> np.ndarray:
        """Return NaN: there is none."""
        return np.full(np.shape(mu), np.nan)

    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Refuse."""
        raise self._none("log density")

    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Refuse."""
        raise self._none("distribution")

    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Refuse."""
        raise self._none("simulated responses")

    def quantile_residuals(self, mu: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Refuse."""
        raise self._none("quantile residuals")

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Refuse."""
        raise self._none("program")

    def _none(self, what: str) -> ModelError:
        return ModelError(
            f"a {self.name} model has no likelihood, and so no {what}; fit a family with a density, such as "
            '"poisson", "negative_binomial" or "binomial".'
        )


@family("quasibinomial")
@dataclass(frozen=True)
class Quasibinomial(WithoutLikelihood, Shares):
    """Shares whose variance is dispersion mu (1 - mu) / trials, the dispersion estimated.

    >>> Quasibinomial().likelihood
    False
    """

    link: Link = field(default_factory=lambda: as_link("logit"))

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", as_link(self.link))


@family("quasipoisson")
@dataclass(frozen=True)
class Quasipoisson(WithoutLikelihood, Counts):
    """Responses from 0 up whose variance is dispersion mu, the dispersion estimated.

    >>> Quasipoisson("sqrt").link.name
    'sqrt'
    """

    link: Link = field(default_factory=lambda: as_link("log"))

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", as_link(self.link))


class _Variance(NamedTuple):
    """A variance function, with its deviance, the range of its means and of its responses, and what to start from."""

    variance: Callable[[Array], Array]
    deviance: Callable[[Array, Array], Array]
    means: tuple[float, float]
    needs: tuple[float, float, str]


def _of_zero(y: np.ndarray, mu: np.ndarray) -> np.ndarray:
    """Return 2 (t - 1 - log t), t = y / mu; with y = 0 counted as 1 in the logarithm, as R."""
    positive = np.where(y > 0, y, 1.0)
    return 2 * np.where(y > 0, excess(positive, mu, np), np.maximum(np.log(mu) - 1, 0.0))


_VARIANCES = {
    "constant": _Variance(np.ones_like, lambda y, mu: (y - mu) ** 2, (-np.inf, np.inf), (-np.inf, np.inf, "")),
    "mu": _Variance(lambda mu: mu, poisson_deviance, (0, np.inf), (0, np.inf, "numbers from 0 up")),
    "mu(1-mu)": _Variance(lambda mu: mu * (1 - mu), binomial_deviance, (0, 1), (0, 1, "shares between 0 and 1")),
    "mu^2": _Variance(lambda mu: mu**2, _of_zero, (0, np.inf), (0, np.inf, "numbers from 0 up")),
    "mu^3": _Variance(
        lambda mu: mu**3,
        lambda y, mu: (y - mu) ** 2 / (y * mu * mu),
        (0, np.inf),
        (5e-324, np.inf, "positive numbers"),
    ),
}


@family("quasi")
@dataclass(frozen=True, init=False)
class Quasi(WithoutLikelihood, OfNumbers):
    """Responses whose variance is dispersion V(mu) / weight, of any link and one of R's variance functions.

    >>> Quasi("log", "mu").variance(np.array([1.0, 2.0])).tolist()
    [1.0, 2.0]

    Parameters
    ----------
    link : str or Link
    variance : str
        "constant", "mu", "mu(1-mu)", "mu^2" or "mu^3".
    """

    variance_name: str
    link: Link

    canonical = ""  # another for each variance function

    def __init__(self, link: str | Link = "identity", variance: str = "constant") -> None:
        name = str(variance).replace(" ", "").replace("**", "^").replace("mu*(", "mu(")
        if name not in _VARIANCES:
            listed = ", ".join(f'"{known}"' for known in _VARIANCES)
            raise ModelError(f"no variance function {variance!r}.{did_you_mean(name, _VARIANCES)} There is {listed}.")
        object.__setattr__(self, "variance_name", name)
        object.__setattr__(self, "link", as_link(link))

    def refuses(self, response: Any) -> str | None:
        """Return which rows are out of the range of the variance function, or None."""
        low, high, needs = self._kind.needs
        said = f'a quasi model with variance="{self.variance_name}" needs {needs}'
        bad = (response.values < low) | (response.values > high)
        return not_numbers(self, response) or out_of_range(response, bad, said)

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return 0 and 1."""
        return 0.0, 1.0

    def start(self, y: np.ndarray, a: np.ndarray | None) -> np.ndarray:
        """Return means inside the range: as R, (a y + 1/2) / (a + 1) of shares, else the response, 0.1 where it is 0.

        Where the link has no value at a response, its mean stands in.
        """
        if self.variance_name == "mu(1-mu)":
            return start_of_shares(y, a)
        return where_linked(self.link, y if self.variance_name == "constant" else np.where(y == 0, 0.1, y), y)

    def valid(self, mu: np.ndarray) -> bool:
        """Return whether all means lie in the range of the variance function."""
        low, high = self._kind.means
        return bool(((mu > low) & (mu < high)).all())

    def working(self, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> Working:
        """Return weights, scores and objective of rows at their linear predictor."""
        return fisher(self, eta, y, a)

    def variance(self, mu: Array) -> Array:
        """Return V(mu)."""
        return self._kind.variance(mu)

    def deviance(self, y: Array, mu: Array) -> Array:
        """Return twice the integral of (y - t) / V(t) from mu to y."""
        return self._kind.deviance(y, mu)

    @property
    def _kind(self) -> _Variance:
        return _VARIANCES[self.variance_name]
