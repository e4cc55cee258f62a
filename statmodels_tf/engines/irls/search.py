"""Search: the end of a fit that steps by expected information do not reach.

With a link that is not canonical the observed information may be far from the expected one, so that Fisher's scoring
creeps or swings about the estimate; and where linear predictors have a limited range, its steps are cut at the edge.
Here the steps are Newton's own, with the observed information where it is positive definite, and as long as Armijo's
rule lets them be. In a limited range -t log(distance to the edge) is added to half the objective for each row, and t
goes to zero: so the iterations reach the largest likelihood in the range, on its edge if that is where it is.

References
----------
Nocedal & Wright (2006), Numerical Optimization, sections 3.1 and 19.6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ...families.exponential import ExponentialFamily
from ...linalg.arranged import arranged
from ...linalg.normal import Normal
from .pace import dispersion
from .passes import counted, linear_predictor
from .rows import Block, Rows
from .solve import Solved, solved

STEPS, SHORTEST = 40, 50
ARMIJO = 1e-4
ROUNDED = 1e-10
SETTLED = 1e-18
"""The decrement of a step, relative to the dispersion, after which none is left to be made."""
TOUCHING = 1e-6
"""The distance to the edge of the range below which a linear predictor lies on it."""
BARRIERS = 10.0 ** np.arange(-2, -12, -1.0)


@dataclass(frozen=True, eq=False)
class Curvature:
    """Sums over rows at one point.

    Attributes
    ----------
    expected, observed : array [p, p] or None
        Information by both; None where a mean has left its range.
    score : array [p]
    objective : float
        The deviance, less a constant, and twice the barrier.
    squares, weight : float
        The sums of squared Pearson residuals and of working weights.
    n : int
    nearest : float
        The least distance of a linear predictor to the edge of its range.
    """

    expected: np.ndarray | None
    observed: np.ndarray | None
    score: np.ndarray
    objective: float
    squares: float
    weight: float
    n: int
    nearest: float

    def __add__(self, other: Curvature) -> Curvature:
        lost = self.expected is None or other.expected is None
        return Curvature(
            None if lost else self.expected + other.expected,
            None if lost else self.observed + other.observed,
            self.score + other.score,
            self.objective + other.objective,
            self.squares + other.squares,
            self.weight + other.weight,
            self.n + other.n,
            min(self.nearest, other.nearest),
        )


@dataclass(frozen=True, eq=False)
class Curving:
    """The task that adds up the curvature of the objective, with a barrier of height t."""

    family: ExponentialFamily
    beta: np.ndarray
    height: float

    def __call__(self, block: Block) -> Curvature:
        block = counted(block)
        block = replace(block, common=arranged(block.common))
        X, eta = block.common.dense(), linear_predictor(block, self.beta)
        low, high = eta_range(self.family)
        nearest = float(np.minimum(eta - low, high - eta).min(initial=np.inf))
        with np.errstate(all="ignore"):
            work = self.family.working(eta, block.y, block.weights)
            if not (np.isfinite(work.objective) and nearest > 0):
                return Curvature(None, None, np.zeros(X.shape[1]), np.inf, 0.0, 0.0, len(eta), nearest)
            observed = self._observed(block, eta, work.weight)
            squares = np.sum(np.where(work.weight > 0, work.score**2 / work.weight, 0.0))
            below, above = self.height / (eta - low), self.height / (high - eta)
            bend = below / (eta - low) + above / (high - eta)
            wall = [np.sum(np.log(d)) for d in (eta - low, high - eta) if self.height and np.isfinite(d).all()]
        return Curvature(
            X.T @ (X * (work.weight + bend)[:, None]),
            X.T @ (X * (observed + bend)[:, None]),
            X.T @ (work.score + below - above),
            work.objective - 2 * self.height * float(sum(wall)),
            float(squares),
            float(np.sum(work.weight)),
            len(eta),
            nearest,
        )

    def _observed(self, block, eta, expected):
        """Return minus the derivative of each row's score, by differences; the expected weight at an edge."""
        low, high = eta_range(self.family)
        h = 1e-5 * np.minimum(np.maximum(np.abs(eta), 1.0), np.minimum(eta - low, high - eta))
        up, down = (self.family.working(eta + s * h, block.y, block.weights).score for s in (1, -1))
        found = (down - up) / (2 * h)
        return np.where(np.isfinite(found) & (h > 1e4 * np.spacing(np.abs(eta))), found, expected)


@lru_cache(maxsize=64)
def eta_range(family: ExponentialFamily) -> tuple[float, float]:
    """Return between which numbers the linear predictor gives means in range: each is infinite, 0 or 1.

    >>> from ...families import Binomial, Poisson
    >>> eta_range(Poisson()), eta_range(Poisson("identity")), eta_range(Binomial("log"))
    ((-inf, inf), (0.0, inf), (-inf, 0.0))
    """

    def inside(eta: float) -> bool:
        at = np.array([eta])
        with np.errstate(all="ignore"):
            return family.link.valid(at) and family.valid(family.link.inverse(at, np))

    if inside(0.5):
        return -np.inf if inside(-0.5) else 0.0, np.inf if inside(1.5) else 1.0
    return (-np.inf, 0.0) if inside(-0.5) else (-np.inf, np.inf)


@dataclass(frozen=True, eq=False)
class Found:
    """Where a search ended: coefficients [p], whether that is a minimum, on the edge, and how many passes it took."""

    beta: np.ndarray
    settled: bool
    edge: bool
    passes: int


def searched(rows: Rows, family: ExponentialFamily, beta: np.ndarray, kept: np.ndarray) -> Found:
    """Return where the objective is least, searched from coefficients at which all means lie in their range."""
    passes = 1
    unit = _dispersion(family, rows.total(Curving(family, beta, 0.0), "search"), len(kept))
    for height in BARRIERS if np.isfinite(eta_range(family)).any() else ():
        beta, _, spent = _descended(rows, family, beta, kept, unit * height)
        passes += spent
    inside, settled, spent = _descended(rows, family, beta, kept, 0.0)
    at = rows.total(Curving(family, inside if settled else beta, 0.0), "edge")
    edge = not settled and at.nearest < TOUCHING
    return Found(beta if edge else inside, settled, edge, passes + spent + 1)


def _descended(rows, family, beta, kept, height) -> tuple[np.ndarray, bool, int]:
    """Return the coefficients of the least objective with a barrier, whether they are that, and the passes made."""
    here, passes = rows.total(Curving(family, beta, height), "search"), 1
    if here.expected is None:
        return beta, False, passes
    for _ in range(STEPS):
        move = _newton_step(here, kept, rows.p)
        if move is None:
            return beta, False, passes
        # What a short step gains is lost in the rounding of the objective, and Armijo's rule with it.
        rounding = 1e-13 * abs(here.objective) if move.decrement > ROUNDED * abs(here.objective) else np.inf
        for halving in range(SHORTEST):
            length = 0.5**halving
            there = rows.total(Curving(family, beta + length * move.step, height), "search")
            passes += 1
            least = here.objective - 2 * ARMIJO * length * move.decrement + rounding
            if there.expected is not None and there.objective <= least:
                break
        else:
            return beta, False, passes
        beta, here = beta + length * move.step, there
        if length == 1.0 and move.decrement <= SETTLED * _dispersion(family, here, len(kept)):
            return beta, True, passes
    return beta, False, passes


def _newton_step(here: Curvature, kept: np.ndarray, p: int) -> Solved | None:
    """Return the step by the observed information, or by the expected one where that is not positive definite."""
    for gram in (here.observed, here.expected):
        if np.isfinite(gram).all() and (np.diag(gram)[kept] > 0).all():
            found = solved(Normal(gram, here.score), kept, p)
            if found is not None and found.decrement >= 0:
                return found
    return None


def _dispersion(family: ExponentialFamily, here: Curvature, rank: int) -> float:
    return dispersion(family, here.squares, here.weight, here.n, rank)
