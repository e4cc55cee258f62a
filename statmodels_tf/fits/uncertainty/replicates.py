r"""Many versions of one regression, other weights or other responses of the same rows, solved together.

With c_bi the weight of row i in replicate b and x_i x_i' written as the row P_i of its distinct products, the
informations of all replicates are one matrix product, C diag(w) P, and so are the scores, C diag(s) X. At the estimate,
where every replicate starts, w and s are the same for all, so the first Newton step of all of them costs two products;
later ones evaluate the family for each replicate and row. The small systems are solved in one batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ..regression.base import Regression

_ENTRIES = 200_000
"""Replicates times rows of one evaluation of the family: what stays in a processor's cache."""

_DECREMENT = {True: 1e-6, False: 1e-13}
"""The decrement, relative to the dispersion, whose step is the last, for canonical links and others.

With a canonical link the steps are Newton's and leave a decrement of about its square; with others a share of it.
"""

_STILL = 1e-2
"""The squared length of a last step, by the information of the fit itself, over the dispersion."""

_ITERATIONS = 25


def solved_together(
    fit: Regression, counts: np.ndarray | None, responses: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the coefficients [R, r] of R replicates, and which of them were found [R].

    Parameters
    ----------
    fit : Regression
    counts : array [R, n] or None
        How often each row is in each replicate.
    responses : array [R, n] or None
        The responses of each replicate, on the scale of the mean.
    """
    given: Any = responses if counts is None else counts
    size = len(given)
    enough = _DECREMENT[fit.family.canonical == fit.family.link.name]
    metric = np.linalg.inv(fit.system.covariance)
    beta = np.tile(fit.beta[fit.system.estimable], (size, 1))
    found, active = np.zeros(size, dtype=bool), np.arange(size)
    for iteration in range(_ITERATIONS):
        own = (part if part is None else part[active] for part in (counts, responses))
        gram, score = _sums(fit, beta[active], *own, shared=iteration == 0 and responses is None)
        step, usable = _steps(gram, score)
        beta[active] += step
        decrement = np.einsum("ij,ij->i", step, score) / fit.dispersion
        last = usable & ((decrement < enough) | fit.family.linear)
        # Where a replicate is separated the decrement goes to zero and the coefficients go on and on.
        moved = np.einsum("ij,jk,ik->i", step, metric, step) / fit.dispersion
        found[active[last & ((moved < _STILL) | fit.family.linear)]] = True
        active = active[usable & ~last]
        if not len(active):
            break
    return beta, found


def _sums(
    fit: Regression, beta: np.ndarray, counts: np.ndarray | None, responses: np.ndarray | None, *, shared: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the informations [R, r, r] and the scores [R, r]; `shared` if all are at the fit's estimate."""
    design, family, keep = fit.model.design, fit.family, fit.system.estimable
    y, a = fit.observations
    (size, r), n = beta.shape, design.n
    left, right = np.triu_indices(r)
    products, score = np.zeros((size, len(left))), np.zeros((size, r))
    rows = max(_ENTRIES // size, 64)
    for begin in range(0, n, rows):
        at = slice(begin, min(begin + rows, n))
        X = design.common.dense(at)[:, keep]
        P = X[:, left] * X[:, right]
        if shared and counts is not None:
            work = family.working(fit.linear_predictor[at], y[at], a[at])
            c = counts[:, at].astype(float)
            products += c @ (work.weight[:, None] * P)
            score += c @ (work.score[:, None] * X)
            continue
        eta = beta @ X.T
        if design.offset is not None:
            eta += design.offset[at]
        observed = np.broadcast_to(y[at] if responses is None else responses[:, at], eta.shape)
        weights = np.broadcast_to(a[at] if counts is None else counts[:, at] * a[at], eta.shape)
        with np.errstate(all="ignore"):
            work = family.working(eta.ravel(), observed.ravel(), weights.ravel())
        products += work.weight.reshape(eta.shape) @ P
        score += work.score.reshape(eta.shape) @ X
    gram = np.empty((size, r, r))
    gram[:, left, right] = gram[:, right, left] = products
    return gram, score


def _steps(gram: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the Newton steps [R, r], zero where there is none, and where there is one [R]."""
    scale = np.sqrt(np.einsum("ijj->ij", gram))
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = gram / (scale[:, :, None] * scale[:, None, :])
    usable = np.isfinite(unit).all(axis=(1, 2)) & np.isfinite(score).all(axis=1)
    usable[usable] = np.abs(np.linalg.slogdet(unit[usable])[1]) < 30 * max(gram.shape[1], 1)
    step = np.zeros_like(score)
    if usable.any():
        solved = np.linalg.solve(unit[usable], (score[usable] / scale[usable])[:, :, None])
        step[usable] = solved[:, :, 0] / scale[usable]
    return step, usable
