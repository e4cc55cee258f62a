"""Newton's method in score form, by expected information.

Each pass over the rows gives G = X'WX, s = X'r and the objective; then delta = G⁻¹s and the decrement s'delta. Errors
of G cost iterations, not accuracy: early ones are made in 32 bits, or kept for another step when little has changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from ...design.rank import clearly_independent, pivoted
from ...families.exponential import ExponentialFamily
from ...linalg.normal import Normal
from .mean import Mean
from .passes import Pass, Sums
from .rows import Rows
from .solve import Solved, by_system, solved

HALVINGS = 40
SINGLE_CONDITION = 1e-5
"""Reciprocal condition of the scaled cross-product above which it may be made in 32 bits."""
LARGE = 2_000_000
"""Numbers of the design from which on passes are spared where they can be."""
NEAR, NEAR_WIDE = 0.03, 0.25
"""Root mean square change of eta, since the cross-product was made, up to which it serves another step; of many columns
it is dear, and serves longer."""
WIDE = 64
CLOSE = 8e-7
"""The same, expected after the next step, below which the next pass is to be the last one."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """Where Newton's method stopped.

    Attributes
    ----------
    beta : array [p]
        Zero where a column is aliased.
    kept : int array [r]
        The columns that are not.
    last : Solved
        Of the last pass.
    sums : Sums
        Of the last pass, at the point before the last step.
    converged, boundary : bool
        `boundary`: the last steps were cut short because a mean would have left its range.
    iterations : int
        Passes over all rows.
    direction : array [p]
        The last whole step: where the iterations were going.
    slow : bool
        Whether the decrement falls so slowly that the estimate may be infinite.
    """

    beta: np.ndarray
    kept: np.ndarray
    last: Solved
    sums: Sums
    converged: bool
    boundary: bool
    iterations: int
    direction: np.ndarray
    slow: bool = False


class NoStartError(Exception):
    """No coefficients were found at which all means lie in their range."""


@dataclass
class _Run:
    """What changes while Newton's method works."""

    rows: Rows
    family: ExponentialFamily
    tolerance: float
    rank_tolerance: float
    thrifty: bool
    single: bool = False
    split: bool = True
    triangles: bool = False
    kept: np.ndarray | None = None
    watch: bool = False
    rough: bool = False
    passes: int = 0
    solved: Solved | None = None
    trail: list[float] = field(default_factory=list)

    def at(self, beta: np.ndarray | None, want: str, mean: float | None = None) -> Sums:
        """Return the sums of a pass over all rows."""
        self.passes += 1
        want = "triangle" if self.triangles and want in ("gram", "single") else want
        sums = self.rows.total(Pass(self.family, beta, want, self.split, mean), f"iteration {self.passes}")
        return sums if sums.equations is None else replace(sums, equations=sums.equations.collected())

    def solve(self, sums: Sums, beta: np.ndarray | None) -> Sums:
        """Solve the equations of a pass, which is made again by other means where these cannot be trusted."""
        equations = sums.equations
        if isinstance(equations, Normal) and self.kept is None and clearly_independent(
            equations.gram, sums.n, self.rank_tolerance):  # fmt: skip
            self.kept = np.arange(self.rows.p)
        if not isinstance(equations, Normal) and self.split and not self.triangles:
            self.solved = solved(equations, np.arange(self.rows.p), self.rows.p)
            if self.solved is not None:
                self.kept = np.arange(self.rows.p)
                return sums
            self.split = False
            return self.solve(self.at(beta, "gram"), beta)
        found = None
        if self.kept is not None:
            found = solved(equations, self.kept, self.rows.p)
        if found is None and not self.triangles:
            self.triangles, self.single = True, False
            sums = self.at(beta, "gram")
            if sums.equations is None:
                raise NoStartError
        if found is None and self.kept is None:
            aliased = pivoted(sums.equations.factor[:, :-1], self.rank_tolerance)
            self.kept = np.setdiff1d(np.arange(self.rows.p), aliased)
        if found is None:
            found = solved(sums.equations, self.kept, self.rows.p)
        if found is None:
            raise NoStartError
        self.solved = found
        return sums


def newton(
    rows: Rows,
    family: ExponentialFamily,
    *,
    start: np.ndarray | None = None,
    kept: np.ndarray | None = None,
    tolerance: float = 1e-16,
    rank_tolerance: float = 1e-11,
    max_iterations: int = 100,
    single: bool = False,
    triangles: bool = False,
    watch: bool = False,
    rough: bool = False,
) -> Fitted:
    """Return where Newton's method stops.

    Parameters
    ----------
    rows : Rows
    family : ExponentialFamily
    start : array [p] or None
        Coefficients to start from; the family's own starting means if None.
    kept : int array or None
        The columns that are not aliased, where that is known.
    tolerance : float
        The decrement expected after the last step, relative to the dispersion.
    rank_tolerance : float
        The remaining norm, relative to its own, below which a column is aliased.
    max_iterations : int
    single : bool
        Whether cross-products may be made in 32 bits while the estimate is far.
    triangles : bool
        Whether to solve by QR decomposition from the first pass on.
    watch : bool
        Whether to stop where the estimate looks infinite.
    rough : bool
        Whether an error well below the standard errors is good enough.
    """
    run = _Run(
        rows,
        family,
        tolerance,
        rank_tolerance,
        rows.lasting and rows.n * rows.p >= LARGE,
        single,
        triangles=triangles,
        kept=kept,
        watch=watch,
        rough=rough,
    )
    if start is not None:
        return _iterate(run, start, max_iterations)
    try:
        return _iterate(run, _first(run), max_iterations)
    except NoStartError:
        total, weighted = rows.total(Mean()).values
        return _iterate(run, _first(run, weighted / total), max_iterations)


def _first(run: _Run, mean: float | None = None) -> np.ndarray:
    """Return the coefficients that the family's starting means lead to, or one mean for all rows."""
    sums = run.at(None, "gram", mean)
    if sums.equations is None or not np.isfinite(sums.weight):
        raise NoStartError
    run.solve(sums, None)
    run.trail.clear()
    return run.solved.step


def _iterate(run: _Run, beta: np.ndarray, max_iterations: int) -> Fitted:
    family, previous, halvings, shortened = run.family, None, 0, 0
    want, lag, step = "gram" if not (run.single and run.thrifty) else "single", np.inf, np.zeros_like(beta)
    best: Any = None
    moved = np.inf
    while run.passes < max_iterations + halvings:
        sums = run.at(beta, want)
        if _worse(sums, previous, run.trail) and previous is not None:
            halvings, shortened = halvings + 1, shortened + 1
            if shortened > HALVINGS or halvings > 3 * HALVINGS:
                break
            beta = (beta + previous[0]) / 2
            continue
        if sums.equations is None:
            raise NoStartError
        if want == "score":
            run.solved = by_system(run.solved.system, sums.equations.score, run.rows.p)
        else:
            sums, lag = run.solve(sums, beta), 0.0
            if run.single and run.solved.condition < SINGLE_CONDITION:
                run.single = False
        step, decrement = run.solved.step, run.solved.decrement
        scale = _scale(family, sums, len(run.kept))
        run.trail.append(decrement / scale)
        best = (beta, sums)
        if want in ("gram", "triangle") and _done(run, sums, decrement):
            return Fitted(beta + step, run.kept, run.solved, sums, True, False, run.passes, step, _slow(run.trail))
        if run.watch and _slow(run.trail):
            break
        previous, shortened = (beta, sums.objective), 0
        beta = beta + step
        change = np.sqrt(max(decrement, 0.0) / max(sums.weight, 1e-300))
        lag = lag + change
        want = _next(run, change, min(lag, change / moved) if want == "score" else lag, lag)
        moved = change
    if best is None:
        raise NoStartError
    return Fitted(best[0], run.kept, run.solved, best[1], False, halvings > 5, run.passes, step, _slow(run.trail))


def _next(run: _Run, change: float, rate: float, lag: float) -> str:
    """Return what the next pass is to give: `rate` is by what a step is expected to be shorter than the last."""
    if not run.thrifty or change * rate < CLOSE or run.triangles:
        return "gram"
    if lag < (NEAR if run.rows.p < WIDE else NEAR_WIDE):
        return "score"
    return "single" if run.single else "gram"


def _scale(family, sums, rank) -> float:
    """Return the dispersion that decrements are relative to."""
    if family.known_dispersion is not None:
        return float(family.known_dispersion)
    dispersion = sums.pearson / max(sums.n - rank, 1)
    return max(dispersion, 1e-26 * sums.signal / max(sums.n, 1), 1e-300) if np.isfinite(dispersion) else 1.0


def _done(run: _Run, sums: Sums, decrement: float) -> bool:
    """Return whether the step of this pass is the last one, and the cross-product good for standard errors."""
    trail, size = run.trail, max(sums.weight, 1e-300)
    if decrement <= 1e-28 * sums.signal or decrement == 0:
        return True
    if run.rough:
        return trail[-1] < 0.05 * run.rows.p
    if not trail[-1] < 1e-3:
        return False
    rate = min(trail[-1] / trail[-2], 1.0) if len(trail) > 1 else 1.0
    if run.family.canonical == run.family.link.name:
        rate = min(rate, 100 * decrement / size)  # Newton's method proper, whose errors are squared
    unit = size * min(1.0, sums.signal / size)
    near = trail[-1] * rate < run.tolerance or decrement * rate < 1e-20 * unit
    return near and (trail[-1] < 1e-14 or (run.thrifty and decrement < 1e-12 * unit) or run.family.linear)


def _worse(sums: Sums, previous: Any, trail: list[float]) -> bool:
    """Return whether the objective rose, beyond rounding, or a mean left its range."""
    if sums.equations is None or not np.isfinite(sums.objective):
        return True
    if previous is None or (trail and trail[-1] < 1e-8):
        return False
    before = previous[1]
    return sums.objective > before + 1e-9 * max(abs(before), abs(sums.objective)) + 1e-12 * sums.n


def _slow(trail: list[float]) -> bool:
    """Return whether the decrement falls by a constant factor, as it does where the estimate is infinite."""
    if len(trail) < 7 or trail[-1] < 1e-18:
        return False
    return all(after > 0.05 * before for before, after in pairwise(trail[-4:]))
