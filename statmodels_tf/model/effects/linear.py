"""A LinearMap's product X b on any array library, block by block, with its arrays as named inputs."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce, singledispatch
from typing import Any

import numpy as np

from ...linalg import Coded, Dense, LinearMap, Stacked
from .base import Array, Data


@dataclass(frozen=True, eq=False)
class DensePiece:
    """Columns `start` onwards of X, held as they are."""

    start: int
    values: np.ndarray

    @property
    def data(self) -> dict[str, np.ndarray]:
        """The columns, one to a row, so that the product reads along memory."""
        return {f"X{self.start}": self.values.T}

    def product(self, b: Array, xp: Any, data: Data) -> Array:
        """Return [..., n] for all coefficients b [..., p]."""
        part = b[..., self.start : self.start + self.values.shape[1]]
        return xp.matmul(part, data[f"X{self.start}"])


@dataclass(frozen=True, eq=False)
class CodedPiece:
    """Columns `start` onwards of X: each row looks its coefficients up by level."""

    start: int
    block: Coded

    @property
    def data(self) -> dict[str, np.ndarray]:
        """Codes [n], and values [n, m] where the factor multiplies numbers."""
        codes = {f"codes{self.start}": self.block.codes}
        return codes if self.block.values is None else {**codes, f"values{self.start}": self.block.values}

    def product(self, b: Array, xp: Any, data: Data) -> Array:
        """Return [..., n] for all coefficients b [..., p]."""
        table, values, order = self.block.table, self.block.values, self.block.order
        m = 1 if values is None else values.shape[1]
        part = b[..., self.start : self.start + table.shape[1] * m]
        if order is not None:  # columns stand in R's order; the products of table and values in their own
            part = xp.take(part, np.argsort(order).astype(np.int32), axis=-1)
        codes = data[f"codes{self.start}"]
        by_value = []
        for j in range(m):
            by_level = xp.matmul(part[..., j::m], table.T)
            looked = xp.take(by_level, codes, axis=-1, mode="clip")
            by_value.append(looked if values is None else looked * data[f"values{self.start}"][:, j])
        return gathered(by_value, xp)


@singledispatch
def pieces(matrix: LinearMap, start: int = 0) -> tuple[DensePiece | CodedPiece, ...]:
    """Return the blocks of `matrix`, whose first column is column `start` of X; a map of another kind is made dense."""
    return (DensePiece(start, np.asarray(matrix.dense(), dtype=float)),)


@pieces.register
def _(matrix: Dense, start: int = 0) -> tuple[DensePiece | CodedPiece, ...]:
    return (DensePiece(start, np.asarray(matrix.values, dtype=float)),)


@pieces.register
def _(matrix: Coded, start: int = 0) -> tuple[DensePiece | CodedPiece, ...]:
    return (CodedPiece(start, matrix),)


@pieces.register
def _(matrix: Stacked, start: int = 0) -> tuple[DensePiece | CodedPiece, ...]:
    out: tuple[DensePiece | CodedPiece, ...] = ()
    for block in matrix.blocks:
        out += pieces(block, start)
        start += block.shape[1]
    return out


def gathered(parts: Iterable[Array], xp: Any) -> Array:
    """Return the sum of one part or more."""
    return reduce(xp.add, parts)
