"""The columns of the data that a model reads, those of its other predictors included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from ..model import Model


def model_columns(model: Model) -> pd.DataFrame:
    """Return the columns that the formulas of a model read, the rows used only."""
    frame = model.design.frame
    for other in model.predictors.values():
        more = [name for name in other.frame.columns if name not in frame.columns]
        frame = pd.concat([frame, other.frame[more]], axis=1) if more else frame
    return frame
