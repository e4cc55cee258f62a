"""The command line: `python -m statmodels_tf fit`, `datasets`, `demo`."""

import argparse
import os
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from . import api
from .dataset import datasets, load_dataset
from .errors import DataError, StatmodelsError, did_you_mean
from .report import write

DEMO = "rating ~ service + (1|student) + (1|instructor)"
_TABULAR = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 2 after printing what was wrong and what to write instead."""
    options = _parser().parse_args(argv)
    # Pictures go to files: no window is opened, and none is needed.
    os.environ.setdefault("MPLBACKEND", "Agg")
    try:
        return options.run(options)
    except StatmodelsError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    except OSError as error:
        print(f"cannot use `{error.filename}`: {error.strerror}.", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m statmodels_tf", description="Statistical models by formula.")
    commands = parser.add_subparsers(required=True, dest="command")

    fit = commands.add_parser("fit", help="fit a model; print its summary; write tables, plots and a report")
    fit.add_argument("formula", help=f"for example '{DEMO}'")
    fit.add_argument("data", help="a CSV, TSV or Parquet file, or the name of a data set that `datasets` lists")
    fit.add_argument("--family", default="gaussian", help="distribution of the response (default gaussian)")
    fit.add_argument("--engine", default="auto", help="how to fit: auto, pls, nuts ... (default auto)")
    fit.add_argument("--out", type=Path, default=Path("fit_output"), help="folder to write to (default fit_output)")
    fit.set_defaults(run=_fit)

    listing = commands.add_parser("datasets", help="list the data sets that come with the package")
    listing.set_defaults(run=_datasets)

    demo = commands.add_parser("demo", help="fit the ratings of university lecturers, 73,421 of them")
    demo.add_argument("--out", type=Path, default=Path("demo_output"), help="folder to write to (default demo_output)")
    demo.set_defaults(run=_fit, formula=DEMO, data="insteval", family="gaussian", engine="auto")
    return parser


def read_table(source: str) -> pd.DataFrame:
    """Return the file or the data set `source` as a DataFrame.

    Text columns become factors when the model is built, their levels sorted, as in R. `NA` and empty cells are missing.

    Parameters
    ----------
    source : str
        The path of a CSV, TSV (both also gzipped) or Parquet file, or a name of `datasets()`.
    """
    path = Path(source)
    names = datasets().index
    if not path.exists():
        if source.lower() in names:
            return load_dataset(source)
        here = path.parent if path.parent.is_dir() else Path()
        nearby = [str(here / p.name) for p in here.iterdir() if p.name.endswith(_TABULAR)]
        raise DataError(
            f"no file and no data set `{source}`.{did_you_mean(source, [*names, *nearby])} "
            "`python -m statmodels_tf datasets` lists the data sets."
        )
    if not path.name.endswith(_TABULAR):
        raise DataError(f"cannot read `{source}`: the name of a table ends in one of {', '.join(_TABULAR)}.")
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        separator = "\t" if ".tsv" in path.name else ","
        return pd.read_csv(path, sep=separator, na_values=["NA", ""], keep_default_na=False, low_memory=False)
    except ImportError as error:
        raise DataError(f"reading Parquet needs pyarrow: `pip install pyarrow`, or save `{source}` as CSV.") from error
    except (ValueError, OSError) as error:
        raise DataError(f"cannot read `{source}`: {error}") from error


def _fit(options: argparse.Namespace) -> int:
    fit: Any = api.fit(options.formula, read_table(options.data), options.family, engine=options.engine)
    print(fit.summary())
    files = write(fit, options.out, data=options.data)
    print(f"\nWritten to {options.out}/ (open report.html first):")
    for kind, suffixes in (
        ("tables", (".csv", ".txt")),
        ("plots", (".png",)),
        ("draws", (".nc",)),
        ("report", (".html",)),
    ):
        names = [file.name for file in files if file.suffix in suffixes]
        print(textwrap.fill(", ".join(names), 92, initial_indent=f"  {kind:<8}", subsequent_indent=" " * 10))
    return 0


def _datasets(options: argparse.Namespace) -> int:
    table = datasets()
    width = max(map(len, table.index))
    for name, row in table.iterrows():
        print(f"{name:<{width}}  {row['rows']:>6,} x {row['columns']:<3}  {row['about']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
