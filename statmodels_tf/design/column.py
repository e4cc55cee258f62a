"""Columns: a pandas Series becomes a value that a formula computes with."""

from dataclasses import replace

import numpy as np
import pandas as pd

from ..errors import DataError
from ..transforms.base import Factor, Logical, Matrix, logical, number_label
from ..transforms.factor import as_factor


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
    if kind == "M" or isinstance(dtype, pd.PeriodDtype):
        return dates(series)
    if kind == "m":
        raise DataError(_durations(name))
    if kind == "c":
        raise DataError(f"column `{name}` holds complex numbers; use its real or imaginary part.")
    return _objects(series, name)


def _nullable_numbers(series, kind):
    if kind != "f" and not series.isna().any():
        return series.to_numpy(dtype=np.int64 if kind == "i" else np.uint64)
    return np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan))


def _categories(series, name):
    categories = series.array.categories
    labels = tuple(label(level) for level in categories.tolist())
    if len(set(labels)) < len(labels):
        raise DataError(f"two categories of column `{name}` print alike; rename them.")
    return Factor(series.array.codes.astype(np.int32), labels, bool(series.array.ordered))


def label(level):
    """Return what a category is called as a level."""
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
    if kind in ("datetime64", "datetime", "date"):
        return dates(_as_dates(series, name))
    if kind == "period":
        return dates(pd.Series(pd.PeriodIndex(series)))
    if kind in ("timedelta64", "timedelta"):
        raise DataError(_durations(name))
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


def _durations(name):
    return (
        f"column `{name}` holds durations; a formula needs numbers. Choose the unit: "
        f'`data["{name}"] = data["{name}"].dt.total_seconds()`.'
    )


def dates(series):
    """Return a column of dates, times or periods as a factor: levels are ISO texts in order of time, with their days.

    A period counts from its start; a time with a zone counts in UTC.
    """
    codes, known = pd.factorize(series, sort=True)
    known = pd.Index(known)
    moments = known.to_timestamp() if isinstance(known, pd.PeriodIndex) else pd.DatetimeIndex(known)
    moments = moments.tz_convert("UTC").tz_localize(None) if moments.tz is not None else moments
    days = (moments - pd.Timestamp(0)) / pd.Timedelta(days=1)
    labels = tuple(str(moment).removesuffix(" 00:00:00") for moment in known)
    return Factor(codes.astype(np.int32), labels, days=days.to_numpy(dtype=np.float64))


def _as_dates(series, name):
    try:
        return pd.to_datetime(series)
    except (ValueError, TypeError) as error:
        raise DataError(f"column `{name}` holds dates that pandas cannot read together: {error}.") from None


def date_advice(label):
    """Return what to write instead of a column of dates as a term."""
    return (
        f"`{label}` holds dates, and a term needs numbers or groups. For a trend write `as.numeric({label})`, which "
        "counts days since 1970-01-01, or count from the first day in the data: "
        f'`d = pd.to_datetime(data["{label}"]); data["days"] = (d - d.min()).dt.days` (of periods '
        f'`d = data["{label}"].dt.to_timestamp()`). For groups write `(1 | {label})` or `factor({label})`.'
    )


def memory(value):
    """Return what new rows must know of a column to be read as it was, as plain data; None if nothing."""
    if not isinstance(value, Factor):
        return None
    if value.days is not None:
        return {"dates": True}
    return {"levels": list(value.levels), "ordered": value.ordered, "text": value.text}


def recalled(value, known, name):
    """Return a column of new rows as the one fitted was: dates as dates, a factor with its levels in their order."""
    if known.get("dates"):
        if isinstance(value, Factor) and value.days is None:
            try:
                read = dates(pd.Series(pd.to_datetime(pd.Series(value.levels, dtype=object))))
            except (ValueError, TypeError):
                raise DataError(
                    f"column `{name}` held dates in the data fitted and holds {value.levels[0]!r} here; "
                    f"`pd.to_datetime(...)` must read it."
                ) from None
            return replace(value, days=read.days[read.codes], text=False)
        return value
    given = as_factor(value).recoded(tuple(known["levels"]))
    return Factor(given.codes, given.levels, known["ordered"], text=known["text"])


def rows_of(value):
    """Return how many rows a value has, or None for a constant."""
    if isinstance(value, Factor):
        return len(value.codes)
    if isinstance(value, (Logical, Matrix)):
        return len(value.values)
    return len(value) if isinstance(value, np.ndarray) and value.ndim else None
