"""Dask: a DataFrame, its partitions as pieces."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ..design.table import Table, table
from .base import Fragment, Source, first_rows, pieces


@dataclass(frozen=True, eq=False)
class FrameFragment(Fragment):
    """Rows in memory."""

    frame: pd.DataFrame

    @property
    def n(self) -> int:
        """The number of rows."""
        return len(self.frame)

    def tables(self, columns: tuple[str, ...], rows: int) -> Iterator[Table]:
        for chosen in pieces(len(self.frame), rows):
            yield table(self.frame[list(columns)].iloc[chosen])


@dataclass(frozen=True, eq=False)
class PartitionFragment(Fragment):
    """A partition, computed anew for each pass; `delayed` is Dask's promise of it."""

    delayed: Any
    n: int | None = None

    def tables(self, columns: tuple[str, ...], rows: int) -> Iterator[Table]:
        return FrameFragment(self.delayed.compute()).tables(columns, rows)


@dataclass(frozen=True, eq=False)
class PartitionSource(Source):
    """A Dask DataFrame."""

    names: tuple[str, ...]
    fragments: tuple[PartitionFragment, ...] = field(repr=False)

    @property
    def said(self) -> str:
        """How many partitions there are."""
        return f"{len(self.fragments)} Dask partition{'s' * (len(self.fragments) > 1)}"

    def first(self, rows: int) -> Table:
        return first_rows(self.fragments, self.names, rows)


def of_partitions(frame: Any) -> PartitionSource:
    """Return the source of a Dask DataFrame."""
    parts = frame.to_delayed()
    return PartitionSource(tuple(map(str, frame.columns)), tuple(PartitionFragment(part) for part in parts))
