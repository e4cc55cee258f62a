r"""Square roots of Sigma, and the vector theta of their free entries.

Sigma = Lambda Lambda' has many roots. A lower triangular one has l (l + 1) / 2 free entries, but where its first
diagonal entry is zero the others may turn at no cost: the optimum is a circle and Newton's method follows it for ever.
So the effects are taken in the order of a pivoted Cholesky factorisation, the largest remaining variance first, and a
Lambda that is triangular in that order: entries near zero are then small variances, and nothing else.

References
----------
Higham (2002), Accuracy and Stability of Numerical Algorithms, section 10.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from .standardise import lower_triangular

Orders = tuple[tuple[int, ...], ...]
"""For each term, its effects in the order in which Lambda is triangular."""

_WORSE = 0.1  # share of the largest remaining variance below which a pivot is given up


def natural(factors: Sequence[np.ndarray]) -> Orders:
    """Return the orders of factors that are lower triangular as they stand."""
    return tuple(tuple(range(len(Lambda))) for Lambda in factors)


@cache
def positions(orders: Orders) -> tuple[tuple[int, int, int], ...]:
    """Return (term, row, column) of each parameter: triangles by column, as lme4 orders theta."""
    return tuple(
        (k, order[a], b) for k, order in enumerate(orders) for b in range(len(order)) for a in range(b, len(order))
    )


def pack(factors: Sequence[np.ndarray], orders: Orders | None = None) -> np.ndarray:
    """Return the free entries of the factors as one vector."""
    return np.array([factors[k][a, b] for k, a, b in positions(orders or natural(factors))])


def unpack(theta: np.ndarray, orders: Orders) -> tuple[np.ndarray, ...]:
    """Undo `pack`."""
    factors = tuple(np.zeros((len(order), len(order))) for order in orders)
    for value, (k, a, b) in zip(theta, positions(orders), strict=True):
        factors[k][a, b] = value
    return factors


def pivoted(factors: Sequence[np.ndarray], orders: Orders) -> tuple[tuple[np.ndarray, ...], Orders]:
    """Return roots of the same Sigma, and orders, whose pivots are not far below the largest remaining variance."""
    out, chosen = [], []
    for Lambda, order in zip(factors, orders, strict=True):
        best = order if len(order) == 1 or _sound(Lambda[list(order)]) else _pivots(Lambda)
        if best != order:
            moved = np.empty_like(Lambda)
            moved[list(best)] = lower_triangular(Lambda[list(best)])
            Lambda = moved
        out.append(Lambda)
        chosen.append(best)
    return tuple(out), tuple(chosen)


def _sound(L: np.ndarray) -> bool:
    """Return whether each pivot of a lower triangular matrix is not far below the best one could choose."""
    remaining = np.cumsum((L**2)[:, ::-1], axis=1)[:, ::-1]
    return all(remaining[b, b] >= _WORSE * remaining[b:, b].max() for b in range(len(L) - 1))


def _pivots(Lambda: np.ndarray) -> tuple[int, ...]:
    """Return the effects by the largest variance that remains once those before are known."""
    rest, order = Lambda.copy(), []
    for _ in range(len(Lambda)):
        size = (rest**2).sum(1)
        size[order] = -1.0
        pivot = int(np.argmax(size))
        order.append(pivot)
        if size[pivot] > 0.0:
            direction = rest[pivot] / np.sqrt(size[pivot])
            rest = rest - np.outer(rest @ direction, direction)
    return tuple(order)
