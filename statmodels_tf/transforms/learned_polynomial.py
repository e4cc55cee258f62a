"""Learning orthogonal polynomials in blocks: their recursion, one degree a pass."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .learner import Learner


@dataclass(frozen=True)
class Projections:
    """For each column of a `poly` call sums over the rows: of 1 and x; or of P^2 and x P^2. And distinct values."""

    sums: np.ndarray
    distinct: tuple[frozenset, ...] = ()

    def __add__(self, other: "Projections") -> "Projections":
        pairs = zip(self.distinct, other.distinct, strict=True)
        return Projections(self.sums + other.sums, tuple(a | b for a, b in pairs))


@dataclass(frozen=True, eq=False)
class OfPolynomials(Learner):
    """Learns the recursion of orthogonal polynomials, one degree a pass.

    Attributes
    ----------
    read : function of (x, others, degree) -> (columns, degree)
        How a call says its columns.
    means : array [columns]
    alpha, norms : tuple of array [columns]
        Of the centred columns, so far.
    """

    read: Callable[..., tuple[list[np.ndarray], int]]
    means: np.ndarray | None = None
    alpha: tuple[np.ndarray, ...] = ()
    norms: tuple[np.ndarray, ...] = ()

    def _columns(self, arguments):
        others = arguments.get("others", ())
        return self.read(arguments["x"], others, arguments.get("degree", 1))

    def part(self, arguments: dict[str, Any]) -> Projections:
        columns, degree = self._columns(arguments)
        sums, distinct = np.zeros((2, len(columns))), []
        for j, values in enumerate(columns):
            x = values[~np.isnan(values)]
            if self.means is None:
                sums[:, j] = len(x), x.sum()
                distinct.append(_some(x, degree + 1))
                continue
            x = x - self.means[j]
            before, now = np.zeros_like(x), np.ones_like(x)
            for k, alpha in enumerate(self.alpha):
                ratio = self.norms[k + 1][j] / self.norms[k][j] if k else 0.0
                before, now = now, (x - alpha[j]) * now - ratio * before
            sums[:, j] = now @ now, (x * now) @ now
        return Projections(sums, tuple(distinct))

    def after(self, total: Projections) -> Learner | dict:
        degree = self.arguments["degree"]
        first, second = total.sums
        if self.means is None:
            few = min((len(values) for values in total.distinct), default=0)
            if few <= degree:
                return self.state(np.arange(few, dtype=float))
            zero = np.zeros_like(first)
            return replace(self, means=second / first, alpha=(zero,), norms=(zero + 1.0, first))
        norms = (*self.norms, first)
        if len(self.alpha) < degree:
            return replace(self, alpha=(*self.alpha, second / first), norms=norms)
        states = [
            {"alpha": [float(a[j] + self.means[j]) for a in self.alpha], "norm2": [float(n[j]) for n in norms]}
            for j in range(len(first))
        ]
        return states[0] if len(states) == 1 else {"parts": states}


def _some(values: np.ndarray, most: int) -> frozenset:
    """Return different ones of the values: all of them, or at least `most`."""
    some = frozenset(np.unique(values[:1000]).tolist())
    return some if len(some) >= most else frozenset(np.unique(values)[:most].tolist())
