"""Orthogonal polynomials by R's recursion: `poly(x, 2)`, `poly(x, z, degree = 2)`."""

from itertools import product
from math import comb

import numpy as np

from ..errors import DataError
from .base import Factor, Logical, Matrix, Transform, count, flag, numeric
from .learned_polynomial import OfPolynomials

MOST = 1_000
"""The most columns of one call."""


def poly(x, *others, degree=1, raw=False, state=None):
    """Return polynomials of degree 1 to `degree`, orthonormal over the rows, or plain powers when `raw`.

    With alpha and the squared norms n_j of the monic polynomials kept, new rows follow
    P_{j+1} = (x - alpha_{j+1}) P_j - (n_{j+1} / n_j) P_{j-1}, and column j is P_j / sqrt(n_j).
    Of several columns there are all products up to the degree, named by the powers: `poly(x, z, degree = 2)` has
    `1.0 2.0 0.1 1.1 0.2`.

    References
    ----------
    Kennedy & Gentle (1980), Statistical Computing, pp. 343-348.
    """
    columns, degree = arguments(x, others, degree)
    raw = flag(raw, "`raw` of poly()")
    if comb(len(columns) + degree, degree) - 1 > MOST or (degree + 1) ** len(columns) > MOST**2:
        raise DataError(f"poly() of degree {degree} in {len(columns)} columns makes more than {MOST:,}. Lower it.")
    states = [None] * len(columns) if state is None else [state] if len(columns) == 1 else state["parts"]
    made = [_poly(values, degree, raw, before) for values, before in zip(columns, states, strict=True)]
    if len(columns) == 1:
        return Matrix(made[0][0], tuple(str(j + 1) for j in range(degree))), made[0][1]
    # The first column's power runs fastest, as in R's expand.grid.
    powers = [p[::-1] for p in product(range(degree + 1), repeat=len(columns)) if 0 < sum(p) <= degree]
    bases = [np.column_stack([np.ones(len(values)), values]) for values, _ in made]
    values = np.column_stack([np.prod([b[:, k] for b, k in zip(bases, p, strict=True)], axis=0) for p in powers])
    return Matrix(values, tuple(".".join(map(str, p)) for p in powers)), {"parts": [learned for _, learned in made]}


def arguments(x, others, degree):
    """Return the columns [n] and the degree that a call of `poly` names; the degree may stand among the columns."""
    constants = [v for v in others if np.ndim(v) == 0 and not isinstance(v, (Factor, Logical, Matrix))]
    if constants and len(others) > 1:
        raise DataError("poly() takes one degree; write its other options by name: `degree = 2`, `raw = TRUE`.")
    columns = [np.atleast_1d(numeric(value, "poly()")) for value in (x, *others[len(constants) :])]
    if len({len(values) for values in columns}) > 1:
        raise DataError("poly() takes columns and one degree, such as `poly(x, z, degree = 2)`.")
    degree = count(constants[0] if constants else degree, "the degree of poly()", least=1, most=MOST)
    return columns, degree


def _poly(values, degree, raw, state):
    """Return the polynomials of one column [n, degree] and what repeats them."""
    if raw:
        with np.errstate(all="ignore"):
            return values[:, None] ** np.arange(1, degree + 1), {}
    if state is None:
        present = values[~np.isnan(values)]
        distinct = len(np.unique(present))
        if degree >= distinct:
            raise DataError(
                f"poly() of degree {degree} needs more than {degree} different values, and there are "
                f"{distinct}. Lower the degree."
            )
        state = _recursion(present, degree)
    return _evaluate(values, np.asarray(state["alpha"]), np.asarray(state["norm2"])), state


def _recursion(x, degree):
    """Return alpha [degree] and the squared norms [degree + 2], R's coefficients."""
    mean = x.mean()
    x = x - mean  # centred first: the norms cancel less
    alpha, norms = [], [1.0, float(len(x))]
    before, now = np.zeros_like(x), np.ones_like(x)
    for _ in range(degree):
        alpha.append(float((x * now) @ now / norms[-1]))
        before, now = now, (x - alpha[-1]) * now - (norms[-1] / norms[-2] if len(alpha) > 1 else 0.0) * before
        norms.append(float(now @ now))
    return {"alpha": [a + float(mean) for a in alpha], "norm2": norms}


def _evaluate(x, alpha, norms):
    columns = [np.ones_like(x), x - alpha[0]]
    for j in range(1, len(alpha)):
        columns.append((x - alpha[j]) * columns[j] - norms[j + 1] / norms[j] * columns[j - 1])
    return np.column_stack(columns[1:]) / np.sqrt(norms[2:])


def _learner(transform, given):
    """Return what learns the recursion; raw powers have nothing to learn."""
    if given.get("raw", False):
        return None
    _, degree = arguments(given["x"], given.get("others", ()), given.get("degree", 1))
    return OfPolynomials(transform, {"degree": degree}, arguments)


POLYNOMIALS = [Transform("poly", poly, True, finite=True, learner=_learner, by_level=True)]
