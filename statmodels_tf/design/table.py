"""Reading columns: pandas, polars, pyarrow or a dict, one column at a time, into the values a formula computes with."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd

from ..errors import DataError, did_you_mean
from ..transforms.base import Factor, Logical, Matrix, logical, number_label

WANTED = "`data` must be a DataFrame (pandas, polars or pyarrow) or a dict of columns"


@dataclass(frozen=True)
class Table(ABC):
    """The data behind a formula: column names, the number of rows, their labels, and columns on request.

    Columns are read once and kept; those that no one asks for are never touched.
    """

    names: tuple[str, ...]
    index: pd.Index
    _read: dict = field(default_factory=dict, compare=False, repr=False)

    @property
    def n(self):
        """The number of rows."""
        return len(self.index)

    def column(self, name):
        """Return the column `name` as an array, a `Logical` or a `Factor`."""
        if name not in self._read:
            self._read[name] = read_series(self.series(name), name)
        return self._read[name]

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

    def frame(self, names, rows):
        """Return the columns `names` on `rows` (None: all) as a DataFrame of its own, labels kept."""
        columns = {name: self.series(name) for name in names}
        frame = pd.DataFrame(columns, index=self.index, copy=True)
        return frame if rows is None else frame.iloc[rows]

    def row_name(self, position):
        """Return how a message names a row: by its label where the index has labels of its own."""
        return f"row {self.index[int(position)]}"

    @abstractmethod
    def series(self, name) -> pd.Series:
        """Return the column `name` on the table's index."""


@dataclass(frozen=True)
class PandasTable(Table):
    """A pandas DataFrame."""

    data: pd.DataFrame = field(kw_only=True)

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
class NarwhalsTable(Table):
    """A polars or pyarrow table, seen through narwhals."""

    data: nw.DataFrame = field(kw_only=True)

    def series(self, name):
        column = self.data.get_column(name)
        if isinstance(column.dtype, (nw.Categorical, nw.Enum)):
            levels = column.cat.get_categories().to_list()
            return pd.Series(pd.Categorical(column.cast(nw.String).to_list(), categories=levels), index=self.index)
        if column.dtype == nw.Boolean and column.null_count():
            return pd.Series(column.to_list(), index=self.index, dtype="boolean")
        return pd.Series(column.to_numpy(), index=self.index)


@dataclass(frozen=True)
class DictTable(Table):
    """A dict of columns: arrays, lists or Series of one length."""

    data: Mapping = field(kw_only=True)

    def series(self, name):
        column = self.data[name]
        if isinstance(column, pd.Series):
            return column
        try:
            return pd.Series(column, index=self.index)
        except (ValueError, TypeError) as error:
            raise DataError(f"column `{name}` is not a column of {self.n} values: {error}.") from None


def table(data):
    """Return the `Table` that reads `data`; anything else than a table is a DataError."""
    if isinstance(data, Table):
        return data
    if isinstance(data, pd.DataFrame):
        return PandasTable(tuple(map(str, data.columns)), data.index, data=data)
    if isinstance(data, Mapping):
        return _dict_table(data)
    try:
        frame = nw.from_native(data)
    except TypeError:
        raise DataError(f"{WANTED}, not {type(data).__name__}.") from None
    if isinstance(frame, nw.LazyFrame):
        raise DataError(f"{WANTED}, not a lazy one; call `.collect()` on it first.")
    if not isinstance(frame, nw.DataFrame):
        raise DataError(f"{WANTED}, not {type(data).__name__}.")
    return NarwhalsTable(tuple(frame.columns), pd.RangeIndex(len(frame)), data=frame)


def _dict_table(data):
    if not data:
        raise DataError(f"{WANTED}; this dict is empty.")
    lengths: dict[int, str] = {}
    for name, column in data.items():
        if isinstance(column, str) or not hasattr(column, "__len__"):
            raise DataError(f"column `{name}` of the dict is {type(column).__name__}; give a list or an array.")
        lengths.setdefault(len(column), str(name))
    if len(lengths) > 1:
        (a, first), (b, second), *_ = lengths.items()
        raise DataError(f"the columns differ in length: `{first}` has {a} values and `{second}` has {b}.")
    (n,) = lengths
    indexed = [c.index for c in data.values() if isinstance(c, pd.Series)]
    if any(not index.equals(indexed[0]) for index in indexed[1:]):
        raise DataError("the Series of the dict have different indexes; make one DataFrame of them first.")
    index = indexed[0] if indexed else pd.RangeIndex(n)
    return DictTable(tuple(map(str, data)), index, data={str(name): column for name, column in data.items()})


def missing_column(name, names):
    """Return the message for a column that the data lack."""
    near = did_you_mean(name, names)
    shown = ", ".join(f"`{n}`" for n in names[:12]) + (", ..." if len(names) > 12 else "")
    return f"no column `{name}` in the data.{near or f' The columns are {shown}.'}"


def read_series(series, name):
    """Return a pandas column as a value: numbers as an array, truth values, text and categories as codes."""
    dtype = series.dtype
    kind = getattr(dtype, "kind", "O")
    if isinstance(dtype, pd.CategoricalDtype):
        return _categories(series, name)
    if isinstance(dtype, pd.StringDtype):
        return _text(series)
    if isinstance(dtype, np.dtype) and kind in "iufb":
        values = series.to_numpy()
        return values if kind != "f" or values.dtype == np.float64 else values.astype(np.float64)
    if kind == "b":
        known = series.fillna(False).to_numpy(dtype=bool)
        return logical(np.where(series.isna().to_numpy(), -1, known))
    if kind in "iuf":
        return _nullable_numbers(series, kind)
    if kind in "Mm" or isinstance(dtype, pd.PeriodDtype):
        raise DataError(_dates(name, "m" if kind == "m" else "M"))
    if kind == "c":
        raise DataError(f"column `{name}` holds complex numbers; use its real or imaginary part.")
    return _objects(series, name)


def _nullable_numbers(series, kind):
    if kind != "f" and not series.isna().any():
        return series.to_numpy(dtype=np.int64 if kind == "i" else np.uint64)
    return np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan))


def _categories(series, name):
    categories = series.array.categories
    labels = tuple(_label(level) for level in categories.tolist())
    if len(set(labels)) < len(labels):
        raise DataError(f"two categories of column `{name}` print alike; rename them.")
    return Factor(series.array.codes.astype(np.int32), labels, bool(series.array.ordered))


def _label(level):
    if isinstance(level, (str, bool)) or not isinstance(level, (int, float)):
        return str(level)
    return number_label(level)


def _text(series):
    """Return text as a factor with levels in order of code points."""
    codes, values = pd.factorize(series)
    values = [str(v) for v in values]
    order = sorted(range(len(values)), key=values.__getitem__)
    place = np.empty(len(values) + 1, dtype=np.int32)
    place[order] = np.arange(len(values), dtype=np.int32)
    place[-1] = -1
    return Factor(place[codes], tuple(values[i] for i in order), text=True)


def _objects(series, name):
    """Return an object column as what all its values are; a mixture is a DataError."""
    values = series.to_numpy(dtype=object)
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind == "string":
        return _text(pd.Series(values, dtype=object))
    if kind == "boolean":
        return logical(np.array([-1 if pd.isna(v) else int(v) for v in values], dtype=np.int8))
    if kind in ("integer", "floating", "mixed-integer-float", "decimal"):
        return np.array([np.nan if pd.isna(v) else float(v) for v in values])
    if kind == "empty":
        return np.full(len(values), np.nan)
    if kind in ("datetime64", "datetime", "date", "period", "time"):
        raise DataError(_dates(name, "M"))
    if kind in ("timedelta64", "timedelta"):
        raise DataError(_dates(name, "m"))
    raise DataError(_mixture(series, values, name))


def _mixture(series, values, name):
    first, seen = 0, type(None)
    for position, value in enumerate(values):
        if isinstance(value, (list, tuple, dict, set, np.ndarray, bytes, complex)):
            return (
                f"column `{name}` holds {type(value).__name__} values (row {series.index[position]}); "
                "a formula needs numbers, text, categories or truth values."
            )
        if pd.isna(value):
            continue
        if seen is type(None):
            first, seen = position, type(value)
        elif type(value) is not seen:
            return (
                f"column `{name}` mixes types: row {series.index[first]} holds {values[first]!r} ({seen.__name__}) and "
                f"row {series.index[position]} holds {value!r} ({type(value).__name__}). Make it one type: "
                f'`data["{name}"] = data["{name}"].astype(str)` for groups, or `pd.to_numeric(...)` for numbers.'
            )
    return f"column `{name}` holds {seen.__name__} values; a formula needs numbers, text or categories."


def _dates(name, kind):
    if kind == "m":
        return (
            f"column `{name}` holds durations; a formula needs numbers. Choose the unit: "
            f'`data["{name}"] = data["{name}"].dt.total_seconds()`.'
        )
    return (
        f"column `{name}` holds dates; a formula needs numbers or groups. For a trend write "
        f'`data["days"] = (data["{name}"] - data["{name}"].min()).dt.days`; for groups '
        f'`data["{name}"] = data["{name}"].astype(str)`.'
    )


def rows_of(value):
    """Return how many rows a value has, or None for a constant."""
    if isinstance(value, Factor):
        return len(value.codes)
    if isinstance(value, (Logical, Matrix)):
        return len(value.values)
    return len(value) if isinstance(value, np.ndarray) and value.ndim else None
