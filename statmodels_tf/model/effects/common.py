"""The common effect X b: one coefficient for each estimable column, the intercept at the centre of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ...linalg import LinearMap
from ...parameter import Parameter
from ...priors import Elementwise
from ...terms import INTERCEPT
from .base import Array, Data, Draws, Effect, Piece, Place, Program, Values
from .linear import gathered, pieces
from .naming import PLAIN, Naming
from .shrunk import Shrunk, vectors

if TYPE_CHECKING:
    from ...design import Design
    from ..prior_table import PriorTable

LISTED = 5
"""Up to so many coefficients a summary names the prior of each."""


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
        What is taken off each column: its mean, or zero in a model without intercept; zero for the intercept. Where
        thresholds stand for the intercept it is the mean too, and theirs are the thresholds at the mean.
    slopes : tuple of (key, prior, positions)
        Coefficients other than the intercept, those with priors of one kind together, as vectors.
    intercept : Elementwise or None
        Prior of the intercept at the centre.
    naming : Naming
        What its coefficients are called.
    shrunk : Shrunk or None
        Coefficients that one prior shrinks together.
    """

    matrix: LinearMap
    columns: tuple[str, ...]
    estimable: np.ndarray
    centre: np.ndarray
    slopes: tuple[tuple[str, Elementwise, np.ndarray], ...]
    intercept: Elementwise | None
    naming: Naming = PLAIN
    shrunk: Shrunk | None = None

    label = "common"
    linear = True
    leads = True

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The intercept, then the vectors of slopes."""
        first = (Parameter(self.at_centre, self.intercept),) if self.intercept is not None else ()
        more = () if self.shrunk is None else self.shrunk.parameters
        return first + tuple(Parameter(name, prior, ("coefficient",)) for name, prior, _ in self.slopes) + more

    @property
    def prior_keys(self) -> tuple[str, ...]:
        """The intercept, `b` for all others, and each by its column."""
        first = self.naming.keys(INTERCEPT) if self.intercept is not None else ()
        named = [self.columns[j] for j in self.estimable if self.columns[j] != INTERCEPT or not first]
        every = f"b{self.naming.suffix}"
        return (*first, every, *(key for name in named for key in self.naming.keys(name))) if self._groups else first

    @property
    def at_centre(self) -> str:
        """The name of the intercept, which is the linear predictor at the mean of the predictors."""
        return self.naming.column(INTERCEPT)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The shown name of each column's coefficient."""
        return tuple(self.naming.column(name) for name in self.columns)

    @cached_property
    def _pieces(self) -> tuple[Any, ...]:
        return pieces(self.matrix)

    @cached_property
    def data(self) -> dict[str, np.ndarray]:
        """The blocks of X."""
        return {name: array for piece in self._pieces for name, array in piece.data.items()}

    @cached_property
    def _places(self) -> np.ndarray:
        """Where each column's coefficient stands in [slopes..., 0]; the last place for the others."""
        count = sum(map(len, self._groups))
        places = np.full(len(self.columns), count, dtype=np.int32)
        if self._groups:
            places[np.concatenate(self._groups)] = np.arange(count)
        return places

    @cached_property
    def _groups(self) -> list[np.ndarray]:
        """The columns of each vector of coefficients, those shrunk together last."""
        return [*(where for _, _, where in self.slopes), *([] if self.shrunk is None else [self.shrunk.positions])]

    def coefficients(self, values: Values, xp: Any) -> Array:
        """Return the coefficients of X's columns [..., p]; zero where aliased."""
        vectors = [values[name] for name, _, _ in self.slopes]
        vectors += [] if self.shrunk is None else [self.shrunk.coefficients(values, xp)]
        if not vectors:
            return values[self.at_centre][..., None] * self._first
        slopes = xp.concatenate([*vectors, xp.zeros_like(vectors[0][..., :1])], axis=-1)
        slopes = xp.take(slopes, self._places, axis=-1)
        if self.intercept is None:
            return slopes
        at_zero = values[self.at_centre] - xp.sum(slopes * self.centre, axis=-1)
        return slopes + at_zero[..., None] * self._first

    @cached_property
    def positions(self) -> dict[str, np.ndarray]:
        """The columns of X that each parameter's entries belong to."""
        first = {} if self.intercept is None else {self.at_centre: np.flatnonzero(self._first)}
        return {**first, **{name: where for name, _, where in self.slopes}}

    @cached_property
    def _first(self) -> np.ndarray:
        """The indicator of the intercept's column [p]."""
        return np.array([float(c == INTERCEPT) for c in self.columns])

    def contribute(self, values: Values, xp: Any, data: Data | None = None) -> Array:
        """Return X b; where the intercept is implied, of columns that count from their means."""
        data = self.data if data is None else data
        b = self.coefficients(values, xp)
        out = gathered((piece.product(b, xp, data) for piece in self._pieces), xp)
        return out - self.middle(b, xp)[..., None] if self.implied else out

    @property
    def implied(self) -> bool:
        """Whether columns count from their means without an intercept that would make up for it."""
        return self.intercept is None and bool(np.any(self.centre))

    def middle(self, coefficients: Array, xp: Any = np) -> Array:
        """Return X b at the mean of the predictors [...], of coefficients [..., p]: zero unless `implied`."""
        return xp.sum(coefficients * (self.centre if self.implied else np.zeros(len(self.centre))), axis=-1)

    def from_shown(self, draws: Draws) -> np.ndarray:
        """Return the coefficients of X's columns [..., p] from draws by shown name."""
        b = np.zeros((*np.shape(draws[self.names[self.estimable[0]]]), len(self.columns)))
        for j in self.estimable:
            b[..., j] = draws[self.names[j]]
        return b

    def pullback(self, values: Values, adjoint: np.ndarray) -> dict[str, np.ndarray]:
        """Return X'a for the slopes, less the part of each that its centre takes from the intercept."""
        total = self.matrix.rmatvec(adjoint)
        first = float(np.sum(adjoint)) if self.implied else float(total @ self._first)
        slopes = total - self.centre * first
        out = {name: slopes[where] for name, _, where in self.slopes}
        if self.shrunk is not None:
            out |= self.shrunk.pullback(values, slopes[self.shrunk.positions])
        return out if self.intercept is None else {self.at_centre: np.asarray(first), **out}

    def values_of(self, coefficients: np.ndarray) -> dict[str, np.ndarray]:
        """Return the parameters for coefficients [..., p] of X's columns: the inverse of `coefficients`."""
        b = np.nan_to_num(np.asarray(coefficients, dtype=float), nan=0.0)
        out = {name: b[..., positions] for name, _, positions in self.slopes}
        if self.shrunk is not None:
            out |= self.shrunk.values_of(b[..., self.shrunk.positions])
        if self.intercept is not None:
            out[self.at_centre] = b @ (self._first + self.centre)
        return out

    def shown(self, values: Values) -> dict[str, np.ndarray]:
        """Return the estimable coefficients of X, by column name."""
        b = self.coefficients(values, np)
        out = {self.names[j]: b[..., j] for j in self.estimable}
        return out if self.shrunk is None else out | self.shrunk.shown(values)

    def places(self) -> dict[str, Place]:
        """Return nothing: each coefficient is a number."""
        return {}

    def on(self, rows: Any, draws: Draws) -> np.ndarray:
        """Return X b on those rows, less that at the mean of the predictors where the intercept is implied."""
        b = self.from_shown(draws)
        out = gathered((piece.product(b, np, piece.data) for piece in pieces(rows.common)), np)
        return out - self.middle(b)[..., None] if self.implied else out

    def log_prior_terms(self, values: Values) -> dict[str, np.ndarray]:
        """Return the log prior density of each coefficient."""
        first, name = self.intercept, self.at_centre
        out = {} if first is None else {name: first.log_density(values[name], np)}
        for name, prior, positions in self.slopes:
            entries = prior.entries(values[name], np)
            out |= {self.names[j]: entries[..., i] for i, j in enumerate(positions)}
        return out if self.shrunk is None else out | {self.shrunk.label: self.shrunk.log_prior(values)}

    def prior_texts(self) -> dict[str, str]:
        """Return the priors in words, many coefficients together."""
        out: dict[str, str] = {}
        if self.intercept is not None:
            out[f"{self.at_centre} (at the mean of the predictors)"] = str(self.intercept)
        for _, prior, positions in self.slopes:
            if len(positions) > LISTED:
                out[f"{len(positions)} coefficients{self.naming.suffix.replace('_', ' of ')}"] = str(prior)
                continue
            for i, j in enumerate(positions):
                out[self.names[j]] = str(type(prior)(*(np.asarray(v)[i] for v in prior.values())))
        if self.shrunk is not None:
            out[f"{len(self.shrunk.positions)} coefficients together"] = str(self.shrunk.prior)
        return out

    def code(self, keys: Mapping[str, str], program: Program) -> Piece:
        """Return the effect as lines of a program."""
        lines = [f"{keys[p.name]} = yield {p.prior.code(keys[p.name])}" for p in self.parameters]
        if not self._groups:
            return Piece((), tuple(lines), keys[self.at_centre])
        positions = np.concatenate(self._groups)
        names = [program.embed(self.columns[j], self.matrix.column(j)) for j in positions]
        X = "X" if self.naming == PLAIN else program.fresh(self.naming.column("X"))
        setup = [f"{X} = np.column_stack([{', '.join(names)}]).astype(np.float64)"]
        vectors = [keys[name] for name, _, _ in self.slopes]
        vectors += [] if self.shrunk is None else [self.shrunk.code(keys)]
        b = vectors[0] if len(vectors) == 1 else f"tf.concat([{', '.join(vectors)}], axis=0)"
        at = "thresholds are those" if self.implied else "the intercept is the mean response"
        if self.intercept is not None or self.implied:
            setup.append(f"{X} = {X} - {X}.mean(axis=0)  # {at} at the mean of the predictors")
        if self.intercept is None:
            return Piece(tuple(setup), tuple(lines), f"tf.linalg.matvec({X}, {b})")
        return Piece(tuple(setup), tuple(lines), f"{keys[self.at_centre]} + tf.linalg.matvec({X}, {b})")


def common_effects(
    design: Design, priors: PriorTable, naming: Naming = PLAIN, intercept: bool = True, scale: str | None = None
) -> tuple[CommonEffect, ...]:
    """Return the effect of a design's common terms; none where no column can be estimated.

    Parameters
    ----------
    design : Design
    priors : PriorTable
        By plain keys.
    naming : Naming
    intercept : bool
        Whether a column of ones is estimated; thresholds stand in for that of a predictor of theirs.
    scale : str or None
        The parameter that coefficients shrunk together are measured in.
    """
    width = len(design.columns)
    left_out = design.aliased if intercept else [*design.aliased, *_intercepts(design)]
    estimable = np.setdiff1d(np.arange(width), left_out)
    if not len(estimable):
        return ()
    has_intercept = design.columns[estimable[0]] == INTERCEPT
    positions = estimable[1:] if has_intercept else estimable
    mean, sd = np.zeros(width), np.zeros(width)
    for j in positions:
        column = design.common.column(int(j))
        mean[j], sd[j] = np.mean(column), np.std(column, ddof=min(1, len(column) - 1))
    implied = not intercept or (naming == PLAIN and design.spec.implied_intercept)
    names = [design.columns[j] for j in positions]
    slopes, shrunk = vectors(priors, naming, names, positions, sd[positions], design.common.shape[0], scale)
    return (
        CommonEffect(
            matrix=design.common,
            columns=tuple(design.columns),
            estimable=estimable,
            centre=mean if has_intercept or implied else np.zeros(width),
            slopes=slopes,
            intercept=priors.intercept() if has_intercept else None,
            naming=naming,
            shrunk=shrunk,
        ),
    )


def _intercepts(design: Design) -> list[int]:
    """Return the positions of the column of ones: one or none."""
    return [j for j, name in enumerate(design.columns) if name == INTERCEPT]
