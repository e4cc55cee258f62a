"""Tweedie's compound Poisson family: positive numbers with exact zeros, such as claims or rainfall."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from ..errors import ModelError
from ..priors import Prior
from ..substrate import special
from .base import Array, Data, Values, family, not_numbers, out_of_range
from .compound import jumps, log_density, log_density_and_slopes, log_positive, numbers, tails
from .compound_fit import hessian, largest
from .links import Link, as_link
from .power_variance import PowerVariance, moments, size
from .randomized import normal_score
from .score import Kernel, Score, mean_of

_LIMITS = (1.01, 1.99)
"""Where the power is searched for: nearer to 1 the density of a response of whole numbers grows without end."""
_OTHERS: dict[float, str] = {0: "gaussian", 1: "quasipoisson", 2: "gamma", 3: "inverse_gaussian"}
_MIXED = 256
_CODE = """\
(lambda mu, phi, p: (lambda rate, shape, scale, window: (lambda j:
    tfd.Independent(tfd.Inflated(tfd.MixtureSameFamily(
        tfd.Categorical(logits=j * tf.math.log(rate)[..., None] - tf.math.lgamma(j + 1)),
        tfd.Gamma(j * shape[..., None], 1 / scale[..., None] + 0 * j)),
        inflated_loc_probs=tf.exp(-rate)), 1, name="{name}"))(
    window[0][..., None] + tf.maximum((window[1] - window[0]) / {last}, f(1))[..., None] * np.arange({count}.0)))(
    mu ** (2 - p) / (phi * (2 - p)), (2 - p) / (p - 1), phi * (p - 1) * mu ** (p - 1), (lambda rate: (
        tf.maximum(tf.floor(rate - 9 * tf.sqrt(rate)), f(1)), rate + 9 * tf.sqrt(rate) + 9))(
        mu ** (2 - p) / (phi * (2 - p)))))({mu}, {phi}, {p})"""


@family("tweedie")
@dataclass(frozen=True)
class Tweedie(PowerVariance):
    """Sums of a Poisson number of gamma jumps, variance phi mu^p / weight with 1 < p < 2.

    The log-likelihood takes phi where it is largest; a row of weight w has the dispersion phi / w. A posterior has the
    parameters `phi` and, where the power is not fixed, `shape`, of the jumps: (2 - p) / (p - 1).

    Parameters
    ----------
    power : float, optional
        p, fixed at this; estimated by maximum likelihood between 1.01 and 1.99 if left out.
    link : str or Link
    reached : float
        The last estimate of a power that is not fixed.

    Examples
    --------
    >>> Tweedie().own, Tweedie(power=1.6).own
    (('power',), ())

    References
    ----------
    Dunn & Smyth (2005), Series evaluation of Tweedie exponential dispersion model densities,
    doi:10.1007/s11222-005-4070-y.
    """

    power: float | None = None
    link: Link = field(default_factory=lambda: as_link("log"))
    reached: float = 1.5

    canonical = ""  # mu^(1 - p) / (1 - p) is no link here
    own_names = ("power",)
    own_links = MappingProxyType({"phi": "log", "shape": "log"})
    scored = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", as_link(self.link))
        if self.power is None:
            return
        if not isinstance(self.power, int | float) or isinstance(self.power, bool):
            raise ModelError(f"`power={self.power!r}` is no number; leave it out to have it estimated.")
        if self.power in _OTHERS:
            raise ModelError(f'`power={self.power:g}`: that is another family, write family="{_OTHERS[self.power]}".')
        if not 1 < self.power < 2:
            raise ModelError(
                f"`power={self.power:g}`: a Tweedie model has a power between 1 and 2; at 0, 1, 2 and 3 the families "
                "are gaussian, quasipoisson, gamma and inverse_gaussian."
            )

    @property
    def exponent(self) -> float:
        """The power: as fixed, or as last estimated."""
        return self.reached if self.power is None else float(self.power)

    @property
    def values(self) -> dict[str, float]:
        """The power: as fixed, or as last estimated."""
        return {"power": self.exponent}

    def values_at(self, dispersion: Any) -> dict[str, np.ndarray]:
        """Return phi, and the shape of the jumps."""
        return {"phi": np.asarray(dispersion), "shape": np.asarray((2 - self.exponent) / (self.exponent - 1))}

    def refuses(self, response: Any) -> str | None:
        """Return why the response is not one column of numbers from 0 up, or None."""
        needs = "a tweedie model needs numbers from 0 up"
        return not_numbers(self, response) or out_of_range(response, ~(response.values >= 0), needs)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return phi ~ half_cauchy(var(y) / mean(y)^p), and shape ~ half_cauchy(1) where the power is not fixed."""
        mean, variance = moments(data["y"])
        phi = size("phi", variance / mean**self.exponent)
        return phi | size("shape", 1.0) if self.power is None else phi

    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Return the log density, or the log probability of a zero; see `compound`."""
        y, mu, phi, p = data["y"] + 0 * eta, self.link.inverse(eta, xp), *self._parameters(values, data)
        positive = y > 0
        # Each branch is evaluated where it is harmless, so that derivatives of the other one stay finite.
        density = log_positive(xp.where(positive, y, xp.ones_like(y)), mu, phi + 0 * mu, p + 0 * mu, xp)
        return xp.where(positive, density, -jumps(mu, phi, p)[0])

    def kernel(self, data: Data) -> Kernel:
        """Return the log-likelihood and its derivatives as a function of eta, phi and the shape of the jumps.

        Rows that share a shape are summed together.
        """
        y, mean = data["y"], mean_of(self.link)

        def evaluate(eta: np.ndarray, values: Values) -> Score:
            (mu, slope), (phi, p) = mean(eta), self._parameters(values, data)
            if not ((mu > 0) & (mu < np.inf)).all():
                return Score(np.nan, np.full_like(eta, np.nan), {name: np.full_like(eta, np.nan) for name in values})
            mu, phi, p = (np.broadcast_to(x, y.shape) for x in (mu, phi, p))
            found = np.empty((len(y), 3))
            for power in np.unique(p):
                rows = np.flatnonzero(p == power)
                found[rows] = log_density_and_slopes(y[rows], mu[rows], phi[rows], float(power))
            own = {"phi": found[:, 1] / values["phi"]}
            if self.power is None:
                own["shape"] = -found[:, 2] / (1 + values["shape"]) ** 2
            return Score(float(np.sum(found[:, 0])), (y - mu) / mu**p * (slope / phi), own)

        return evaluate

    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Return independent distributions with an atom at 0: given jumps, a mixture of gammas over their number.

        TFP's density of an inflated continuous distribution is the probability of the atom there, and elsewhere the
        density times the rest. Of 256 numbers of jumps around their mean none that is left out has a probability above
        1e-18; where the numbers reach further, the mixture takes every h-th.
        """
        xp, tfd = on.xp, on.tfd
        rate, shape, scale = jumps(self.link.inverse(eta, xp), *self._parameters(values, data))
        j, _ = numbers(rate, _MIXED, xp)
        count = tfd.Categorical(logits=j * xp.log(rate)[..., None] - special(xp).gammaln(j + 1))
        sums = tfd.Gamma(j * (shape + 0 * rate)[..., None], 1 / scale[..., None] + 0 * j)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "You have created an Inflated")  # an atom and a density are meant
            made = tfd.Inflated(tfd.MixtureSameFamily(count, sums), inflated_loc_probs=xp.exp(-rate))
        return tfd.Independent(made, 1)

    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return a sum of jumps for each row; NaN where the mean is not positive."""
        mu, (phi, p) = self.link.inverse(eta, np), self._parameters(values, data)
        rate, shape, scale = jumps(np.where(mu > 0, mu, 1.0), phi, p)
        return np.where(mu > 0, rng.standard_gamma(rng.poisson(rate) * shape) * scale, np.nan)

    def deviance(self, y: Array, mu: Array) -> Array:
        """Return 2 mu^q (y/mu - 1 - ((y/mu)^q - 1) / q) / (1 - q), q = 2 - p, its digits kept near y = mu."""
        q = 2 - self.exponent
        near = np.abs(y - mu) < 0.5 * mu
        log = np.log1p(np.where(near, y - mu, 0.0) / mu)
        with np.errstate(divide="ignore"):
            far = np.log(np.where(near, 1.0, y / mu))
        close = _exponential_rest(log) - _exponential_rest(q * log) / q
        return 2 * mu**q * np.where(near, close, np.expm1(far) - np.expm1(q * far) / q) / (1 - q)

    def loglik(
        self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None, data: Data, dispersion: float | None = None
    ) -> np.ndarray:
        """Return the log density [n] at the phi of largest likelihood; a row of weight 0 has none."""
        y_kept, mu_kept, weights, kept = _kept(y, mu, a)
        phi, p = dispersion, self.exponent
        if phi is None:
            phi, p = largest(y_kept, mu_kept, weights, p, (p, p))
        out = np.zeros_like(y)
        out[kept] = log_density(y_kept, mu_kept, phi / weights, p) if phi > 0 else np.inf
        return out

    def estimated(self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None) -> Self:
        """Return the family at the power of largest likelihood at these means, phi at its own best for each power."""
        y, mu, weights, _ = _kept(y, mu, a)
        return replace(self, reached=largest(y, mu, weights, self.exponent, _LIMITS)[1])

    def told(self, values: Values) -> Self:
        """Return the family at the power that the shape of the jumps says, if the values have one."""
        shape = values.get("shape")
        return self if shape is None else replace(self, reached=(2 + shape) / (1 + shape))

    def information(self, eta: np.ndarray, y: np.ndarray, a: np.ndarray | None) -> tuple[np.ndarray | None, np.ndarray]:
        """Return None, as eta is orthogonal to power and phi, and the observed information of the power, phi free."""
        y, mu, weights, _ = _kept(y, self.link.inverse(eta, np), a)
        phi, p = largest(y, mu, weights, self.exponent, (self.exponent, self.exponent))
        if phi == 0:
            return None, np.zeros((1, 1))
        both = hessian(np.array([np.log(phi), p]), y, mu, weights)
        return None, np.array([[both[1, 1] - both[0, 1] ** 2 / both[0, 0]]])

    def quantile_residuals(self, mu: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return the normal quantiles of the distribution function; of a zero, of a uniform part of its probability."""
        y = data["y"]
        rate, shape, scale = jumps(mu, *self._parameters(values, data))
        zero, u = np.exp(-rate), rng.uniform(size=y.shape)
        lower, upper = tails(y, rate, np.broadcast_to(shape, y.shape), np.broadcast_to(scale, y.shape))
        return normal_score(np.where(y > 0, lower, u * zero), np.where(y > 0, upper, 1 - u * zero))

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response."""
        phi = f"{keys['phi']} / {data['weights']}" if "weights" in data else keys["phi"]
        s = keys.get("shape")
        p = f"f({self.power!r})" if s is None else f"(2 + {s}) / (1 + {s})"
        return _CODE.format(mu=self.link.code("eta"), phi=phi, p=p, name=name, last=_MIXED - 1, count=_MIXED)

    def _parameters(self, values: Values, data: Data) -> tuple[Array, Array]:
        """Return phi and the power of each row."""
        phi = values["phi"]
        if "weights" in data:
            phi = phi / data["weights"]
        if self.power is not None:
            return phi, self.power
        shape = values["shape"]
        return phi, (2 + shape) / (1 + shape)


def _kept(y: np.ndarray, mu: np.ndarray, a: np.ndarray | None) -> tuple[np.ndarray, ...]:
    """Return response, means and weights of the rows whose weight is not 0, and which they are."""
    a = np.ones_like(y) if a is None else a
    kept = a > 0
    return y[kept], mu[kept], a[kept], kept


def _exponential_rest(x: np.ndarray) -> np.ndarray:
    """Return exp(x) - 1 - x for |x| < 1, from its series."""
    total = np.ones_like(x)
    for k in range(20, 2, -1):
        total = 1 + total * x / k
    return 0.5 * x * x * total
