"""A column as plain arrays and JSON, and back: the formula reads the one as it read the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ...errors import DataError

Arrays = dict[str, np.ndarray]
_DATES = ("datetime64", "datetime", "date")
_NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal", "empty")


def pack(series: pd.Series, name: str, arrays: Arrays) -> dict[str, Any]:
    """Return the description of a column; its values go to `arrays` under `name`."""
    series = _plain(series)
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        levels = [v if isinstance(v, str | int | float) else str(v) for v in series.cat.categories.tolist()]
        arrays[name] = _small(series.cat.codes.to_numpy())
        return {"kind": "factor", "array": name, "levels": levels, "ordered": bool(series.cat.ordered)}
    if isinstance(dtype, pd.PeriodDtype):
        arrays[name] = pd.PeriodIndex(series).asi8
        return {"kind": "period", "array": name, "unit": dtype.freq.freqstr}
    kind = getattr(dtype, "kind", "O")
    if kind == "M":
        moments = pd.DatetimeIndex(series)
        zone = None if moments.tz is None else str(moments.tz)
        arrays[name] = moments.asi8
        return {"kind": "time", "array": name, "unit": moments.unit, "zone": zone}
    if kind == "b":
        arrays[name] = series.astype("boolean").to_numpy(dtype=np.int8, na_value=-1)
        return {"kind": "logical", "array": name}
    if kind in "iuf":
        arrays[name] = _numbers(series, kind)
        return {"kind": "number", "array": name}
    codes, values = pd.factorize(series.astype(object))
    arrays[name] = _small(codes)
    return {"kind": "text", "array": name, "levels": [str(value) for value in values]}


def unpack(column: Mapping[str, Any], array: Callable[[Any], np.ndarray]) -> Any:
    """Return the values of a column from its description.

    Parameters
    ----------
    column : mapping
        What `pack` returned.
    array : function of a name
        Returns the array that `pack` put under it.
    """
    kind, values = column["kind"], array(column["array"])
    if values.ndim != 1:
        raise DataError(f"array `{column['array']}` has {values.ndim} axes, and a column has one")
    if kind == "number":
        return values.astype({"i": np.int64, "u": np.uint64, "b": np.int64}.get(values.dtype.kind, values.dtype))
    if values.dtype.kind not in "iu":
        raise DataError(f"array `{column['array']}` holds {values.dtype} where whole numbers are expected")
    if kind == "logical":
        return values == 1 if np.all(values >= 0) else pd.arrays.BooleanArray(values == 1, values < 0)
    if kind == "time":
        moments = pd.DatetimeIndex(values.astype(np.int64).view(f"datetime64[{column['unit']}]"))
        return moments if column["zone"] is None else moments.tz_localize("UTC").tz_convert(column["zone"])
    if kind == "period":
        return pd.PeriodIndex.from_ordinals(values.astype(np.int64), freq=column["unit"])
    if kind == "factor":
        return pd.Categorical.from_codes(values, categories=column["levels"], ordered=bool(column["ordered"]))
    if kind == "text":
        return np.array([*map(str, column["levels"]), None], dtype=object)[values]
    raise DataError(f"a column has the unknown kind {kind!r}")


def pack_index(index: pd.Index, arrays: Arrays) -> list[dict[str, Any]]:
    """Return the description of the labels of rows, one column for each level of them."""
    levels = [index.get_level_values(k) for k in range(index.nlevels)]
    return [
        {**pack(pd.Series(level), f"index_{k}", arrays), "name": level.name if isinstance(level.name, str) else None}
        for k, level in enumerate(levels)
    ]


def unpack_index(levels: list[Mapping[str, Any]], array: Callable[[Any], np.ndarray]) -> pd.Index:
    """Return the labels of rows from their description."""
    columns = [unpack(level, array) for level in levels]
    names = [None if level["name"] is None else str(level["name"]) for level in levels]
    return pd.Index(columns[0], name=names[0]) if len(columns) == 1 else pd.MultiIndex.from_arrays(columns, names=names)


def _plain(series: pd.Series) -> pd.Series:
    """Return a column of objects as one of the type that all of them have; others as they are."""
    if series.dtype.kind != "O" or isinstance(series.dtype, pd.CategoricalDtype | pd.StringDtype | pd.PeriodDtype):
        return series
    values = series.to_numpy(dtype=object)
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind == "boolean":
        return pd.Series(pd.array([pd.NA if pd.isna(v) else bool(v) for v in values], dtype="boolean"))
    if kind in _NUMBERS:
        return pd.Series([np.nan if pd.isna(v) else float(v) for v in values], dtype=float)
    if kind in _DATES:
        return pd.to_datetime(series)
    return pd.Series(pd.PeriodIndex(series)) if kind == "period" else series


def _numbers(series: pd.Series, kind: str) -> np.ndarray:
    if isinstance(series.dtype, np.dtype):
        values = series.to_numpy()
    elif kind == "f" or series.isna().any():
        values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        values = series.to_numpy(dtype=np.int64 if kind == "i" else np.uint64)
    if values.dtype.kind == "f":
        return values.astype(np.float64) if values.dtype.itemsize > 8 else values
    return _small(values)


def _small(whole: np.ndarray) -> np.ndarray:
    """Return whole numbers in the smallest type that holds them."""
    if not len(whole):
        return whole
    low, high = int(whole.min()), int(whole.max())
    fits = (t for t in (np.int8, np.int16, np.int32) if np.iinfo(t).min <= low and high <= np.iinfo(t).max)
    return whole.astype(next(fits, whole.dtype))
