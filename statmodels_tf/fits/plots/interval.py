"""Estimates of several quantities with their intervals, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .style import BLUE, GREY, INK, axes_for, style

_ROW = 0.32


def intervals(
    labels: Sequence[str],
    value: Any,
    lower: Any,
    upper: Any,
    title: str,
    what: str,
    ax: Any = None,
    reference: float | None = None,
    groups: Sequence[str] | None = None,
) -> Any:
    """Draw points with their intervals, labelled at the left; a thin line at `reference`.

    An infinite estimate is an arrow to its side, with the word; an end at infinity is a line to the edge of the panel.

    Parameters
    ----------
    groups : sequence of str, optional
        What group each belongs to; groups are a line apart, under their name.
    """
    value, lower, upper = (np.asarray(part, dtype=float) for part in (value, lower, upper))
    y, heads = _heights(len(labels), groups)
    with style():
        ax = axes_for(ax, (7, min(10.0, 1.4 + _ROW * (y.max(initial=0.0) + 1))))
        if reference is not None:
            ax.axvline(reference, color=GREY, lw=0.8)
        finite = np.isfinite(value)
        known = np.isfinite(lower) & np.isfinite(upper)
        ax.hlines(y[known], lower[known], upper[known], color=BLUE, lw=2)
        ax.plot(value[finite], y[finite], "o", color=BLUE, ms=5)
        if not finite.any():
            centre = 0.0 if reference is None else reference
            ax.set_xlim(centre - 1, centre + 1)
            ax.set_xticks([] if reference is None else [reference])
        _open_ends(ax, y, value, lower, upper)
        ax.set_yticks(np.r_[y, list(heads)], [*labels, *heads.values()])
        for tick in ax.get_yticklabels()[len(labels) :]:
            tick.set_fontweight("bold")
        ax.set_ylim(-0.7, max([*y, *heads], default=0.0) + 0.7)
        ax.set(title=title, xlabel=what)
    return ax


def labelled_rows(table: pd.DataFrame, columns: Sequence[str]) -> list[str] | None:
    """Return the values of some columns of each row as text with the columns' names; None where there are none.

    >>> labelled_rows(pd.DataFrame({"wool": ["A", "B"], "n": [1, 2]}), ["wool", "n"])
    ['wool A, n 1', 'wool B, n 2']
    """
    if not len(columns):
        return None
    rows = table[list(columns)].itertuples(index=False, name=None)
    return [", ".join(f"{name} {value}" for name, value in zip(columns, row, strict=True)) for row in rows]


def _heights(many: int, groups: Sequence[str] | None) -> tuple[np.ndarray, dict[float, str]]:
    """Return the height of each quantity, the first one highest, and the heights of the names of groups."""
    if groups is None:
        return np.arange(many, dtype=float)[::-1], {}
    at, heads, places = 0.0, {}, []
    for i, group in enumerate(groups):
        if i == 0 or group != groups[i - 1]:
            at -= 0.4 if i else 0.0
            heads[at] = group
            at -= 1.0
        places.append(at)
        at -= 1.0
    base = places[-1] if places else 0.0
    return np.array(places) - base, {height - base: name for height, name in heads.items()}


def _open_ends(ax: Any, y: np.ndarray, value: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
    """Draw what lies at infinity: ends of intervals as lines to the edge, estimates as arrows with the word."""
    left, right = ax.get_xlim()
    for height, middle, low, high in zip(y, value, lower, upper, strict=True):
        if np.isfinite(middle) and (np.isinf(low) or np.isinf(high)):
            ax.hlines(height, max(low, left), min(high, right), color=BLUE, lw=2)
        elif np.isinf(middle):
            side = np.sign(middle)
            edge, back = (right, left) if side > 0 else (left, right)
            start = edge + 0.12 * (back - edge)
            ax.annotate("", (edge, height), (start, height), arrowprops={"arrowstyle": "->", "color": BLUE, "lw": 2})
            said = "infinite" if side > 0 else "minus infinite"
            place = {"xytext": (-4 * side, 0), "textcoords": "offset points", "va": "center"}
            ax.annotate(said, (start, height), color=INK, fontsize=8, ha="right" if side > 0 else "left", **place)
    ax.set_xlim(left, right)
