"""Columns on disk as every peer reads them: doubles as they lie in memory, factors as int32 codes with their levels."""

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd


def write(frame: pd.DataFrame, folder: Path) -> None:
    """Write each column to a file of its own, and what they are to `columns.json`."""
    about = []
    for j, name in enumerate(frame.columns):
        column = frame[name]
        levels = list(column.cat.categories) if isinstance(column.dtype, pd.CategoricalDtype) else None
        values = column.cat.codes if levels is not None else column
        values.to_numpy(dtype="<i4" if levels is not None else "<f8").tofile(folder / f"{j}.bin")
        about.append({"name": name, "file": f"{j}.bin", "levels": levels})
    (folder / "columns.json").write_text(json.dumps({"rows": len(frame), "columns": about}), encoding="utf-8")


def read(folder: Path) -> pd.DataFrame:
    """Return what `write` wrote."""
    columns = {}
    for column in json.loads((folder / "columns.json").read_text(encoding="utf-8"))["columns"]:
        levels = column["levels"]
        values = np.fromfile(folder / column["file"], dtype="<f8" if levels is None else "<i4")
        columns[column["name"]] = values if levels is None else pd.Categorical.from_codes(values, levels)
    return pd.DataFrame(columns)


def serve(prepare: Callable[[str, pd.DataFrame, str], Callable[[], list[float]]], versions: dict[str, str]) -> None:
    """Measure the fit that `prepare(formula, data, family)` returns once for each line of standard input.

    A fit returns its coefficients, the intercept first. What `prepare` does is not measured. `peak` is the most
    memory that the process ever held, in MiB, and `before` what it held when the data had been read and prepared.
    """
    folder, formula, family, number = sys.argv[1:5]
    fit = prepare(formula, read(Path(folder)), family)
    before = _peak()
    fit()
    print(json.dumps({"versions": versions}), flush=True)
    for _ in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(int(number)):
            coef = fit()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        times = {"cpu": cpu / int(number), "wall": wall / int(number)}
        print(json.dumps({**times, "coef": coef, "before": before, "peak": _peak()}), flush=True)


def _peak() -> float:
    """Return the most memory held, in MiB; `getrusage` would count what the parent held when it started us."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024
