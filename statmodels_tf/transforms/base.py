"""The values a formula computes with, and what a function of the formula is.

A value is a NumPy array [n] (numbers or truth values), a `Logical` (truth values with holes), a `Factor` (codes with
levels), a `Matrix` (several named columns), or a constant.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import DataError


@dataclass(frozen=True, eq=False)
class Contrast:
    """How the levels of a factor become columns: a name of R's (`contr.sum`), or a matrix [levels, columns]."""

    name: str
    matrix: np.ndarray | None = None
    columns: tuple[str, ...] | None = None

    def __eq__(self, other):
        return self._said == other._said if isinstance(other, Contrast) else NotImplemented

    def __hash__(self):
        return hash(self._said)

    @property
    def _said(self):
        """All of it as values that compare."""
        return self.name, self.columns, None if self.matrix is None else tuple(map(tuple, self.matrix.tolist()))


@dataclass(frozen=True, eq=False)
class Factor:
    """A value for each row out of a list of levels; `codes` [n] index `levels`, -1 where missing.

    `text` marks a column of plain text: its levels are sorted by code point and mean nothing more. `days` [L] has what
    each level is as a date, in days since 1970-01-01, where the column holds dates; its levels are in their order.
    """

    codes: np.ndarray
    levels: tuple[str, ...]
    ordered: bool = False
    contrast: Contrast | None = None
    text: bool = False
    days: np.ndarray | None = None

    def take(self, rows):
        """Return the factor on `rows`, all levels kept."""
        return replace(self, codes=self.codes[rows])

    def used(self):
        """Return the factor without the levels that no row has."""
        counts = np.bincount(
            self.codes[self.codes >= 0] if (self.codes < 0).any() else self.codes, minlength=len(self.levels)
        )
        keep = counts > 0
        if keep.all():
            return self
        lookup = np.append(np.where(keep, np.cumsum(keep) - 1, -1), -1).astype(np.int32)
        levels = tuple(level for level, kept in zip(self.levels, keep, strict=True) if kept)
        days = None if self.days is None else self.days[keep]
        return replace(self, codes=lookup[self.codes], levels=levels, days=days)

    def recoded(self, levels):
        """Return the factor with `levels` in front, as they were on other rows; what is not among them follows.

        >>> Factor(np.array([0, 1]), ("z", "b")).recoded(("a", "b")).levels
        ('a', 'b', 'z')
        """
        if self.levels == levels:
            return self
        place = {level: i for i, level in enumerate(levels)}
        extra = [] if place.keys() >= set(self.levels) else [v for v in self.used().levels if v not in place]
        place |= {level: len(place) + i for i, level in enumerate(extra)}
        lookup = np.array([*(place.get(level, -1) for level in self.levels), -1], dtype=np.int32)
        return replace(self, codes=lookup[self.codes], levels=(*levels, *extra), days=None)

    def labels(self):
        """Return the level of each row as an object array, None where missing."""
        return np.array([*self.levels, None], dtype=object)[self.codes]


@dataclass(frozen=True, eq=False)
class Logical:
    """Truth values with holes: `values` [n] int8 are 1, 0 or -1 (missing)."""

    values: np.ndarray


@dataclass(frozen=True, eq=False)
class Matrix:
    """Columns [n, k] made by one call, and their names within it."""

    values: np.ndarray
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Transform:
    """A function that a formula may call.

    A stateful one takes a keyword `state` (None the first time) and returns the value and the state that repeats it
    on other rows; the state is plain data: numbers, text, lists and arrays. `finite` says that one infinite value would
    spoil what it learns.

    Of data that come in blocks `learner` makes what learns the state from sums, of the transform and the arguments of a
    call by name (None: the different values that occur are enough); `whole` says that nothing but all rows would do,
    `by_level` that of its arguments only factors are learned from.
    """

    name: str
    function: Callable
    stateful: bool = False
    finite: bool = False
    learner: Callable[["Transform", dict], Any] | None = None
    whole: bool = False
    by_level: bool = False


def describe(value):
    """Return what `value` is, in words for a message."""
    if isinstance(value, Factor):
        if value.days is not None:
            return f"dates ({', '.join(value.levels[:2])}{', ...' if len(value.levels) > 2 else ''})"
        shown = ", ".join(value.levels[:4]) + (", ..." if len(value.levels) > 4 else "")
        return f"text ({shown})" if value.text else f"a factor (levels {shown})"
    if isinstance(value, Matrix):
        return f"a matrix of {len(value.columns)} columns"
    if isinstance(value, str):
        return f'the text "{value}"'
    if value is None:
        return "NULL"
    if isinstance(value, (Contrast, Transform)):
        return f"the function {value.name}"
    if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim == 1):
        return "texts" if any(isinstance(v, str) for v in value) else "numbers"
    return "numbers" if np.ndim(value) == 0 and isinstance(value, (int, float, np.generic)) else type(value).__name__


def numeric(value, who="this"):
    """Return `value` as float64 numbers (NaN where missing); truth values count 0 and 1.

    Parameters
    ----------
    value : array [n], Logical, or constant
    who : the function that asks, for the message.
    """
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        return value if value.dtype == np.float64 else value.astype(np.float64)
    if isinstance(value, Logical):
        return np.where(value.values < 0, np.nan, value.values)
    if isinstance(value, Matrix) and value.values.shape[1] == 1:
        return value.values[:, 0]
    if isinstance(value, (bool, int, float, np.number, np.bool_)):
        return np.float64(value)
    if isinstance(value, (list, tuple)) and not any(isinstance(v, str) for v in value):
        return np.array(value, dtype=np.float64)
    advice = ""
    if isinstance(value, Factor):
        advice = ". Take its codes with `as.numeric(...)`, or use it as a term of its own"
        if value.text:
            advice = ". Turn it into numbers in the data, or use it as a term of its own"
        if value.days is not None:
            advice = ". Take days since 1970-01-01 with `as.numeric(...)`"
    raise DataError(f"{who} needs numbers and was given {describe(value)}{advice}.")


def number(value, who):
    """Return one number, which is not missing, as a float; anything else is a DataError."""
    values = np.ravel(numeric(value, who))
    if len(values) != 1 or np.isnan(values[0]):
        raise DataError(f"{who} needs one number, not {'a missing one' if len(values) == 1 else len(values)}.")
    return float(values[0])


def count(value, who, *, least=0, most):
    """Return a whole number from `least` to `most`; anything else is a DataError.

    Sizes that a formula writes go through here, so that none asks for more memory than there is.

    >>> count(3.0, "poly()", most=100)
    3
    """
    found = number(value, who)
    if not (least <= found <= most and found == int(found)):
        raise DataError(
            f"{who} must be a whole number of at least {least} and at most {most:,}, not {number_label(found)}."
        )
    return int(found)


def flag(value, who):
    """Return one truth value, as an option has; anything else is a DataError."""
    return bool(number(value, who))


def truth(value, who="this"):
    """Return `value` as int8 truth values: 1, 0, or -1 where missing."""
    if isinstance(value, Logical):
        return value.values
    if isinstance(value, np.ndarray) and value.dtype.kind == "b":
        return value.view(np.int8)
    numbers = numeric(value, who)
    return np.where(np.isnan(numbers), -1, numbers != 0).astype(np.int8)


def logical(values):
    """Return int8 truth values [n] as a boolean array where none is missing, else as a `Logical`."""
    values = np.asarray(values, dtype=np.int8)
    return Logical(values) if (values < 0).any() else values.astype(bool)


MOST_INTEGER = 2.0**64
"""Where the integers of a column end."""


def number_label(number):
    """Return a number as a level is called: 15 significant digits, and a whole number without its `.0`.

    An integer and the same number as a float are called alike.

    >>> number_label(5.0), number_label(0.1 + 0.2), number_label(1e16)
    ('5', '0.3', '10000000000000000')
    """
    if isinstance(number, (int, np.integer)):
        return str(int(number))
    if float(number).is_integer() and abs(number) < MOST_INTEGER:
        return str(int(number))
    return f"{number:.15g}"


def texts(value, who="this"):
    """Return one text or several (a constant, a list or `c(...)`) as a tuple of labels."""
    if isinstance(value, Factor):
        return tuple(value.labels())
    if isinstance(value, str):
        return (value,)
    if isinstance(value, (tuple, list, np.ndarray)):
        return tuple(v if isinstance(v, str) else number_label(v) for v in value)
    if isinstance(value, (bool, np.bool_)):
        return (str(bool(value)),)
    if isinstance(value, (int, float, np.number)):
        return (number_label(value),)
    raise DataError(f'{who} needs level names such as `c("a", "b")`, not {describe(value)}.')
