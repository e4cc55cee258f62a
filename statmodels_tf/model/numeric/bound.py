"""Parameters that are mapped one by one: shares, correlations, numbers between bounds.

Each is a few numbers, for which loops in Python are faster than operations on arrays, and its prior and Jacobian
together are simpler than each by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from math import exp, log, log1p, sqrt
from typing import Any, Protocol

import numpy as np

from ...priors import CholeskyLKJ, Dirichlet, Prior, Transform

SMALL = 6
"""Up to so many shares or rows."""


class Bound(Protocol):
    """A parameter at work."""

    def forward(self, q: np.ndarray) -> tuple[np.ndarray, Any]:
        """Return the parameter [*shape], and what `backward` needs of it."""

    def backward(self, q: np.ndarray, kept: Any, adjoint: Any) -> tuple[float, Any]:
        """Return its log prior density with the Jacobian, and the gradient by q [size] of that and of adjoint · x."""


@dataclass(frozen=True, eq=False)
class PlainBound:
    """Any parameter, by what its prior says."""

    prior: Prior
    transform: Transform

    def forward(self, q: np.ndarray) -> tuple[np.ndarray, Any]:
        """Return the parameter."""
        x = self.transform.forward(q)
        return x, x

    def backward(self, q: np.ndarray, kept: Any, adjoint: Any) -> tuple[float, Any]:
        """Return density and gradient."""
        density = float(self.prior.log_density(kept, np) + self.transform.log_jacobian(q))
        return density, self.transform.pullback(q, kept, adjoint + self.prior.gradient(kept))


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares x_k = z_k Π_{j<k} (1 - z_j) under a symmetric Dirichlet prior: with the Jacobian z_k ~ beta(a, a rest_k).

    Attributes
    ----------
    power : float
        a.
    rest : tuple of (count, its log)
        How many shares follow each but the last.
    constant : float
    """

    power: float
    rest: tuple[tuple[float, float], ...]
    constant: float

    def forward(self, q: np.ndarray) -> tuple[np.ndarray, Any]:
        """Return the shares."""
        shares, sticks, left, density = [], [], 1.0, 0.0
        for number, (rest, log_rest) in zip(q.tolist(), self.rest, strict=True):
            t = number - log_rest
            small = exp(-abs(t))
            shift = log1p(small)
            z, other = (1 / (1 + small), small / (1 + small)) if t > 0 else (small / (1 + small), 1 / (1 + small))
            density -= (max(-t, 0.0) + shift) + rest * (max(t, 0.0) + shift)
            shares.append(z * left)
            sticks.append(z)
            left *= other
        shares.append(left)
        return np.array(shares), (shares, sticks, self.constant + self.power * density)

    def backward(self, q: np.ndarray, kept: Any, adjoint: Any) -> tuple[float, Any]:
        """Return h_k - z_k Σ_{j>=k} h_j + a (1 - z_k - rest_k z_k), h = x times the adjoint."""
        shares, sticks, density = kept
        after, out = 0.0, [0.0] * len(sticks)
        pulled = (np.zeros(len(shares)) + adjoint).tolist()
        after = pulled[-1] * shares[-1]
        for k in range(len(sticks) - 1, -1, -1):
            h, z = pulled[k] * shares[k], sticks[k]
            after += h
            out[k] = h - z * after + self.power * (1 - z - self.rest[k][0] * z)
        return density, out


@dataclass(frozen=True, eq=False)
class Correlations:
    """The factor of a correlation matrix under the LKJ prior: with the Jacobian, row norms to the -(l - 1 + 2 eta).

    Attributes
    ----------
    order : int
    places : tuple of (row, column)
        Of each number.
    power : float
        l - 1 + 2 eta.
    constant : float
    """

    order: int
    places: tuple[tuple[int, int], ...]
    power: float
    constant: float

    def forward(self, q: np.ndarray) -> tuple[np.ndarray, Any]:
        """Return the factor."""
        rows = [[0.0] * self.order for _ in range(self.order)]
        for (i, j), number in zip(self.places, q.tolist(), strict=True):
            rows[i][j] = number
        rows[0][0], density = 1.0, 0.0
        for i in range(1, self.order):
            square = 1.0 + sum([v * v for v in rows[i]])
            inverse = 1 / sqrt(square)
            rows[i] = [v * inverse for v in rows[i]]
            rows[i][i] = inverse
            density -= 0.5 * log(square)
        return np.array(rows), (rows, self.constant + self.power * density)

    def backward(self, q: np.ndarray, kept: Any, adjoint: Any) -> tuple[float, Any]:
        """Return (g_ij - L_ij (g_i · L_i + power)) L_ii."""
        rows, density = kept
        pulled = (np.zeros((self.order, self.order)) + adjoint).tolist()
        along = [
            self.power + sum([g * v for g, v in zip(p, r, strict=True)]) for p, r in zip(pulled, rows, strict=True)
        ]
        return density, [(pulled[i][j] - rows[i][j] * along[i]) * rows[i][i] for i, j in self.places]


@singledispatch
def bound(prior: Prior) -> Bound:
    """Return a prior's parameter at work."""
    return PlainBound(prior, prior.transform)


@bound.register
def _(prior: Dirichlet) -> Bound:
    a: Any = prior.concentration
    if prior.size > SMALL or np.ndim(a):
        return PlainBound(prior, prior.transform)
    even = np.full(prior.size, 1 / prior.size)
    constant = float(prior.log_density(even, np) - (a - 1) * np.sum(np.log(even)))
    rest = tuple((float(k), log(k)) for k in range(prior.size - 1, 0, -1))
    return Shares(float(a), rest, constant)


@bound.register
def _(prior: CholeskyLKJ) -> Bound:
    if prior.size > SMALL:
        return PlainBound(prior, prior.transform)
    places = []
    for one in np.eye(prior.transform.size):
        (place,) = np.argwhere(np.tril(prior.transform.forward(one), -1))
        places.append((int(place[0]), int(place[1])))
    constant = float(prior.log_density(np.eye(prior.size), np))
    return Correlations(prior.size, tuple(places), prior.size - 1 + 2 * float(prior.eta), constant)
