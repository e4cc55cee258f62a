"""Rows: which of them are used, and the numbers given for each of them (weights, offset, subset)."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, FormulaError
from ..formula.expressions import expression
from ..terms import Variable
from ..terms.base import written
from ..transforms import Factor, Logical, Matrix
from ..transforms.base import describe, numeric
from .evaluate import evaluate


def missing_rows(value: Any) -> np.ndarray | None:
    """Return which rows of a value are missing [n], or None where none is."""
    if isinstance(value, Factor):
        missing = value.codes < 0
    elif isinstance(value, Logical):
        missing = value.values < 0
    elif isinstance(value, Matrix):
        missing = np.isnan(value.values).any(axis=1)
    elif value.dtype.kind == "f":
        missing = np.isnan(value)
    else:
        return None
    return missing if missing.any() else None


def take(value: Any, rows: np.ndarray | None) -> Any:
    """Return a value on `rows`; all of it where `rows` is None."""
    if rows is None:
        return value
    if isinstance(value, Factor):
        return value.take(rows)
    if isinstance(value, Logical):
        return Logical(value.values[rows])
    if isinstance(value, Matrix):
        return Matrix(value.values[rows], value.columns)
    return value[rows]


HUGE = 1e150
"""Numbers beyond it have no square in double precision."""


TINY = 1e-150
"""Numbers below it have no square in double precision."""

_GLANCE = 64


def orderly(value: Any) -> bool:
    """Return whether one look at a column is enough to see that nothing in it is missing, infinite or too large."""
    plain = isinstance(value, np.ndarray) and value.dtype == np.float64 and value.ndim == 1
    return plain and bool(np.einsum("i,i->", value, value) < HUGE**2)  # by one thread, whatever BLAS is told


def huge_row(value: Any) -> int | None:
    """Return the first row of a value, none of them missing, that is infinite or too large; None where none is."""
    numbers = value.values if isinstance(value, Matrix) else value
    if not isinstance(numbers, np.ndarray) or numbers.dtype.kind != "f":
        return None
    fits = np.abs(numbers) <= HUGE
    if fits.all():
        return None
    return int(np.flatnonzero(~fits.reshape(len(numbers), -1).all(axis=1))[0])


def all_tiny(value: Any) -> bool:
    """Return whether the numbers of a value are too small to be squared, all that are not zero."""
    numbers = value.values if isinstance(value, Matrix) else value
    if not isinstance(numbers, np.ndarray) or numbers.dtype.kind != "f":
        return False
    if np.abs(numbers[:_GLANCE]).max(initial=0.0) >= TINY:
        return False
    return bool(0 < np.abs(numbers).max(initial=0.0) < TINY)


@dataclass(frozen=True, eq=False)
class RowNumbers:
    """Numbers given for each row: their values [n], and the expression and its states where they were text."""

    values: np.ndarray
    variable: Variable | None = None
    states: list = field(default_factory=list)

    @property
    def text(self):
        """The expression as text, None for an array."""
        return None if self.variable is None else self.variable.text


def row_numbers(given, what, table, functions, states=None):
    """Return the `RowNumbers` that `weights` or `offset` gives: a column's name, an expression, or an array.

    Missing values in the data stay missing; in an array the caller made they are a DataError. `states` are what
    stateful calls learned before, by the variable's key.
    """
    if isinstance(given, str):
        variable = written_variable(given, what, table, functions)
        value, learned = evaluate(variable, table, functions, (states or {}).get(variable.key), text=given)
        if isinstance(value, (Factor, Matrix)):
            raise DataError(f"`{what}={given!r}` is {describe(value)}; {what} are numbers.")
        return RowNumbers(numeric(value), variable, learned)
    values = _array(given, what, table)
    if values.dtype.kind not in "iufb":
        raise DataError(f"`{what}` must be numbers, not {values.dtype}.")
    values = values.astype(float)
    if np.isnan(values).any():
        row = int(np.flatnonzero(np.isnan(values))[0])
        raise DataError(f"`{what}` is missing in {table.row_name(row)}; give a number for each row of the data.")
    return RowNumbers(values)


def written_variable(text, what, table, functions):
    """Return what a text means: the column of that name, whatever characters it has, or else an expression."""
    try:
        return expression(written(text) if table.has(text) and "`" not in text else text, functions)
    except FormulaError as error:
        raise FormulaError(f"`{what}=` is neither a column of the data nor an expression. {error}") from None


def _array(given, what, table):
    """Return one value for each row of the data, or say why it is not."""
    if isinstance(given, pd.Series) and len(given) == table.n and not given.index.equals(table.index):
        raise DataError(
            f"the index of `{what}` is not that of the data. Align them first, "
            f"or pass `{what}={what}.to_numpy()` to go by position."
        )
    if isinstance(given, pd.Series) and isinstance(given.dtype, pd.api.extensions.ExtensionDtype):
        given = given.to_numpy(dtype=float, na_value=np.nan) if given.dtype.kind in "iufb" else given.to_numpy(object)
    values = _plain(given, what)
    if values.ndim == 0 and values.dtype.kind in "iuf":
        return np.full(table.n, values)
    if values.ndim == 0:
        raise DataError(f"`{what}` must have one value for each row of the data, not be {type(given).__name__}.")
    if values.ndim != 1:
        raise DataError(f"`{what}` must have one value for each row; it has shape {values.shape}.")
    if len(values) != table.n:
        raise DataError(f"`{what}` has {len(values)} values and the data have {table.n} rows.")
    return values


def _plain(given, what):
    """Return an argument as an array; rows of unlike lengths are a DataError."""
    try:
        return np.asarray(given)
    except ValueError:
        raise DataError(f"`{what}` must have one value for each row of the data; it is a ragged list.") from None


def subset_rows(given, table, functions, states=None):
    """Return which rows [n] `subset` keeps: an expression, truth values, or None for all of them.

    A row where it is missing is left out, as in R.
    """
    if given is None:
        return None
    if isinstance(given, str):
        variable = written_variable(given, "subset", table, functions)
        value, _ = evaluate(variable, table, functions, (states or {}).get(variable.key), text=given)
        if isinstance(value, Logical):
            return value.values == 1
        if isinstance(value, np.ndarray) and value.dtype.kind == "b":
            return value
        raise DataError(f'`subset={given!r}` is {describe(value)}; write a condition such as `subset="x > 0"`.')
    if getattr(given, "dtype", None) == "boolean":
        given = pd.Series(given).fillna(False).to_numpy(dtype=bool)
    values = _plain(given, "subset")
    if values.dtype == object and values.ndim == 1 and len(values) and pd.api.types.infer_dtype(values) == "boolean":
        values = np.array([value is not None and not pd.isna(value) and bool(value) for value in values])
        given = pd.Series(values, index=given.index) if isinstance(given, pd.Series) else values
    if values.dtype.kind != "b" and values.ndim == 1 and values.dtype.kind in "iu":
        kept = np.zeros(table.n, dtype=bool)
        if len(values) and (values.min() < -table.n or values.max() >= table.n):
            raise DataError(f"`subset` has a position outside the data's {table.n} rows; positions start at 0.")
        kept[values] = True
        return kept
    if values.dtype.kind != "b":
        raise DataError("`subset` must be a condition as text, truth values for each row, or row positions.")
    return _array(given, "subset", table)


def check_weights(weights, table, rows, *, none=False):
    """Return the weights kept; a negative or infinite one is a DataError, or none above zero unless `none`."""
    kept = weights if rows is None else weights[rows]
    bad = np.flatnonzero(~np.isfinite(kept) | (kept < 0))
    if len(bad):
        row = bad[0] if rows is None else rows[bad[0]]
        raise DataError(
            f"weights must be finite and not negative; {table.row_name(row)} has {kept[bad[0]]:g}. "
            "A row of weight 0 does not count; to leave rows out use `subset=`."
        )
    if not none and not kept.any():
        raise DataError("weights are zero in every row; at least one row must count.")
    return kept
