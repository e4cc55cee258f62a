"""Fit: a model -> everything an estimate holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ModelError
from ...families.exponential import ExponentialFamily
from .distinct import distinct_rows
from .edges import RemainingRows, edge_levels
from .memory import model_rows
from .newton import Borrowed, Fitted, NoStartError, newton
from .own import fit_own
from .rows import Rows
from .said import no_start, said
from .separation import Separation, UndecidedError, far_out, separation
from .solve import Solved
from .streamed import StreamedRows, streamed_rows, streamed_totals
from .system import CholeskySystem, SchurSystem
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
    totals = streamed_totals(rows, model, beta) if isinstance(rows, StreamedRows) else memory_totals(rows, model, beta)
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

    `fitted` is of the rows that hold the finite part, where some coefficients are infinite.
    """

    fitted: Fitted
    estimable: np.ndarray
    infinite: np.ndarray
    separation: Separation | None = None
    undecided: str = ""


def fit_rows(rows: Rows, family: ExponentialFamily, options: Options, before: Answer | None = None) -> Answer:
    """Return the fit of the rows, and which of its coefficients are infinite."""
    fitted = _finite(rows, family, options, None if before is None else before.fitted, watch=True)
    none = np.zeros(rows.p, dtype=int)
    if not fitted.slow and fitted.converged:
        return Answer(fitted, fitted.kept, none)
    undecided = ""
    try:
        found = separation(rows, family, fitted.kept, fitted.direction)
    except UndecidedError as error:
        found, undecided = None, str(error)
    if found is None:
        if not fitted.converged:
            fitted = _finite(rows, family, options, fitted, watch=False)
        system = fitted.last.system
        if undecided and isinstance(system, SchurSystem):
            infinite = edge_levels(rows, family, system.normal.plan)
            return Answer(fitted, fitted.kept, infinite, None, "" if infinite.any() else undecided)
        return Answer(fitted, fitted.kept, none, None, undecided)
    left = RemainingRows(rows, found.directions)
    if found.remaining:
        limit = _finite(left, family, replace(options, warm=None), None, watch=False)
    else:
        empty = Solved(none, 0.0, CholeskySystem(none[:0], np.empty((0, 0))), 1.0)
        limit = replace(fitted, beta=np.zeros(rows.p), kept=none[:0], last=empty, converged=True, iterations=0)
    limit = replace(limit, beta=far_out(rows, family, found, limit.beta), sums=fitted.sums,
                    iterations=fitted.iterations + limit.iterations)  # fmt: skip
    return Answer(limit, fitted.kept, found.infinite, found)


def _finite(rows, family, options, start, *, watch) -> Fitted:
    """Return where Newton's method stops, from an earlier fit, or from a random sample of rows where they are many."""
    warm, borrowed = (start, None) if start is not None else _warm(rows, family, options)
    how = {
        "tolerance": options.tolerance,
        "rank_tolerance": options.rank_tolerance,
        "max_iterations": options.max_iterations,
        "watch": watch,
    }
    try:
        if warm is not None:
            how |= {"kept": None if start is None else start.kept, "single": warm.last.condition > 1e-4}
            return newton(rows, family, start=warm.beta, borrowed=borrowed, **how)
        return newton(rows, family, triangles=family.linear and rows.n * rows.p <= 200_000, **how)
    except NoStartError:
        raise ModelError(no_start(family)) from None


def _warm(rows, family, options):
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
            tried = newton(some, family, start=begun, single=True, rough=True, max_iterations=15)
        except NoStartError:
            continue
        found = tried if tried.converged and len(tried.kept) == p else None
    if found is None:
        return None, None
    system, times = found.last.system, np.sqrt(rows.n / some.n)
    if not isinstance(system, CholeskySystem) or found.last.condition < 1e-8:
        return found, None
    return found, Borrowed(CholeskySystem(system.estimable, times * system.lower), 2 * np.sqrt(p / some.n))
