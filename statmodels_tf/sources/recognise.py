"""Recognise: which data are streamed, by what they are."""

import os
from collections.abc import Sequence
from typing import Any

from .base import Source
from .files import of_dataset, of_paths
from .partitions import of_partitions
from .relation import of_relation

STREAMED = {
    ("pyarrow", "Dataset"): of_dataset,
    ("duckdb", "DuckDBPyRelation"): of_relation,
    ("_duckdb", "DuckDBPyRelation"): of_relation,
    ("dask", "DataFrame"): of_partitions,
    ("dask_expr", "DataFrame"): of_partitions,
}
"""Package and name of a class, by which data are known without loading the package."""


def as_source(data: Any) -> Source | None:
    """Return the source of data that are read block by block, or None of a table in memory.

    A path, a glob, a folder or a list of paths (Parquet, Feather, CSV), a pyarrow Dataset, a DuckDB relation and a
    Dask DataFrame are such data.
    """
    if isinstance(data, Source):
        return data
    if isinstance(data, (str, os.PathLike)) or _paths(data):
        return of_paths(data)
    for kind in type(data).__mro__:
        made = STREAMED.get((kind.__module__.partition(".")[0], kind.__name__))
        if made is not None:
            return made(data)
    return None


def _paths(data):
    return isinstance(data, Sequence) and len(data) > 0 and all(isinstance(item, (str, os.PathLike)) for item in data)
