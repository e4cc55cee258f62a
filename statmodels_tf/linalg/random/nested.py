r"""Nested grouping factors: each level of a finer factor lies in one level of every coarser one.

Elimination from the finest factor upwards fills nothing in: with g finest, W_j = (A_gg + Sigma_g^{-1})^{-1} and
children summed into their parents,

    A_hh' <- A_hh' - sum over children of A_hg W A_gh',

the coarser factors are still nested. Solving is one pass up and one down; the blocks of T follow from the coarsest
down (the sparse inverse subset).

References
----------
Takahashi, Fagan & Chin (1973), 8th PICA Conference, 63-69; Bates & DebRoy (2004), J. Multivariate Analysis 91,
1-17. doi:10.1016/j.jmva.2004.04.013
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...errors import EngineError
from .base import CrossProducts, Factor, effect_slices
from .block import Block, parents
from .kernel import matmul, multiply, posterior, root


def chain(blocks: Sequence[Block]) -> tuple[list[int], dict[tuple[int, int], np.ndarray]] | None:
    """Return the blocks' order from fine to coarse and each pair's parent map, or None if they are not nested."""
    order = sorted(range(len(blocks)), key=lambda k: -blocks[k].levels)
    maps = {}
    for position, g in enumerate(order):
        for h in order[position + 1 :]:
            parent = parents(blocks[g], blocks[h])
            if parent is None:
                return None
            maps[g, h] = parent
    return order, maps


def _up(parent: np.ndarray, values: np.ndarray, levels: int) -> np.ndarray:
    """Return the sums of values [..., L_fine] over the children of each coarse level."""
    flat = values.reshape(-1, values.shape[-1])
    out = np.stack([np.bincount(parent, row, levels) for row in flat])
    return out.reshape(*values.shape[:-1], levels)


class NestedCrossProducts(CrossProducts):
    """Hold A_gh [l_g, l_h, L_g] for every factor g and every coarser h (and g itself)."""

    name = "nested"

    def __init__(self, blocks: Sequence[Block], w: np.ndarray | None, nesting: tuple | None = None):
        self.blocks, self.slices = tuple(blocks), effect_slices(blocks)
        found = chain(blocks) if nesting is None else nesting
        if found is None:
            raise EngineError('these grouping factors are not nested. Use backend="crossed", or None to choose.')
        self.order, self.parent = found
        self.A = {}
        for position, g in enumerate(self.order):
            self.A[g, g] = blocks[g].gram(w)
            for h in self.order[position + 1 :]:
                columns = blocks[h].columns
                values = np.ones((len(blocks[h].codes), 1)) if columns is None else columns
                shape = (values.shape[1], blocks[g].effects, blocks[g].levels)
                self.A[g, h] = blocks[g].rmatvec(values, w).reshape(shape).transpose(1, 0, 2)

    def coarser(self, g: int) -> list[int]:
        """Return the factors above `g`, nearest first."""
        return self.order[self.order.index(g) + 1 :]

    def apply(self, effects: np.ndarray) -> np.ndarray:
        given = self.parts(effects)
        out = [multiply(self.A[k, k], given[k]) for k in range(len(self.blocks))]
        for g, h in self.parent:
            out[g] += multiply(self.A[g, h], given[h][:, :, self.parent[g, h]])
            out[h] += _up(self.parent[g, h], multiply(_t(self.A[g, h]), given[g]), self.blocks[h].levels)
        return _join(out)

    def diagonal(self, k: int) -> np.ndarray:
        return self.A[k, k]

    def square_sums(self, k: int, m: int) -> np.ndarray:
        if (k, m) in self.A:
            return np.einsum("abL,abL->L", self.A[k, m], self.A[k, m])
        squares = np.einsum("abL,abL->L", self.A[m, k], self.A[m, k])
        return np.bincount(self.parent[m, k], squares, self.blocks[k].levels)

    def factor(self, factors: Sequence[np.ndarray]) -> NestedFactor:
        return NestedFactor(self, tuple(factors))


class NestedFactor(Factor):
    """Hold the eliminated A_gh, W_g and the multipliers A_hg W_g, factor by factor."""

    products: NestedCrossProducts

    def __init__(self, products: NestedCrossProducts, factors: tuple[np.ndarray, ...]):
        self.products, self.factors = products, factors
        self.A, self.W, self.logdet = dict(products.A), {}, 0.0
        for g in products.order:
            self.W[g], logdet = posterior(self.A[g, g], factors[g])
            self.logdet += logdet
            above = products.coarser(g)
            for position, h in enumerate(above):
                half = matmul(_t(self.A[g, h]), self.W[g])
                for k in above[position:]:
                    fill = _up(products.parent[g, h], matmul(half, self.A[g, k]), products.blocks[h].levels)
                    self.A[h, k] = self.A[h, k] - fill
        self._T: dict[tuple[int, int], np.ndarray] = {}

    def shrink(self, effects: np.ndarray) -> np.ndarray:
        products = self.products
        given = [part.copy() for part in products.parts(effects)]
        for g in products.order:
            eliminated = multiply(self.W[g], given[g])
            for h in products.coarser(g):
                up = _up(products.parent[g, h], multiply(_t(self.A[g, h]), eliminated), products.blocks[h].levels)
                given[h] -= up
        return _join(self._down(given, lambda g, right: multiply(self.W[g], given[g] - right)))

    def draw(self, normals: np.ndarray) -> np.ndarray:
        given = self.products.parts(normals)

        def step(g, right):
            return multiply(root(self.A[g, g], self.factors[g]), given[g]) - multiply(self.W[g], right)

        return _join(self._down(given, step))

    def _down(self, given: Sequence[np.ndarray], step) -> list[np.ndarray]:
        """Return x_g = step(g, sum over coarser h of A_gh x_h), from the coarsest factor down."""
        products, x = self.products, list(given)
        for g in reversed(products.order):
            right = np.zeros_like(given[g])
            for h in products.coarser(g):
                right += multiply(self.A[g, h], x[h][:, :, products.parent[g, h]])
            x[g] = step(g, right)
        return x

    def _inverse(self, g: int, h: int) -> np.ndarray:
        """Return the blocks of T between each level of `g` and its level of the coarser `h`, [l_g, l_h, L_g]."""
        if not self._T:
            products = self.products
            for a in reversed(products.order):
                above = products.coarser(a)
                for b in above:
                    total = np.zeros_like(self.A[a, b])
                    for c in above:
                        total += matmul(self.A[a, c], self._between(a, c, b))
                    self._T[a, b] = -matmul(self.W[a], total)
                own = np.zeros_like(self.W[a])
                for c in above:
                    own += matmul(self._T[a, c], _t(self.A[a, c]))
                self._T[a, a] = self.W[a] - matmul(own, self.W[a])
        return self._T[g, h]

    def _between(self, g: int, h: int, k: int) -> np.ndarray:
        """Return T between the levels of `h` and `k` that hold each level of `g`, [l_h, l_k, L_g]."""
        order, parent = self.products.order, self.products.parent
        fine, coarse = (h, k) if order.index(h) <= order.index(k) else (k, h)
        block = self._T[fine, coarse]
        block = block if fine == g else block[:, :, parent[g, fine]]
        return block if fine == h else _t(block)

    def traces(self) -> tuple[np.ndarray, ...]:
        out = []
        for g in range(len(self.factors)):
            self._inverse(g, g)
            near = [g, *self.products.coarser(g)]
            total = self.A[g, g].sum(-1)
            for h in near:
                for k in near:
                    inner = matmul(matmul(self.A[g, h], self._between(g, h, k)), _t(self.A[g, k]))
                    total = total - inner.sum(-1)
            out.append(total)
        return tuple(out)

    def covariance(self, k: int) -> np.ndarray:
        return self._inverse(k, k)

    def quadratic(self, rows: Sequence[Block]) -> np.ndarray:
        """Return z'Tz row by row; rows that contradict the nesting of the data are solved one by one."""
        products, rows = self.products, list(rows)
        odd = np.zeros(len(rows[0].codes), dtype=bool)
        for (g, h), parent in products.parent.items():
            both = (rows[g].codes >= 0) & (rows[h].codes >= 0)
            odd |= both & (parent[np.where(both, rows[g].codes, 0)] != rows[h].codes)
        codes = {g: rows[g].codes.copy() for g in products.order}
        z = {}
        for g in products.order:
            known = rows[g].codes >= 0
            values = np.ones((1, len(known))) if rows[g].columns is None else rows[g].columns.T
            z[g] = np.where(known, values, 0.0)
        out = np.zeros(len(odd))
        for g in products.order:
            known = codes[g] >= 0
            at = np.where(known, codes[g], 0)
            shrunk = np.where(known, multiply(self.W[g][:, :, at], z[g][None])[0], 0.0)
            out += (z[g] * shrunk).sum(0)
            for h in products.coarser(g):
                codes[h] = np.where(known, products.parent[g, h][at], codes[h])
                z[h] = z[h] - multiply(_t(self.A[g, h])[:, :, at], shrunk[None])[0]
        if odd.any():
            chosen = [Block(b.codes[odd], b.levels, None if b.columns is None else b.columns[odd]) for b in rows]
            out[odd] = self._quadratic_by_solving(chosen)
        return out


def _t(block: np.ndarray) -> np.ndarray:
    return block.transpose(1, 0, 2)


def _join(parts: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([part.reshape(len(part), -1) for part in parts], axis=1)
