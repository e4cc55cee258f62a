"""Slopes, comparisons and predictions of a posterior: the tables of estimates, with what draws know.

The estimate is the mean of the draws (of a ratio their median), `se` their standard deviation, the interval has equal
tails, and `pd` is the probability of the direction: the larger of those that it is above and below zero, or one.

References
----------
Makowski, Ben-Shachar & Lüdecke (2019), bayestestR, doi:10.21105/joss.01541.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..arguments import coverage, flag
from .drawn_rows import averaged_draws, drawn_rows
from .effect_rows import Asked, EffectRows
from .slopes import Effects, Made, check_comparison, comparison_makers, labelled, slope_makers

if TYPE_CHECKING:
    from ..posterior.base import Drawn


def drawn_slopes(fit: Drawn, x: Any, asked: Asked) -> Effects:
    """Return slopes of a posterior; see `Posterior.slopes`."""
    rows = drawn_rows(fit, asked)
    return _answer(fit, rows, asked, slope_makers(fit, rows, x), "difference", "slopes")


def drawn_comparisons(fit: Drawn, x: Any, comparison: str, levels: str, step: Any, asked: Asked) -> Effects:
    """Return comparisons of a posterior; see `Posterior.comparisons`."""
    check_comparison(comparison, levels, asked)
    rows = drawn_rows(fit, asked)
    return _answer(fit, rows, asked, comparison_makers(fit, rows, x, levels, step), comparison, "comparisons")


def drawn_predictions(fit: Drawn, asked: Asked) -> Effects:
    """Return mean predictions of a posterior; see `Posterior.predictions`."""
    rows = drawn_rows(fit, asked)
    return _answer(fit, rows, asked, [(own, [at.mean], at) for own, at in rows.each], "difference", "predictions")


def figures(draws: np.ndarray, level: float, null: float | None = 0.0, middle: Any = np.mean) -> pd.DataFrame:
    """Return estimate, se, lower, upper and pd of quantities [S, m]; no pd where `null` is None."""
    lower, upper = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    columns = {"estimate": middle(draws, axis=0), "se": np.std(draws, axis=0, ddof=1), "lower": lower, "upper": upper}
    if null is not None:
        known = np.isfinite(draws).all(axis=0)
        above, below = np.mean(draws > null, axis=0), np.mean(draws < null, axis=0)
        columns["pd"] = np.where(known, np.maximum(above, below), np.nan)
    return pd.DataFrame(columns)


def _answer(fit: Drawn, rows: EffectRows, asked: Asked, makers: list[Made], comparison: str, what: str) -> Effects:
    """Return the table of the quantities."""
    average, level = flag("average", asked.average), coverage(asked.level)
    ratio = comparison in ("ratio", "oddsratio")
    null = None if what == "predictions" else float(ratio)
    each, labels, index = [], [], []
    for label, asks, at in makers:
        if average:
            ends = [averaged_draws(at, ask, rows.codes, len(rows.labels), rows.weights) for ask in asks]
            each.append(_figures(_combined(ends, comparison), level, null, ratio))
        else:
            each += [_figures(_combined([ask(part, frame) for ask in asks], comparison), level, null, ratio)
                     for part, frame in at.chunks()]  # fmt: skip
            index.append(at.frame.index)
        labels.append(labelled(label, rows.labels if average else rows.every, comparison))
    table = pd.concat([pd.concat(labels, ignore_index=True), pd.concat(each, ignore_index=True)], axis=1)
    if not average:
        table.index = pd.Index(np.concatenate(index), name="row")
    title = f"Average {what}" if average else what.capitalize()
    notes = () if null is None else (PD,)
    return Effects(table, f"{title} of the posterior", str(fit.formula), rows.said, level, float(ratio), notes)


PD = "pd: the probability of the direction, that the quantity is on the side of its estimate."


def _figures(draws: np.ndarray, level: float, null: float | None, ratio: bool) -> pd.DataFrame:
    return figures(draws, level, null, np.median if ratio else np.mean)


def _combined(ends: list[np.ndarray], comparison: str) -> np.ndarray:
    """Return one quantity at each draw, or the comparison of two."""
    if len(ends) == 1:
        return ends[0]
    high, low = ends
    if comparison == "difference":
        return high - low
    with np.errstate(invalid="ignore", divide="ignore"):
        if "odds" in comparison:
            high, low = high / (1 - high), low / (1 - low)
        return np.log(high / low) if comparison.startswith("ln") else high / low
