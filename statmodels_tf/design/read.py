"""Read: all that a formula computes from the data, before any row is dropped."""

import ast
from dataclasses import dataclass, field

import numpy as np

from ..errors import DataError, pointing
from ..formula import Formula
from ..transforms import Matrix
from .column import memory
from .evaluate import evaluate
from .rows import HUGE, TINY, all_tiny, huge_row
from .table import Table


@dataclass(frozen=True, eq=False)
class Read:
    """All variables of a formula, evaluated on the data."""

    formula: Formula
    given: Table
    functions: dict
    known: dict | None = None
    values: dict = field(init=False)
    states: dict = field(init=False)
    variables: dict = field(init=False)

    def __post_init__(self):
        values, states, variables = {}, {}, {}
        for variable in self.formula.variables:
            if variable.key in values:
                continue
            before = (self.known or {}).get(variable.key)
            value, learned = evaluate(variable, self.given, self.functions, before, text=self.formula.text)
            values[variable.key], variables[variable.key] = value, variable
            if learned:
                states[variable.key] = learned
        for name, value in (("values", values), ("states", states), ("variables", variables)):
            object.__setattr__(self, name, value)

    @property
    def columns(self):
        """The columns of the data that were read."""
        return self.given.read_names

    def error(self, variable, message):
        """Return a DataError that points at the variable in the formula."""
        return DataError(pointing(message, self.formula.text, variable.start, variable.end))


def memory_of(read, numbers):
    """Return how the columns were read that expressions take apart, so that new rows are read alike."""
    variables = [*read.variables.values(), *(n.variable for n in numbers if n.variable is not None)]
    names = {name: None for v in variables if not isinstance(v.node, ast.Name) for name in v.names}
    known = {name: memory(read.given.column(name)) for name in names if read.given.has(name)}
    return {name: value for name, value in known.items() if value is not None}


def check_finite(read, raw, rows):
    """Refuse an infinite value, or one whose square is, with what the columns are where it stands."""
    for key, value in raw.items():
        at = huge_row(value)
        if at is not None:
            variable, given = read.variables[key], read.given
            row = at if rows is None else int(rows[at])
            inputs = [name for name in variable.names if given.has(name) and name != variable.label]
            shown = " and ".join(f"`{name}` is {given.series(name).iloc[row]}" for name in inputs)
            where = given.row_name(row) + (f", where {shown}" if shown else "")
            numbers = value.values if isinstance(value, Matrix) else value
            if np.isfinite(numbers[at]).all():
                size = f"beyond {HUGE:g}, too large to be squared, in {where}. Choose another unit for it."
            else:
                size = f"infinite in {where}. Leave such rows out with `subset=`, or mend the data."
            raise read.error(variable, f"`{variable.label}` is {size}")


def check_sizes(read, raw):
    """Refuse a variable whose values have no square in double precision, all that are not zero."""
    for key, value in raw.items():
        if all_tiny(value):
            variable = read.variables[key]
            size = f"nowhere above {TINY:g}, too small to be squared. Choose another unit for it."
            raise read.error(variable, f"`{variable.label}` is {size}")
