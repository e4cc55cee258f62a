"""The data sets that come with the package, as DataFrames with their factor levels."""

import json
from functools import cache
from pathlib import Path

import pandas as pd

from .errors import DataError, did_you_mean

# The wheel carries the files inside the package; a checkout keeps them in a folder of its own.
_INSTALLED = Path(__file__).with_name("_datasets")
_FOLDER = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parent.parent / "datasets"

# lme4 calls InstEval's columns by one letter each; here they say what they are.
_RENAMED = {"insteval": {"s": "student", "d": "instructor", "y": "rating"}}


@cache
def _index() -> pd.DataFrame:
    """Return the table of `datasets/README.md`, indexed by lower-case name."""
    lines = (_FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    head, _, *body = rows
    table = pd.DataFrame(body, columns=head).set_index("name")
    return table.astype({"rows": int, "columns": int})


def datasets() -> pd.DataFrame:
    """Return one row for each data set that `load_dataset` knows.

    Returns
    -------
    DataFrame
        Indexed by name: `rows`, `columns`, `about`, `source` and `licence` (that of the package the data were
        exported from).

    Examples
    --------
    >>> datasets().loc["sleepstudy", "rows"].item()
    180
    """
    return _index()[["rows", "columns", "about", "source", "licence"]].copy()


def load_dataset(name: str) -> pd.DataFrame:
    """Return the data set `name` as a DataFrame whose factors are categorical, with R's levels in R's order.

    Parameters
    ----------
    name : str
        A name of `datasets()`; upper and lower case are the same, so R's names work too.

    Returns
    -------
    DataFrame
        Columns as R has them, except that `insteval` says `student`, `instructor` and `rating` for `s`, `d` and `y`.

    Examples
    --------
    >>> load_dataset("sleepstudy").round(1).head(2)
       Reaction  Days Subject
    0     249.6     0     308
    1     258.7     1     308
    """
    files = dict(_index()["file"])
    if not isinstance(name, str) or name.lower() not in files:
        raise DataError(f"no data set `{name}`.{did_you_mean(str(name), files)} `datasets()` lists them all.")
    file = _FOLDER / str(files[name.lower()])
    factors = json.loads((_FOLDER / f"{file.name.split('.csv')[0]}.levels.json").read_text(encoding="utf-8"))
    data = pd.read_csv(file, dtype=dict.fromkeys(factors, str), na_values=["NA"], keep_default_na=False)
    for column, factor in factors.items():
        data[column] = pd.Categorical(data[column], categories=factor["levels"], ordered=factor["ordered"])
    return data.rename(columns=_RENAMED.get(name.lower(), {}))
