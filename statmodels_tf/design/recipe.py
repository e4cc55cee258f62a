"""Recipe: what to compute of each block of rows that come one after another, and the arrays of a block."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod

import numpy as np

from ..errors import DataError
from ..formula import Formula
from ..linalg import LinearMap
from ..terms import Variable
from ..transforms import Factor
from ..transforms.base import numeric
from ..transforms.factor import as_factor
from .coding import blocks, code_terms
from .limits import limits_of
from .response import Response, build_response
from .rows import written_variable
from .spec import DesignSpec
from .table import Table
from .used import Given, Used, used_rows
from .variable import recall


@dataclass(frozen=True, eq=False)
class Recipe:
    """A formula and the arguments about rows, all as text.

    Attributes
    ----------
    formula : Formula
    how : Given
        With the states that are known so far.
    columns : tuple of str
        The columns of the data that are read.
    known : mapping
        Column -> how it is read, as `column.memory` tells; see `Table`.
    """

    formula: Formula
    how: Given
    columns: tuple[str, ...]
    known: Mapping = field(default_factory=dict)

    @staticmethod
    def of(formula: Formula, table: Table, how: Given) -> "Recipe":
        """Return the recipe for data whose columns `table` knows; arrays among the arguments are a DataError."""
        for name in ("weights", "offset", "subset"):
            value = getattr(how, name)
            if value is not None and not isinstance(value, str):
                raise DataError(
                    f"`{name}` is {type(value).__name__}, and data that are read block by block have no row numbers to "
                    f'match it with. Put it in the data and give its name, `{name}="..."`, or an expression of columns.'
                )
        recipe = Recipe(formula, how, ())
        variables = recipe._arguments(table)
        names = dict.fromkeys(name for v in (*formula.variables, *variables) for name in v.names if table.has(name))
        return replace(recipe, columns=tuple(names))

    def _arguments(self, table):
        given = ((name, getattr(self.how, name)) for name in ("weights", "offset", "subset"))
        return [written_variable(v, name, table, dict(self.how.functions or {})) for name, v in given if v is not None]

    def variables(self, table: Table) -> dict[str, Variable]:
        """Return all that is computed, by key: variables of the formula and of the arguments."""
        return {v.key: v for v in (*self.formula.variables, *self._arguments(table))}

    def used(self, table: Table, *, seen: bool = False) -> Used:
        """Return what the recipe computes of a table, on its complete rows; `seen` says that they were checked."""
        return used_rows(self.formula, table.knowing(self.known), self.how, none=True, seen=seen)

    def learned(self, states: Mapping[str, list]) -> "Recipe":
        """Return the recipe with what stateful calls learned."""
        return replace(self, how=replace(self.how, states=states))

    def response(self, used: Used, levels: tuple[str, ...] | None = None) -> Response | None:
        """Return the response on the rows used; `levels` are those of all rows, where it is a factor."""
        if self.formula.response is None:
            return None
        value, trials = used.raw[self.formula.response.key], self.formula.annotations.get("trials")
        trials = None if trials is None else numeric(used.raw[trials.key], "trials()")
        made = build_response(self.formula.response.label, value, trials)
        if limits_of(self.formula, used.raw, made.values):
            raise DataError("censored and truncated responses are not fitted block by block; give a table in memory.")
        if isinstance(value, Factor) and levels is not None:
            codes = as_factor(value).recoded(levels).codes
            made = replace(made, values=codes.astype(float), levels=levels)
        return made


@dataclass(frozen=True, eq=False)
class CodedRows:
    """The arrays of one block: X [m, p], the response, and weights and offset [m] or None."""

    common: LinearMap
    response: Response
    weights: np.ndarray | None
    offset: np.ndarray | None

    def take(self, rows: np.ndarray) -> "CodedRows":
        """Return some of the rows."""
        parts = (None if part is None else part[rows] for part in (self.weights, self.offset))
        return CodedRows(self.common.take(rows), self.response.take(rows), *parts)


@dataclass(frozen=True, eq=False)
class Coder:
    """What codes any block of the data as the whole design is coded.

    Attributes
    ----------
    recipe : Recipe
        With all states.
    spec : DesignSpec
    levels : tuple of str or None
        Of the response, where it is a factor.
    columns : array or None
        The positions of the columns of X that are made, where not all are.
    """

    recipe: Recipe
    spec: DesignSpec
    levels: tuple[str, ...] | None = None
    columns: np.ndarray | None = None

    @cached_property
    def _codings(self):
        return code_terms(self.recipe.formula.common, self.spec.variables)

    def block(self, table: Table) -> CodedRows | None:
        """Return the arrays of a table's complete rows; None where it has none."""
        found = self.placed(table)
        return None if found is None else found[0]

    def placed(self, table: Table) -> tuple[CodedRows, np.ndarray | None] | None:
        """Return the same, and the positions of these rows in the table; None is all of them."""
        used = self.recipe.used(table, seen=True)
        if not used.n:
            return None
        values = self._values(used, table)
        common = self._made(values, used.n)
        made = CodedRows(common, self.recipe.response(used, self.levels), used.weights(none=True), used.offset())
        return made, used.kept.rows

    def narrowed(self, columns: np.ndarray) -> "Coder":
        """Return what makes only these of the columns made here, given by ascending positions."""
        return replace(self, columns=columns if self.columns is None else self.columns[columns])

    def _made(self, values, n):
        """Return the columns [n, p] that values of the variables give."""
        common = blocks(self._codings, self.spec.variables, values, n)
        return common if self.columns is None else common.select(self.columns)

    def _values(self, used, table):
        """Return the values of the variables of common terms on the rows used, coded as all rows are."""
        return {
            key: recall(self.spec.variables[key], used.raw[key], table.row_name)
            for key in (v.key for term in self.recipe.formula.common for v in term.variables)
        }

    @property
    def _factors(self):
        """The variables of common terms and their numbers of levels, where all are factors."""
        keys = dict.fromkeys(v.key for term in self.recipe.formula.common for v in term.variables)
        return {key: len(self.spec.variables[key].levels) for key in keys}

    @property
    def combinations(self) -> int:
        """How many combinations of levels there could be, where all terms are of factors."""
        return prod(self._factors.values())

    def cells(self, table: Table) -> tuple[np.ndarray, Response, np.ndarray | None] | None:
        """Return the combination of levels of each complete row [m], the response and the weights; None without rows.

        Combinations are numbered as the levels of the variables count, the last one's fastest.
        """
        used = self.recipe.used(table, seen=True)
        if not used.n:
            return None
        values, cells = self._values(used, table), np.zeros(used.n, dtype=np.int64)
        for key, size in self._factors.items():
            cells = cells * size + values[key].codes
        return cells, self.recipe.response(used, self.levels), used.weights(none=True)

    def rows_of(self, cells: np.ndarray) -> LinearMap:
        """Return the rows of X [m, p] that combinations of levels have."""
        values, left = {}, cells
        for key, size in reversed(self._factors.items()):
            left, codes = np.divmod(left, size)
            values[key] = Factor(codes.astype(np.int32), self.spec.variables[key].levels)
        return self._made(values, len(cells))
