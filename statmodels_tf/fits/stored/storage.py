"""A fit in one file: what is needed to make it again, as JSON and plain arrays.

The file holds the call (the formula as text, the options, the columns that they read, all rows) and, of a mixed model,
the relative Cholesky factors. Loading makes the call's design again, exactly, and evaluates the engine once at the
factors, or fits again where there are none: what transforms learn they learn from the same rows. Nothing else that the
file says of the fit is believed, but for figures of how it was found. Nothing in it is executed: the formula passes the
same allow-list as one that is typed.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...design.table import table
from ...errors import DataError, ModelError, StatmodelsError
from ..columns import model_columns
from ..regression.blockwise import in_memory
from .archive import Archive, write_archive
from .call_options import OPTIONS, count, engine_of, is_count, is_number, matrix, plain_engine, plain_options, text
from .packing import Arrays, pack, pack_index, unpack, unpack_index

if TYPE_CHECKING:
    from ..estimate import Estimate

FORMAT, VERSION = "statmodels_tf fit", 1
FOUND: dict[str, Callable[[Any], bool]] = {
    "seconds": lambda value: is_number(value) and value >= 0,
    "evaluations": is_count,
    "iterations": is_count,
    "starts": is_count,
    "message": lambda value: isinstance(value, str),
    "converged": lambda value: isinstance(value, bool),
}
"""What a file may say of how the fit was found, and whether it does."""


@dataclass(frozen=True, eq=False)
class Stored:
    """What a file holds, its types checked.

    Parameters
    ----------
    function, formula : str
        The entry point and the formula, with dots expanded.
    data : DataFrame
        The columns the call reads, all rows.
    options : mapping
        The other arguments of the call; an engine is given as `(name, its options)`.
    engine : str
    engine_options : mapping of str to scalar
    diagnostics : mapping
        How the fit was found: seconds, evaluations, iterations, starts, message, converged.
    criterion : float or None
        What the engine minimised, where it is finite: for a model without group terms, its deviance.
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
    criterion: float | None
    factors: tuple[np.ndarray, ...]


def save_fit(fit: Estimate, path: str | Path, criterion: float, factors: Sequence[np.ndarray] = ()) -> None:
    """Write `fit` to `path`; see `Stored` for the criterion and the factors."""
    call = fit.recorded_call("`save()`")
    in_memory(fit, "saved fits, which make their design again,")
    if call.options.get("functions"):
        raise ModelError(
            "a fit with your own `functions=` cannot be saved: code is never stored. Make columns of them."
        )
    design, data = fit.model.design, table(call.data)
    columns = model_columns(fit.model)
    names = [str(name) for name in columns]
    frame = data.frame([name for name in names if data.has(name)], None)
    if len(frame.columns) < len(names) or not frame.iloc[design.rows].equals(columns):
        raise ModelError("the data have changed since this fit was made, so it cannot be saved with them; fit again.")
    arrays: Arrays = {f"factor_{k}": factor for k, factor in enumerate(factors)}
    content = {
        "format": FORMAT,
        "version": VERSION,
        "function": call.name,
        "formula": str(fit.formula),
        "options": plain_options(fit, call.options, arrays),
        "engine": plain_engine(fit.engine, fit.diagnostics["engine"]),
        "diagnostics": {k: v for k, v in fit.diagnostics.items() if k in FOUND and FOUND[k](v)},
        "criterion": float(criterion) if is_number(criterion) else None,
        "factors": len(factors),
        "index": pack_index(frame.index, arrays),
        "columns": [
            {"name": name, **pack(frame.iloc[:, j], f"column_{j}", arrays)} for j, name in enumerate(names)
        ],
    }  # fmt: skip
    write_archive(path, content, arrays)


@contextmanager
def loading(path: str | Path) -> Iterator[None]:
    """Return a context in which whatever a file causes to fail is a DataError that names the file."""
    try:
        yield
    except FileNotFoundError:
        raise DataError(f"no file `{path}`.") from None
    except StatmodelsError as error:
        raise DataError(f"`{path}` cannot be loaded: {str(error).rstrip('.')}.") from None
    except zipfile.BadZipFile as error:
        raise DataError(f"`{path}` is no fit saved by statmodels_tf: {error}.") from None
    except Exception as error:  # the file was made by others: what it breaks is its fault, whatever the error
        raise DataError(f"`{path}` cannot be loaded, it is damaged ({type(error).__name__}: {error}).") from None


def read_fit(path: str | Path) -> Stored:
    """Return what the file `path` holds, its types checked; run it `with loading(path)`."""
    if not isinstance(path, str | os.PathLike):
        raise DataError(f"the path of a saved fit is text, not {type(path).__name__}")
    with zipfile.ZipFile(path) as file:
        archive = Archive(file, os.path.getsize(path))
        content = archive.content()
        if content.get("format") != FORMAT:
            raise DataError("it is no fit saved by statmodels_tf")
        if content["version"] != VERSION:
            raise DataError(
                f"it has format version {content['version']!r} and this release reads version {VERSION}; "
                "read it with the release that wrote it, or fit again"
            )
        return _unpack_fit(content, archive)


def _unpack_fit(content: Mapping[str, Any], archive: Archive) -> Stored:
    """Return the fit described by `content`, its arrays read from `archive`."""
    index = unpack_index(content["index"], archive.array)
    columns = {text(column["name"]): unpack(column, archive.array) for column in content["columns"]}
    if not columns or any(len(values) != len(index) for values in columns.values()):
        raise DataError("its columns differ in length")
    data = pd.DataFrame({name: pd.Series(values, index=index) for name, values in columns.items()}, index=index)
    unknown = set(content["options"]) - set(OPTIONS)
    if unknown:
        raise DataError(f"it holds options unknown to this release: {', '.join(sorted(unknown))}")
    engine, engine_options = engine_of(content["engine"])
    wrong = [k for k, v in content["diagnostics"].items() if k not in FOUND or not FOUND[k](v)]
    if wrong:
        raise DataError(f"what it says of `{wrong[0]}` is no such figure")
    return Stored(
        function=text(content["function"]),
        formula=text(content["formula"]),
        data=data,
        options={name: OPTIONS[name](value, archive) for name, value in content["options"].items()},
        engine=engine,
        engine_options=engine_options,
        diagnostics=dict(content["diagnostics"]),
        criterion=content["criterion"] if is_number(content["criterion"]) else None,
        factors=tuple(matrix(archive.array(f"factor_{k}")) for k in range(count(content["factors"]))),
    )
