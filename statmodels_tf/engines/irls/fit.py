"""Fit: a model -> everything an estimate holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ModelError
from ...families.exponential import ExponentialFamily
from .directions import Directions
from .distinct import distinct_rows
from .edges import Direction, Near, edges_of, moving, remaining
from .limit import far_out, limit
from .memory import model_rows
from .narrow import narrowed, widened
from .newton import LARGE, Borrowed, Fitted, NoStartError, newton
from .own import fit_own
from .passes import Sums
from .rows import Rows
from .said import no_start, said
from .separation import UndecidedError
from .solve import Solved
from .streamed import StreamedRows, streamed_rows, streamed_totals
from .system import CholeskySystem, Narrow
from .totals import memory_totals

if TYPE_CHECKING:
    from ...model import Model

SAMPLE, FIRST = 20_000, 8_000
"""The fewest rows of a random sample to start from, which has 10 % of all, and of the one that it starts from."""


@dataclass(frozen=True)
class Options:
    """How to fit; see `IRLS`. `warm` None: always start from the family's means."""

    tolerance: float
    max_iterations: int
    rank_tolerance: float
    warm: int | None


def regression(model: Model, options: Options) -> dict[str, Any]:
    """Return the fields of the estimate of a model, by name."""
    began = perf_counter()
    design, family = model.design, model.family
    rows = streamed_rows(model) if design.source is not None else model_rows(model)
    if family.own:
        family, answer = fit_own(rows, family, lambda at, before: fit_rows(rows, at, options, before))
        model = replace(model, family=family)
        few = None
    else:
        few = distinct_rows(rows, model)
        answer = fit_rows(rows if few is None else few, family, options)
    if few is not None:
        sums = replace(answer.fitted.sums, n=rows.n)
        answer = replace(answer, fitted=replace(answer.fitted, sums=sums))
    fitted, beta = answer.fitted, answer.fitted.beta
    totals = _totals(rows, model, beta, answer.directions)
    dispersion = family.known_dispersion
    if dispersion is None:
        freedom = rows.n - len(answer.estimable)
        dispersion = totals.pearson / freedom if freedom > 0 else np.nan
    coefficients = np.full(rows.p, np.nan)
    coefficients[answer.estimable] = beta[answer.estimable]
    aliased = np.setdiff1d(np.arange(rows.p), answer.estimable)
    diagnostics = {
        "converged": fitted.converged,
        "iterations": fitted.iterations,
        "rank": len(answer.estimable),
        "aliased": tuple(design.columns[j] for j in aliased),
        **({} if few is None else {"distinct_rows": few.n}),
        **said(answer, model, aliased),
        "seconds": perf_counter() - began,
    }
    return {
        "model": model,
        "beta": coefficients,
        "sigma": float(np.sqrt(dispersion)),
        "system": fitted.last.system,
        "totals": totals,
        "infinite": answer.infinite,
        "diagnostics": diagnostics,
    }


@dataclass(frozen=True, eq=False)
class Answer:
    """Where the iterations stopped, the columns that are not aliased, and what lies at infinity.

    `fitted` is of the rows that hold the finite part, where directions lead to infinity.
    """

    fitted: Fitted
    estimable: np.ndarray
    infinite: np.ndarray
    directions: tuple[Direction, ...] = ()
    remaining: int = 0
    undecided: str = ""


def fit_rows(rows: Rows, family: ExponentialFamily, options: Options, before: Answer | None = None) -> Answer:
    """Return the fit of the rows, and which of its coefficients are infinite."""
    none, start = np.zeros(rows.p, dtype=int), None if before is None or before.directions else before.fitted
    infinity = Directions(rows, edges_of(family), options.rank_tolerance)
    infinity.levels()
    undecided, passes, looked, narrow = "", 0, not infinity.possible, None
    while True:
        if infinity.empty:
            fitted, narrow = _nothing_left(none), None
            break
        narrow = narrowed(infinity.left, infinity.held)
        if narrow is None:
            fitted = _finite(infinity.left, family, options, start, infinity.held, watch=not looked)
        else:
            fitted = widened(_finite(narrow, family, options, None, None, watch=not looked), infinity.held, rows.p)
        passes += fitted.iterations
        if looked or not (fitted.slow or not fitted.converged or _doubtful(infinity, family, fitted)):
            break
        try:
            found = infinity.programmes(fitted.kept, fitted.direction)
        except UndecidedError as error:
            found, undecided = False, str(error)
        if not found and fitted.converged:
            break
        start, looked = None if found else fitted, True
    directions, kept, held, gram = infinity.found, infinity.kept, infinity.held, infinity.gram
    if not directions:
        return Answer(fitted, fitted.kept, none, undecided=undecided)
    finite = fitted.last.system if narrow is None else Narrow(fitted.last.system, held)
    system = limit(rows, finite, directions, kept, held, gram)
    infinite = none.copy()
    moved = np.flatnonzero(system.open.any(axis=1))
    infinite[moved] = system.side(np.eye(rows.p)[moved])
    beta = far_out(rows, family, system, fitted.beta)
    many, sums = fitted.sums.n, replace(fitted.sums, n=rows.n)
    last = replace(fitted.last, system=system)
    return Answer(replace(fitted, beta=beta, last=last, sums=sums, iterations=passes), kept, infinite, directions, many,
                  undecided)  # fmt: skip


def _doubtful(infinity, family, fitted):
    """Return whether a fit that ended well has rows on an edge at their edge; of very many rows it is not asked."""
    rows = infinity.left
    few = rows.n * rows.p < LARGE or family.known_dispersion is None
    return few and rows.total(Near(family, infinity.edges, fitted.beta)).values[0] > 0


def _nothing_left(none):
    """Return the fit of no rows."""
    empty = Solved(none, 0.0, CholeskySystem(none[:0], np.empty((0, 0))), 1.0)
    sums = Sums(None, 0.0, 0.0, 0.0, 0.0, 0)
    return Fitted(np.zeros(len(none)), none[:0], empty, sums, True, False, 0, np.zeros(len(none)))


def _totals(rows, model, beta, directions):
    """Return what a fit adds up over its rows; those that directions move are fitted without error."""
    if isinstance(rows, StreamedRows):
        return streamed_totals(rows, model, beta, directions)
    return memory_totals(rows, model, beta, remaining(rows, directions), partial(moving, directions=directions))


def _finite(rows, family, options, start, held, *, watch) -> Fitted:
    """Return where Newton's method stops, from an earlier fit, or from a random sample of rows where they are many."""
    warm, borrowed = (start, None) if start is not None else _warm(rows, family, options, held)
    how = {
        "tolerance": options.tolerance,
        "rank_tolerance": options.rank_tolerance,
        "max_iterations": options.max_iterations,
        "watch": watch,
        "kept": held,
    }
    try:
        if warm is not None:
            how |= {"kept": held if start is None else start.kept, "single": warm.last.condition > 1e-4}
            return newton(rows, family, start=warm.beta, borrowed=borrowed, **how)
        return newton(rows, family, triangles=family.linear and rows.n * rows.p <= 200_000, **how)
    except NoStartError:
        raise ModelError(no_start(family)) from None


def _warm(rows, family, options, held):
    """Return the fit of a random sample of the rows, itself begun with a smaller one, and its information for all rows.

    Both are None where the rows are few, or the sample is not good to start from.
    """
    p = rows.p
    size = min(max(SAMPLE, rows.n // 10, 200 * p), rows.n // 4)
    if options.warm is None or rows.n < options.warm or size < 50 * p or family.linear:
        return None, None
    found, some = None, None
    for many in (max(FIRST, 40 * p), size):
        some = rows.sample(many, 0)
        try:
            begun = None if found is None else found.beta
            tried = newton(some, family, start=begun, kept=held, single=True, rough=True, max_iterations=15)
        except NoStartError:
            continue
        found = tried if tried.converged and len(tried.kept) == (p if held is None else len(held)) else None
    if found is None:
        return None, None
    system, times = found.last.system, np.sqrt(rows.n / some.n)
    if not isinstance(system, CholeskySystem) or found.last.condition < 1e-8:
        return found, None
    return found, Borrowed(CholeskySystem(system.estimable, times * system.lower), 2 * np.sqrt(p / some.n))
