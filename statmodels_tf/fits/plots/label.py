"""Labels that do not lie on one another: of points, and of the ends of lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from .style import INK, OUTCOMES

_SIZE = 8
_WIDE, _HIGH = 0.62, 1.25
"""The width of a letter and the height of a line, in sizes of the type."""
_GAP = 5
_POINT = 3


def name_points(ax: Any, labels: pd.Index, x: np.ndarray, y: np.ndarray, which: np.ndarray) -> None:
    """Write the labels of the rows at the positions `which` beside their points.

    Each goes to the side towards the middle of the plot, or to the next side where no other label or named point is.
    """
    which = np.array([i for i in which if np.isfinite(x[i]) and np.isfinite(y[i])], dtype=int)
    if len(which) == 0:
        return
    size, low, high = _extent(ax), *zip(ax.get_xlim(), ax.get_ylim(), strict=True)
    scale = size / (np.array(high) - low)
    places = (np.column_stack([x[which], y[which]]) - low) * scale
    taken = [(place - _POINT, place + _POINT) for place in places]
    for own, (i, place) in enumerate(zip(which, places, strict=True)):
        text = str(labels[i])
        box = np.array([_WIDE * _SIZE * len(text), _HIGH * _SIZE])
        sides = _sides(box, bool(place[0] > size[0] / 2), bool(place[1] > size[1] / 2))
        others = [other for k, other in enumerate(taken) if k != own]
        costs = [_cost(place + corner, place + corner + box, others, size) for _, _, corner, _ in sides]
        align, vertical, corner, offset = sides[int(np.argmin(costs))]
        taken.append((place + corner, place + corner + box))
        at = {"xytext": offset, "textcoords": "offset points", "ha": align, "va": vertical}
        ax.annotate(text, (x[i], y[i]), fontsize=_SIZE, color=INK, **at)


def name_lines(ax: Any, ends: Sequence[float], texts: Sequence[str]) -> None:
    """Write texts at the right of the panel at the heights `ends`, each in the colour of its line, none on another."""
    low, high = ax.get_ylim()
    least = _HIGH * (_SIZE + 1) / _extent(ax)[1] * (high - low)
    at = np.clip(np.nan_to_num(np.asarray(ends, dtype=float), nan=low), low, high)
    order = np.argsort(at, kind="stable")
    for lower, upper in pairwise(order):
        at[upper] = max(at[upper], at[lower] + least)
    at[order[-1]] = min(at[order[-1]], high)
    for upper, lower in pairwise(order[::-1]):
        at[lower] = min(at[lower], at[upper] - least)
    for k, (height, text) in enumerate(zip(at, texts, strict=True)):
        ax.annotate(text, (1.01, height), xycoords=("axes fraction", "data"), color=OUTCOMES[k % len(OUTCOMES)],
                    va="center", fontsize=_SIZE + 1, annotation_clip=False)  # fmt: skip


def _extent(ax: Any) -> np.ndarray:
    """Return about how wide and high a panel is, in points."""
    place = ax.get_position()
    return 72 * ax.figure.get_size_inches() * [place.width, place.height]


def _sides(box: np.ndarray, left: bool, below: bool) -> list[tuple[str, str, np.ndarray, tuple[int, int]]]:
    """Return the sides of a point to try: alignments, the lower left corner of the text beside it, and its offset."""
    width, height = box
    beside = [
        ("left", "center", np.array([_GAP, -height / 2]), (_GAP, 0)),
        ("right", "center", np.array([-_GAP - width, -height / 2]), (-_GAP, 0)),
    ]
    above = [
        ("center", "bottom", np.array([-width / 2, _GAP]), (0, _GAP - 1)),
        ("center", "top", np.array([-width / 2, -_GAP - height]), (0, 1 - _GAP)),
    ]
    return [*(beside[::-1] if left else beside), *(above[::-1] if below else above)]


def _cost(lower: np.ndarray, upper: np.ndarray, taken: list[tuple[np.ndarray, np.ndarray]], size: np.ndarray) -> float:
    """Return how much of a box lies on others or outside the panel, in squared points."""
    area = sum(float(np.prod(np.clip(np.minimum(upper, b) - np.maximum(lower, a), 0, None))) for a, b in taken)
    inside = np.prod(np.clip(np.minimum(upper, size) - np.maximum(lower, 0), 0, None))
    return area + float(np.prod(upper - lower) - inside)
