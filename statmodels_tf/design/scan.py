"""Scan: data that come in blocks are read through once or more, so that a design means the same for every block.

First each stateful call of the formula learns, a pass for each call that needs sums (`scale`, `poly`, knots). Then one
pass finds the levels that complete rows have, counts what is missing, and keeps a few rows that show all of it. The
design built on these rows is the design of all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..errors import DataError
from ..formula import Formula
from ..transforms import Factor
from .build import build
from .complete import none_left
from .design import Design
from .recipe import Coder, Recipe
from .representatives import Representatives, levels_shown, represent
from .stages import Levels, learn_states, levels_of
from .table import Table, table
from .used import Given

HEAD = 200
"""How many of the first rows a design holds besides those that show something."""

Total = Callable[[Callable[[Table], Any], str], Any]
Check = Callable[[Any], str | None]


@dataclass(frozen=True, eq=False)
class Counts:
    """What the last pass finds.

    Attributes
    ----------
    n, dropped, counted : int
        Complete rows, incomplete ones, and complete ones of positive weight.
    missing_by, undefined_by : dict
        See `Design`.
    levels : Levels
    rows : Representatives
    """

    n: int
    dropped: int
    counted: int
    missing_by: dict[str, int]
    undefined_by: dict[str, int]
    levels: Levels
    rows: Representatives

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.n + other.n,
            self.dropped + other.dropped,
            self.counted + other.counted,
            _added(self.missing_by, other.missing_by),
            _added(self.undefined_by, other.undefined_by),
            self.levels + other.levels,
            self.rows + other.rows,
        )


def _added(a, b):
    return {name: a.get(name, 0) + b.get(name, 0) for name in dict.fromkeys([*a, *b])}


@dataclass(frozen=True, eq=False)
class Count:
    """The task of the last pass, for one block."""

    recipe: Recipe
    check: Check | None = None
    levels: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the task reads."""
        return self.recipe.columns

    def __call__(self, block: Table) -> Counts:
        used = self.recipe.used(block)
        rows = np.arange(block.n) if used.kept.rows is None else used.kept.rows
        weights, _ = used.weights(none=True), used.offset()
        chosen = {("row", k): int(row) for k, row in enumerate(rows[:HEAD])}
        if weights is not None and weights.any():
            chosen["weight", 0] = int(rows[np.flatnonzero(weights)[0]])
        for key, value in used.raw.items():
            if isinstance(value, Factor) and used.n:
                shown = levels_shown(key, [value])
                chosen |= {what: int(rows[position]) for what, position in shown.items()}
        if used.n:
            chosen |= self._response(used, block, rows)
        levels = levels_of(block, self.recipe.columns) if self.levels else Levels({})
        counted = used.n if weights is None else int(np.count_nonzero(weights))
        kept = used.kept
        found = represent(block, self.recipe.columns, chosen)
        return Counts(used.n, kept.dropped, counted, kept.missing_by, kept.undefined_by, levels, found)

    def _response(self, used, block, rows):
        """Return the rows of the least and the largest response, once it is known to be one."""
        made = self.recipe.response(used)
        if made is None:
            return {}
        if self.check is not None and made.levels is None:
            reason = self.check(replace(made, index=block.index if len(rows) == block.n else block.index[rows]))
            if reason is not None:
                raise DataError(reason)
        ends = (int(np.argmin(made.values)), int(np.argmax(made.values)))
        return {("response", float(made.values[at])): int(rows[at]) for at in ends}


@dataclass(frozen=True, eq=False)
class Scanned:
    """A design whose rows are a few of all, what codes any block alike, and how many rows there are."""

    design: Design
    coder: Coder
    counts: Counts = field(repr=False)


def scan(
    formula: str | Formula,
    first: Table,
    total: Total,
    *,
    how: Given,
    contrasts: Mapping[str, Any] | None = None,
    check: Check | None = None,
) -> Scanned:
    """Return the design of data that come in blocks.

    Parameters
    ----------
    formula : str or Formula
    first : Table
        Some rows of the data, with all their columns.
    total : function of (task, label) -> the sum of the task over all blocks, in their order
        A block needs the `columns` of the task only.
    how : Given
        Weights, offset and subset as text, and the caller's functions.
    contrasts : dict
        As `build` takes it.
    check : function of a Response -> why it is none, or None
    """
    functions = dict(how.functions or {})
    if not isinstance(formula, Formula):
        formula = Formula.parse(formula, columns=first.names, functions=frozenset(functions))
    recipe = Recipe.of(formula, first, how)
    recipe, states = learn_states(recipe, first, total)
    counts = total(Count(recipe, check, levels=not recipe.known), "levels and missing values")
    if counts is None:
        raise DataError("the data have no rows.")
    if not counts.n:
        if not counts.dropped:
            raise DataError("`subset` keeps no row of the data.")
        raise DataError(none_left(counts.dropped, counts.missing_by, counts.undefined_by))
    if not counts.counted:
        raise DataError("weights are zero in every row; at least one row must count.")
    recipe = recipe if recipe.known else replace(recipe, known=counts.levels.known())
    head = table(counts.rows.frame, known=recipe.known)
    arguments = {"weights": how.weights, "offset": how.offset, "subset": how.subset, "functions": functions}
    made = build(formula, head, contrasts=contrasts, states=states, **arguments)
    found = {"dropped": counts.dropped, "missing_by": counts.missing_by, "undefined_by": counts.undefined_by}
    design = replace(made, spec=replace(made.spec, **found), **found)
    levels = None if design.response is None else design.response.levels
    coder = Coder(recipe.learned(_all_states(design, recipe)), design.spec, levels)
    return Scanned(design, coder, counts)


def _all_states(design, recipe):
    """Return what every stateful call learned, those of `subset` too, which a specification does not hold."""
    learned = dict(recipe.how.states or {})
    return {**learned, **design.spec.states}
