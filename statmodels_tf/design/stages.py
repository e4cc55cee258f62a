"""Stages of a scan before the last: levels of columns that expressions take apart, and what stateful calls learn."""

import ast
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import DataError
from ..transforms import Factor, Transform
from ..transforms.base import Logical
from ..transforms.factor import as_factor
from ..transforms.learner import Learner, learner
from .column import memory
from .evaluate import evaluate
from .recipe import Recipe
from .representatives import Representatives, levels_shown, represent
from .table import Table, table


@dataclass(frozen=True, eq=False)
class Levels:
    """The levels of columns of text and of categories, as far as read.

    Attributes
    ----------
    by : dict
        Column -> what `column.memory` says of it.
    """

    by: dict[str, dict]

    def __add__(self, other: "Levels") -> "Levels":
        merged = dict(self.by)
        for name, said in other.by.items():
            before = merged.get(name)
            if before is None or "levels" not in before or "levels" not in said:
                merged[name] = said
            elif before["levels"] != said["levels"]:
                merged[name] = {**said, "levels": list(dict.fromkeys([*before["levels"], *said["levels"]]))}
        return Levels(merged)

    def known(self) -> dict[str, dict]:
        """Return how to read the columns: text sorted by code point, categories in the order they came."""
        return {
            name: {**said, "levels": sorted(said["levels"])} if said.get("text") else said
            for name, said in self.by.items()
        }


def levels_of(block: Table, columns: tuple[str, ...]) -> Levels:
    """Return the levels of the columns in a block."""
    said = {name: memory(block.column(name)) for name in columns}
    return Levels({name: what for name, what in said.items() if what is not None})


@dataclass(frozen=True, eq=False)
class ReadLevels:
    """The task that finds the levels of some columns."""

    columns: tuple[str, ...]

    def __call__(self, block: Table) -> Levels:
        return levels_of(block, self.columns)


class Reached(Exception):
    """The first stateful call of an expression whose state is not known, with its arguments."""

    def __init__(self, transform: Transform, arguments: list, options: dict):
        super().__init__(transform.name)
        self.call = transform, arguments, options


def _reached(transform, arguments, options):
    raise Reached(transform, arguments, options)


@dataclass(frozen=True, eq=False)
class Part:
    """What a block adds to what a call learns: to a learner's sums, or rows that show the different values."""

    learner: Learner | None
    sum: Any

    def __add__(self, other: "Part") -> "Part":
        return Part(self.learner, self.sum + other.sum)


@dataclass(frozen=True, eq=False)
class Parts:
    """By variable key, the parts of the calls reached."""

    by: dict[str, Part]

    def __add__(self, other: "Parts") -> "Parts":
        return Parts({key: part + other.by[key] for key, part in self.by.items()})


@dataclass(frozen=True, eq=False)
class Learn:
    """The task of a pass that learns: one call of each variable that has calls left."""

    recipe: Recipe
    learners: dict[str, Learner]
    pending: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the task reads."""
        return self.recipe.columns

    def __call__(self, block: Table) -> Parts:
        block = block.knowing(self.recipe.known)
        variables = self.recipe.variables(block)
        return Parts({key: self._part(key, variables[key], block) for key in self.pending})

    def _part(self, key, variable, block):
        call = reach(self.recipe, variable, block)
        if call is None:
            raise DataError(f"`{variable.label}` calls functions in some blocks of the data and not in others.")
        transform, arguments, options = call
        known = self.learners.get(key) or learner(transform, arguments, options)
        if known is None:
            return Part(None, represent(block, self.recipe.columns, _shown(key, transform, arguments, block)))
        return Part(known, known.part(Learner.bound(transform, arguments, options)))


def _shown(key, transform, arguments, block):
    """Return the rows that show the different values which the arguments of a call take together."""
    plain = transform.by_level
    columns = [a for a in arguments if isinstance(a, (Factor, Logical)) or (not plain and np.shape(a) == (block.n,))]
    return levels_shown(key, [as_factor(a) for a in columns]) if columns else {(key,): 0}


def reach(recipe: Recipe, variable: Any, block: Table) -> tuple | None:
    """Return the first call of a variable whose state is not known as (transform, arguments, options), or None."""
    states = (recipe.how.states or {}).get(variable.key, [])
    functions, formula = dict(recipe.how.functions or {}), recipe.formula
    try:
        text = formula.text if variable in formula.variables else ""
        evaluate(variable, block, functions, states, text=text, unknown=_reached)
    except Reached as found:
        return found.call
    return None


def learn_states(recipe: Recipe, first: Table, total: Any) -> tuple[Recipe, dict[str, list]]:
    """Return the recipe with the state of every call, and the states for `build`, None where levels decide.

    Parameters
    ----------
    recipe : Recipe
    first : Table
        Some rows of the data.
    total : function of (task, label) -> the sum of the task over all blocks
    """
    variables = recipe.variables(first)
    apart = {name for v in variables.values() if not isinstance(v.node, ast.Name) for name in v.names}
    coded = tuple(n for n in recipe.columns if isinstance(first.column(n), Factor))
    if apart & set(coded):
        recipe = replace(recipe, known=total(ReadLevels(coded), "levels").known())
    states: dict[str, list] = {}
    told: dict[str, list] = {}
    learners: dict[str, Learner] = {}
    sample = first.knowing(recipe.known)
    while True:
        recipe = recipe.learned(states)
        pending = tuple(key for key, v in variables.items() if reach(recipe, v, sample) is not None)
        if not pending:
            return recipe, told
        parts = total(Learn(recipe, learners, pending), f"learning `{variables[pending[0]].label}`")
        for key in pending:
            part, now = parts.by[key], states.setdefault(key, [])
            if part.learner is None:
                now.append(_of_values(recipe, variables[key], part.sum))
                told.setdefault(key, []).append(None)
                continue
            after = part.learner.after(part.sum)
            if isinstance(after, Learner):
                learners[key] = after
                continue
            learners.pop(key, None)
            now.append(after)
            told.setdefault(key, []).append(after)


def _of_values(recipe, variable, rows: Representatives):
    """Return what a call learns of rows that show all its different values."""
    transform, arguments, options = reach(recipe, variable, table(rows.frame, known=recipe.known))
    return transform.function(*arguments, **options, state=None)[1]
