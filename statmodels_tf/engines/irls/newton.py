"""Newton's method in score form, by expected information.

Each pass over the rows gives G = X'WX, s = X'r and the objective; then delta = G⁻¹s and the decrement s'delta. Errors
of G cost iterations, not accuracy: that of a random sample of the rows serves until the estimate is near, one made in
32 bits where it does not, and one made in full is kept for another step when little has changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...design.rank import clearly_independent, pivoted
from ...families.exponential import ExponentialFamily
from ...linalg.normal import Normal
from .mean import Mean
from .pace import Pace
from .passes import Pass, Sums
from .rows import Rows
from .search import searched
from .solve import Solved, by_system, solved
from .system import CholeskySystem

HALVINGS = 40
SINGLE_CONDITION = 1e-5
"""Reciprocal condition of the scaled cross-product above which it may be made in 32 bits."""
LARGE = 2_000_000
"""Numbers of the design from which on passes are spared where they can be."""
EACH = 100
"""Rows for each column that this takes: with few of them a coefficient may be further off than eta on the whole."""
SEARCHED = 20_000_000
"""Numbers of the design up to which Newton's own steps are tried where those by expected information do not arrive."""
CUT = 8
"""Steps that are cut short, from which on they are."""
LENT = 8
"""Steps by the information of a sample, at most."""


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
        `boundary`: a mean lies on the edge of its range.
    iterations : int
        Passes over all rows.
    direction : array [p]
        The last whole step: where the iterations were going.
    slow : bool
        Whether the decrement falls so slowly that the estimate may be infinite.
    sought : bool
        Whether the end was searched for by Newton's own steps.
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
    sought: bool = False


@dataclass(frozen=True, eq=False)
class Borrowed:
    """Information of a sample of the rows, scaled to all, and by what a step that it gives is expected to be off."""

    system: CholeskySystem
    error: float


class NoStartError(Exception):
    """No coefficients were found at which all means lie in their range."""


@dataclass
class _Run:
    """What changes while Newton's method works."""

    rows: Rows
    family: ExponentialFamily
    pace: Pace
    rank_tolerance: float
    single: bool = False
    split: bool = True
    triangles: bool = False
    kept: np.ndarray | None = None
    watch: bool = False
    passes: int = 0
    solved: Solved | None = None

    @property
    def searchable(self) -> bool:
        """Whether Newton's own steps may take over."""
        small = self.rows.n * self.rows.p <= SEARCHED
        return small and not (self.pace.thrifty or self.pace.rough or self.family.linear or self.family.own)

    def opening(self) -> str:
        """Return what the first pass from a start is to give."""
        return "single" if self.single and (self.pace.thrifty or self.pace.rough) else "gram"

    def at(self, beta: np.ndarray | None, want: str, mean: float | None = None) -> Sums:
        """Return the sums of a pass over all rows."""
        self.passes += 1
        want = "triangle" if self.triangles and want in ("gram", "single") else want
        sums = self.rows.total(Pass(self.family, beta, want, self.split, mean), f"iteration {self.passes}")
        return sums if sums.equations is None else replace(sums, equations=sums.equations.collected())

    def solve(self, sums: Sums, beta: np.ndarray | None) -> Sums:
        """Solve the equations of a pass, which is made again by other means where these cannot be trusted."""
        equations = sums.equations
        if equations is None:
            raise NoStartError
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
            return self.solve(self.at(beta, "gram"), beta)
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
    borrowed: Borrowed | None = None,
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
    borrowed : Borrowed or None
        Information to take the first steps by.
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
    many = rows.n * rows.p >= LARGE and rows.n >= EACH * rows.p
    pace = Pace(family, rows.p, tolerance, rows.lasting and many, rough)
    run = _Run(rows, family, pace, rank_tolerance, single, triangles=triangles, kept=kept, watch=watch)
    if start is not None:
        return _iterate(run, start, max_iterations, borrowed if pace.thrifty and max_iterations > 2 * LENT else None)
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
    return run.solved.step


def _iterate(run: _Run, beta: np.ndarray, max_iterations: int, borrowed: Borrowed | None = None) -> Fitted:
    pace, previous, halvings, shortened, outside, converged = run.pace, None, 0, 0, 0, False
    want, made, lag, moved, step = run.opening(), "", 0.0, np.inf, np.zeros_like(beta)
    if borrowed is not None:
        want, lag, run.solved = "score", borrowed.error, Solved(step, 0.0, borrowed.system, 1.0)
    elif run.solved is not None and run.family.linear and pace.thrifty and not run.triangles:
        want, made = "score", "gram"  # the cross-product of the first pass is that of all
    best: Any = None
    while run.passes < max_iterations + halvings and not converged:
        sums = run.at(beta, want)
        if previous is not None and pace.worse(sums, previous[1]):
            if not made:
                beta, previous, want = previous[0], None, run.opening()
                continue
            halvings, shortened, outside = halvings + 1, shortened + 1, outside + (sums.equations is None)
            if shortened > HALVINGS or halvings > 3 * HALVINGS or (halvings >= CUT and run.searchable):
                break
            beta = (beta + previous[0]) / 2
            continue
        if sums.equations is None:
            raise NoStartError
        if want == "score":
            run.solved = by_system(run.solved.system, sums.equations.score, run.rows.p)
        else:
            sums, lag, made = run.solve(sums, beta), 0.0, want
            run.single = run.single and run.solved.condition >= SINGLE_CONDITION
        step, decrement = run.solved.step, run.solved.decrement
        pace.add(sums, decrement, len(run.solved.system.estimable), not made)
        best = (beta, sums)
        converged = made in (("gram", "single") if pace.rough else ("gram",)) and pace.done(sums, decrement, lag)
        if converged or (pace.slow and (run.watch or run.searchable)):
            break
        previous, shortened = (beta, sums.objective), 0
        beta = beta + step
        change = np.sqrt(max(decrement, 0.0) / max(sums.weight, 1e-300))
        rate = change / moved if want == "score" and moved < np.inf else lag + change
        lag, moved = lag + change, change
        want = pace.following(change, rate, lag if made == "gram" else np.inf, run.single)
        if run.triangles or (not made and run.passes >= LENT and want == "score"):
            want = "gram"
    if best is None:
        raise NoStartError
    if not (converged or run.watch) and run.searchable and (pace.slow or halvings >= CUT):
        return _searched(run, best[0])
    at, edge = best[0] + step if converged else best[0], outside >= CUT and not converged
    return Fitted(at, run.kept, run.solved, best[1], converged, edge, run.passes, step, pace.slow)


def _searched(run: _Run, beta: np.ndarray) -> Fitted:
    """Return where Newton's own steps lead, and the expected information there."""
    found = searched(run.rows, run.family, beta, run.kept)
    if not (found.settled or found.edge):  # scoring may have led where the objective is flat
        total, weighted = run.rows.total(Mean()).values
        found = searched(run.rows, run.family, _first(run, weighted / total), run.kept)
    sums = run.solve(run.at(found.beta, "gram"), found.beta)
    passes = run.passes + found.passes
    last = run.solved
    return Fitted(found.beta, run.kept, last, sums, found.settled, found.edge, passes, last.step, sought=True)
