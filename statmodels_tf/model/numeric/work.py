"""The work of an effect in one evaluation: its part of the linear predictor, then the gradients from the adjoint.

Any effect can be worked by its `contribute` and `pullback`. Common and group effects have faster ways: all that does
not depend on the parameters is made once, and products of the same arrays are not formed twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch
from math import log
from typing import Any, Protocol

import numpy as np

from ...priors import LOG_2PI
from ..effects import CommonEffect, Effect, GroupEffect, OffsetEffect
from .layout import Layout

Values = Mapping[str, Any]
Gradients = dict[str, Any]
DENSE_COLUMNS = 32
"""Up to so many columns X is held dense, its columns centred."""


class Work(Protocol):
    """An effect at work."""

    def forward(self, x: np.ndarray, values: Values) -> tuple[np.ndarray, Any]:
        """Return the effect's part of the linear predictor [n], and what `backward` needs of it."""

    def backward(self, adjoint: np.ndarray, kept: Any, values: Values, by_x: np.ndarray, found: Gradients) -> float:
        """Add the gradients, to `by_x` in their places or to `found` by the parameter's name; return more density."""


@dataclass(frozen=True, eq=False)
class DenseWork:
    """X b with X dense and centred: the parameters are one slice of x, the columns of X in their order."""

    matrix: np.ndarray
    part: slice

    def forward(self, x: np.ndarray, values: Values) -> tuple[np.ndarray, Any]:
        """Return X b."""
        return self.matrix.dot(x[self.part]), None

    def backward(self, adjoint: np.ndarray, kept: Any, values: Values, by_x: np.ndarray, found: Gradients) -> float:
        """Add X'a."""
        by_x[self.part] += adjoint.dot(self.matrix)
        return 0.0


@dataclass(frozen=True, eq=False)
class KnownWork:
    """A part without parameters."""

    values: np.ndarray

    def forward(self, x: np.ndarray, values: Values) -> tuple[np.ndarray, Any]:
        """Return a copy of it."""
        return self.values.copy(), None

    def backward(self, adjoint: np.ndarray, kept: Any, values: Values, by_x: np.ndarray, found: Gradients) -> float:
        """Add nothing."""
        return 0.0


@dataclass(frozen=True, eq=False)
class GroupWork:
    """Z Λ z, level by level.

    Attributes
    ----------
    effect : GroupEffect
    codes : int array [n]
    columns : tuple of array [n] or None
        None where the column is one in every row.
    levels : int
    part : slice
        The place of z.
    shape : tuple of int
    centred : bool
        Whether the place holds b, and z follows from it.
    """

    effect: GroupEffect
    codes: np.ndarray
    columns: tuple[np.ndarray | None, ...]
    levels: int
    part: slice
    shape: tuple[int, int]
    centred: bool

    def forward(self, x: np.ndarray, values: Values) -> tuple[np.ndarray, Any]:
        """Return Z b, b = z Λ'."""
        factor = self.effect.covariance.factor(values, np)
        z = x[self.part].reshape(self.shape)
        b = z.T if self.centred else factor.dot(z.T)
        eta = b[0].take(self.codes)
        if self.columns[0] is not None:
            eta *= self.columns[0]
        for row, column in zip(b[1:], self.columns[1:], strict=True):
            part = row.take(self.codes)
            if column is not None:
                part *= column
            eta += part
        return eta, (factor, z)

    def backward(self, adjoint: np.ndarray, kept: Any, values: Values, by_x: np.ndarray, found: Gradients) -> float:
        """Add (Z'a) Λ for z, and what Λ is made of from (Z'a)'z."""
        factor, z = kept
        codes, levels = self.codes, self.levels
        by_level = np.empty((len(self.columns), levels))
        for k, column in enumerate(self.columns):
            by_level[k] = np.bincount(codes, adjoint if column is None else adjoint * column, levels)
        if self.centred:
            return self._centred(by_level, factor, z, values, by_x, found)
        by_x[self.part] += by_level.T.dot(factor).ravel()
        add(self.effect.covariance.pullback(values, by_level.dot(z)), found)
        return 0.0

    def _centred(
        self,
        by_level: np.ndarray,
        factor: np.ndarray,
        b: np.ndarray,
        values: Values,
        by_x: np.ndarray,
        found: Gradients,
    ) -> float:
        """Return log N(b; 0, ΛΛ'), its gradients added: -z'z/2 - L Σ log Λ_kk with z = Λ⁻¹ b."""
        inverse, log_size = lower_inverse(factor)
        z = inverse.dot(b.T)
        pulled = inverse.T.dot(z)
        by_x[self.part] += (by_level - pulled).T.ravel()
        by_factor = pulled.dot(z.T) - self.levels * inverse.T  # above the diagonal nothing is read
        add(self.effect.covariance.pullback(values, by_factor), found)
        return -0.5 * float(np.vdot(z, z)) - self.levels * log_size - 0.5 * LOG_2PI * b.size


@dataclass(frozen=True, eq=False)
class PlainWork:
    """Any effect, by what it says itself."""

    effect: Effect
    data: Mapping[str, np.ndarray]

    def forward(self, x: np.ndarray, values: Values) -> tuple[np.ndarray, Any]:
        """Return its contribution."""
        return self.effect.contribute(values, np, self.data), None

    def backward(self, adjoint: np.ndarray, kept: Any, values: Values, by_x: np.ndarray, found: Gradients) -> float:
        """Add its pullback."""
        add(self.effect.pullback(values, adjoint), found)
        return 0.0


def lower_inverse(factor: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the inverse of a lower triangular matrix [l, l] and the log of its determinant, NaN if not positive.

    A few numbers: loops in Python are faster than LAPACK.
    """
    rows, size = factor.tolist(), len(factor)
    out = [[0.0] * size for _ in range(size)]
    total = 0.0
    for i, row in enumerate(rows):
        pivot = row[i]
        if not pivot > 0:
            return np.full_like(factor, np.nan), float("nan")
        total += log(pivot)
        for j in range(i):
            out[i][j] = -sum([row[k] * out[k][j] for k in range(j, i)]) / pivot
        out[i][i] = 1 / pivot
    return np.array(out), total


def add(gradients: Mapping[str, Any], found: Gradients) -> None:
    """Add gradients by name to those found."""
    for name, gradient in gradients.items():
        found[name] = found[name] + gradient if name in found else gradient


@singledispatch
def work_of(effect: Effect, where: Layout) -> Work:
    """Return the work of an effect whose parameters stand in a layout."""
    return PlainWork(effect, effect.data)


@work_of.register
def _(effect: OffsetEffect, where: Layout) -> Work:
    return KnownWork(np.asarray(effect.values, dtype=float))


@work_of.register
def _(effect: CommonEffect, where: Layout) -> Work:
    slots = [slot for slot in where.simple if slot.name in {p.name for p in effect.parameters}]
    if effect.shrunk is not None or len(slots) < len(effect.parameters) or len(effect.estimable) > DENSE_COLUMNS:
        return PlainWork(effect, effect.data)
    order = np.concatenate([effect.positions[slot.name] for slot in slots])
    matrix = effect.matrix.dense()[:, order] - effect.centre[order]
    return DenseWork(np.asfortranarray(matrix), slice(slots[0].part.start, slots[-1].part.stop))


@work_of.register
def _(effect: GroupEffect, where: Layout) -> Work:
    columns: list[np.ndarray | None] = [None]
    if effect.columns is not None:
        columns = [None if np.all(c == 1) else np.ascontiguousarray(c, dtype=float) for c in effect.columns.T]
    shape = (len(effect.levels), len(effect.effects))
    (slot,) = (slot for slot in where.slots if slot.name == effect.parameters[-1].name)
    codes = effect.codes.astype(np.intp)
    return GroupWork(effect, codes, tuple(columns), len(effect.levels), slot.part, shape, slot.centred)
