"""The arguments of a call as JSON and plain arrays, and back with their types checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import DataError, ModelError
from ...families import Family, as_family, family_text
from ...priors import exact as prior_text
from ...transforms import Contrast
from ...transforms.contrasts import as_contrast

if TYPE_CHECKING:
    from ..base import Fit
    from .archive import Archive

_SCALARS = (str, int, float, bool, type(None))


def plain_options(fit: Fit, options: Mapping[str, Any], arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """Return the options of a call as JSON; arrays go to `arrays`."""
    plain: dict[str, Any] = {}
    own = fit.model.family.own_links
    for name, value in options.items():
        if name == "REML":
            plain[name] = bool(value)
        elif name in ("weights", "offset", "subset"):
            plain[name] = _plain_rows(name, value, arrays)
        elif name == "contrasts":
            plain[name] = {
                str(k): _plain_contrast(v, f"contrast_{j}", arrays) for j, (k, v) in enumerate(value.items())
            }
        elif name == "engine" and not isinstance(value, str):
            plain[name] = value.name if isinstance(value, type) else plain_engine(value, value.name)
        elif name == "priors":
            plain[name] = value if isinstance(value, str) else {str(k): prior_text(v) for k, v in value.items()}
        elif name in ("engine", "nominal", "scale"):
            plain[name] = value
        elif name in own:
            plain.setdefault("own", {})[name] = value if isinstance(value, str) else float(value)
    if {"family", "link"} & set(options):
        plain["family"] = _plain_family(as_family(options.get("family", "gaussian"), options.get("link")))
    return plain


def _plain_family(family: Family) -> str:
    """Return a family as text."""
    written = family_text(family)
    try:
        again = as_family(written)
    except ModelError:
        again = None
    if again != family:
        raise ModelError(f"a fit of a family of your own, {family!r}, cannot be saved: code is never stored.")
    return written


def _plain_rows(name: str, value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Return weights, offset or subset: text as it is, numbers as the name of an array."""
    if isinstance(value, str):
        return value
    if isinstance(getattr(value, "dtype", None), pd.api.extensions.ExtensionDtype):
        truth = value.dtype.kind == "b"
        value = pd.Series(value).to_numpy(dtype=bool if truth else float, na_value=False if truth else np.nan)
    values = np.asarray(value)
    if values.dtype.kind not in "iufb":
        raise ModelError(f"a fit with `{name}=` of {values.dtype} cannot be saved; give numbers or truth values.")
    arrays[f"option_{name}"] = np.atleast_1d(values)
    return {"array": f"option_{name}", "one": values.ndim == 0}


def _plain_contrast(value: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    contrast = as_contrast(value)
    if contrast.matrix is None:
        return contrast.name
    arrays[name] = contrast.matrix
    return {"name": contrast.name, "array": name, "columns": contrast.columns and list(contrast.columns)}


def plain_engine(engine: Any, name: str) -> dict[str, Any]:
    """Return an engine as JSON: its name and those of its options that are."""
    return {"name": name, "options": {k: v for k, v in asdict(engine).items() if isinstance(v, _SCALARS)}}


def engine_of(value: Any) -> tuple[str, dict[str, Any]]:
    """Return the name and the options of an engine from what `plain_engine` wrote."""
    return text(value["name"]), {text(k): v for k, v in value["options"].items() if isinstance(v, _SCALARS)}


def is_number(value: Any) -> bool:
    """Return whether `value` is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def is_count(value: Any) -> bool:
    """Return whether `value` is a whole number from 0."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def text(value: Any) -> str:
    """Return `value` if it is text."""
    return _of(value, isinstance(value, str), "text")


def count(value: Any) -> int:
    """Return `value` if it is a whole number from 0."""
    return _of(value, is_count(value), "a count")


def matrix(values: np.ndarray) -> np.ndarray:
    """Return `values` if they are a matrix of finite numbers."""
    return _of(values, values.ndim == 2 and bool(np.all(np.isfinite(values))), "a finite matrix").astype(float)


def _number(value: Any) -> float:
    return float(_of(value, is_number(value), "a number"))


def _truth(value: Any) -> bool:
    return _of(value, isinstance(value, bool), "a truth value")


def _of(value: Any, right: bool, wanted: str) -> Any:
    if not right:
        raise DataError(f"it holds {type(value).__name__} where {wanted} is expected")
    return value


def _rows(value: Any, archive: Archive) -> Any:
    if isinstance(value, str):
        return value
    values = archive.array(value["array"])
    return values[0] if _truth(value["one"]) else values


def _contrast(value: Any, archive: Archive) -> str | Contrast:
    if isinstance(value, str):
        return value
    columns = None if value["columns"] is None else tuple(map(text, value["columns"]))
    coding = matrix(archive.array(value["array"]))
    if columns is not None and len(columns) != coding.shape[1]:
        raise DataError("it names more or fewer contrasts than it has")
    return Contrast(text(value["name"]), coding, columns)


OPTIONS: dict[str, Callable[[Any, Archive], Any]] = {
    "REML": lambda value, _: _truth(value),
    "weights": _rows,
    "offset": _rows,
    "subset": _rows,
    "contrasts": lambda value, archive: {text(k): _contrast(v, archive) for k, v in value.items()},
    "priors": lambda value, _: value if isinstance(value, str) else {text(k): text(v) for k, v in value.items()},
    "family": lambda value, _: as_family(text(value)),
    "nominal": lambda value, _: text(value),
    "scale": lambda value, _: text(value),
    "own": lambda value, _: {text(k): v if isinstance(v, str) else _number(v) for k, v in value.items()},
    "engine": lambda value, _: value if isinstance(value, str) else engine_of(value),
}
"""How each argument of a call is read; those of code are not here."""
