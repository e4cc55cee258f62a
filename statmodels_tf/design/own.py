"""Calls of the caller's own functions: plain arrays go in, and what comes out is read as a column."""

import numpy as np
import pandas as pd

from ..errors import DataError, StatmodelsError
from ..transforms import Factor, Logical, Matrix
from ..transforms.base import numeric
from .column import read_series

FAILURES = (ArithmeticError, AttributeError, LookupError, MemoryError, TypeError, ValueError)
"""What NumPy and Python raise when a value is of the wrong kind, length or size."""


def reason(error):
    """Return why a step failed, in words of the formula where they are known."""
    if isinstance(error, MemoryError):
        return "it asks for more memory than there is"
    if "broadcast" in str(error):
        return "its parts have different lengths, and only a single value is repeated for each row"
    return str(error).rstrip(".")


def call_own(name, function, arguments, options, n):
    """Return what the caller's function makes of plain arrays, read as a column of n rows."""

    def plain(value):
        if isinstance(value, Factor):
            return value.labels()
        if isinstance(value, Logical):
            return numeric(value)
        return value.values if isinstance(value, Matrix) else value

    try:
        result = function(*map(plain, arguments), **{key: plain(value) for key, value in options.items()})
    except StatmodelsError:
        raise
    except Exception as error:
        raise DataError(
            f"the function `{name}` given in `functions=` failed: {type(error).__name__}: {error}"
        ) from error
    try:
        return _returned(result, name, n)
    except StatmodelsError:
        raise
    except FAILURES as error:
        raise DataError(
            f"the function `{name}` given in `functions=` returned what is no column: {reason(error)}."
        ) from error


def _returned(result, name, n):
    """Return what the caller's function returned as a value: a number, a text, a column or a matrix of n rows."""
    who = f"the function `{name}` given in `functions=`"
    if isinstance(result, pd.Series):
        return _column(result, who, name, n)
    values = np.asarray(result)
    if values.ndim == 2 and values.shape[1]:
        if len(values) != n:
            raise DataError(f"{who} returned {len(values)} rows for {n} rows.")
        return Matrix(values.astype(float), tuple(str(j + 1) for j in range(values.shape[1])))
    if values.ndim == 1:
        return _column(pd.Series(values), who, name, n)
    if values.ndim == 0 and values.dtype.kind in "iufb":
        return numeric(values[()])
    if isinstance(result, str):
        return result
    shape = f" of shape {values.shape}" if values.ndim else ""
    raise DataError(f"{who} returned {type(result).__name__}{shape}; it must return one value for each row.")


def _column(series, who, name, n):
    if len(series) != n:
        raise DataError(f"{who} returned {len(series)} values for {n} rows.")
    return read_series(series, name)
