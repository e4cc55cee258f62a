"""Narrow: rows without the columns that they do not tell apart, so that a large factor can stand apart again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...linalg import Coded, LinearMap, Stacked
from ...linalg.split import SplitRows
from .memory import MemoryRows, memory_rows
from .newton import Fitted
from .rows import Rows


def narrowed(rows: Rows, held: np.ndarray | None) -> MemoryRows | None:
    """Return the rows with the columns `held` only and the levels that occur; None where it would not help."""
    if held is None or not isinstance(rows, MemoryRows) or not isinstance(rows.common, SplitRows):
        return None
    columns = rows.common.whole.select(held)
    blocks = columns.blocks if isinstance(columns, Stacked) else (columns,)
    return memory_rows(Stacked(tuple(map(_occurring, blocks))), rows.y, rows.weights, rows.offset)


def _occurring(block: LinearMap) -> LinearMap:
    """Return the block without the levels that no row has."""
    if not isinstance(block, Coded):
        return block
    seen = np.bincount(block.codes, minlength=len(block.table)) > 0
    place = np.cumsum(seen, dtype=np.int32) - np.int32(1)
    return replace(block, codes=place[block.codes], table=block.table[seen])


def widened(fitted: Fitted, held: np.ndarray, p: int) -> Fitted:
    """Return a fit of narrow rows with all p columns; its system keeps to those held."""

    def wide(values):
        out = np.zeros(p)
        out[held] = values
        return out

    last = replace(fitted.last, step=wide(fitted.last.step))
    return replace(fitted, beta=wide(fitted.beta), kept=held[fitted.kept], last=last, direction=wide(fitted.direction))
