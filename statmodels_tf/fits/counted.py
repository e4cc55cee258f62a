"""A model without the rows of weight 0, which have fitted values but no density."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..design import Design
    from ..model import Model


def counted(model: Model) -> Model:
    """Return the model of the rows that count, the model itself if all do; levels and columns stay as they are."""
    weights = model.design.weights
    if weights is None or np.all(weights > 0):
        return model
    return replace(model, design=_taken(model.design, np.flatnonzero(weights > 0)))


def _taken(design: Design, rows: np.ndarray) -> Design:
    """Return a design on some of its rows."""
    return replace(
        design,
        response=design.response.take(rows),
        common=design.common.take(rows),
        groups=tuple(
            replace(block, codes=block.codes[rows], columns=None if block.columns is None else block.columns[rows])
            for block in design.groups
        ),
        specials=tuple(block.take(rows) for block in design.specials),
        offset=None if design.offset is None else design.offset[rows],
        weights=None if design.weights is None else design.weights[rows],
        index=design.index[rows],
        rows=design.rows[rows],
        frame=design.frame.iloc[rows],
    )
