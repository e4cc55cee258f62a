r"""The Gaussian prior of the coefficients, in the coordinates of the cross-products.

The model's own coefficients c (the intercept at the centre of the predictors, then the slopes) are c_0 + G delta, with
delta the coefficients of e_0 on the standardised columns (`pls.problem`). A prior N(m, D) of c, in which a flat one has
precision zero, becomes the quadratic

    log p(c) = -k/2 + r'delta - delta'P delta / 2 + constant,
    P = G'D^{-1}G,   r = G'D^{-1}(m - c_0),   k = (m - c_0)'D^{-1}(m - c_0).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...model import CommonEffect
from ...priors import LOG_2PI, Elementwise, Flat, Normal
from ..pls.problem import Problem


@dataclass(frozen=True, eq=False)
class Coefficients:
    """The prior of delta [p], and the way back to the model's parameters.

    Attributes
    ----------
    origin : array [p]
        c_0.
    basis : array [p, p]
        G.
    precision, linear : array [p, p], array [p]
        P and r.
    constant : float
        What the log density has besides r'delta - delta'P delta / 2, log |G| and p log(2 pi) / 2 included: an integral
        over delta of the exponential is then that over c.
    names : tuple of (str, slice or int)
        Each parameter and where it stands in c.
    """

    origin: np.ndarray
    basis: np.ndarray
    precision: np.ndarray
    linear: np.ndarray
    constant: float
    names: tuple[tuple[str, int | np.ndarray], ...]

    def values(self, delta: np.ndarray) -> dict[str, np.ndarray]:
        """Return the parameters [m, ...] of coefficients delta [m, p]."""
        c = self.origin + delta @ self.basis.T
        return {name: c[:, where] for name, where in self.names}


def coefficients(common: CommonEffect | None, problem: Problem) -> Coefficients:
    """Return the prior of a common effect, whose priors `unsupported` found normal or flat."""
    if common is None:
        return Coefficients(np.zeros(0), np.zeros((0, 0)), np.zeros((0, 0)), np.zeros(0), 0.0, ())
    estimable = common.estimable
    p = len(estimable)
    place = {int(j): i for i, j in enumerate(estimable)}
    loc, weight = np.zeros(p), np.zeros(p)
    names: list[tuple[str, int | np.ndarray]] = []
    take = np.eye(p)
    if common.intercept is not None:
        take[0, 1:] = common.centre[estimable[1:]]
        loc[0], weight[0] = _moments(common.intercept)
        names.append((common.at_centre, 0))
    for name, prior, positions in common.slopes:
        where = np.array([place[int(j)] for j in positions])
        loc[where], weight[where] = _moments(prior)
        names.append((name, where))
    basis = problem.scale * take @ problem.S
    away = loc - take @ problem.S @ problem.beta0
    proper = weight > 0.0
    constant = -0.5 * float(away @ (weight * away)) + 0.5 * float(np.log(weight[proper]).sum())
    constant += 0.5 * LOG_2PI * (p - int(proper.sum())) + float(np.linalg.slogdet(basis)[1])
    precision = basis.T @ (weight[:, None] * basis)
    return Coefficients(loc - away, basis, precision, basis.T @ (weight * away), constant, tuple(names))


def unsupported(common: CommonEffect | None) -> str | None:
    """Return a coefficient prior that is neither normal nor flat, in words, or None."""
    if common is None:
        return None
    if common.shrunk is not None:
        return str(common.shrunk.prior)
    priors = [] if common.intercept is None else [common.intercept]
    priors += [prior for _, prior, _ in common.slopes]
    return next((str(prior) for prior in priors if not isinstance(prior, Normal | Flat)), None)


def _moments(prior: Elementwise) -> tuple[np.ndarray | float, np.ndarray | float]:
    """Return the location and the precision of a normal or flat prior."""
    if isinstance(prior, Normal):
        return prior.loc, 1.0 / np.square(prior.scale)
    return 0.0, 0.0
