"""DuckDB: a relation, streamed through Arrow on the machine where its database is open."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ..design.table import Table
from ..errors import DataError
from .arrow_table import ArrowTable
from .base import Fragment, Source, first_rows


@dataclass(frozen=True, eq=False)
class RelationFragment(Fragment):
    """The whole relation: a query runs again for each pass."""

    relation: Any
    n: int | None = None

    def tables(self, columns: tuple[str, ...], rows: int) -> Iterator[Table]:
        chosen = self.relation.select(*(f'"{name.replace(chr(34), chr(34) * 2)}"' for name in columns))
        start = 0
        for batch in chosen.to_arrow_reader(rows):
            if batch.num_rows:
                yield ArrowTable(columns, pd.RangeIndex(start, start + batch.num_rows), data=batch)
                start += batch.num_rows

    def __reduce__(self) -> Any:
        raise DataError(
            "a DuckDB relation is read where its database is open and cannot be sent to the workers of a cluster. "
            "Leave `runner` out, or write the relation to Parquet files first: `relation.write_parquet(...)`."
        )


@dataclass(frozen=True, eq=False)
class RelationSource(Source):
    """A DuckDB relation."""

    names: tuple[str, ...]
    fragments: tuple[RelationFragment, ...] = field(repr=False)
    said: str = "a DuckDB relation"

    def first(self, rows: int) -> Table:
        return first_rows((RelationFragment(self.fragments[0].relation.limit(rows)),), self.names, rows)


def of_relation(relation: Any) -> RelationSource:
    """Return the source of a DuckDB relation."""
    return RelationSource(tuple(relation.columns), (RelationFragment(relation),))
