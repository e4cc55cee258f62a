"""One quiet style, colour-blind-safe, at most ten inches wide. Colours are those of Okabe & Ito."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from ..base import Fit

BLUE, RED, GREEN, INK, GREY, PALE = "#0072B2", "#D55E00", "#009E73", "#333333", "#8a8a8a", "#c9ced3"
OUTCOMES = (BLUE, RED, GREEN, "#CC79A7", "#E69F00", "#56B4E9", INK, GREY)
STYLE = {
    "axes.edgecolor": GREY, "axes.labelcolor": INK, "axes.titlelocation": "left", "axes.titlesize": 11,
    "axes.spines.top": False, "axes.spines.right": False, "axes.labelsize": 10, "axes.titlepad": 10,
    "xtick.color": GREY, "ytick.color": GREY, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "xtick.labelsize": 9, "ytick.labelsize": 9, "figure.constrained_layout.use": True, "lines.linewidth": 1.5,
    "font.size": 10, "image.cmap": "Greys",
}  # fmt: skip
MANY = 4_000


def style() -> Any:
    """Return a context in which figures have the package's style."""
    import matplotlib as mpl

    return mpl.rc_context(STYLE)


def figure(rows: int, columns: int, size: tuple[float, float]) -> Any:
    """Return the Axes [rows, columns] of a new figure."""
    import matplotlib.pyplot as plt

    return plt.subplots(rows, columns, figsize=size, squeeze=False)[1]


def shades() -> Any:
    """Return the log scale of the shades of counts, which begins below one, so that a lone row can be seen."""
    from matplotlib.colors import LogNorm

    return LogNorm(vmin=0.2)


def axes_for(ax: Any, size: tuple[float, float]) -> Any:
    """Return `ax`, or the Axes of a new figure."""
    return figure(1, 1, size)[0, 0] if ax is None else ax


def response(fit: Fit) -> str:
    """Return the label of the response."""
    return labelled(fit.model.design.frame, fit.model.design.response.name)


def labelled(frame: pd.DataFrame, name: str) -> str:
    """Return a column's name with its unit, if the data carry one in `attrs`."""
    unit = frame.attrs.get("units", {}).get(name)
    return f"{name} ({unit})" if unit else name
