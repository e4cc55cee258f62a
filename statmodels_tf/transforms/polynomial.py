"""Orthogonal polynomials by R's recursion: `poly(x, 2)`."""

import numpy as np

from ..errors import DataError
from .base import Matrix, Transform, numeric


def poly(x, degree=1, raw=False, *, state=None):
    """Return polynomials of degree 1 to `degree`, orthonormal over the rows, or plain powers when `raw`.

    With alpha and the squared norms n_j of the monic polynomials kept, new rows follow
    P_{j+1} = (x - alpha_{j+1}) P_j - (n_{j+1} / n_j) P_{j-1}, and column j is P_j / sqrt(n_j).

    References
    ----------
    Kennedy & Gentle (1980), Statistical Computing, pp. 343-348.
    """
    values = np.atleast_1d(numeric(x, "poly()"))
    degree = int(numeric(degree, "poly()"))
    if degree < 1:
        raise DataError(f"poly() needs a degree of at least 1, not {degree}.")
    names = tuple(str(j + 1) for j in range(degree))
    if raw is True or raw == 1:
        return Matrix(values[:, None] ** np.arange(1, degree + 1), names), {}
    if state is None:
        present = values[~np.isnan(values)]
        distinct = len(np.unique(present))
        if degree >= distinct:
            raise DataError(
                f"poly() of degree {degree} needs more than {degree} different values, and there are "
                f"{distinct}. Lower the degree."
            )
        state = _recursion(present, degree)
    alpha, norms = np.asarray(state["alpha"]), np.asarray(state["norm2"])
    return Matrix(_evaluate(values, alpha, norms), names), state


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


POLYNOMIALS = [Transform("poly", poly, True)]
