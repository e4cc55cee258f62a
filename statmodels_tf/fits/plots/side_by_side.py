"""Parameters of several fits, a panel each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .style import INK, OUTCOMES, figure, style

_WIDE, _MOST = 3, 24


def side_by_side(table: pd.DataFrame, fits: Sequence[str], level: float) -> Any:
    """Draw for each parameter the estimate and interval of each fit, one below the other; at most 24 parameters."""
    rows = list(table.index[:_MOST])
    wide = min(_WIDE, len(rows))
    high = -(-len(rows) // wide)
    with style():
        axes = figure(high, wide, (min(10.0, 1.2 + 2.9 * wide), 0.7 + high * (0.55 + 0.26 * len(fits))))
        for k, panel in enumerate(axes.ravel()):
            if k >= len(rows):
                panel.set_visible(False)
                continue
            for j, name in enumerate(fits):
                at, found = len(fits) - 1 - j, table.loc[rows[k], name]
                if np.isfinite(found["lower"]) and np.isfinite(found["upper"]):
                    panel.hlines(at, found["lower"], found["upper"], color=OUTCOMES[j % len(OUTCOMES)], lw=2.2)
                panel.plot(found["estimate"], at, "o", color=OUTCOMES[j % len(OUTCOMES)], ms=5.5)
            beside = k % wide == 0
            panel.set_yticks(np.arange(len(fits))[::-1], list(fits) if beside else [""] * len(fits))
            panel.set_ylim(-0.6, len(fits) - 0.4)
            panel.locator_params(axis="x", nbins=5)
            panel.margins(x=0.12)
            panel.set_title(rows[k], fontsize=9, pad=4)
            panel.tick_params(axis="y", length=0)
        left = "" if len(rows) == len(table) else f", the first {_MOST} of {len(table):,}"
        title = f"Estimates and {100 * level:g}% intervals{left}"
        axes[0, 0].figure.suptitle(title, x=0.01, ha="left", fontsize=11, color=INK)
    return axes
