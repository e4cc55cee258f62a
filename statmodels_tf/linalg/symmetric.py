"""Weighted cross-products of array columns, by symmetric rank-k updates over rows that fit the cache."""

from functools import lru_cache

import numpy as np
from scipy.linalg.blas import dsyrk, ssyrk

CACHE, LARGE_CACHE = 1 << 21, 1 << 23
"""Bytes of weighted rows made at a time; the larger number where there would be fewer than `ROWS` of them."""
ROWS = 4096


def rows_at_once(p: int) -> int:
    """Return how many rows of `p` columns are weighted and multiplied at a time."""
    width = 8 * max(p, 1)
    return min(max(CACHE // width, min(LARGE_CACHE // width, ROWS), 1024), 16_384)


def weighted_gram(
    values: np.ndarray | tuple[np.ndarray, ...], w: np.ndarray | None = None, single: bool = False
) -> np.ndarray:
    """Return X' diag(w) X [p, p] for w >= 0 or None; products in 32 bits if `single`, their sums in 64.

    X is one array, or several side by side.

    Half the operations of a general product: the rows times sqrt(w), each block by one symmetric update.
    """
    parts = values if isinstance(values, tuple) else (values,)
    ends = np.cumsum([0, *(part.shape[1] for part in parts)]).tolist()
    n, p = len(parts[0]), ends[-1]
    total = np.zeros((p, p), order="F")
    if p == 0:
        return total
    root = None if w is None else np.sqrt(w)
    size = rows_at_once(p)
    buffer = np.empty((p, min(size, n)), dtype=np.float32 if single else np.float64).T
    for start in range(0, n, size):
        rows = slice(start, min(start + size, n))
        scaled = buffer[: rows.stop - start]
        for part, a, b in zip(parts, ends[:-1], ends[1:], strict=True):
            if root is None:
                scaled[:, a:b] = part[rows]
            else:
                np.multiply(part[rows], root[rows, None], out=scaled[:, a:b], casting="same_kind")
        if single:
            total += ssyrk(1.0, scaled, trans=1)
        elif scaled.flags.f_contiguous:
            total = dsyrk(1.0, scaled, trans=1, beta=1.0, c=total, overwrite_c=1)
        else:
            total = dsyrk(1.0, np.asfortranarray(scaled), trans=1, beta=1.0, c=total, overwrite_c=1)
    below = _below(p)
    total[below] = total.T[below]
    return total


@lru_cache(maxsize=16)
def _below(p):
    """Return the places below the diagonal."""
    return np.tril_indices(p, -1)
