r"""What eliminating one grouping factor adds to the others: sum_i C_i'W_i C_i, and back, C_i K C_i'.

C_i [l, r] are the entries of A between level i of the eliminated factor and the r effects of the rest, all l rows
on one pattern. Both maps are linear in W and in K with a pattern that no parameter changes, so it is listed once.
Two ways, by cost:

* `PairFill`, when each level meets few of the rest: all pairs (t, t') of entries of one level, t >= t', as one
  sparse matrix P [r^2, L] with P vec(W) = vec(C'WC) and P'vec(K) = C_i K C_i'. On 73,421 ratings of 1,128
  lecturers, 1.3 million pairs;
* `DenseFill`, when each level meets many of the rest, or the rest is narrow: C as a dense array and matrix
  products.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import scipy.sparse as sp

_PAIR_COST = 30.0  # multiplications of a matrix product that take as long as one pair
_DENSE_LIMIT = 1 << 27  # entries of C as a dense array (1 GB)
_PAIR_LIMIT = 1 << 27
_CHUNK = 1 << 22


class Coupling:
    """Hold C [l, L, r] as l compressed-row matrices on one pattern."""

    def __init__(self, data: np.ndarray, indices: np.ndarray, pointers: np.ndarray, width: int):
        self.data, self.indices, self.pointers, self.width = data, indices, pointers, width
        self.matrices = [
            sp.csr_array((row, indices, pointers), shape=(len(pointers) - 1, width)) for row in np.atleast_2d(data)
        ]

    @property
    def levels(self) -> int:
        """Return L, the number of levels of the eliminated factor."""
        return len(self.pointers) - 1

    def times(self, rest: np.ndarray) -> np.ndarray:
        """Return C x for x [m, r], as [m, l, L]."""
        right = np.ascontiguousarray(rest.T)
        return np.stack([(C @ right).T for C in self.matrices], axis=1)

    def transposed_times(self, first: np.ndarray) -> np.ndarray:
        """Return C'x for x [m, l, L], as [m, r]."""
        out = self.matrices[0].T @ np.ascontiguousarray(first[:, 0].T)
        for a in range(1, len(self.matrices)):
            out += self.matrices[a].T @ np.ascontiguousarray(first[:, a].T)
        return out.T


class Fill(ABC):
    """The two linear maps, for one pattern."""

    @abstractmethod
    def product(self, W: np.ndarray) -> np.ndarray:
        """Return sum_i C_i'W_i C_i for W [l, l, L], with its lower triangle right, as a new array [r, r]."""

    @abstractmethod
    def quadratic(self, K: np.ndarray) -> np.ndarray:
        """Return C_i K C_i' [l, l, L] for K [r, r], symmetric, of which only the lower triangle is read."""


class PairFill(Fill):
    """All pairs of entries met by one level, level after level."""

    def __init__(self, coupling: Coupling):
        pointers, indices, width = coupling.pointers, coupling.indices, coupling.width
        rank = np.arange(len(indices), dtype=np.int32) - np.repeat(pointers[:-1], np.diff(pointers)).astype(np.int32)
        pairs = rank + 1  # the entry at place `rank` of its level is paired with itself and those before it
        ends = np.concatenate([[0], np.cumsum(pairs, dtype=np.int64)])
        start = ends[:-1] - (np.arange(len(indices)) - rank)
        kind = np.int32 if max(ends[-1], width * width) < 2**31 else np.int64
        second = np.arange(ends[-1], dtype=kind)
        second -= np.repeat(start.astype(kind), pairs)
        flat = np.repeat((indices.astype(np.int64) * width).astype(kind), pairs)
        flat += indices[second]
        where = ends[pointers].astype(kind)
        self.width, self.levels, self.effects = width, coupling.levels, len(coupling.matrices)
        shape = (width * width, self.levels)
        self.maps = {}
        for a in range(self.effects):
            for b in range(self.effects):
                values = np.repeat(coupling.data[a], pairs)
                values *= coupling.data[b][second]
                self.maps[a, b] = sp.csc_array((values, flat, where), shape=shape)

    def product(self, W: np.ndarray) -> np.ndarray:
        out = self.maps[0, 0] @ W[0, 0]
        for (a, b), P in self.maps.items():
            if (a, b) != (0, 0):
                out += P @ W[a, b]
        return out.reshape(self.width, self.width)

    def quadratic(self, K: np.ndarray) -> np.ndarray:
        # Pairs are listed once: the diagonal counts half, and the whole is doubled.
        K = np.ascontiguousarray(K)
        diagonal = K.flat[:: self.width + 1].copy()
        K.flat[:: self.width + 1] *= 0.5
        half = {key: P.T @ K.reshape(-1) for key, P in self.maps.items()}
        K.flat[:: self.width + 1] = diagonal
        out = np.empty((self.effects, self.effects, self.levels))
        for a, b in self.maps:
            out[a, b] = half[a, b] + half[b, a]
        return out


class DenseFill(Fill):
    """C as l dense matrices [L, r]."""

    def __init__(self, coupling: Coupling):
        self.C = [C.toarray() for C in coupling.matrices]

    def product(self, W: np.ndarray) -> np.ndarray:
        size = range(len(self.C))
        total = 0.0
        for a in size:
            weighted = sum(W[a, b][:, None] * self.C[b] for b in size)
            total = total + self.C[a].T @ weighted
        return total

    def quadratic(self, K: np.ndarray) -> np.ndarray:
        whole = np.tril(K) + np.tril(K, -1).T
        half = [C @ whole for C in self.C]
        return np.array([[np.einsum("Lr,Lr->L", left, C) for C in self.C] for left in half])


class SparseFill(Fill):
    """Sparse products, in pieces: slower, and no list to hold. For patterns too large for the other two."""

    def __init__(self, coupling: Coupling):
        self.C, self.levels, self.width = coupling.matrices, coupling.levels, coupling.width

    def product(self, W: np.ndarray) -> np.ndarray:
        out = np.zeros((self.width, self.width))
        for a, left in enumerate(self.C):
            for b, right in enumerate(self.C):
                out += (left.T @ (right * W[a, b][:, None])).toarray()
        return out

    def quadratic(self, K: np.ndarray) -> np.ndarray:
        whole = np.tril(K) + np.tril(K, -1).T
        out = np.empty((len(self.C), len(self.C), self.levels))
        step = max(1, _CHUNK // self.width)
        for start in range(0, self.levels, step):
            part = slice(start, start + step)
            for a, left in enumerate(self.C):
                half = left[part] @ whole
                for b, right in enumerate(self.C):
                    out[a, b, part] = np.asarray((right[part] * half).sum(axis=1)).ravel()
        return out


def choose_fill(coupling: Coupling) -> Fill:
    """Return the cheapest way that fits in memory."""
    met = np.diff(coupling.pointers).astype(float)
    effects = len(coupling.matrices)
    pairs = float((met * (met + 1.0)).sum()) / 2.0
    dense = float(coupling.levels) * coupling.width
    if dense * coupling.width < _PAIR_COST * effects * pairs and dense * effects <= _DENSE_LIMIT:
        return DenseFill(coupling)
    if pairs * effects**2 <= _PAIR_LIMIT:
        return PairFill(coupling)
    return DenseFill(coupling) if dense * effects <= _DENSE_LIMIT else SparseFill(coupling)
