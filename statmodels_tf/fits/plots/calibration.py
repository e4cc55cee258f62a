"""Calibration: the share of successes beside the probability that the model gives.

Rows are put into bins of equal size by their fitted probability. The interval of each share is Wilson's.

References
----------
Wilson (1927), doi:10.1080/01621459.1927.10502953.
Hosmer & Lemeshow (1980), doi:10.1080/03610928008827941.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from ...errors import ModelError
from ..arguments import coverage
from ..regression.modelled import mean_name
from .style import BLUE, GREY, PALE, axes_for, response, style

if TYPE_CHECKING:
    from ..regression.plotted import PlottedEstimate

_BINS = 10
_LEAST = 5


def calibration(fit: PlottedEstimate, level: float, ax: Any) -> Any:
    """Draw the observed share of successes against the fitted probability, with intervals and the fitted values."""
    if not fit.family.shares:
        raise ModelError(
            f"calibration compares probabilities, and this is a {fit.family.name} model. See `plot_diagnostics()`"
            " or, of counts, `plot_rootogram()`."
        )
    y, a = fit.family.observations(fit.model.data["likelihood"])
    weight = np.ones_like(y) if a is None else a
    mu = fit.fitted().to_numpy()
    expected, share, count = _binned(mu, y, weight)
    low, high = wilson(share, count, coverage(level))
    name = mean_name(fit, response(fit))
    with style():
        ax = axes_for(ax, (5.6, 5.4))
        ax.axline((0, 0), slope=1, color=GREY, lw=0.8, zorder=0)
        ax.vlines(expected, low, high, color=BLUE, lw=1.8)
        ax.plot(expected, share, "o", color=BLUE, ms=6)
        spread = np.histogram(mu, np.linspace(0, 1, 51), weights=weight)[0]
        ax.bar(np.linspace(0.01, 0.99, 50), 0.12 * spread / spread.max(), 0.018, bottom=0, color=PALE, zorder=0)
        ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel=f"fitted {name}",
               ylabel="observed share", title=f"Calibration of {name}, {100 * level:g}% intervals\n"
               f"{len(expected)} bins of equal size; grey: all fitted values")  # fmt: skip
        ax.set_aspect("equal")
    return ax


def _binned(mu: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean fitted value, the share of successes and the trials of each bin."""
    bins = int(np.clip(np.count_nonzero(weight) // _LEAST, 1, _BINS))
    edges = np.quantile(mu[weight > 0], np.linspace(0, 1, bins + 1)[1:-1])
    place = np.searchsorted(edges, mu, side="right")
    count = np.bincount(place, weight, minlength=bins)
    kept = count > 0
    sums = [np.bincount(place, weight * values, minlength=bins)[kept] for values in (mu, y)]
    return sums[0] / count[kept], sums[1] / count[kept], count[kept]


def wilson(share: np.ndarray, count: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper ends of Wilson's interval of a share of `count` trials.

    >>> [float(end.round(4)) for end in wilson(np.array(0.5), np.array(10.0), 0.95)]
    [0.2366, 0.7634]
    """
    z = special.ndtri((1 + level) / 2)
    centre = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
