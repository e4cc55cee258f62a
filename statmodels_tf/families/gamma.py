"""The gamma family: positive numbers with a constant coefficient of variation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.special import gammainc, gammaincc

from ..priors import Prior
from .base import Array, Data, Values, family, not_numbers, out_of_range
from .links import Link, as_link
from .power_variance import PowerVariance, moments, row_shape, scaled, shape_code, size
from .randomized import normal_score
from .score import Kernel, Score, mean_of
from .stirling import HALF_LOG_2PI, excess, log_peak_of_gamma, log_peaks_of_gamma, remainder


@family("gamma")
@dataclass(frozen=True)
class Gamma(PowerVariance):
    """Gamma responses of mean mu and shape `shape`, the reciprocal of the dispersion: variance mu² / shape.

    A row of weight w has the shape w times `shape`.

    >>> Gamma().link.name, Gamma(link="log").link.name
    ('inverse', 'log')

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, chapter 8.
    """

    link: Link = field(default_factory=lambda: as_link("inverse"))

    canonical = "inverse"
    loglik_by = "weights"
    own_links = MappingProxyType({"shape": "log"})
    scored = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "link", as_link(self.link))

    @property
    def exponent(self) -> float:
        """Two."""
        return 2.0

    def refuses(self, response: Any) -> str | None:
        """Return why the response is not one column of positive numbers, or None."""
        needs = 'a gamma model needs positive numbers; with exact zeros, family="tweedie" has them'
        return not_numbers(self, response) or out_of_range(response, ~(response.values > 0), needs)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return shape ~ half_cauchy(mean(y)² / var(y))."""
        mean, variance = moments(data["y"])
        return size("shape", mean / variance * mean)

    def log_density(self, eta: Array, values: Values, data: Data, xp: Any) -> Array:
        """Return log(k) / 2 - r(k) - log(2π) / 2 - log(y) - k (t - 1 - log t), k the shape and t = y / mu.

        r is Stirling's remainder of log Γ, so that nothing cancels where k is large.
        """
        y, mu, k = data["y"], self.link.inverse(eta, xp), row_shape(values["shape"], data)
        return 0.5 * xp.log(k) - remainder(k, xp) - HALF_LOG_2PI - xp.log(y) - k * excess(y, mu, xp)

    def kernel(self, data: Data) -> Kernel:
        """Return the log-likelihood and its derivatives as a function of eta and shape."""
        y, a, log, mean = data["y"], data.get("weights"), self.link.name == "log", mean_of(self.link)
        log_y, one = np.log(y), np.float64(1.0)
        constant = -float(np.sum(log_y))

        def evaluate(eta: np.ndarray, values: Values) -> Score:
            k = values["shape"]
            mu, slope = (eta, one) if log else mean(eta)
            u = log_y - (eta if log else np.log(mu))  # the log of y / mu
            rise = np.expm1(u)
            excess = rise - u
            score = rise if log else rise * (slope / mu)
            if a is None and len(k) == 1:
                shape, total = float(k[0]), float(np.add.reduce(excess))
                peak, by_shape = log_peak_of_gamma(shape)
                density = constant + len(y) * peak - shape * total
                return Score(density, shape * score, {"shape": np.array([len(y) * by_shape - total])})
            k = k if a is None else k * a
            peaks, slopes = log_peaks_of_gamma(k)
            density = constant + float(np.sum(peaks - k * excess))
            by_row = slopes - excess
            return Score(density, k * score, {"shape": by_row if a is None else a * by_row})

        return evaluate

    def distribution(self, eta: Array, values: Values, data: Data, on: Any) -> Any:
        """Return independent gammas of concentration k and rate k / mu."""
        k = row_shape(values["shape"], data) + 0 * eta
        return on.tfd.Independent(on.tfd.Gamma(k, k / self.link.inverse(eta, on.xp)), 1)

    def simulate(self, eta: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return a gamma response for each row; NaN where the mean is not positive."""
        k, mu = row_shape(values["shape"], data), self.link.inverse(eta, np)
        return np.where(mu > 0, mu, np.nan) * (rng.standard_gamma(np.broadcast_to(k, np.shape(eta))) / k)

    def values_at(self, dispersion: Any) -> dict[str, np.ndarray]:
        """Return the shape at a dispersion."""
        return {"shape": 1 / np.asarray(dispersion)}

    def deviance(self, y: Array, mu: Array) -> Array:
        """Return 2 (t - 1 - log t), t = y / mu."""
        return 2 * excess(y, mu, np)

    def loglik(
        self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None, data: Data, dispersion: float | None = None
    ) -> np.ndarray:
        """Return weight times log density [n], all rows with one shape: sum of weights / deviance, as R."""
        a, dispersion, left = scaled(self.deviance(y, mu), a, dispersion)
        with np.errstate(divide="ignore"):
            k = np.float64(1.0) / dispersion
            return a * (0.5 * np.log(k) - remainder(k, np) - HALF_LOG_2PI - np.log(y)) - 0.5 * left

    def quantile_residuals(self, mu: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> np.ndarray:
        """Return the normal quantiles of the gamma distribution function."""
        k = row_shape(values["shape"], data)
        at = k * (data["y"] / mu)
        return normal_score(gammainc(k, at), gammaincc(k, at))

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response."""
        k = shape_code(keys["shape"], data)
        made = f"tfd.Gamma({k} + 0 * eta, {k} / ({self.link.code('eta')}))"
        return f'tfd.Independent({made}, 1, name="{name}")'
