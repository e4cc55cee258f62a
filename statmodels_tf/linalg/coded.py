"""Coded: the columns of a factor, held as codes and a table; the indicator matrix is never formed."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from .base import LinearMap
from .dense import Dense

DENSE_PAIRS = 4_000_000
"""Pairs of levels up to which two blocks are crossed by counting into an array; beyond it a sparse count is made."""


@dataclass(frozen=True, eq=False)
class Coded(LinearMap):
    """Row i is table[codes[i]] times each of values[i], values running fastest: X_i = table[codes_i] ⊗ values_i.

    Parameters
    ----------
    codes : int32 array [n]
        The level of each row.
    table : array [L, k]
        The columns each level has: contrasts, indicators, or a Kronecker product of several factors' columns.
    values : array [n, m] or None
        Numbers that multiply them; None is one column of ones.
    order : int array [k m] or None
        Which of the k m products stands at each place, where R's order is another.
    """

    codes: np.ndarray
    table: np.ndarray
    values: np.ndarray | None = None
    order: np.ndarray | None = None

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.codes), self.table.shape[1] * self._width

    @property
    def coded(self) -> bool:
        return True

    @property
    def _width(self):
        return 1 if self.values is None else self.values.shape[1]

    @cached_property
    def _compact(self):
        """The table, sparse where it is large and mostly zeros, as one of indicators is."""
        if self.table.size < 10_000 or np.count_nonzero(self.table) > self.table.size / 10:
            return self.table
        return csr_array(self.table)

    def _arranged(self, products):
        """Return rows of the k m products in the order of the columns."""
        return products if self.order is None else products[self.order]

    def _natural(self, b):
        """Return b, given in the order of the columns, in that of the products."""
        if self.order is None:
            return b
        natural = np.empty_like(b)
        natural[self.order] = b
        return natural

    def matvec(self, b: np.ndarray) -> np.ndarray:
        b = self._natural(np.asarray(b, dtype=float))
        if self.values is None:
            return (self.table @ b)[self.codes]
        k, m = self.table.shape[1], self._width
        looked = np.tensordot(self.table, b.reshape(k, m, *b.shape[1:]), axes=1)[self.codes]
        if b.ndim == 1:
            return np.einsum("nm,nm->n", looked, self.values)
        return np.einsum("nmr,nm->nr", looked, self.values)

    def rmatvec(self, v: np.ndarray) -> np.ndarray:
        v = np.asarray(v, dtype=float)
        columns = v[:, None] if v.ndim == 1 else v
        k, m, r = self.table.shape[1], self._width, columns.shape[1]
        sums = np.empty((len(self.table), m, r))
        for j in range(m):
            for c in range(r):
                weight = columns[:, c] if self.values is None else columns[:, c] * self.values[:, j]
                sums[:, j, c] = np.bincount(self.codes, weight, minlength=len(self.table))
        products = np.tensordot(self.table.T, sums, axes=1).reshape(k * m, r)
        return self._arranged(products)[:, 0] if v.ndim == 1 else self._arranged(products)

    def gram(self, w: np.ndarray | None = None) -> np.ndarray:
        k, m, L, table = self.table.shape[1], self._width, len(self.table), self._compact
        products = np.empty((k, m, k, m))
        for a in range(m):
            for b in range(a + 1):
                sums = np.bincount(self.codes, _weight(self, a, self, b, w), minlength=L)
                product = table.T @ (table * sums[:, None])
                product = product if isinstance(product, np.ndarray) else product.toarray()
                products[:, a, :, b] = products[:, b, :, a] = product
        gram = products.reshape(k * m, k * m)
        return gram if self.order is None else gram[np.ix_(self.order, self.order)]

    def cross(self, other: LinearMap, w: np.ndarray | None = None) -> np.ndarray:
        if not isinstance(other, Coded):
            return other.cross(self, w).T
        if other is self:
            return self.gram(w)
        k, m, K, M = self.table.shape[1], self._width, other.table.shape[1], other._width
        products = np.empty((k, m, K, M))
        for a in range(m):
            for b in range(M):
                counts = _pair_sums(self, other, _weight(self, a, other, b, w))
                product = self._compact.T @ (counts @ other._compact)
                products[:, a, :, b] = product if isinstance(product, np.ndarray) else product.toarray()
        products = products.reshape(k * m, K * M)
        products = self._arranged(products)
        return products if other.order is None else products[:, other.order]

    def dense(self, rows: np.ndarray | slice | None = None) -> np.ndarray:
        rows = slice(None) if rows is None else rows
        looked = self.table[self.codes[rows]]
        if self.values is not None:
            looked = (looked[:, :, None] * self.values[rows][:, None, :]).reshape(len(looked), self.shape[1])
        return looked if self.order is None else looked[:, self.order]

    def column(self, j: int) -> np.ndarray:
        place = j if self.order is None else int(self.order[j])
        k, m = divmod(place, self._width)
        looked = self.table[:, k][self.codes]
        return looked if self.values is None else looked * self.values[:, m]

    def take(self, rows: np.ndarray | slice) -> "Coded":
        return Coded(self.codes[rows], self.table, None if self.values is None else self.values[rows], self.order)

    def select(self, columns: np.ndarray) -> LinearMap:
        if len(columns) == self.shape[1]:
            return self
        places = np.asarray(columns) if self.order is None else self.order[columns]
        k, m = np.divmod(places, self._width)
        tables, values = np.unique(k), np.unique(m)
        if len(places) < len(tables) * len(values):
            return Dense(np.column_stack([self.column(j) for j in columns]))
        # The products left are again all of some columns of the table with some of the values.
        order = np.searchsorted(tables, k) * len(values) + np.searchsorted(values, m)
        kept = None if self.values is None else self.values[:, values]
        return Coded(self.codes, self.table[:, tables], kept, None if self.order is None else order)


def _weight(left, a, right, b, w):
    """Return the product of values column a, values column b and w, or None where all are ones."""
    weight = w
    for block, j in ((left, a), (right, b)):
        if block.values is not None:
            column = block.values[:, j]
            weight = column if weight is None else weight * column
    return weight


def _pair_sums(left, right, weight):
    """Return the sum of `weight` over the rows of each pair of levels [L, L'], sparse where pairs are many."""
    rows, columns = len(left.table), len(right.table)
    if rows * columns <= DENSE_PAIRS:
        fused = left.codes.astype(np.int64) * columns + right.codes
        return np.bincount(fused, weight, minlength=rows * columns).reshape(rows, columns)
    values = np.ones(len(left.codes)) if weight is None else weight
    return csr_array((values, (left.codes, right.codes)), shape=(rows, columns))
