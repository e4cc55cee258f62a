"""Source: data that are read block by block, in pieces that can be read apart, again, and elsewhere."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

from ..design.table import Table
from ..errors import DataError


class Fragment(ABC):
    """A piece of the data. It can be read again and again, and sent to another process if its data can.

    Attributes
    ----------
    n : int or None
        Its number of rows, where that is known without reading it.
    """

    n: int | None

    @abstractmethod
    def tables(self, columns: tuple[str, ...], rows: int) -> Iterator[Table]:
        """Yield the rows in order, as tables of at most `rows` with these columns."""


class Source(ABC):
    """Data that need not fit in memory.

    Attributes
    ----------
    names : tuple of str
        The columns.
    fragments : tuple of Fragment
        In the order of the data.
    said : str
        What a summary calls the data: `25 files`.
    """

    names: tuple[str, ...]
    fragments: tuple[Fragment, ...]
    said: str

    @abstractmethod
    def first(self, rows: int) -> Table:
        """Return the first rows, all columns."""


def first_rows(fragments: Iterable[Fragment], names: tuple[str, ...], rows: int) -> Table:
    """Return the first rows of the first fragment that has some."""
    for fragment in fragments:
        for found in fragment.tables(names, rows):
            return found
    raise DataError("the data have no rows.")


def pieces(table_length: int, rows: int) -> Iterator[slice]:
    """Yield the slices of at most `rows` that make up a table."""
    for start in range(0, table_length, rows):
        yield slice(start, min(start + rows, table_length))
