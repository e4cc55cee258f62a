"""Rootogram: observed counts beside those that the model expects, on the scale of square roots.

Bars hang from the expected frequencies; where a bar ends above the axis the model expects too many of that count, where
it ends below, too few.

References
----------
Kleiber & Zeileis (2016), Visualizing count data regressions using rootograms. doi:10.1080/00031305.2016.1173590
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ModelError
from .style import GREY, PALE, RED, axes_for, response, style

if TYPE_CHECKING:
    from ..regression.plotted import PlottedEstimate

_MOST = 60
_SHARE = 0.999


def rootogram(fit: PlottedEstimate, ax: Any) -> Any:
    """Draw a hanging rootogram of a count response; many counts are put into bins."""
    family, y = fit.family, fit.model.design.response.values
    if not family.likelihood:
        raise ModelError(
            f"the {family.name} family has no distribution to compare counts with; fit a poisson or a "
            "negative_binomial model."
        )
    if not family.whole or family.shares:
        raise ModelError(
            f"a rootogram shows counts, and the responses of a {family.name} model are none. See "
            f"{'`plot_calibration()`' if family.shares else '`plot_diagnostics()`'}; of counts, fit a poisson or a "
            "negative_binomial model."
        )
    if np.any(y != np.round(y)):
        raise ModelError("a rootogram shows counts; some responses of this fit are not whole. See `plot()`.")
    edges = _edges(y)
    observed, expected = _frequencies(fit, y, edges)
    middle, width = (edges[:-1] + edges[1:] - 1) / 2, np.diff(edges)
    with style():
        ax = axes_for(ax, (7.5, 4.5))
        top = np.sqrt(expected)
        bars = ax.bar(middle, np.sqrt(observed), 0.85 * width, bottom=top - np.sqrt(observed), color=PALE)
        bars.set_label("observed")
        ax.plot(middle, top, "o-", color=RED, ms=3.5 if len(middle) < 40 else 2, lw=1.5)
        ax.axhline(0, color=GREY, lw=0.8)
        ax.annotate("expected", (middle[np.argmax(top)], top.max()), xytext=(8, 2), textcoords="offset points",
                    color=RED, fontsize=9)  # fmt: skip
        ax.annotate("bars: observed, hanging from expected", (0.99, 0.96), xycoords="axes fraction", ha="right",
                    va="top", color=GREY, fontsize=9)  # fmt: skip
        unit = "" if width.max() == 1 else f", in bins of {width[0]:g}"
        ax.set(title=f"Rootogram of {response(fit)}{unit}", xlabel=response(fit), ylabel="√frequency")
    return ax


def _edges(y: np.ndarray) -> np.ndarray:
    """Return the edges of the bins: one for each count, up to nearly all of them, or at most sixty bins."""
    most = int(max(np.quantile(y, _SHARE), 5)) + 1
    step = max(1, -(-most // _MOST))
    return np.arange(0, most + step + 1, step)


def _frequencies(fit: PlottedEstimate, y: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return observed and expected weighted frequencies of the bins."""
    weights = np.ones_like(y) if fit.model.design.weights is None else fit.model.design.weights
    observed = np.histogram(y, edges - 0.5, weights=weights)[0]
    mu, data = fit.fitted().to_numpy(), fit.model.data["likelihood"]
    alone = {name: values for name, values in data.items() if name != "weights"}
    expected = np.zeros(len(edges) - 1)
    for place, first in enumerate(edges[:-1]):
        for count in range(first, edges[place + 1]):
            chance = np.exp(fit.family.loglik(np.full_like(y, count), mu, None, alone))
            expected[place] += weights @ chance
    return observed, expected
