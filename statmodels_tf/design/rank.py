"""Rank: which columns depend linearly on earlier ones, by the rule of R's `lm`.

Columns are orthogonalised in order; one whose remaining norm is below 1e-7 of its own is aliased.

References
----------
R's dqrdc2 (src/appl/dqrdc2.f), LINPACK's dqrdc with limited pivoting.
Demmel, Grigori, Hoemmen & Langou (2012), Communication-optimal parallel and sequential QR and LU factorizations.
doi:10.1137/080731992
"""

import numpy as np

from ..linalg import LinearMap

TOLERANCE = 1e-7
CHUNK = 65_536
PLAIN = 1e-3
"""Squared remaining norm, relative, so large that rounding need not be weighed."""


def aliased_columns(matrix: LinearMap, weights: np.ndarray | None = None) -> tuple[int, ...]:
    """Return the positions of columns of `matrix` that depend on earlier ones.

    The cross-product is enough when every column clearly stands out; only otherwise are the columns themselves looked
    at, through the triangular factor of their QR decomposition, gathered over chunks of rows.

    Parameters
    ----------
    matrix : LinearMap [n, p]
    weights : array [n] or None
        Rows of weight zero do not count.
    """
    n, p = matrix.shape
    if p == 0:
        return ()
    counted = None if weights is None or weights.all() else (weights > 0).astype(float)
    if p <= n:
        gram = matrix.gram(counted)
        if clearly_independent(gram, n):
            return ()
    rows = np.arange(n) if counted is None else np.flatnonzero(counted)
    return pivoted(_triangle(matrix, rows, p))


def aliased_by_gram(gram: np.ndarray) -> tuple[int, ...]:
    """Return the same of the cross-product [p, p] of columns that lie elsewhere, as far as its rounding shows them."""
    scale = np.sqrt(np.diag(gram))
    scale = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(gram / np.outer(scale, scale))
    return pivoted(np.linalg.qr(np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T, mode="r"))


def clearly_independent(gram: np.ndarray, n: int, tolerance: float = TOLERANCE) -> bool:
    """Return whether the cross-product of n rows alone shows that every column stands out from the earlier ones.

    Column j keeps the squared norm d_j = v'Cv, where v = (-coefficients on the earlier columns, 1). Rounding disturbs C
    by about eps sqrt(n), hence d_j by that times |v|_1 squared; a d_j well above it and above the tolerance is certain.
    """
    if not len(gram):
        return True
    scale = np.sqrt(np.diag(gram))
    if not scale.all() or not np.isfinite(scale).all():
        return False
    try:
        lower = np.linalg.cholesky(gram / scale / scale[:, None])
    except np.linalg.LinAlgError:
        return False
    remaining = np.diag(lower) ** 2
    if remaining.min() > PLAIN:
        return True
    steps = np.linalg.inv(lower) * np.diag(lower)[:, None]
    noise = np.finfo(float).eps * np.sqrt(n) * np.abs(steps).sum(axis=1) ** 2
    return bool(np.all(remaining > np.maximum(100 * noise, 100 * tolerance**2)))


def _triangle(matrix, rows, p):
    """Return R of the QR decomposition of the rows, chunk by chunk."""
    triangle = np.empty((0, p))
    for start in range(0, len(rows), max(CHUNK, p)):
        chunk = matrix.dense(rows[start : start + max(CHUNK, p)])
        triangle = np.asarray(np.linalg.qr(np.vstack([triangle, chunk]), mode="r"))
    return triangle


def pivoted(columns: np.ndarray, tolerance: float = TOLERANCE) -> tuple[int, ...]:
    """Return the columns that Householder elimination in order moves to the end."""
    work = np.array(columns, dtype=float)
    norms = np.linalg.norm(work, axis=0)
    norms[norms == 0] = 1.0
    aliased, row = [], 0
    for j in range(work.shape[1]):
        below = work[row:, j]
        length = np.linalg.norm(below)
        if length < norms[j] * tolerance or len(below) == 0:
            aliased.append(j)
            continue
        mirror = below.copy()
        mirror[0] += np.copysign(length, mirror[0])
        mirror /= np.linalg.norm(mirror)
        rest = work[row:, j:]
        rest -= 2 * np.outer(mirror, mirror @ rest)
        row += 1
    return tuple(aliased)
