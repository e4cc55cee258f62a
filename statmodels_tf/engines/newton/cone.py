"""A direction along which no row's probability falls, by linear programmes on as few rows as decide it.

The programme is: maximise Σ s with 0 <= s <= 1 and s <= A d, A the rows of `Likelihood.directions`. A row that can rise
at all rises by one on a long enough direction, so the solution raises as many rows as possible. Where there are many
rows it is solved for some of them; where these have no direction, all have none; where other rows fall along the one
that is found, those that fall most are added, until none falls.

References
----------
Konis (2007), Linear programming algorithms for detecting separated data in binary logistic regression models.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack

from .likelihood import CHUNK, Likelihood

_WHOLE = 5_000
"""Rows that are taken all at once."""
_EXTREME = 50
"""Rows taken for each parameter: those on which it acts most."""
_ADDED = 2_000
_ROUNDS = 30
_FALLS = 1e-7


def rising(likelihood: Likelihood) -> np.ndarray | None:
    """Return a direction [r] of the estimable parameters along which no row falls and some rise, or None."""
    counted = np.arange(len(likelihood.y)) if likelihood.weights is None else np.flatnonzero(likelihood.weights > 0)
    keep = likelihood.estimable
    if len(counted) <= _WHOLE:
        return _solved(likelihood.directions(counted)[0][:, keep])
    chosen = _first(likelihood, counted, keep)
    for _ in range(_ROUNDS):
        direction = _solved(likelihood.directions(chosen)[0][:, keep])
        if direction is None:
            return None
        fallen = _fallen(likelihood, counted, keep, direction)
        if not len(fallen):
            return direction
        chosen = np.union1d(chosen, fallen)
    return None


def _solved(A: np.ndarray) -> np.ndarray | None:
    """Return the direction that raises most rows, or None where no row rises."""
    size = np.abs(A).max(axis=0)
    size = np.where(size > 0, size, 1.0)
    scaled = np.unique(A / size, axis=0)
    m, r = scaled.shape
    made = linprog(
        np.r_[np.zeros(r), -np.ones(m)],
        A_ub=hstack([csr_array(-scaled), eye_array(m)], format="csr"),
        b_ub=np.zeros(m),
        bounds=[(None, None)] * r + [(0.0, 1.0)] * m,
        method="highs",
    )
    return None if made.status != 0 or -made.fun < 0.5 else made.x[:r] / size


def _first(likelihood: Likelihood, counted: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """Return rows to start from: some at random, and those on which each parameter acts most."""
    chosen = [np.random.default_rng(0).choice(counted, _WHOLE // 2, replace=False)]
    best, where = np.empty((0, len(keep))), np.empty((0, len(keep)), dtype=int)
    for A, owners in _chunks(likelihood, counted, keep):
        acts = np.vstack([best, np.abs(A)])
        whose = np.vstack([where, np.broadcast_to(owners[:, None], A.shape)])
        top = np.argpartition(-acts, min(_EXTREME, len(acts) - 1), axis=0)[:_EXTREME]
        best, where = np.take_along_axis(acts, top, axis=0), np.take_along_axis(whose, top, axis=0)
    return np.unique(np.concatenate([*chosen, where.ravel()]))


def _fallen(likelihood: Likelihood, counted: np.ndarray, keep: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return the rows that fall most along a direction."""
    falls, whose = np.empty(0), np.empty(0, dtype=int)
    for A, owners in _chunks(likelihood, counted, keep):
        change = A @ direction / np.maximum(np.abs(A) @ np.abs(direction), np.finfo(float).tiny)
        down = change < -_FALLS
        falls, whose = np.r_[falls, change[down]], np.r_[whose, owners[down]]
        if len(falls) > _ADDED:
            worst = np.argpartition(falls, _ADDED)[:_ADDED]
            falls, whose = falls[worst], whose[worst]
    return np.unique(whose)


def _chunks(likelihood: Likelihood, counted: np.ndarray, keep: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Return the rows of A in pieces, with whose they are."""
    for start in range(0, len(counted), CHUNK):
        A, owners = likelihood.directions(counted[start : start + CHUNK])
        yield A[:, keep], owners
