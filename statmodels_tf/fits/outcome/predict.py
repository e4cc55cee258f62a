"""Predictions for responses in categories, with standard errors by the delta method."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from ...errors import ModelError
from ...linalg import LinearMap
from ..arguments import coverage, flag, one_of
from ..columns import repeatable
from ..student import t_quantile

if TYPE_CHECKING:
    from .base import OutcomeFigures

_CELLS = 2_000_000
KINDS = ("prob", "class", "cum.prob", "linear.predictor")
# What others call them.
_WORDS = {"probs": "prob", "response": "prob", "link": "linear.predictor", "cum_prob": "cum.prob"}


@dataclass(frozen=True, eq=False)
class OutcomeRows:
    """The columns of some rows for each predictor of the model.

    Attributes
    ----------
    common : LinearMap [m, p]
    offset : array [m] or None
    others : mapping of str to (LinearMap, offset)
        Of the model's other predictors, by name.
    index : Index [m]
    missing : bool array [m] or None
    """

    common: LinearMap
    offset: np.ndarray | None
    others: dict[str, tuple[LinearMap, np.ndarray | None]]
    index: pd.Index
    missing: np.ndarray | None

    def chunks(self, width: int) -> Iterator[tuple[slice, OutcomeRows]]:
        """Return the rows in pieces, so that `width` numbers for each row of a piece fit in memory."""
        n, step = len(self.index), max(1, _CELLS // max(width, 1))
        for start in range(0, n, step):
            at = slice(start, min(n, start + step))
            others = {k: (X.take(at), None if o is None else o[at]) for k, (X, o) in self.others.items()}
            offset = None if self.offset is None else self.offset[at]
            yield at, OutcomeRows(self.common.take(at), offset, others, self.index[at], None)


def own_rows(fit: OutcomeFigures) -> OutcomeRows:
    """Return the rows of the fit."""
    design = fit.model.design
    others = {name: (other.common, other.offset) for name, other in fit.model.predictors.items()}
    return OutcomeRows(design.common, design.offset, others, design.index, None)


def new_rows(fit: OutcomeFigures, newdata: Any) -> OutcomeRows:
    """Return the same columns on other rows."""
    new = fit.model.design.on(newdata)
    others = {name: other.on(newdata) for name, other in fit.model.predictors.items()}
    missing = np.logical_or.reduce([new.missing, *(other.missing for other in others.values())])
    parts = {name: (other.common, other.offset) for name, other in others.items()}
    return OutcomeRows(new.common, new.offset, parts, new.index, missing)


def rows_at(fit: OutcomeFigures, frame: pd.DataFrame, offset: Any = None) -> OutcomeRows:
    """Return the same columns on a table that lacks no value.

    Parameters
    ----------
    offset : float or array [m], optional
        In place of what the offset is on these rows; one that was an array is at its mean if left out.
    """
    design, shift = repeatable(fit.model.design)
    new = design.on(frame, groups=False)
    others = {name: repeatable(other)[0].on(frame, groups=False) for name, other in fit.model.predictors.items()}
    parts = {name: (other.common, other.offset) for name, other in others.items()}
    own = shift if new.offset is None else new.offset + shift
    given = np.broadcast_to(np.asarray(own if offset is None else offset, dtype=float), (len(frame),))
    return OutcomeRows(new.common, given, parts, frame.index, None)


def predict_outcomes(
    fit: OutcomeFigures, newdata: Any, kind: str, *, se: bool, interval: str | None, level: float
) -> pd.Series | pd.DataFrame:
    """Return predictions on the index of `newdata`; see `OutcomeEstimate.predict`."""
    kind = one_of("type", _WORDS.get(kind, kind), KINDS, ' "response" is "prob", and "link" "linear.predictor".')
    se, level = flag("se", se), coverage(level)
    if interval is not None:
        one_of("interval", interval, ("confidence",))
    rows = own_rows(fit) if newdata is None else new_rows(fit, newdata)
    if kind == "class":
        if se or interval is not None:
            raise ModelError('an outcome has no standard error and no interval; ask for those of type="prob".')
        return _classes(fit, rows)
    wanted = se or interval is not None
    names = fit.predictors(rows)[2] if kind == "linear.predictor" else fit.outcomes
    mean, error = np.empty((len(rows.index), len(names))), np.empty((len(rows.index), len(names)))
    covariance = np.nan_to_num(fit.covariance)
    for at, chunk in rows.chunks(len(names) * len(covariance)):
        gradient: np.ndarray | None
        if kind == "linear.predictor":
            mean[at], gradient, _ = fit.predictors(chunk)
        else:
            mean[at], gradient = fit.probabilities(chunk, wanted)
            if kind == "cum.prob":
                mean[at] = np.cumsum(mean[at], axis=1)
                gradient = None if gradient is None else np.cumsum(gradient, axis=1)
        if wanted and gradient is not None:
            square = np.einsum("ikp,pq,ikq->ik", gradient, covariance, gradient, optimize=True)
            error[at] = np.sqrt(np.maximum(square, 0.0))
    figures = {"mean": mean}
    if wanted:
        figures["se"] = error
    if interval is not None:
        figures |= _interval(mean, error, level, kind)
    if rows.missing is not None:
        figures = {k: np.where(rows.missing[:, None], np.nan, v) for k, v in figures.items()}
    tables = {k: pd.DataFrame(v, index=rows.index, columns=list(names)) for k, v in figures.items()}
    return pd.concat(tables, axis=1) if wanted else tables["mean"]


def _classes(fit: OutcomeFigures, rows: OutcomeRows) -> pd.Series:
    """Return the likeliest outcome of each row."""
    probabilities = fit.probabilities(rows, False)[0]
    codes = np.argmax(np.nan_to_num(probabilities, nan=-1.0), axis=1)
    if rows.missing is not None:
        codes = np.where(rows.missing, -1, codes)
    values = pd.Categorical.from_codes(codes, pd.Index(fit.outcomes))
    return pd.Series(values, index=rows.index, name=fit.model.design.response.name)


def _interval(mean: np.ndarray, error: np.ndarray, level: float, kind: str) -> dict[str, np.ndarray]:
    """Return the ends of Wald intervals, of probabilities on the logit scale."""
    half = float(t_quantile(np.inf, level)) * error
    if kind == "linear.predictor":
        return {"lower": mean - half, "upper": mean + half}
    inside = (mean > 0) & (mean < 1 - 1e-15)
    p = np.where(inside, mean, 0.5)
    centre, half = logit(p), half / (p * (1 - p))
    ends = {"lower": expit(centre - half), "upper": expit(centre + half)}
    return {name: np.where(inside, end, mean) for name, end in ends.items()}
