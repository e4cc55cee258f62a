"""Regression splines, with R's knots and bases: `bs`, `ns`, and cardinal natural cubic splines `cs` (also `cr`)."""

from functools import partial

import numpy as np

from ..errors import DataError
from .base import Matrix, Transform, count, flag, number, numeric
from .learning import OfQuantiles

MOST = 1_000
"""The most columns of one basis."""

MOST_DEGREE = 100


def bs(x, df=None, knots=None, degree=3, intercept=False, Boundary_knots=None, *, state=None):
    """Return the B-spline basis of `x`, without its first column unless `intercept`.

    Knots not given are quantiles of `x`, as many as `df` asks. Beyond the boundary the end pieces continue.

    References
    ----------
    de Boor (1978), A Practical Guide to Splines.
    """
    values, intercept = np.atleast_1d(numeric(x, "bs()")), flag(intercept, "`intercept` of bs()")
    degree = count(degree, "the degree of bs()", least=1, most=MOST_DEGREE)
    if state is None:
        state = _knots("bs", values, df, knots, Boundary_knots, least=degree + intercept)
    full = np.concatenate(
        [np.repeat(state["boundary"][0], degree + 1), state["knots"], np.repeat(state["boundary"][1], degree + 1)]
    )
    basis = bspline(values, full, degree)
    return _named(basis if intercept else basis[:, 1:]), state


def ns(x, df=None, knots=None, intercept=False, Boundary_knots=None, *, state=None):
    """Return a basis of natural cubic splines: cubic between the boundary knots, straight beyond them.

    The second derivatives at the two boundary knots are made zero by the last columns of the QR factor of that
    constraint, as R does.
    """
    values, intercept = np.atleast_1d(numeric(x, "ns()")), flag(intercept, "`intercept` of ns()")
    if state is None:
        state = _knots("ns", values, df, knots, Boundary_knots, least=1 + intercept)
    low, high = state["boundary"]
    full = np.concatenate([np.repeat(low, 4), state["knots"], np.repeat(high, 4)])
    inside = np.clip(values, low, high)
    ends = np.array([low, high], dtype=float)
    basis = bspline(inside, full, 3)
    slope, bend = bspline(ends, full, 3, derivative=1), bspline(ends, full, 3, derivative=2)
    for end, beyond in ((0, values < low), (1, values > high)):
        basis[beyond] += (values[beyond] - ends[end])[:, None] * slope[end]
    if not intercept:
        basis, bend = basis[:, 1:], bend[:, 1:]
    constrained, _ = np.linalg.qr(bend.T, mode="complete")
    return _named(basis @ constrained[:, 2:]), state


def cs(x, df=None, knots=None, intercept=False, Boundary_knots=None, *, state=None):
    """Return natural cubic splines whose coefficients are values at the knots (the basis mgcv calls `cr`).

    There are `df` columns; the first knot's is left out unless `intercept`, since all of them sum to one.

    References
    ----------
    Wood (2017), Generalized Additive Models, section 5.3.1.
    """
    values, intercept = np.atleast_1d(numeric(x, "cs()")), flag(intercept, "`intercept` of cs()")
    if state is None:
        state = _knots("cs", values, df, knots, Boundary_knots, least=1 + intercept)
    points = np.array([state["boundary"][0], *state["knots"], state["boundary"][1]], dtype=float)
    basis = _cardinal(values, points)
    return _named(basis if intercept else basis[:, 1:]), state


def _knots(name, x, df, knots, boundary, *, least):
    """Return the interior and boundary knots as plain lists; of `df` columns `least` come without an interior knot."""
    present = x[np.isfinite(x)]
    if not len(present):
        raise DataError(f"{name}() was given no finite number.")
    ends = [float(present.min()), float(present.max())] if boundary is None else _points(name, boundary)
    if len(ends) != 2:
        raise DataError(f"{name}() has two boundary knots, the lower and the upper, and was given {len(ends)}.")
    if ends[0] == ends[1]:
        raise DataError(f"{name}() needs a column that varies; all its values are {ends[0]:g}.")
    if knots is not None:
        chosen = _points(name, knots)
        outside = [k for k in chosen if not ends[0] < k < ends[1]]
        if outside:
            raise DataError(
                f"{name}() has the knot {outside[0]:g} outside the range {ends[0]:g} to {ends[1]:g}. "
                f"Interior knots lie strictly between the boundary knots."
            )
    elif df is None:
        chosen = []
    else:
        inner = count(df, f"df of {name}()", least=least, most=MOST) - least
        within = present[(present >= ends[0]) & (present <= ends[1])]
        if inner and not len(within):
            raise DataError(f"{name}() has no value between its boundary knots {ends[0]:g} and {ends[1]:g}.")
        chosen = np.quantile(within, np.linspace(0, 1, inner + 2)[1:-1]).tolist() if inner else []
    return {"knots": chosen, "boundary": ends}


def _points(name, knots):
    """Return knots that the caller chose, in order."""
    chosen = np.ravel(numeric(knots, f"{name}()"))
    if len(chosen) > MOST:
        raise DataError(f"{name}() takes {MOST:,} knots at most and was given {len(chosen):,}.")
    return sorted(number(k, f"a knot of {name}()") for k in chosen)


def bspline(x, knots, degree, derivative=0):
    """Return all B-splines on `knots` (or a derivative) at `x` as a matrix [n, len(knots) - degree - 1].

    The recursion runs on the degree + 1 splines alive in each point's interval; points beyond the ends use the end
    interval, so its polynomials continue.

    References
    ----------
    Piegl & Tiller (1997), The NURBS Book, algorithms A2.2 and A2.3.
    """
    knots = np.asarray(knots, dtype=float)
    count = len(knots) - degree - 1
    cell = np.clip(np.searchsorted(knots, x, side="right") - 1, degree, count - 1)
    lower = degree - derivative
    alive = np.ones((len(x), 1))
    for d in range(1, lower + 1):
        right = knots[cell[:, None] + np.arange(1, d + 1)]
        left = knots[cell[:, None] + np.arange(1 - d, 1)]
        share = alive / (right - left)
        alive = np.hstack([share * (right - x[:, None]), np.zeros((len(x), 1))])
        alive[:, 1:] += share * (x[:, None] - left)
    for d in range(lower + 1, degree + 1):
        width = knots[cell[:, None] + np.arange(1, d + 1)] - knots[cell[:, None] + np.arange(1 - d, 1)]
        share = d * alive / width
        alive = np.hstack([-share, np.zeros((len(x), 1))])
        alive[:, 1:] += share
    basis = np.zeros((len(x), count))
    np.put_along_axis(basis, cell[:, None] + np.arange(-degree, 1), alive, axis=1)
    return basis


def _cardinal(x, knots):
    """Return the natural cubic splines that are 1 at one knot and 0 at the others, straight beyond the ends."""
    k, h = len(knots), np.diff(knots)
    bends = np.zeros((k, k))  # second derivatives at the knots for each value at a knot
    if k > 2:
        band = np.diag((h[:-1] + h[1:]) / 3) + np.diag(h[1:-1] / 6, 1) + np.diag(h[1:-1] / 6, -1)
        steps = np.zeros((k - 2, k))
        rows = np.arange(k - 2)
        steps[rows, rows], steps[rows, rows + 2] = 1 / h[:-1], 1 / h[1:]
        steps[rows, rows + 1] = -1 / h[:-1] - 1 / h[1:]
        bends[1:-1] = np.linalg.solve(band, steps)
    inside = np.clip(x, knots[0], knots[-1])
    j = np.clip(np.searchsorted(knots, inside, side="right") - 1, 0, k - 2)
    width, left, right = h[j], knots[j + 1] - inside, inside - knots[j]
    unit = np.eye(k)
    basis = (left / width)[:, None] * unit[j] + (right / width)[:, None] * unit[j + 1]
    basis += ((left**3 / width - width * left) / 6)[:, None] * bends[j]
    basis += ((right**3 / width - width * right) / 6)[:, None] * bends[j + 1]
    first = (unit[1] - unit[0]) / h[0] - h[0] / 6 * bends[1]
    last = (unit[-1] - unit[-2]) / h[-1] + h[-1] / 6 * bends[-2]
    basis[x < knots[0]] += (x[x < knots[0]] - knots[0])[:, None] * first
    basis[x > knots[-1]] += (x[x > knots[-1]] - knots[-1])[:, None] * last
    return basis


def _named(basis):
    return Matrix(basis, tuple(str(j + 1) for j in range(basis.shape[1])))


_KNOTS = partial(OfQuantiles.of, spline=True)
SPLINES = [
    Transform("bs", bs, True, learner=_KNOTS),
    Transform("ns", ns, True, learner=_KNOTS),
    Transform("cs", cs, True, learner=_KNOTS),
    Transform("cr", cs, True, learner=_KNOTS),
]
