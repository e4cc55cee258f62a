"""Predictions averaged over fits: the mixture of their predictive distributions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..posterior.outcomes import outcomes
from ..posterior.predict import Question, asked_pieces

if TYPE_CHECKING:
    from ..posterior.estimate import Posterior

_DRAWS = 4000
"""Draws of the mixture, from which quantiles are taken."""


def averaged(fits: Sequence[Posterior], weights: np.ndarray, asked: Question, level: float, draws: bool) -> Any:
    """Return mean, se, lower and upper of the mixture of fits for each row, or its draws; see `average_predictions`.

    Of a response in categories there is a row for each outcome of each row.
    """
    used = [(fit, w) for fit, w in zip(fits, weights, strict=True) if w > 0]
    found = [(*_draws(fit, asked), w) for fit, w in used]
    first, index = found[0][0], found[0][1]
    mean = sum(w * np.mean(some, axis=0) for some, _, w in found)
    square = sum(w * np.mean(some**2, axis=0) for some, _, w in found)
    pool = np.concatenate([some[chosen] for (some, _, _), chosen in zip(found, _shares(found), strict=True)])
    names = outcomes(fits[0]) if first.ndim > 2 else ()
    if draws:
        pool = pool.reshape(len(pool), -1)
        return pd.DataFrame(pool, columns=_by_outcome(index, names) if names else index)
    lower, upper = np.quantile(pool, [(1 - level) / 2, (1 + level) / 2], axis=0)
    columns = {"mean": mean, "se": np.sqrt(np.maximum(square - mean**2, 0)), "lower": lower, "upper": upper}
    if first.ndim == 2:
        return pd.DataFrame(columns, index=index)
    labels = _by_outcome(index, names)
    return pd.DataFrame({name: values.ravel() for name, values in columns.items()}, index=labels)


def _draws(fit: Posterior, asked: Question) -> tuple[np.ndarray, pd.Index]:
    """Return the draws [S, m] or [S, m, K] of what is asked of one fit, and the labels of the rows."""
    new = asked.interval == "prediction"
    rows = asked_pieces(fit, asked, new)
    parts = []
    for piece in rows.pieces:
        some = piece.mean if piece.response is None else piece.response
        parts.append(some.reshape(-1, *some.shape[2:]))
    out = np.concatenate(parts, axis=1)
    if rows.missing is not None:
        out[:, rows.missing] = np.nan
    return out, rows.index


def _shares(found: Sequence[tuple[np.ndarray, pd.Index, float]]) -> list[np.ndarray]:
    """Return which draws of each fit stand in the mixture, spread evenly over them."""
    total = min(_DRAWS, max(len(some) for some, _, _ in found))
    counts = [max(1, round(w * total)) for _, _, w in found]
    return [np.linspace(0, len(some) - 1, n).round().astype(int) for (some, _, _), n in zip(found, counts, strict=True)]


def _by_outcome(index: pd.Index, names: tuple[str, ...]) -> pd.MultiIndex:
    parts: list[Any] = [index, list(names)]
    return pd.MultiIndex.from_product(parts, names=[index.name or "row", "outcome"])
