"""Contrasts: how the levels of a factor become columns, as R codes them."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from ..errors import DataError, did_you_mean
from .base import Contrast, Transform, count, describe, numeric, texts


def treatment(levels, base=1):
    """Return an indicator of each level but the reference, with the levels as names.

    >>> treatment(("a", "b", "c"))[1]
    ('b', 'c')
    """
    base = count(base, "`base` of contr.treatment()", least=1, most=len(levels))
    keep = [i for i in range(len(levels)) if i != base - 1]
    if base in (1, len(levels)) and len(levels) > 1:
        return indicators(len(levels), first=int(base == 1), count=len(keep)), tuple(levels[i] for i in keep)
    return np.eye(len(levels))[:, keep], tuple(levels[i] for i in keep)


def indicators(levels, first=0, count=None):
    """Return the matrix [levels, count] whose column j is 1 at level first + j: a view of 2 levels - 1 numbers.

    >>> indicators(3, first=1, count=2)
    array([[0., 0.],
           [1., 0.],
           [0., 1.]])
    """
    diagonals = np.zeros(2 * levels - 1)
    diagonals[levels - 1 - first] = 1.0
    step = diagonals.itemsize
    shape = (levels, levels if count is None else count)
    return np.lib.stride_tricks.as_strided(diagonals[levels - 1 :], shape, (-step, step), writeable=False)


def last_treatment(levels):
    """Return an indicator of each level but the last, which is the reference, as SAS has it.

    >>> last_treatment(("a", "b", "c"))[1]
    ('a', 'b')
    """
    return treatment(levels, len(levels))


def successive(levels):
    """Return contrasts whose coefficients are the differences of successive levels, `b-a`, `c-b`, from the grand mean.

    References
    ----------
    Venables & Ripley (2002), Modern Applied Statistics with S, section 6.2.
    """
    k = len(levels)
    steps = np.arange(1, k) / k
    matrix = np.where(np.arange(k)[:, None] <= np.arange(k - 1), steps - 1, steps)
    return matrix, tuple(f"{b}-{a}" for a, b in pairwise(levels))


def sum_to_zero(levels):
    """Return indicators of each level but the last, which is -1 in all of them."""
    k = len(levels)
    return np.vstack([np.eye(k - 1), -np.ones((1, k - 1))]), _numbers(k - 1)


def helmert(levels):
    """Return the comparison of each level with the mean of those before it."""
    k = len(levels)
    matrix = np.triu(-np.ones((k, k)), 0)[:, : k - 1]
    matrix[np.arange(1, k), np.arange(k - 1)] = np.arange(1, k)
    return matrix, _numbers(k - 1)


def polynomial(levels, scores=None):
    """Return orthonormal polynomials in the level's number (or `scores`): linear, quadratic, cubic, `^4` ...

    References
    ----------
    Chambers & Hastie (1992), Statistical Models in S, section 2.3.2.
    """
    k = len(levels)
    if k > 95:
        raise DataError(
            f"polynomial contrasts of {k} levels cannot be computed accurately; 95 is the most. Use other contrasts, "
            "such as `C(x, contr.treatment)`, or the level's number, `as.numeric(x)`."
        )
    points = np.arange(1.0, k + 1) if scores is None else np.ravel(numeric(scores, "`scores` of contr.poly()"))
    if len(points) != k or len(np.unique(points)) < k or not np.isfinite(points).all():
        raise DataError(f"contr.poly() needs a score for each of the {k} levels, all of them different.")
    points = points - points.mean()
    # The sign of each column is that of the raw power projected on what precedes it, hence the factor sign(diag R).
    q, r = np.linalg.qr(np.vander(points, k, increasing=True))
    names = (".L", ".Q", ".C", *(f"^{d}" for d in range(4, k)))[: k - 1]
    return (q * np.sign(np.diag(r)))[:, 1:], names


def _numbers(k):
    return tuple(str(j + 1) for j in range(k))


CODINGS: dict[str, Callable] = {
    "contr.treatment": treatment,
    "contr.sum": sum_to_zero,
    "contr.helmert": helmert,
    "contr.poly": polynomial,
    "contr.SAS": last_treatment,
    "contr.sdif": successive,
}
_ALIASES = {name.removeprefix("contr."): name for name in CODINGS} | {
    "Treatment": "contr.treatment",
    "Sum": "contr.sum",
    "Helmert": "contr.helmert",
    "Poly": "contr.poly",
}


def as_contrast(value, who="C()"):
    """Return the contrast meant by a name (`"sum"`, `contr.sum`), a matrix [levels, columns] or a contrast."""
    if isinstance(value, Contrast):
        return value
    if isinstance(value, Transform):
        value = value.name
    if isinstance(value, str):
        name = _ALIASES.get(value, value)
        if name in CODINGS:
            return Contrast(name)
        known = [*CODINGS, *(n for n in _ALIASES if not n.istitle())]
        raise DataError(
            f"{who}: no contrasts called `{value}`.{did_you_mean(value, known)} "
            f"Known: {', '.join(CODINGS)}, or a matrix with a row for each level."
        )
    try:
        matrix = np.asarray(value, dtype=float) if isinstance(value, (np.ndarray, list, tuple)) else None
    except (TypeError, ValueError):  # ragged, or not numbers
        matrix = None
    if matrix is None or matrix.ndim not in (1, 2) or not np.isfinite(matrix).all():
        listed = isinstance(value, (np.ndarray, list, tuple))
        given = "one that is ragged or holds what is no finite number" if listed else describe(value)
        raise DataError(
            f"{who} needs the name of contrasts ({', '.join(CODINGS)}) or a matrix of numbers, not {given}."
        )
    return Contrast("matrix", matrix.reshape(len(matrix), -1))


def contrast_matrix(contrast, levels):
    """Return the matrix [levels, columns] of a contrast and the names of its columns."""
    if contrast.matrix is None:
        return CODINGS[contrast.name](levels)
    if len(contrast.matrix) != len(levels):
        raise DataError(
            f"the contrast matrix has {len(contrast.matrix)} rows, and the factor {len(levels)} levels "
            f"({', '.join(levels[:6])}{', ...' if len(levels) > 6 else ''})."
        )
    return contrast.matrix, contrast.columns or _numbers(contrast.matrix.shape[1])


MOST_LEVELS = 2_000
"""The most levels of a matrix that a formula asks for by number."""


def _made(name, n, *options):
    """Return the contrasts of `n` levels, or of the levels that `n` lists, as a matrix."""
    listed = not isinstance(n, str) and np.ndim(n) == 1 and len(n) > 1
    levels = texts(n, f"{name}()") if listed else _numbers(count(n, f"n of {name}()", least=2, most=MOST_LEVELS))
    return Contrast(name, *CODINGS[name](levels, *options))


def _plain(name):
    return Transform(name, lambda n: _made(name, n))


CONTRASTS = [
    Transform("contr.treatment", lambda n, base=1: _made("contr.treatment", n, base)),
    Transform("contr.poly", lambda n, scores=None: _made("contr.poly", n, scores)),
    *map(_plain, ("contr.sum", "contr.helmert", "contr.SAS", "contr.sdif")),
]
