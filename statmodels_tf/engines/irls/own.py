"""Own parameters: coefficients and the family's own parameters in turn, until neither moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ...errors import EngineError
from .memory import MemoryRows
from .rows import Rows
from .system import CholeskySystem

TURNS = 200
SETTLED = 1e-10
"""Relative change of the own parameters below which they have settled."""


def fit_own(rows: Rows, family: Any, fit: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    """Return the family at its estimates, and the coefficients there; `converged` says whether both settled.

    Parameters
    ----------
    rows : MemoryRows
    family : ExponentialFamily
        With parameters of its own to be estimated.
    fit : callable
        Family and an earlier answer to start from -> Answer.
    """
    if not isinstance(rows, MemoryRows):
        names = " and ".join(family.own)
        raise EngineError(f"{names} cannot be estimated over streamed data yet; fix it, `family(..., {names}=...)`.")
    answer = fit(family, None)
    passes, settled = answer.fitted.iterations, False
    for _ in range(TURNS):
        before = np.array(list(family.values.values()))
        family = family.estimated(rows.y, _means(rows, family, answer.fitted.beta), rows.weights)
        # What lies at infinity is looked for anew: a start far out there would hide it.
        answer = fit(family, None if answer.infinite.any() else answer)
        passes += answer.fitted.iterations
        now = np.array(list(family.values.values()))
        settled = bool(np.all(np.abs(now - before) <= SETTLED * np.abs(now)))
        if settled:
            break
    fitted = answer.fitted
    last = replace(fitted.last, system=_joint(rows, family, fitted))
    fitted = replace(fitted, iterations=passes, converged=fitted.converged and settled, last=last)
    return family, replace(answer, fitted=fitted)


def _predictor(rows, beta):
    eta = rows.common.matvec(beta)
    return eta if rows.offset is None else eta + rows.offset


def _means(rows, family, beta):
    return family.link.inverse(_predictor(rows, beta), np)


def _joint(rows, family, fitted):
    """Return the information of the coefficients when the own parameters are estimated too: G - X'c I⁻¹ c'X."""
    system = fitted.last.system
    cross, own = family.information(_predictor(rows, fitted.beta), rows.y, rows.weights)
    if cross is None or not isinstance(system, CholeskySystem):
        return system
    shared = np.column_stack([rows.common.rmatvec(column) for column in np.reshape(cross, (rows.n, -1)).T])
    shared = shared[system.estimable]
    gram = system.lower @ system.lower.T - shared @ np.linalg.solve(np.atleast_2d(own), shared.T)
    return CholeskySystem(system.estimable, np.linalg.cholesky(gram))
