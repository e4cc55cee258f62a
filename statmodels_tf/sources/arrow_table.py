"""ArrowTable: a batch of Arrow columns, read without a detour where their types are plain."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..design.column import label, read_series
from ..design.table import Table
from ..errors import DataError
from ..transforms import Factor
from ..transforms.base import logical


@dataclass(frozen=True)
class ArrowTable(Table):
    """A record batch.

    Attributes
    ----------
    data : pyarrow.RecordBatch
    text : frozenset of str
        Columns of text that were read as codes: their levels are sorted by code point and mean nothing more.
    """

    data: Any = field(kw_only=True)
    text: frozenset[str] = field(default=frozenset(), kw_only=True)

    @property
    def lasting(self):
        return False

    def value(self, name):
        column = self.data.column(name)
        kind = str(column.type)
        if kind.startswith("dictionary"):
            return _factor(column, name, name in self.text)
        if kind in ("string", "large_string", "string_view"):
            return _factor(column.dictionary_encode(), name, True)
        if kind == "bool":
            known = column.fill_null(False).to_numpy(zero_copy_only=False)
            return logical(np.where(column.is_null().to_numpy(zero_copy_only=False), -1, known))
        if kind in ("float", "double") or kind.startswith(("int", "uint")):
            values = column.to_numpy(zero_copy_only=False)
            return values if values.dtype.kind != "f" else values.astype(np.float64, copy=False)
        return read_series(self.series(name), name)

    def series(self, name):
        return pd.Series(self.data.column(name).to_pandas().to_numpy(), index=self.index, name=name)

    def frame(self, names, rows):
        chosen = self.data.select(list(names))
        frame = (chosen if rows is None else chosen.take(rows)).to_pandas()
        frame.index = self.index if rows is None else self.index[rows]
        return frame


def _factor(column, name, text):
    """Return a column of codes with a dictionary as a Factor."""
    indices = column.indices
    codes = (indices.fill_null(-1) if indices.null_count else indices).to_numpy(zero_copy_only=False)
    codes = codes.astype(np.int32)
    values = column.dictionary.to_pylist()
    if None in values:  # a missing value may also be an entry of the dictionary
        place = np.cumsum([value is not None for value in values]) - 1
        lookup = np.array([*(-1 if v is None else p for v, p in zip(values, place, strict=True)), -1], dtype=np.int32)
        codes, values = lookup[codes], [value for value in values if value is not None]
    levels = [label(value) for value in values]
    if text:
        order = sorted(range(len(levels)), key=levels.__getitem__)
        if order != list(range(len(levels))):
            place = np.empty(len(levels) + 1, dtype=np.int32)
            place[order], place[-1] = np.arange(len(levels), dtype=np.int32), -1
            codes, levels = place[codes], [levels[i] for i in order]
    if len(set(levels)) < len(levels):
        raise DataError(f"two categories of column `{name}` print alike; rename them.")
    return Factor(codes, tuple(levels), bool(column.type.ordered) and not text, text=text)
