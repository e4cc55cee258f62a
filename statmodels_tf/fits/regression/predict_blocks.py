"""Predictions of data that need not fit in memory, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...errors import ModelError
from ...sources import Source, as_source, check_size
from ..columns import model_columns
from .predict import predict_regression

if TYPE_CHECKING:
    from .base import Regression


def predicted_blocks(
    fit: Regression, newdata: Any, kind: str, *, block_rows: Any, se: bool, interval: str | None, level: float
) -> Iterator[pd.Series | pd.DataFrame]:
    """Return an iterator over the predictions of each block; see `RegressionEstimate.predict_blocks`."""
    source = as_source(newdata)
    if source is None:
        raise ModelError(
            "`predict_blocks()` is for data that are read block by block (a path, a pyarrow Dataset, a DuckDB "
            "relation, a Dask DataFrame); of a table in memory write `fit.predict(newdata)`."
        )
    return _each(fit, source, check_size(block_rows), kind, {"se": se, "interval": interval, "level": level})


def _each(
    fit: Regression, source: Source, rows: int, kind: str, how: dict[str, Any]
) -> Iterator[pd.Series | pd.DataFrame]:
    wanted, start = set(model_columns(fit.model).columns), 0
    columns = tuple(name for name in source.names if name in wanted)
    for fragment in source.fragments:
        for block in fragment.tables(columns, rows):
            index = pd.RangeIndex(start, start + block.n)
            table = replace(block.knowing(fit.model.design.spec.columns), index=index, what="newdata")
            yield predict_regression(fit, table, kind, **how)
            start += block.n
