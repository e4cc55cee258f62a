"""Plots of the ranks of simulation-based calibration: uniform where posteriors are right."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from scipy.special import bdtr

from .style import BLUE, GREY, PALE, RED, figure, style

_COLUMNS, _SIMULATED, _POINTS = 4, 2000, 50


def ranks(calibration: Any, kind: str) -> Any:
    """Draw each quantity's ranks; those whose test fails are red."""
    names = list(calibration.ranks)
    columns = min(_COLUMNS, len(names))
    rows = -(-len(names) // columns)
    wrong = calibration.table["p_adjusted"] <= 0.01
    with style():
        axes = figure(rows, columns, (min(10, 2.9 * columns + 0.6), 2.4 * rows + 0.6))
        for ax, name in zip(axes.flat, names, strict=False):
            share = (calibration.ranks[name].to_numpy() + 0.5) / (calibration.draws + 1)
            (_ecdf if kind == "ecdf" else _histogram)(ax, share, RED if wrong[name] else BLUE)
            ax.set_title(name, fontsize=10)
        for ax in axes.flat[len(names) :]:
            ax.set_visible(False)
        for ax in axes[-1]:
            ax.set_xlabel("rank of the true value, as a share")
        for ax in axes[:, 0]:
            ax.set_ylabel("ECDF less uniform" if kind == "ecdf" else "data sets")
        told = "band: 95 % of uniform samples lie inside" if kind == "ecdf" else "band: 95 % of uniform bins"
        axes[0, 0].figure.suptitle(f"Ranks among posterior draws, {len(share):,} data sets; {told}", fontsize=11)
    return axes


def _ecdf(ax: Any, share: np.ndarray, colour: str) -> None:
    """Draw the distribution function less that of uniform numbers, with a band for the whole curve."""
    grid = np.linspace(0, 1, _POINTS + 1)
    low, high = band(len(share))
    ax.fill_between(grid, low - grid, high - grid, color=PALE, alpha=0.6, lw=0, step=None)
    ax.axhline(0, color=GREY, lw=0.8)
    x = np.sort(share)
    ax.step(np.r_[0, x, 1], np.r_[0, np.arange(1, len(x) + 1) / len(x), 1] - np.r_[0, x, 1], color=colour, where="post")
    ax.set_xlim(0, 1)


def _histogram(ax: Any, share: np.ndarray, colour: str) -> None:
    """Draw a histogram with the band of single bins."""
    bins = int(np.clip(len(share) // 10, 5, 20))
    counts = np.arange(len(share) + 1)
    chances = bdtr(counts, len(share), 1 / bins)
    low, high = counts[np.searchsorted(chances, 0.025)], counts[np.searchsorted(chances, 0.975)]
    ax.axhspan(low, high, color=PALE, alpha=0.6, lw=0)
    ax.hist(share, np.linspace(0, 1, bins + 1), color=colour, edgecolor="white", linewidth=0.8)
    ax.set_xlim(0, 1)


@cache
def band(size: int, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return what the distribution function of `size` uniform numbers stays between, on a grid [51], all at once.

    References
    ----------
    Säilynoja, Bürkner & Vehtari (2022), doi:10.1007/s11222-022-10090-6.
    """
    rng, grid = np.random.default_rng(0), np.linspace(0, 1, _POINTS + 1)
    inner = grid[1:-1]
    counts = np.array([np.searchsorted(np.sort(rng.uniform(size=size)), inner) for _ in range(_SIMULATED)])
    below = bdtr(counts, size, inner)
    above = np.where(counts > 0, 1 - bdtr(np.maximum(counts - 1, 0), size, inner), 1.0)
    least = np.quantile(2 * np.minimum(below, above).min(axis=1), 1 - level)
    whole = np.arange(size + 1)
    chances = np.array([bdtr(whole, size, p) for p in inner])
    low = np.array([whole[min(np.searchsorted(c, least / 2), size)] for c in chances]) / size
    high = np.array([whole[min(np.searchsorted(c, 1 - least / 2), size)] for c in chances]) / size
    return np.r_[0, low, 1], np.r_[0, high, 1]
