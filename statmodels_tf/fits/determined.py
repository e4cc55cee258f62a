"""Which functions of the coefficients the data determine where some estimates are infinite.

The rows that are fitted without error say nothing more once the estimate lies at infinity; with X_r the other rows, the
likelihood is flat along the directions c with X_r c = 0 at the end. L beta has an estimate and a variance where L c = 0
for each of them: where L is a combination of the rows of X_r.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .linear_function import dependent, endless

_DETERMINED = 1e-7
_EXACT = 1e-10


def undetermined(fit: Any, L: np.ndarray) -> np.ndarray:
    """Return which rows of L [r, p] rest on a direction that the data leave open; their variance does not exist.

    Parameters
    ----------
    fit : Estimate
        Of one without infinite estimates no row does.
    L : array [r, p]
        Rows of the design, or the Jacobian of functions of the coefficients.
    """
    if not np.isinf(np.asarray(fit.estimates, dtype=float)).any():
        return np.zeros(len(L), dtype=bool)
    open_ = _open_directions(fit)
    if open_ is None:
        return endless(fit, L)
    size = np.abs(L) @ np.abs(open_)
    return (np.abs(L @ open_) > _DETERMINED * np.maximum(size, np.finfo(float).tiny)).any(axis=1)


def _open_directions(fit: Any) -> np.ndarray | None:
    """Return vectors c [p, a] that span the open directions; None where the engine did not set the rows apart."""
    design, there = fit.model.design, ~np.isnan(fit.beta)
    held = np.asarray(getattr(fit.system, "estimable", ()), dtype=int)
    free = np.setdiff1d(np.flatnonzero(there), held)
    if design.source is not None or not len(free):
        return None
    y, a = fit.observations
    exact = np.any([(y == edge) & (np.abs(fit.means - edge) < _EXACT) for edge in mean_range(fit.family)], axis=0)
    return dependent(design.common.gram(((a > 0) & ~exact).astype(float)), held, free)


def mean_range(family: Any) -> tuple[float, float]:
    """Return the ends of the range of means: where the link goes, and no further than 1 for shares."""
    with np.errstate(all="ignore"):
        ends = np.round(family.link.inverse(np.array([-np.inf, np.inf]), np), 12)
    low, high = float(min(ends)), float(max(ends))
    return low, min(high, 1.0) if family.shares else high
