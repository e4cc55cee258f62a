"""Used: all that a formula and the arguments about rows compute of a table, on the rows that are complete."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import DataError
from ..formula import Formula
from ..transforms.base import numeric
from .complete import Kept, kept_rows
from .read import Read, check_finite
from .rows import RowNumbers, check_weights, orderly, row_numbers, subset_rows, take
from .table import Table


@dataclass(frozen=True, eq=False)
class Given:
    """The arguments of a fit about rows, beside the formula: as the caller wrote them.

    Attributes
    ----------
    weights, offset, subset
        Text or, of a table in memory, arrays.
    functions : mapping
        The caller's own functions.
    states : mapping
        Variable key -> what its stateful calls learned before; those not there, or None, learn from the table.
    """

    weights: Any = None
    offset: Any = None
    subset: Any = None
    functions: Mapping[str, Callable] | None = None
    states: Mapping[str, list] | None = None


@dataclass(frozen=True, eq=False)
class Used:
    """The rows used of one table.

    Attributes
    ----------
    read : Read
    kept : Kept
    raw : dict
        Variable key -> its value on the rows used.
    offsets : list of RowNumbers
        By the argument, not the formula's.
    weight : RowNumbers or None
    """

    read: Read
    kept: Kept
    raw: dict[str, Any]
    offsets: list[RowNumbers]
    weight: RowNumbers | None

    @property
    def n(self) -> int:
        """The number of rows used."""
        return self.read.given.n if self.kept.rows is None else len(self.kept.rows)

    @property
    def numbers(self) -> list[RowNumbers]:
        """Offsets and weights by argument."""
        return [*self.offsets, *([] if self.weight is None else [self.weight])]

    def weights(self, *, none: bool = False) -> np.ndarray | None:
        """Return the weights [n], checked; `none` says that all may be zero, as in a block of the data."""
        if self.weight is None:
            return None
        return np.array(check_weights(self.weight.values, self.read.given, self.kept.rows, none=none))

    def offset(self) -> np.ndarray | None:
        """Return the sum of the offsets [n], all finite, or None."""
        parts = [take(part.values, self.kept.rows) for part in self.offsets]
        parts += [numeric(self.raw[term.variable.key], "offset()") for term in self.read.formula.offsets]
        if not parts:
            return None
        total = np.sum(parts, axis=0)
        bad = np.flatnonzero(~np.isfinite(total))
        if len(bad):
            row = bad[0] if self.kept.rows is None else self.kept.rows[bad[0]]
            raise DataError(f"the offset is infinite in {self.read.given.row_name(row)}.")
        return total


def used_rows(
    formula: Formula, given: Table, how: Given, *, na_action: str = "omit", none: bool = False, seen: bool = False
) -> Used:
    """Return what a formula computes of a table, on the complete rows.

    Parameters
    ----------
    formula : Formula
    given : Table
    how : Given
    na_action : str
        `"omit"`, or `"fail"`.
    none : bool
        Whether no row may be left, as in a block of the data.
    seen : bool
        Whether the rows are known to hold no infinite number.
    """
    functions = dict(how.functions or {})
    read = Read(formula, given, functions, how.states)
    offsets = [] if how.offset is None else [row_numbers(how.offset, "offset", given, functions, how.states)]
    weight = _weights(how, read)
    suspect = [key for key, value in read.values.items() if not orderly(value)]
    computed = [(read.variables[key], read.values[key]) for key in suspect]
    computed += [(number.variable, number.values) for number in (*offsets, *([] if weight is None else [weight]))]
    kept = kept_rows(given, computed, subset_rows(how.subset, given, functions, how.states), na_action, none=none)
    raw = {key: take(value, kept.rows) for key, value in read.values.items()}
    if not seen:
        check_finite(read, {key: raw[key] for key in suspect}, kept.rows)
    return Used(read, kept, raw, offsets, weight)


def _weights(how, read):
    """Return the weights as given [rows of the data]: by the argument, or by `y | weights(w)`."""
    noted = read.formula.annotations.get("weights")
    if noted is not None:
        if how.weights is not None:
            raise DataError("weights are given twice: by `weights=` and by `| weights(...)` in the formula.")
        return RowNumbers(numeric(read.values[noted.key], "weights()"), noted, read.states.get(noted.key, []))
    return None if how.weights is None else row_numbers(how.weights, "weights", read.given, read.functions, how.states)
