"""The Laplace approximation: normal at the mode, with the inverse of the curvature there as covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...fits.posterior.estimate import Posterior
from ..base import Engine, engine
from ..sampling.density import Density
from ..sampling.options import check_counts, refusal
from ..sampling.start import MOST_CURVED, Start, curvature
from .draws import CHAINS, Approximation, posterior
from .gaussian import FullGaussian, Gaussian, LowRankGaussian

if TYPE_CHECKING:
    from ...fits.call import Call
    from ...model import Model


@engine("laplace_posterior")
@dataclass(frozen=True)
class LaplacePosterior(Engine[Posterior]):
    """The Laplace approximation of the posterior, in unconstrained coordinates.

    Parameters
    ----------
    draws : int
        Number of draws in each of 4 chains, which are independent.
    seed : int, optional

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, section 13.3.
    """

    draws: int = 1000
    seed: int | None = None

    sampling = True
    by_name = True
    remedy = 'sample it with engine="nuts"'

    def __post_init__(self) -> None:
        check_counts(self, ("draws",))

    def supports(self, model: Model) -> str | None:
        """Return why this engine cannot fit the model, or None."""
        return refusal(self.name, model)

    def _fit(self, model: Model, call: Call | None) -> Posterior:
        """Return the posterior."""

        def method(density: Density, start: Start, rng: np.random.Generator) -> Approximation:
            return Approximation(*at_start(density, start).draw(rng, CHAINS * self.draws), {})

        return posterior(self, model, call, self.seed, "Laplace approximation at the mode", method)


def at_start(density: Density, start: Start) -> Gaussian:
    """Return the normal distribution that the curvature at the mode gives; independent where they are very many."""
    if density.size > MOST_CURVED:
        return LowRankGaussian(start.centre, start.sd, np.zeros((density.size, 0)))
    return FullGaussian(start.centre, lower(dense(density, start)))


def dense(density: Density, start: Start) -> np.ndarray:
    """Return a factor [d, d] of the inverse curvature at the mode; of its diagonal where coordinates are very many."""
    if start.factor.ndim == 2:
        return start.factor
    if density.size > MOST_CURVED:
        return np.diag(start.factor)
    values, vectors = np.linalg.eigh(curvature(density, start.centre))
    fine = values > 1e-12 * max(float(values[-1]), 1.0)
    return np.asarray(vectors * np.sqrt(1 / np.where(fine, values, 1.0)))


def lower(factor: np.ndarray) -> np.ndarray:
    """Return the lower triangular L with L L' = F F'."""
    r = np.linalg.qr(factor.T, mode="r")
    return np.asarray(r.T * np.where(np.diag(r) < 0, -1.0, 1.0))
