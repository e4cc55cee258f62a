"""Stream: a model's data that are read anew for each pass, block by block."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..design import Design
from ..design.recipe import CodedRows, Coder
from ..design.scan import Check, scan
from ..design.table import Table
from ..design.used import Given
from ..errors import DataError
from .base import Fragment, Source
from .runner import Runner

BLOCK = 131_072
"""Rows of a block: some columns of them stay in the processor's cache."""

FIRST = 1_000
"""Rows looked at to know the types of the columns."""

DRAWN_FROM = 16
"""Pieces of the data that a random sample comes from."""

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class OverTables:
    """The work on one piece: the sum of a task over its tables; None where it has no rows."""

    task: Callable[[Table], Any]
    columns: tuple[str, ...]
    rows: int

    def __call__(self, fragment: Fragment) -> Any:
        total = None
        for table in fragment.tables(self.columns, self.rows):
            part = self.task(table)
            if part is not None:
                total = part if total is None else total + part
        return total


@dataclass(frozen=True, eq=False)
class OverRows:
    """A task on the coded rows of a table; None where none is complete."""

    coder: Coder
    task: Callable[[CodedRows], Any]

    def __call__(self, table: Table) -> Any:
        rows = self.coder.block(table)
        return None if rows is None else self.task(rows)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Some coded rows of several blocks."""

    blocks: tuple[CodedRows, ...]

    def __add__(self, other: "Drawn") -> "Drawn":
        return Drawn(self.blocks + other.blocks)


@dataclass(frozen=True)
class Draw:
    """The task that draws each row with the same probability, at random by its content and position."""

    share: float
    seed: int

    def __call__(self, rows: CodedRows) -> Drawn | None:
        n = rows.common.shape[0]
        mixed = int(np.abs(rows.response.values).sum() * 1e6) % (1 << 32)
        rng = np.random.default_rng([self.seed, n, mixed])
        chosen = np.flatnonzero(rng.random(n) < self.share)
        return Drawn((rows.take(chosen),)) if len(chosen) else None


@dataclass(frozen=True, eq=False)
class Stream:
    """The rows of a model that are read from their source for each pass.

    Attributes
    ----------
    source : Source
    runner : Runner
    block_rows : int
    report : function of (label, pieces done, pieces) or None
    coder : Coder or None
        None until the data are scanned.
    n, nobs, dropped : int
        Complete rows, those of positive weight, and incomplete ones.
    """

    source: Source
    runner: Runner
    block_rows: int = BLOCK
    report: Report | None = field(default=None, repr=False)
    coder: Coder | None = field(default=None, repr=False)
    n: int = 0
    nobs: int = 0
    dropped: int = 0

    @property
    def said(self) -> str:
        """What a summary says of the data: `50,000,000 rows in 25 files, streamed`."""
        return f"{self.n:,} rows in {self.source.said}, streamed"

    def reporting(self, report: Report) -> "Stream":
        """Return the stream with whom it tells how far each pass is."""
        return replace(self, report=report)

    def total(self, task: Callable[[CodedRows], Any], label: str = "") -> Any:
        """Return the sum of a task over all blocks of coded rows, pieces added in their order."""
        return self._sum(OverRows(self.coder, task), self.coder.recipe.columns, self.source.fragments, label)

    def over_tables(self, task: Callable[[Table], Any], label: str = "", *, more: tuple[str, ...] = ()) -> Any:
        """Return the sum of a task over all blocks as they are read, pieces added in their order.

        `more` are columns of the data that the task reads besides those of the model.
        """
        columns = tuple(dict.fromkeys((*self.coder.recipe.columns, *more)))
        return self._sum(task, columns, self.source.fragments, label)

    def narrowed(self, columns: np.ndarray) -> "Stream":
        """Return the same rows with these columns of the design only."""
        return replace(self, coder=self.coder.narrowed(columns))

    def sample(self, size: int, seed: int) -> tuple[CodedRows, ...]:
        """Return about `size` rows at random as blocks, from several pieces where there are many."""
        rng, pieces = np.random.default_rng(seed), self.source.fragments
        chosen = np.sort(rng.choice(len(pieces), min(DRAWN_FROM, len(pieces)), replace=False))
        known = [piece.n for piece in pieces]
        covered = 1.0 if None in known else sum(known[i] for i in chosen) / max(1, sum(known))
        share = min(1.0, size / max(1.0, covered * self.n))
        task = OverRows(self.coder, Draw(share, seed))
        drawn = self._sum(task, self.coder.recipe.columns, [pieces[i] for i in chosen], "a sample of rows")
        return () if drawn is None else drawn.blocks

    def _sum(self, task, columns, fragments, label):
        total = None
        work = OverTables(task, columns, self.block_rows)
        for done, part in enumerate(self.runner.results(work, fragments), 1):
            if part is not None:
                total = part if total is None else total + part
            if self.report is not None:
                self.report(label, done, len(fragments))
        return total

    def scanned(
        self, formula: str, *, how: Given, contrasts: Mapping[str, Any] | None = None, check: Check | None = None
    ) -> Design:
        """Return the design of a formula on the data: a few rows that show all levels, and this stream as its source.

        Parameters
        ----------
        formula : str
        how : Given
            Weights, offset and subset as text, and the caller's functions.
        contrasts : dict
        check : function of a Response -> why it is none, or None
        """
        first = self.source.first(FIRST)

        def total(task, label):
            return self._sum(task, task.columns, self.source.fragments, label)

        found = scan(formula, first, total, how=how, contrasts=contrasts, check=check)
        counts = found.counts
        numbers = {"n": counts.n, "nobs": counts.counted, "dropped": counts.dropped}
        return replace(found.design, source=replace(self, coder=found.coder, **numbers))


def check_size(block_rows: Any) -> int:
    """Return the number of rows of a block; anything but a whole number above zero is a DataError."""
    if block_rows is None:
        return BLOCK
    if not isinstance(block_rows, int) or isinstance(block_rows, bool) or block_rows < 1:
        raise DataError(f"`block_rows={block_rows!r}` must be a whole number of rows, such as {BLOCK}.")
    return block_rows
