"""Arranged: which arrangement suits the columns of a design."""

from .arrange import Arrangement, ColumnRows, DenseRows, MappedRows
from .base import LinearMap
from .cells import cell_rows
from .columns import Columns
from .split import SplitRows, placed, split_rows
from .stacked import Stacked


def arranged(columns: LinearMap | Arrangement, split: bool = True) -> Arrangement:
    """Return the rows of these columns in the arrangement that suits them; one that is arranged as it is.

    `split` says whether a factor of very many levels may stand apart, which needs columns of full rank.
    """
    if isinstance(columns, SplitRows) and not split:
        return MappedRows(columns.whole)
    if isinstance(columns, Arrangement):
        return columns
    if isinstance(columns, Columns):
        return ColumnRows(columns)
    if not columns.coded:
        return DenseRows(columns.dense())
    n, p = columns.shape
    blocks = placed(columns.blocks if isinstance(columns, Stacked) else (columns,))
    apart = split_rows(blocks, columns) if split else None
    return apart or cell_rows(blocks, n, p) or MappedRows(columns)
