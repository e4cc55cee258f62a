"""One grouping factor: A is block diagonal and every level stands alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .base import CrossProducts, Factor, effect_slices
from .block import Block
from .kernel import multiply, posterior, root, sandwich


class SingleCrossProducts(CrossProducts):
    """Hold A_j [l, l, L]."""

    name = "single"

    def __init__(self, blocks: Sequence[Block], w: np.ndarray | None):
        self.blocks, self.slices = tuple(blocks), effect_slices(blocks)
        self.A = blocks[0].gram(w)

    def apply(self, effects: np.ndarray) -> np.ndarray:
        return multiply(self.A, self.parts(effects)[0]).reshape(effects.shape)

    def diagonal(self, k: int) -> np.ndarray:
        return self.A

    def square_sums(self, k: int, m: int) -> np.ndarray:
        return np.einsum("abL,abL->L", self.A, self.A)

    def factor(self, factors: Sequence[np.ndarray]) -> SingleFactor:
        return SingleFactor(self, tuple(factors))


class SingleFactor(Factor):
    """Hold W_j = T_jj [l, l, L]."""

    products: SingleCrossProducts

    def __init__(self, products: SingleCrossProducts, factors: tuple[np.ndarray, ...]):
        self.products, self.factors = products, factors
        self.W, self.logdet = posterior(products.A, factors[0])

    def shrink(self, effects: np.ndarray) -> np.ndarray:
        return multiply(self.W, self.products.parts(effects)[0]).reshape(effects.shape)

    def traces(self) -> tuple[np.ndarray, ...]:
        A = self.products.A
        return ((A - sandwich(A, self.W)).sum(-1),) if len(A) > 1 else ((A * (1.0 - A * self.W)).sum(-1),)

    def covariance(self, k: int) -> np.ndarray:
        return self.W

    def draw(self, normals: np.ndarray) -> np.ndarray:
        N = root(self.products.A, self.factors[0])
        return multiply(N, self.products.parts(normals)[0]).reshape(normals.shape)

    def quadratic(self, rows: Sequence[Block]) -> np.ndarray:
        return level_quadratic(self.W, rows[0])


def level_quadratic(W: np.ndarray, rows: Block) -> np.ndarray:
    """Return z'W_j z for each row's own level j [m]; zero where the code is -1."""
    known = rows.codes >= 0
    codes = np.where(known, rows.codes, 0)
    if rows.columns is None:
        return np.where(known, W[0, 0][codes], 0.0)
    out = np.zeros(len(codes))
    for a in range(rows.effects):
        for b in range(rows.effects):
            out += rows.columns[:, a] * rows.columns[:, b] * W[a, b][codes]
    return np.where(known, out, 0.0)
