"""What marginal means are averaged over: what is asked for, the reference grid, and the weights of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..arguments import one_of
from ..columns import check_columns, model_columns, term_columns
from .reference_grid import Grid, reference_grid
from .specs import Specs, read_specs

WEIGHTS = ("equal", "proportional", "outer", "cells")


@dataclass(frozen=True, eq=False)
class Averages:
    """Averages of the rows of a reference grid.

    Attributes
    ----------
    asked : Specs
        What is shown, with the factors in which others are nested.
    grid : Grid
    labels : DataFrame [m, ...]
        The levels of each mean.
    A : array [m, rows of the grid]
    notes : tuple of str
    outcome : str
        Where the outcomes stand: "columns", "by", or "" where they are not asked for by name.
    """

    asked: Specs
    grid: Grid
    labels: pd.DataFrame
    A: np.ndarray
    notes: tuple[str, ...]
    outcome: str

    def said(self, x: str | None = None) -> str:
        """Return in words what is averaged over and what is held; a slope in `x` is not at one value of it."""
        shown = (*self.asked.columns, *self.asked.by, x)
        averaged = [n for n, values in self.grid.levels.items() if n not in shown and len(values) > 1]
        single = {n: v[0] for n, v in self.grid.levels.items() if len(v) == 1}
        held = {n: v for n, v in (self.grid.held | single).items() if n not in shown}
        parts = [f"averaged over {', '.join(averaged)}"] if averaged else []
        if held:
            shown_values = (f"{n} {v:.4g}" if isinstance(v, float) else f"{n} {v}" for n, v in held.items())
            parts.append("at " + ", ".join(shown_values))
        return " · ".join(parts)


def averages_of(
    fit: Any, specs: Any, by: Any, at: Mapping[str, Any] | None, weights: str, outcome: str | None = None
) -> Averages:
    """Return the averages that are asked for; `outcome` is a name that stands for the outcomes of the response."""
    asked, grid, notes, place = _asked(fit, specs, by, at, weights, outcome)
    labels, A = _averages(fit, grid, asked, weights)
    return Averages(asked, grid, labels, A, notes, place)


def _asked(
    fit: Any, specs: Any, by: Any, at: Any, weights: str, outcome: str | None
) -> tuple[Specs, Grid, tuple[str, ...], str]:
    """Return what to show with nesting factors added, the grid, and notes."""
    one_of("weights", weights, WEIGHTS)
    if weights != "equal" and fit.model.design.source is not None:
        raise ModelError(
            f'the data were read block by block, so how often levels occur is not known for `weights="{weights}"`; '
            'write `weights="equal"`.'
        )
    asked = read_specs(specs, by)
    place = "columns" if outcome in asked.columns else "by" if outcome in asked.by else ""
    asked = Specs(*(tuple(n for n in names if n != outcome) for names in (asked.columns, asked.by)), asked.contrast)
    columns, by = (tuple(check_columns(fit, names, "emmeans")) for names in (asked.columns, asked.by))
    asked = Specs(columns, by, asked.contrast)
    grid = reference_grid(fit, at, (*asked.columns, *asked.by))
    shown = (*asked.columns, *asked.by)
    notes = []
    for inner, outer in grid.nests.items():
        missing = tuple(name for name in outer if name not in shown)
        notes.append(f"`{inner}` is nested in {', '.join(f'`{name}`' for name in outer)}.")
        if inner in shown and missing:
            asked = Specs((*asked.columns, *missing), asked.by, asked.contrast)
            shown = (*asked.columns, *asked.by)
    unseen = [name for name in shown if name not in grid.levels]
    if unseen:
        raise ModelError(f'`{unseen[0]}` has one value in the grid; give several by `at={{"{unseen[0]}": [...]}}`.')
    averaged = [n for n, values in grid.levels.items() if n not in shown and len(values) > 1]
    groups = term_columns(fit)
    crossed = [n for n in averaged if n not in grid.nests and any(n in g and g & set(shown) for g in groups)]
    if crossed:
        listed = ", ".join(f"`{name}`" for name in crossed)
        notes.append(f"Averaged over {listed}, with which the columns shown interact: the average may mislead.")
    return asked, grid, tuple(notes), place


def _averages(fit: Any, grid: Grid, asked: Specs, weights: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the labels of the means, and the matrix [means, rows of the grid] that averages the grid."""
    shown = [*asked.columns, *asked.by]
    frame = grid.frame
    codes = {name: _codes(frame[name], values) for name, values in grid.levels.items()}
    possible = _possible(fit, grid)
    size = _cell_weights(grid, codes, shown, weights) * possible
    labels, rows = [], []
    for cell in (c[::-1] for c in product(*(range(len(grid.levels[n])) for n in reversed(shown)))):
        inside = np.ones(len(frame), dtype=bool)
        for name, code in zip(shown, cell, strict=True):
            inside &= codes[name] == code
        if not (inside & possible).any():
            continue
        row = np.where(inside, size, 0.0)
        total = row.sum()
        rows.append(row / total if total > 0 else np.where(inside, np.nan, 0.0))
        labels.append([grid.levels[name][code] for name, code in zip(shown, cell, strict=True)])
    if not shown:
        return pd.DataFrame({"1": ["overall"]}), np.array(rows)
    table = pd.DataFrame({name: [label[i] for label in labels] for i, name in enumerate(shown)})
    return table, np.array(rows)


def _codes(column: pd.Series, values: Sequence[Any]) -> np.ndarray:
    """Return the position of each row's value."""
    place = {value: i for i, value in enumerate(values)}
    return np.array([place[value] for value in column], dtype=int)


def _possible(fit: Any, grid: Grid) -> np.ndarray:
    """Return which rows of the grid have levels of nested factors that occur together."""
    frame, out = model_columns(fit.model), np.ones(len(grid.frame), dtype=bool)
    for inner, outer in grid.nests.items():
        names = [inner, *outer]
        there = set(frame[names].drop_duplicates().itertuples(index=False, name=None))
        out &= np.array([row in there for row in grid.frame[names].itertuples(index=False, name=None)])
    return out


def _cell_weights(grid: Grid, codes: dict[str, np.ndarray], shown: list[str], weights: str) -> np.ndarray:
    """Return the weight of each row of the grid among those it is averaged with."""
    if weights == "equal":
        return np.ones(len(grid.frame))
    if weights == "cells":
        return grid.counts
    others = [name for name in codes if name not in shown]
    if weights == "outer":
        return np.prod([_sums(grid.counts, [codes[n]]) for n in others], axis=0) if others else np.ones(len(grid.frame))
    return _sums(grid.counts, [codes[n] for n in others]) if others else np.ones(len(grid.frame))


def _sums(counts: np.ndarray, codes: list[np.ndarray]) -> np.ndarray:
    """Return for each row the sum of the counts of the rows with the same codes."""
    _, same = np.unique(np.column_stack(codes), axis=0, return_inverse=True)
    return np.bincount(same.ravel(), counts)[same.ravel()]
