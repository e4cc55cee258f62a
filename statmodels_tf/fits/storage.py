"""A fit in one file: what is needed to make it again, as JSON and plain arrays.

The file is a zip archive with `fit.json` and one `.npy` file for each array. It holds the columns that the formula
reads, the formula as text, the options and the relative Cholesky factors. Reading it rebuilds the design and evaluates
the engine once at the stored factors. Nothing in it is executed: there is no pickle, members are read by name and never
written to disk, and the formula passes the same allow-list as one that is typed.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from statmodels_tf.design.table import table
from statmodels_tf.errors import DataError, ModelError

if TYPE_CHECKING:
    from .mixed import MixedEstimate

FORMAT, VERSION = "statmodels_tf fit", 1
_WORD = re.compile(r"`([^`]+)`|([^\W\d][\w.]*)")
_SCALARS = (str, int, float, bool, type(None))


@dataclass(frozen=True, eq=False)
class Stored:
    """What a file holds.

    Parameters
    ----------
    function, formula : str
        The entry point and the formula, with dots expanded.
    data : DataFrame
        The columns the call reads, all rows.
    options : mapping
        The other arguments of the call.
    engine : str
    engine_options, diagnostics : mapping
    factors : tuple of array [l, l]
        The relative Cholesky factors, in the design's order.
    """

    function: str
    formula: str
    data: pd.DataFrame
    options: Mapping[str, Any]
    engine: str
    engine_options: Mapping[str, Any]
    diagnostics: Mapping[str, Any]
    factors: tuple[np.ndarray, ...]


def save_fit(fit: MixedEstimate, path: str | Path) -> None:
    """Write `fit` to `path`."""
    call = fit.recorded_call("`save()`")
    if call.options.get("functions"):
        raise ModelError(
            "a fit with your own `functions=` cannot be saved: code is never stored. Make columns of them."
        )
    data = table(call.data)
    options = {k: v for k, v in call.options.items() if k not in ("engine", "functions", "progress")}
    words = {name for v in fit.formula.variables for name in v.names}
    for text in (v for v in options.values() if isinstance(v, str)):
        words |= {quoted or plain for quoted, plain in _WORD.findall(text)}
    frame = data.frame([name for name in data.names if name in words], None)
    arrays: dict[str, np.ndarray] = {f"factor_{k}": factor for k, factor in enumerate(fit.factors)}
    content = {
        "format": FORMAT,
        "version": VERSION,
        "function": call.name,
        "formula": str(fit.formula),
        "options": {name: _option(name, value, arrays) for name, value in options.items()},
        "engine": fit.diagnostics["engine"],
        "engine_options": {k: v for k, v in asdict(fit.engine).items() if isinstance(v, _SCALARS)},
        "diagnostics": {k: _plain(v) for k, v in fit.diagnostics.items() if _plain(v) is not None},
        "factors": len(fit.factors),
        "index": _pack(frame.index.to_series(), "index", arrays),
        "columns": [{"name": c, **_pack(frame[c], f"column_{j}", arrays)} for j, c in enumerate(frame.columns)],
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fit.json", json.dumps(content, allow_nan=True, indent=1))
        for name, values in arrays.items():
            buffer = BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(values), allow_pickle=False)
            archive.writestr(f"{name}.npy", buffer.getvalue())


def read_fit(path: str | Path) -> Stored:
    """Return what the file `path` holds, or a DataError that says what is wrong with it."""
    try:
        with zipfile.ZipFile(path) as archive:
            content = json.loads(archive.read("fit.json"))
            if not isinstance(content, dict) or content.get("format") != FORMAT:
                raise DataError(f"`{path}` is no fit saved by statmodels_tf.")
            if content["version"] != VERSION:
                raise DataError(
                    f"`{path}` has format version {content['version']} and this release reads version {VERSION}; "
                    "read it with the release that wrote it, or fit again."
                )
            return _unpack_fit(content, archive)
    except FileNotFoundError:
        raise DataError(f"no file `{path}`.") from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, AttributeError, OSError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"`{path}` is no fit saved by statmodels_tf, or it is damaged: {error}.") from None


def _unpack_fit(content: Mapping[str, Any], archive: zipfile.ZipFile) -> Stored:
    """Return the fit described by `content`, its arrays read from `archive`."""

    def array(name: str) -> np.ndarray:
        return np.lib.format.read_array(BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)

    index = pd.Index(_unpack(content["index"], array))
    columns = {str(column["name"]): _unpack(column, array) for column in content["columns"]}
    data = pd.DataFrame({name: pd.Series(values, index=index) for name, values in columns.items()}, index=index)
    options = {str(k): array(v["array"]) if isinstance(v, dict) and "array" in v else v
               for k, v in content["options"].items()}  # fmt: skip
    factors = tuple(array(f"factor_{k}").astype(float) for k in range(int(content["factors"])))
    texts = {k: str(content[k]) for k in ("function", "formula", "engine")}
    engine_options = {str(k): v for k, v in content["engine_options"].items() if isinstance(v, _SCALARS)}
    diagnostics = dict(content["diagnostics"])
    return Stored(
        **texts, data=data, options=options, engine_options=engine_options, diagnostics=diagnostics, factors=factors
    )


def _pack(series: pd.Series, name: str, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """Return the description of a column; its values go to `arrays` under `name`."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        levels = [_plain(v) if isinstance(_plain(v), str | int | float) else str(v) for v in series.cat.categories]
        arrays[name] = series.cat.codes.to_numpy(np.int32)
        return {"kind": "factor", "array": name, "levels": levels, "ordered": bool(series.cat.ordered)}
    if pd.api.types.is_bool_dtype(series.dtype):
        arrays[name] = series.astype("boolean").to_numpy(dtype=np.int8, na_value=-1)
        return {"kind": "logical", "array": name}
    if pd.api.types.is_numeric_dtype(series.dtype):
        whole = pd.api.types.is_integer_dtype(series.dtype) and not series.isna().any()
        arrays[name] = series.to_numpy(dtype=np.int64 if whole else np.float64, na_value=0 if whole else np.nan)
        return {"kind": "number", "array": name}
    if isinstance(series.dtype, np.dtype) and series.dtype.kind == "M":
        arrays[name] = series.to_numpy().astype(np.int64)
        return {"kind": "time", "array": name, "unit": np.datetime_data(series.dtype)[0]}
    codes, values = pd.factorize(series.astype(object))
    arrays[name] = codes.astype(np.int32)
    if all(isinstance(value, (int, float, np.number)) for value in values):
        arrays[name] = series.astype(float).to_numpy()
        return {"kind": "number", "array": name}
    return {"kind": "text", "array": name, "levels": [str(value) for value in values]}


def _unpack(column: Mapping[str, Any], array: Any) -> Any:
    """Return the values of a column from its description."""
    kind = column["kind"]
    values = array(column["array"])
    if kind == "number":
        return values
    if kind == "logical":
        known = values >= 0
        return values == 1 if np.all(known) else pd.arrays.BooleanArray(values == 1, ~known)
    if kind == "time":
        return values.astype(f"datetime64[{column['unit']}]")
    if kind == "factor":
        return pd.Categorical.from_codes(values, categories=column["levels"], ordered=bool(column["ordered"]))
    if kind == "text":
        levels = np.array([*map(str, column["levels"]), None], dtype=object)
        return levels[values]
    raise DataError(f"a column of the file has the unknown kind {kind!r}.")


def _option(name: str, value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Return an option as JSON; an array goes to `arrays`."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, _SCALARS):
        return value
    arrays[f"option_{name}"] = np.asarray(value)
    return {"array": f"option_{name}"}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it, or None."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return value if isinstance(value, _SCALARS) else None
