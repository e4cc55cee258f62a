"""The common effect X b: one coefficient for each estimable column, the intercept at the centre of the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...linalg import LinearMap
from ...parameter import Parameter
from ...priors import Elementwise
from .base import Array, Data, Effect, Piece, Program, Values
from .linear import gathered, pieces

INTERCEPT = "Intercept"


@dataclass(frozen=True, eq=False)
class CommonEffect(Effect):
    """X b, for the columns that common terms make.

    With an intercept the other columns count from their means: the parameter `Intercept` is the linear predictor at the
    mean of the predictors, which is where its prior is easy to state and where samplers move freely. Shown coefficients
    are those of X itself.

    Attributes
    ----------
    matrix : LinearMap [n, p]
        All columns, aliased ones too.
    columns : tuple of str
        Their names.
    estimable : int array [p_est]
        Positions of the columns that are not aliased.
    centre : array [p]
        What is taken off each column: its mean, or zero in a model without intercept; zero for the intercept.
    slopes : tuple of (key, prior, positions)
        Coefficients other than the intercept, those with priors of one kind together, as vectors.
    intercept : Elementwise or None
        Prior of the intercept at the centre.
    """

    matrix: LinearMap
    columns: tuple[str, ...]
    estimable: np.ndarray
    centre: np.ndarray
    slopes: tuple[tuple[str, Elementwise, np.ndarray], ...]
    intercept: Elementwise | None

    label = "common"

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        """The intercept, then the vectors of slopes."""
        first = (Parameter(INTERCEPT, self.intercept),) if self.intercept is not None else ()
        return first + tuple(Parameter(name, prior, ("coefficient",)) for name, prior, _ in self.slopes)

    @cached_property
    def _pieces(self) -> tuple[Any, ...]:
        return pieces(self.matrix)

    @cached_property
    def data(self) -> dict[str, np.ndarray]:  # type: ignore[override]
        """The blocks of X."""
        return {name: array for piece in self._pieces for name, array in piece.data.items()}

    @cached_property
    def _places(self) -> np.ndarray:
        """Where each column's coefficient stands in [slopes..., 0]; the last place for the others."""
        count = sum(len(positions) for _, _, positions in self.slopes)
        places = np.full(len(self.columns), count, dtype=np.int32)
        if self.slopes:
            places[np.concatenate([positions for _, _, positions in self.slopes])] = np.arange(count)
        return places

    def coefficients(self, values: Values, xp: Any) -> Array:
        """Return the coefficients of X's columns [..., p]; zero where aliased."""
        vectors = [values[name] for name, _, _ in self.slopes]
        if not vectors:
            return values[INTERCEPT][..., None] * self._first
        slopes = xp.concatenate([*vectors, xp.zeros_like(vectors[0][..., :1])], axis=-1)
        slopes = xp.take(slopes, self._places, axis=-1)
        if self.intercept is None:
            return slopes
        at_zero = values[INTERCEPT] - xp.sum(slopes * self.centre, axis=-1)
        return slopes + at_zero[..., None] * self._first

    @cached_property
    def _first(self) -> np.ndarray:
        """The indicator of the intercept's column [p]."""
        return np.array([float(c == INTERCEPT) for c in self.columns])

    def contribute(self, values: Values, xp: Any, data: Data | None = None) -> Array:
        """Return X b."""
        data = self.data if data is None else data
        b = self.coefficients(values, xp)
        return gathered((piece.product(b, xp, data) for piece in self._pieces), xp)

    def values_of(self, coefficients: np.ndarray) -> dict[str, np.ndarray]:
        """Return the parameters for coefficients [..., p] of X's columns: the inverse of `coefficients`."""
        b = np.nan_to_num(np.asarray(coefficients, dtype=float), nan=0.0)
        out = {name: b[..., positions] for name, _, positions in self.slopes}
        if self.intercept is not None:
            out[INTERCEPT] = b @ (self._first + self.centre)
        return out

    def shown(self, values: Values) -> dict[str, np.ndarray]:
        """Return the estimable coefficients of X, by column name."""
        b = self.coefficients(values, np)
        return {self.columns[j]: b[..., j] for j in self.estimable}

    def code(self, keys: Mapping[str, str], program: Program) -> Piece:
        """Return the effect as lines of a program."""
        lines = [f"{keys[p.name]} = yield {p.prior.code(keys[p.name])}" for p in self.parameters]
        if not self.slopes:
            return Piece((), tuple(lines), keys[INTERCEPT])
        positions = np.concatenate([where for _, _, where in self.slopes])
        names = [program.embed(self.columns[j], self.matrix.column(j)) for j in positions]
        setup = [f"X = np.column_stack([{', '.join(names)}]).astype(np.float64)"]
        vectors = [keys[name] for name, _, _ in self.slopes]
        b = vectors[0] if len(vectors) == 1 else f"tf.concat([{', '.join(vectors)}], axis=0)"
        if self.intercept is None:
            return Piece(tuple(setup), tuple(lines), f"tf.linalg.matvec(X, {b})")
        setup.append("X = X - X.mean(axis=0)  # the intercept is the mean response at the mean of the predictors")
        return Piece(tuple(setup), tuple(lines), f"{keys[INTERCEPT]} + tf.linalg.matvec(X, {b})")
