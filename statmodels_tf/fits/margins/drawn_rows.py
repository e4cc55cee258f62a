"""Means and slopes at each draw of a posterior, row by row: what Jacobians tell of estimates, draws tell themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..columns import repeatable
from ..posterior.draws import CHUNK, SomeRows, expected, size_of
from .effect_rows import Asked, EffectRows, asked_basis, scale_said
from .scale import Scale, scale_of

if TYPE_CHECKING:
    from ..posterior.base import Drawn

_STEP, _LEAST = 2e-3, 0.05
"""The step of a slope relative to the value, and the least value; the difference is of fourth order."""


@dataclass(frozen=True, eq=False)
class DrawnRows:
    """The rows at which quantities are asked of draws; effects that vary by level are left out.

    Parameters
    ----------
    fit : Posterior
    scale : Scale or None
        None for quantities on the scale of the linear predictor.
    outcome : int or None
        The outcome whose probability is asked.
    frame : DataFrame [n, ...]
    own_offset : array [n] or None
        The offset of the rows of the fit, where it was an array.
    """

    fit: Drawn
    scale: Scale | None
    outcome: int | None
    frame: pd.DataFrame
    own_offset: np.ndarray | None

    def chunks(self) -> Iterator[tuple[slice, pd.DataFrame]]:
        """Yield the rows in chunks, few enough for every draw of each."""
        step = max(1, CHUNK // int(np.prod(size_of(self.fit.shown))))
        for start in range(0, len(self.frame), step):
            rows = slice(start, min(start + step, len(self.frame)))
            yield rows, self.frame.iloc[rows]

    def mean(self, rows: slice, frame: pd.DataFrame) -> np.ndarray:
        """Return the means of rows at each draw [S, m]."""
        own = None if self.own_offset is None else self.own_offset[rows]
        if self.scale is None and self.outcome is None:
            found = grid_rows(self.fit, frame, own).eta
        elif self.outcome is None:
            found = grid_rows(self.fit, frame, own).mean
        else:
            found = grid_rows(self.fit, frame, own).mean[..., self.outcome]
        return found.reshape(-1, found.shape[-1])

    def slope(self, rows: slice, frame: pd.DataFrame, x: str, spread: float) -> np.ndarray:
        """Return the slopes of the means in the column `x` at each draw [S, m]."""
        values = frame[x].to_numpy(dtype=float)
        h = _STEP * np.maximum(np.abs(values), _LEAST * spread)
        total: Any = 0.0
        for step, weight in ((1, 8), (-1, -8), (2, -1), (-2, 1)):
            total = total + weight * self.mean(rows, frame.assign(**{x: values + step * h}))
        return total / (12 * h)


@dataclass(frozen=True, eq=False)
class GridRows:
    """The linear predictor of rows at each draw, and the mean of their response, [chains, draws, m(, K)]."""

    fit: Drawn
    rows: SomeRows
    eta: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """The means, or the probabilities of the outcomes."""
        model = self.fit.model
        observed = model.family.data(None, None)
        return expected(model, self.eta, model.own_on(self.rows.others, self.fit.shown, random=False), observed)


def grid_rows(fit: Drawn, frame: pd.DataFrame, offset: np.ndarray | float | None) -> GridRows:
    """Return rows of a table at each draw, effects of levels left out.

    `offset` stands in the place of the rows' own, where it is given.
    """
    model = fit.model
    others = {name: _rows(design, frame, None) for name, design in model.predictors.items()}
    rows = replace(_rows(model.design, frame, offset), others=others)
    return GridRows(fit, rows, model.predictor_on(rows, fit.shown, random=False))


def _rows(design: Any, frame: pd.DataFrame, offset: np.ndarray | float | None) -> SomeRows:
    same, shift = repeatable(design)
    new = same.on(frame, groups=False)
    given = shift if new.offset is None else new.offset + shift
    return SomeRows(
        new.common, (), new.specials, np.broadcast_to(given if offset is None else offset, len(frame)), {}, {}
    )


def outcomes_of(fit: Drawn) -> tuple[str, ...]:
    """Return the names of the outcomes of a response in categories, else none."""
    if fit.family.has_mean:
        return ()
    return tuple(fit.family.outcomes(fit.model.design.response, fit.model.design.weights))


def drawn_rows(fit: Drawn, asked: Asked) -> EffectRows:
    """Return the rows that are asked for of a posterior, and their groups."""
    if asked.vcov is not None or asked.df is not None:
        raise ModelError("a posterior has draws in place of `vcov=` and `df=`; leave them out.")
    basis = asked_basis(fit, asked)
    groups = (basis.codes, basis.labels, basis.every, basis.weights)
    names = outcomes_of(fit)
    if names and basis.kind == "response":
        each = tuple(({"outcome": o}, DrawnRows(fit, None, k, basis.frame, basis.offset)) for k, o in enumerate(names))
        return EffectRows(each, fit, *groups, f"{basis.what} · probability of each outcome")
    scale = scale_of(fit)
    plain = fit.family.link.name == "identity" and not hasattr(fit.family, "expected")
    on_link = basis.kind == "link" or plain
    rows = DrawnRows(fit, None if on_link else scale, None, basis.frame, basis.offset)
    return EffectRows((({}, rows),), fit, *groups, basis.what + scale_said(scale, on_link))


def averaged_draws(rows: DrawnRows, ask: Any, codes: np.ndarray, count: int, weights: np.ndarray | None) -> np.ndarray:
    """Return the averages of a quantity in `count` groups of rows at each draw [S, groups]."""
    total: Any = 0.0
    mass = np.zeros(count)
    for part, frame in rows.chunks():
        code = codes[part]
        w = np.ones(len(code)) if weights is None else weights[part]
        share = np.zeros((len(code), count))
        share[np.arange(len(code)), code] = w
        total = total + ask(part, frame) @ share
        mass += share.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return total / mass
