"""Variational inference: the normal distribution nearest to the posterior, begun at its mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import EngineError
from ...fits.posterior.estimate import Posterior
from ..base import Engine, engine
from ..sampling.density import Density
from ..sampling.options import check_counts, refusal
from ..sampling.start import Start
from .draws import CHAINS, Approximation, posterior
from .gaussian import FullGaussian, Gaussian, LowRankGaussian
from .laplace import dense, lower
from .objective import Full, Independent, LowRank, Objective, Shape, antithetic
from .stochastic import ascended

if TYPE_CHECKING:
    from ...fits.call import Call
    from ...model import Model

RANKS = ("full", "mean-field")
OBJECTIVES = ("auto", "deterministic", "stochastic")
MOST_RESPONSE = 300
"""Coordinates up to which covariances are corrected by linear response."""
FIXED, FIXED_EACH = 60, 20
"""Fixed draws; for each coordinate where covariances are fitted to them."""


@engine("vi")
@dataclass(frozen=True)
class VI(Engine[Posterior]):
    """Variational inference by a normal distribution of the unconstrained coordinates.

    Standard deviations of group effects come out too small, those of a mean-field approximation all; the Pareto k in
    `diagnostics` says how far off the draws are, and `refine()` mends what it can.

    Parameters
    ----------
    rank : {"full", "mean-field"} or int
        All covariances; none; or those of that many directions beside independent coordinates.
    objective : {"auto", "deterministic", "stochastic"}
        The expectation over fixed draws, minimised as a function; or over fresh ones in every step. "auto" takes the
        first for a mean-field approximation; others fit themselves to fixed draws unless those are very many.
    linear_response : bool
        Whether a deterministic mean-field approximation gets its covariances from how its means respond to a change of
        the posterior, which are those it leaves out.
    draws : int
        Number of draws in each of 4 chains, which are independent.
    iterations : int
        At most.
    seed : int, optional

    References
    ----------
    Giordano, Broderick & Jordan (2018), Covariances, robustness, and variational Bayes, JMLR 19.
    Yao, Vehtari, Simpson & Gelman (2018), Yes, but did it work?, PMLR 80.
    """

    rank: str | int = "full"
    objective: str = "auto"
    linear_response: bool = True
    draws: int = 1000
    iterations: int = 2000
    seed: int | None = None

    sampling = True
    by_name = True
    remedy = 'allow more `iterations`, or sample the model with engine="nuts"'

    def __post_init__(self) -> None:
        whole = isinstance(self.rank, int | np.integer) and not isinstance(self.rank, bool)
        if self.rank not in RANKS and not (whole and int(self.rank) >= 1):
            raise EngineError(
                f'VI(rank={self.rank!r}): write "full", "mean-field", or a number of directions such as 5.'
            )
        if self.objective not in OBJECTIVES:
            listed = ", ".join(f'"{known}"' for known in OBJECTIVES)
            raise EngineError(f"VI(objective={self.objective!r}): write one of {listed}.")
        check_counts(self, ("draws", "iterations"))

    def supports(self, model: Model) -> str | None:
        """Return why this engine cannot fit the model, or None."""
        return refusal(self.name, model)

    @property
    def title(self) -> str:
        """What the approximation is, in words."""
        rank = {"full": "full-rank", "mean-field": "mean-field"}.get(str(self.rank), f"rank {self.rank}")
        return f"{rank} variational inference"

    def _fit(self, model: Model, call: Call | None) -> Posterior:
        """Return the posterior."""
        return posterior(self, model, call, self.seed, self.title, self._approximate)

    def _approximate(self, density: Density, start: Start, rng: np.random.Generator) -> Approximation:
        """Return draws of the best normal distribution."""
        d = density.size
        spread = dense(density, start) if self.rank == "full" else start.sd

        def whitened(x: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = density.value_and_gradient(start.centre + _times(spread, x))
            return value, gradient * spread if spread.ndim == 1 else gradient @ spread

        shape = self._shape(d)
        figures: dict[str, Any] = {"objective": "deterministic" if self._deterministic() else "stochastic"}
        if self._deterministic():
            size = FIXED if self.rank == "mean-field" else max(FIXED, FIXED_EACH * d)
            objective = Objective(shape, whitened, antithetic(rng, size, shape.width))
            at, settled, count = objective.minimum(self.iterations)
            figures |= {"settled": settled, "evaluations": count * size}
            response = _response(objective, at) if self._responds(d) else None
            figures["linear_response"] = response is not None
        else:
            at, count = ascended(shape, whitened, rng, self.iterations)
            response, figures = None, figures | {"settled": True, "evaluations": count}
        found = _unwhitened(shape, at, start.centre, spread, response)
        return Approximation(*found.draw(rng, CHAINS * self.draws), figures)

    def _shape(self, d: int) -> Shape:
        if self.rank == "full":
            return Full(d)
        return Independent(d) if self.rank == "mean-field" else LowRank(d, min(int(self.rank), d))

    def _deterministic(self) -> bool:
        if self.objective != "auto":
            return self.objective == "deterministic"
        return self.rank == "mean-field"

    def _responds(self, d: int) -> bool:
        return self.linear_response and self.rank == "mean-field" and d <= MOST_RESPONSE


def _response(objective: Objective, at: np.ndarray) -> np.ndarray | None:
    """Return the factor [d, d] of the covariance by linear response: the means' block of the inverse Hessian."""
    d = objective.shape.d
    hessian = objective.curvature(at)
    try:
        np.linalg.cholesky(hessian)
        return np.asarray(np.linalg.cholesky(np.linalg.inv(hessian)[:d, :d]))
    except np.linalg.LinAlgError:  # the search has not settled at a minimum
        return None


def _unwhitened(
    shape: Shape, at: np.ndarray, centre: np.ndarray, spread: np.ndarray, response: np.ndarray | None
) -> Gaussian:
    """Return the distribution of q = centre + spread x."""
    mean, scale, columns = shape.moments(at)
    mean = centre + _times(spread, mean)
    if response is not None:
        return FullGaussian(mean, spread[:, None] * response)
    if columns is None:
        return FullGaussian(mean, lower(spread @ scale))
    return LowRankGaussian(mean, spread * scale, columns)


def _times(spread: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return standard deviations, or a factor, times x."""
    return np.asarray(spread * x if spread.ndim == 1 else spread @ x)
