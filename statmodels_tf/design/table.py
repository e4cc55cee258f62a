"""Reading columns: pandas, polars, pyarrow or a dict, one column at a time, into the values a formula computes with."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd

from ..errors import DataError, did_you_mean
from .column import read_series, recalled

WANTED = "`{}` must be a DataFrame (pandas, polars or pyarrow) or a dict of columns"


@dataclass(frozen=True)
class Table(ABC):
    """The data behind a formula: column names, the number of rows, their labels, and columns on request.

    Columns are read once and kept; those that no one asks for are never touched.

    Attributes
    ----------
    names : tuple of str
    index : Index
    what : str
        What a message calls the table: `data` or `newdata`.
    known : dict
        Column -> how it was read when the model was fitted, as `column.memory` tells.
    """

    names: tuple[str, ...]
    index: pd.Index
    what: str = field(default="data", kw_only=True)
    known: Mapping = field(default_factory=dict, kw_only=True, repr=False)
    _read: dict = field(default_factory=dict, compare=False, repr=False)

    @property
    def n(self):
        """The number of rows."""
        return len(self.index)

    def column(self, name):
        """Return the column `name` as an array, a `Logical` or a `Factor`."""
        if name not in self._read:
            value = self.value(name)
            self._read[name] = recalled(value, self.known[name], name) if name in self.known else value
        return self._read[name]

    def knowing(self, known):
        """Return the table with its columns read as `known` says."""
        return replace(self, known=known, _read={})

    @property
    def lent(self):
        """Of arrays of the table read so far, by their `id`: the Series that keep them as they are, where any can."""
        if not self.lasting:
            return {}
        arrays = {name: value for name, value in self._read.items() if isinstance(value, np.ndarray)}
        return {id(value): self.series(name) for name, value in arrays.items()}

    @property
    @abstractmethod
    def lasting(self) -> bool:
        """Whether a Series of the table stays as it is whatever is done to the data."""

    @property
    def read_names(self):
        """The names of the columns read so far."""
        return self._read.keys()

    @cached_property
    def places(self):
        """Column name -> its position."""
        return {name: position for position, name in enumerate(self.names)}

    def has(self, name):
        """Return whether there is a column `name`."""
        return name in self.places

    def row_name(self, position):
        """Return how a message names a row: by its label where the index has labels of its own."""
        return f"row {self.index[int(position)]}"

    @abstractmethod
    def frame(self, names, rows) -> pd.DataFrame:
        """Return the columns `names` on `rows` (None: all) as a DataFrame, labels kept."""

    @abstractmethod
    def value(self, name) -> Any:
        """Return the column `name` as an array, a `Logical` or a `Factor`, as this table alone says."""

    @abstractmethod
    def series(self, name) -> pd.Series:
        """Return the column `name` on the table's index."""


def from_series(table: Table, names: Iterable[str], rows: Any) -> pd.DataFrame:
    """Return columns on `rows` (None: all) as a DataFrame of its own."""
    frame = pd.DataFrame({name: table.series(name) for name in names}, index=table.index, copy=True)
    return frame if rows is None else frame.iloc[rows]


COPY_ON_WRITE = int(pd.__version__.split(".")[0]) >= 3
"""Whether pandas copies shared memory before it writes to it, whatever its options."""


class SeriesTable(Table):
    """A table whose columns are read as Series."""

    def value(self, name):
        return read_series(self.series(name), name)


@dataclass(frozen=True)
class PandasTable(SeriesTable):
    """A pandas DataFrame."""

    data: pd.DataFrame = field(kw_only=True)

    @property
    def lasting(self):
        return COPY_ON_WRITE or pd.get_option("mode.copy_on_write") is True

    def series(self, name):
        label = self.data.columns[self.places[name]]  # which may be a number
        column = self.data[label]
        if isinstance(column, pd.DataFrame) and not isinstance(self.data.columns, pd.MultiIndex):
            raise DataError(f"the data have {column.shape[1]} columns called `{name}`; rename or drop all but one.")
        return column

    def frame(self, names, rows):
        frame = self.data[[self.data.columns[self.places[name]] for name in names]]
        return frame if rows is None else frame.iloc[rows]


@dataclass(frozen=True)
class NarwhalsTable(SeriesTable):
    """A polars or pyarrow table, seen through narwhals."""

    data: nw.DataFrame = field(kw_only=True)

    @property
    def lasting(self):
        return False

    def frame(self, names, rows):
        return from_series(self, names, rows)

    def series(self, name):
        column = self.data.get_column(name)
        if isinstance(column.dtype, (nw.Categorical, nw.Enum)):
            levels = column.cat.get_categories().to_list()
            return pd.Series(pd.Categorical(column.cast(nw.String).to_list(), categories=levels), index=self.index)
        if column.dtype == nw.Boolean and column.null_count():
            return pd.Series(column.to_list(), index=self.index, dtype="boolean")
        return pd.Series(column.to_numpy(), index=self.index)


@dataclass(frozen=True)
class DictTable(SeriesTable):
    """A dict of columns: arrays, lists or Series of one length."""

    data: Mapping = field(kw_only=True)

    @property
    def lasting(self):
        return False

    def frame(self, names, rows):
        return from_series(self, names, rows)

    def series(self, name):
        column = self.data[name]
        if isinstance(column, pd.Series):
            return column
        try:
            return pd.Series(column, index=self.index)
        except (ValueError, TypeError) as error:
            raise DataError(f"column `{name}` is not a column of {self.n} values: {error}.") from None


def table(data: Any, *, what: str = "data", known: Mapping | None = None) -> Table:
    """Return the `Table` that reads `data`; anything else than a table is a DataError.

    Parameters
    ----------
    data : DataFrame, anything that narwhals reads, or dict of columns
    what, known
        See `Table`.
    """
    told = {"what": what, "known": known or {}}
    if isinstance(data, Table):
        return data
    if isinstance(data, pd.DataFrame):
        return PandasTable(tuple(map(str, data.columns)), data.index, data=data, **told)
    if isinstance(data, Mapping):
        return _dict_table(data, told)
    try:
        frame = nw.from_native(data)
    except TypeError:
        raise DataError(f"{WANTED.format(what)}, not {type(data).__name__}.{_as_frame(data, what)}") from None
    if isinstance(frame, nw.LazyFrame):
        raise DataError(f"{WANTED.format(what)}, not a lazy one; call `.collect()` on it first.")
    if not isinstance(frame, nw.DataFrame):
        raise DataError(f"{WANTED.format(what)}, not {type(data).__name__}.{_as_frame(data, what)}")
    return NarwhalsTable(tuple(frame.columns), pd.RangeIndex(len(frame)), data=frame, **told)


def _as_frame(data, what):
    """Return how to make a DataFrame of what is none, where that is plain."""
    if isinstance(data, pd.Series):
        one = f"pd.DataFrame([{what}])"
        return f' Write `{one}` if it is one row, `pd.DataFrame({{"name": {what}}})` if it is one column.'
    if isinstance(data, (list, tuple)) and len(data) and all(isinstance(row, Mapping) for row in data):
        return f" Of a list of rows, write `pd.DataFrame({what})`."
    if isinstance(data, (list, tuple, np.ndarray)):
        return f' Write `pd.DataFrame({what}, columns=["y", "x", ...])`.'
    return ""


def _dict_table(data, told):
    """Return a dict's table; a value that stands alone is that of every row, as in R and pandas."""
    if not data:
        raise DataError(f"{WANTED.format(told['what'])}; this dict is empty.")
    lengths: dict[int, str] = {}
    for name, column in data.items():
        if not _alone(column):
            lengths.setdefault(len(column), str(name))
    if len(lengths) > 1:
        (a, first), (b, second), *_ = lengths.items()
        raise DataError(f"the columns differ in length: `{first}` has {a} values and `{second}` has {b}.")
    (n,) = lengths or (1,)
    data = {name: [c[()] if isinstance(c, np.ndarray) else c] * n if _alone(c) else c for name, c in data.items()}
    indexed = [c.index for c in data.values() if isinstance(c, pd.Series)]
    if any(not index.equals(indexed[0]) for index in indexed[1:]):
        raise DataError("the Series of the dict have different indexes; make one DataFrame of them first.")
    index = indexed[0] if indexed else pd.RangeIndex(n)
    return DictTable(tuple(map(str, data)), index, data={str(name): column for name, column in data.items()}, **told)


def _alone(value):
    return isinstance(value, (str, bytes)) or not hasattr(value, "__len__") or np.ndim(value) == 0


def missing_column(name: str, table: Table) -> str:
    """Return the message for a column that the table lacks."""
    names = table.names
    near = did_you_mean(name, names)
    shown = ", ".join(f"`{n}`" for n in names[:12]) + (", ..." if len(names) > 12 else "")
    where = "the data" if table.what == "data" else table.what
    return f"no column `{name}` in {where}.{near or f' The columns are {shown}.'}"
