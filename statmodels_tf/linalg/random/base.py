r"""What every back-end for random effects can do, whatever the pattern of its grouping factors.

A mixed model's random part is Z Lambda u with u ~ N(0, sigma^2 I); the back-ends differ only in how they eliminate
effects from

    M = Lambda' A Lambda + I,      A = Z'WZ,      V = W^{-1} + Z Sigma Z',      Sigma = Lambda Lambda'.

All of them work with T = Lambda M^{-1} Lambda', which exists at a singular Lambda too, and of which everything else
follows:

    T          conditional covariance of the effects b = Lambda u given the data, over sigma^2
    T Z'Wy     conditional mean of b
    A - A T A  = Z'V^{-1}Z, whose diagonal blocks are the derivative of log|M| in Sigma
    z'Tz       variance that the effects add to a prediction; the leverage, for the rows of the data

Effects are arrays [m, q]: m vectors, factor after factor, each laid out [l, L] (effects, then levels).

References
----------
Henderson (1975), Biometrics 31, 423-447. doi:10.2307/2529430
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .block import Block

_CHUNK = 1 << 22  # entries of a temporary dense array


def effect_slices(blocks: Sequence[Block]) -> tuple[slice, ...]:
    """Return where the effects of each block lie in the vector of all effects."""
    ends = np.cumsum([0, *(block.size for block in blocks)]).tolist()
    return tuple(slice(a, b) for a, b in pairwise(ends))


class CrossProducts(ABC):
    """Hold A = Z'WZ for one set of blocks and one set of weights, in the form its pattern allows."""

    name: str
    blocks: tuple[Block, ...]
    slices: tuple[slice, ...]

    @property
    def size(self) -> int:
        """Return q, the number of effects in all."""
        return self.slices[-1].stop

    def parts(self, effects: np.ndarray) -> list[np.ndarray]:
        """Return the [m, l, L] views of effects [m, q], block by block."""
        return [
            effects[:, where].reshape(len(effects), block.effects, block.levels)
            for block, where in zip(self.blocks, self.slices, strict=True)
        ]

    def rmatvec(self, values: np.ndarray, w: np.ndarray | None = None) -> np.ndarray:
        """Return Z'WV [m, q] for values [n, m]."""
        return np.concatenate([block.rmatvec(values, w) for block in self.blocks], axis=1)

    def matvec(self, effects: np.ndarray) -> np.ndarray:
        """Return Z b [n] for effects [q]."""
        out = np.zeros(len(self.blocks[0].codes))
        for block, where in zip(self.blocks, self.slices, strict=True):
            out += block.matvec(effects[where])
        return out

    @abstractmethod
    def apply(self, effects: np.ndarray) -> np.ndarray:
        """Return A b for each of m effect vectors [m, q]."""

    @abstractmethod
    def diagonal(self, k: int) -> np.ndarray:
        """Return the blocks A_jj of factor `k`, [l, l, L]."""

    @abstractmethod
    def square_sums(self, k: int, m: int) -> np.ndarray:
        """Return, for each level of factor `k`, the sum of squares of its entries of A against factor `m`, [L_k]."""

    @abstractmethod
    def factor(self, factors: Sequence[np.ndarray]) -> Factor:
        """Return the factorisation of M at the relative Cholesky factors Lambda_k [l, l]."""


class Factor(ABC):
    """Answer the questions above at one Lambda."""

    products: CrossProducts
    factors: tuple[np.ndarray, ...]
    logdet: float

    @abstractmethod
    def shrink(self, effects: np.ndarray) -> np.ndarray:
        """Return T c for each of m vectors c = Z'Wv, [m, q]."""

    @abstractmethod
    def traces(self) -> tuple[np.ndarray, ...]:
        """Return, for each factor, the sum over levels of Z_j'V^{-1}Z_j [l, l]: the derivative of log|M| in Sigma_k."""

    @abstractmethod
    def covariance(self, k: int) -> np.ndarray:
        """Return the diagonal blocks of T for factor `k`, [l, l, L]."""

    @abstractmethod
    def draw(self, normals: np.ndarray) -> np.ndarray:
        """Return effects [m, q] of covariance T from independent standard normals [m, q]."""

    @abstractmethod
    def quadratic(self, rows: Sequence[Block]) -> np.ndarray:
        """Return z_i'T z_i for each row i of the given blocks [m]; a code of -1 leaves its factor out."""

    def leverage(self) -> np.ndarray:
        """Return z_i'T z_i for the rows of the data [n]."""
        return self.quadratic(self.products.blocks)

    def solve(self, spherical: np.ndarray) -> np.ndarray:
        """Return M^{-1} c = c - Lambda'(A - A T A) Lambda c for each of m vectors c on the scale of u, [m, q]."""
        products = self.products
        scaled = products.apply(self.scale(spherical))
        return spherical - self.scale(scaled - products.apply(self.shrink(scaled)), transpose=True)

    def scale(self, effects: np.ndarray, *, transpose: bool = False) -> np.ndarray:
        """Return Lambda c (or Lambda'c) for each of m vectors, [m, q]."""
        out = [
            np.einsum("ba,mbL->maL" if transpose else "ab,mbL->maL", Lambda, part).reshape(len(effects), -1)
            for Lambda, part in zip(self.factors, self.products.parts(effects), strict=True)
        ]
        return np.concatenate(out, axis=1)

    def _quadratic_by_solving(self, rows: Sequence[Block]) -> np.ndarray:
        """Return z'Tz by one solve for each row, a few thousand rows at a time: right for any pattern."""
        n, q = len(rows[0].codes), self.products.size
        out = np.empty(n)
        step = max(1, _CHUNK // q)
        for start in range(0, n, step):
            part = slice(start, min(start + step, n))
            z = np.zeros((part.stop - start, q))
            for block, where in zip(rows, self.products.slices, strict=True):
                known = np.flatnonzero(block.codes[part] >= 0)
                levels = self.products.blocks[rows.index(block)].levels
                for a in range(block.effects):
                    column = block.column(a)
                    values = 1.0 if column is None else column[part][known]
                    z[known, where.start + a * levels + block.codes[part][known]] = values
            out[part] = np.einsum("mq,mq->m", z, self.shrink(z))
        return out
