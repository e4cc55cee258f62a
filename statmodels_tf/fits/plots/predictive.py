"""Posterior predictive checks: the responses beside new ones that the model draws.

References
----------
Gabry, Simpson, Vehtari, Betancourt & Gelman (2019), Visualization in Bayesian workflow. doi:10.1111/rssa.12378
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ModelError, did_you_mean
from ...families.exponential import on_scale_of_mean
from ..arguments import count_of, generator, one_of
from ..columns import model_columns
from ..posterior.draws import new_responses, size_of
from .style import BLUE, INK, PALE, RED, figure, response, style
from .validation import pit

if TYPE_CHECKING:
    from ..posterior.validated import Validated

KINDS = ("auto", "density", "bars", "stat", "intervals", "pit")
STATS: dict[str, Callable[[np.ndarray], float]] = {
    "mean": np.mean, "sd": np.std, "min": np.min, "max": np.max, "median": np.median,
    "zeros": lambda y: float(np.mean(y == 0)),
}  # fmt: skip
_PANELS, _BARS, _ROWS, _GRID = 12, 40, 150, 256
_SETS = 400
_MOST = 500
"""Times that one row may have been seen."""
_TAILS = (0.05, 0.95)
_BAND = "90% of new data sets"


@dataclass(frozen=True, eq=False)
class _Both:
    """Responses [n] and new ones [D, n] on one scale, with the names of categories, if they are.

    `rows` [n] are the rows of the data they belong to: one that was seen w times is there as often. Of a response in
    several columns there is a further axis.
    """

    y: np.ndarray
    new: np.ndarray
    names: tuple[str, ...] | None
    label: str
    rows: np.ndarray

    def at(self, wanted: np.ndarray) -> _Both:
        """Return those of the rows [data] that are wanted."""
        keep = wanted[self.rows]
        return _Both(self.y[keep], self.new[:, keep], self.names, self.label, self.rows[keep])


def predictive_check(fit: Validated, kind: str, stat: Any, group: str | None, draws: int, seed: int, ax: Any) -> Any:
    """Draw the check that is asked for; see `Posterior.pp_check`."""
    counted = fit.family.whole or not fit.family.has_mean
    kind = one_of("kind", kind, KINDS)
    kind = ("bars" if counted else "density") if kind == "auto" else kind
    if kind == "bars" and not counted:
        raise ModelError(f'bars are of counts and categories, and {response(fit)} is a measurement: kind="density".')
    if kind == "pit":
        return pit(fit.loo_pit(seed).to_numpy(), f"Leave-one-out probabilities of {response(fit)}", ax)
    said, function = _statistic(stat)
    draws = count_of("pp_check", "draws", draws)
    both = _both(fit, draws if kind == "density" else max(draws, _SETS), seed, kind != "bars")
    drawn = {"density": _densities, "bars": _bars, "intervals": _intervals,
             "stat": lambda a, b: _stat(a, b, said, function)}[kind]  # fmt: skip
    title = {
        "density": f"{response(fit)}: the data, and {len(both.new)} new data sets",
        "bars": f"{response(fit)}: the data, and {_BAND}",
        "stat": f"{said} of {response(fit)}: the data, and {len(both.new)} new data sets",
        "intervals": f"{response(fit)} of each row, and 50% and 90% of new ones",
    }[kind]
    with style():
        if group is None:
            panel = figure(1, 1, (7, 4))[0, 0] if ax is None else ax
            drawn(panel, both)
            panel.set_title(title)
            return panel
        return _panels(fit, both, group, drawn, title)


def _panels(fit: Validated, both: _Both, group: str, drawn: Callable[[Any, _Both], None], title: str) -> Any:
    """Draw one panel for each level of a column, the most frequent twelve."""
    columns = model_columns(fit.model)
    if group not in columns:
        raise ModelError(f"`group=`: no column `{group}`.{did_you_mean(str(group), list(map(str, columns)))}")
    counts = columns[group].value_counts()
    counts = counts[counts > 0]
    shown = counts.index[:_PANELS].sort_values()
    wide = min(4, len(shown))
    high = -(-len(shown) // wide)
    axes = figure(high, wide, (min(10.0, 3.3 * wide), 0.6 + 2.2 * high))
    below = beside = ""
    for k, panel in enumerate(axes.ravel()):
        if k >= len(shown):
            panel.set_visible(False)
            continue
        drawn(panel, both.at((columns[group] == shown[k]).to_numpy()))
        panel.set_title(f"{group} {shown[k]}, {counts[shown[k]]:,} rows", fontsize=9)
        below, beside = panel.get_xlabel(), panel.get_ylabel()
        panel.set(xlabel="", ylabel="")
        if k and panel.get_legend() is not None:
            panel.get_legend().remove()
    drawing = axes[0, 0].figure
    drawing.supxlabel(below, fontsize=10, color=INK)
    drawing.supylabel(beside, fontsize=10, color=INK)
    left = "" if len(counts) <= _PANELS else f"; the {_PANELS} most frequent of {len(counts):,} levels"
    drawing.suptitle(title + left, x=0.01, ha="left", fontsize=11, color=INK)
    return axes


def _both(fit: Validated, draws: int, seed: int, on_mean: bool) -> _Both:
    """Return the responses and new ones, each new data set from a draw of its own."""
    model, rng = fit.model, generator(seed)
    total = int(np.prod(size_of(fit.shown)))
    picked = rng.choice(total, size=min(draws, total), replace=False)
    some = {k: v.reshape(1, total, *v.shape[2:])[:, picked] for k, v in fit.shown.items()}
    observed, times = model.data["likelihood"], _times(fit)
    seen = [times > k for k in range(int(times.max()))]
    new = np.concatenate([new_responses(model, some, rng)[0][:, once] for once in seen], axis=1)
    rows = np.concatenate([np.flatnonzero(once) for once in seen])
    y, names = observed["y"][rows], None
    if not fit.family.has_mean:
        names = tuple(map(str, fit.family.outcomes(model.design.response, model.design.weights)))
    elif on_mean:
        here = {name: array[rows] for name, array in observed.items()}
        y, new = (on_scale_of_mean(model.family, part, here) for part in (y, new))
    label = response(fit)
    if fit.family.shares and fit.family.has_mean:
        label = f"share of successes, {label}" if on_mean else f"successes, {label}"
    return _Both(np.asarray(y, dtype=float), np.asarray(new, dtype=float), names, label, rows)


def _times(fit: Validated) -> np.ndarray:
    """Return how often each row was seen: its weight, where that is what weights of the family say."""
    weights = fit.model.design.weights if fit.family.by_count else None
    if weights is None or np.any(weights != np.rint(weights)) or weights.max() > _MOST:
        return np.ones(len(fit.model.design.rows), dtype=int)
    return np.rint(weights).astype(int)


def _statistic(stat: Any) -> tuple[str, Callable[[np.ndarray], float]]:
    if callable(stat):
        return getattr(stat, "__name__", "statistic").strip("<>"), stat
    return one_of("stat", stat, tuple(STATS)), STATS[stat]


def _densities(ax: Any, both: _Both) -> None:
    """Draw the density of the data over those of new data sets."""
    low, high = np.quantile(both.new, [0.002, 0.998])
    low, high = min(low, both.y.min()), max(high, both.y.max())
    if not high > low:
        low, high = low - 0.5, high + 0.5
    room = 0.04 * (high - low)
    positive = both.y.min() >= 0 and both.new.min() >= 0
    grid = np.linspace(max(low - room, 0.0) if positive else low - room, high + room, _GRID)
    for k, one in enumerate(both.new):
        ax.plot(grid, density(one, grid, positive), color=BLUE, lw=0.7, alpha=0.22, label="new" if k == 0 else None)
    ax.plot(grid, density(both.y, grid, positive), color=INK, lw=2.2, label="data")
    ax.set(xlabel=both.label, ylabel="density", xlim=(grid[0], grid[-1]))
    ax.set_ylim(bottom=0)
    _legend(ax)


def density(x: np.ndarray, grid: np.ndarray, positive: bool = False) -> np.ndarray:
    """Return a kernel density on an even grid; of positive numbers what lies below zero is reflected.

    The width is Silverman's: 0.9 min(sd, iqr / 1.34) n^(-1/5).
    """
    first, third = np.quantile(x, [0.25, 0.75])
    spread = min(np.std(x), (third - first) / 1.34) or np.std(x) or 1.0
    step = grid[1] - grid[0]
    width = max(0.9 * spread * len(x) ** -0.2, step)
    reach = int(np.ceil(4 * width / step))
    edges = grid[0] - (reach + 0.5) * step + step * np.arange(len(grid) + 2 * reach + 1)
    counts = np.histogram(np.concatenate([x, -x]) if positive else x, edges)[0]
    kernel = np.exp(-0.5 * (step * np.arange(-reach, reach + 1) / width) ** 2)
    return np.convolve(counts, kernel / kernel.sum(), mode="valid") / (len(x) * step)


def _bars(ax: Any, both: _Both) -> None:
    """Draw how often each count or category is in the data, with the interval of new data sets."""
    if both.y.ndim == 2:
        shape = np.array([one.sum(axis=0) for one in [both.y, *both.new]])
        edges = np.arange(shape.shape[1] + 1)
    elif both.names is not None:
        edges = np.arange(len(both.names) + 1)
    else:
        top = int(max(np.quantile(both.new, 0.99), both.y.max())) + 1
        edges = np.arange(0, top + (step := max(1, -(-top // _BARS))), step)
    if both.y.ndim == 1:
        shape = np.array([np.histogram(one, edges - 0.5)[0] for one in [both.y, *both.new]])
    width = edges[1] - edges[0]
    middle = edges[:-1] + (width - 1) / 2
    low, half, high = np.quantile(shape[1:], [_TAILS[0], 0.5, _TAILS[1]], axis=0)
    ax.bar(middle, shape[0], width=0.86 * width, color=PALE, label="data")
    ax.vlines(middle, low, high, color=BLUE, lw=2.2 if len(middle) <= 25 else 1.3)
    ax.plot(middle, half, "o", color=BLUE, ms=5 if len(middle) <= 25 else 3, label="new")
    out = (shape[0] < low) | (shape[0] > high)
    ax.plot(middle[out], shape[0][out], "_", color=RED, ms=9 if len(middle) <= 25 else 5, mew=2)
    if both.names is not None:
        ax.set_xticks(middle, both.names, rotation=30 if max(map(len, both.names)) > 8 and len(middle) > 4 else 0)
    elif len(middle) <= 12 and width == 1:
        ax.set_xticks(middle)
    ax.set(xlabel=both.label, ylabel="rows" if both.y.ndim == 1 else "sum over the rows")
    _legend(ax)


def _stat(ax: Any, both: _Both, said: str, function: Callable[[np.ndarray], float]) -> None:
    """Draw a statistic of new data sets as a histogram, and that of the data as a line."""
    new, at = np.array([function(one) for one in both.new]), function(both.y)
    ax.hist(new, bins=30, color=PALE, label="new")
    ax.axvline(at, color=INK, lw=2.2, label="data")
    share = float(np.mean(new > at) + 0.5 * np.mean(new == at))
    ax.annotate(f"{100 * share:.0f}% of new ones above", (0.98, 0.97), xycoords="axes fraction", ha="right", va="top",
                color=RED if min(share, 1 - share) < 0.025 else INK, fontsize=9)  # fmt: skip
    ax.set(xlabel=f"{said} of {both.label}", ylabel="new data sets")


def _intervals(ax: Any, both: _Both) -> None:
    """Draw each row's response on the interval of new ones, rows in the order of their medians."""
    order = np.argsort(np.median(both.new, axis=0), kind="stable")
    if len(order) > _ROWS:
        order = order[np.linspace(0, len(order) - 1, _ROWS).astype(int)]
    new, y, x = both.new[:, order], both.y[order], np.arange(len(order))
    low, first, third, high = np.quantile(new, [_TAILS[0], 0.25, 0.75, _TAILS[1]], axis=0)
    width = float(np.clip(300 / len(order), 0.8, 5))
    ax.vlines(x, low, high, color=PALE, lw=width)
    ax.vlines(x, first, third, color=BLUE, lw=width, alpha=0.55)
    inside = (y >= low) & (y <= high)
    ax.plot(x[inside], y[inside], "o", color=INK, ms=3.2, mew=0)
    ax.plot(x[~inside], y[~inside], "o", color=RED, ms=4, mew=0)
    every = f"{len(order)} of {len(both.y):,} rows" if len(order) < len(both.y) else "rows"
    ax.set(xlabel=f"{every}, in the order of their medians; {100 * np.mean(inside):.0f}% inside", ylabel=both.label)
    ax.set_xticks([])


def _legend(ax: Any) -> None:
    legend = ax.legend(frameon=False, fontsize=9, labelcolor=INK, loc="best", handlelength=1.4)
    for handle in legend.legend_handles:
        handle.set_alpha(1)
