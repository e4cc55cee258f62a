"""Marginal means of responses in categories: on the latent scale, or the probabilities of the outcomes averaged.

Each is a function of all parameters, thresholds among them; its standard error is by the delta method. As R's emmeans:
the latent mean is the location less the mean of the thresholds, over the mean scale; probabilities are averaged over
the grid as they are.

References
----------
Lenth (2016), Least-squares means: the R package lsmeans. doi:10.18637/jss.v069.i01
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ...families.links import as_link
from ..arguments import coverage, one_of
from ..margins.averaging import Averages, averages_of
from ..margins.marginal_means import MarginalMeans
from ..margins.reference_grid import grid_design, mean_offset
from ..margins.scale import Scale
from ..regression.determined import estimable
from .all_parameters import AllParameters
from .predict import rows_at

_SAID = {
    "latent": "latent scale: the location less the mean threshold",
    "prob": "probability of each outcome",
    "cum.prob": "probability of an outcome up to each threshold",
    "mean.class": "mean of the outcomes numbered from 1",
}
_WORDS = {"link": "latent", "response": "prob"}


def outcome_means(
    fit: Any,
    specs: Any,
    by: Any,
    *,
    at: Mapping[str, Any] | None,
    type: str | None,
    weights: str,
    level: float,
    vcov: Any,
    offset: float | None,
) -> MarginalMeans:
    """Return marginal means on one of the scales of outcomes; see `Estimate.emmeans`."""
    kinds = fit.outcome_scales
    kind = one_of("type", kinds[0] if type is None else _WORDS.get(type, type), kinds)
    name = {"prob": fit.model.design.response.name, "cum.prob": "cut"}.get(kind)
    over = averages_of(fit, specs, by, at, weights, name)
    rows = rows_at(fit, over.grid.frame, mean_offset(fit) if offset is None else float(offset))
    values, gradient = _quantities(fit, rows, kind)
    L = np.einsum("mr,rkP->mkP", over.A, gradient)
    if not fit.family.by_outcome:
        L[~estimable(fit, over.A @ grid_design(fit, over.grid))] = np.nan
    shift = over.A @ values - L @ np.nan_to_num(fit.parameters)
    order, labels, groups = _laid_out(fit, over, kind, name)
    scale = Scale(as_link("identity"), kind, None, kind)
    said = " · ".join(part for part in (over.said(), _SAID[kind]) if part)
    made = MarginalMeans(
        AllParameters(fit), L.reshape(-1, L.shape[2])[order], shift.ravel()[order], labels, groups,
        "emmean" if kind == "latent" else kind, kind, scale, coverage(level), vcov, None, said, over.notes,
    )  # fmt: skip
    return made if over.asked.contrast is None else made.with_contrasts(over.asked.contrast)


def _quantities(fit: Any, rows: Any, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return quantities [m, k] on rows and their gradients [m, k, P]."""
    if kind == "latent":
        value, gradient = fit.latent(rows)
        return value[:, None], gradient[:, None]
    p, gradient = fit.probabilities(rows, True)
    if kind == "cum.prob":
        return np.cumsum(p, axis=1)[:, :-1], np.cumsum(gradient, axis=1)[:, :-1]
    if kind == "mean.class":
        score = 1.0 + np.arange(p.shape[1])
        return (p @ score)[:, None], np.einsum("mkP,k->mP", gradient, score)[:, None]
    return p, gradient


def _laid_out(
    fit: Any, over: Averages, kind: str, name: str | None
) -> tuple[np.ndarray, pd.DataFrame, tuple[str, ...]]:
    """Return the order of quantities laid out mean by mean, their labels, and the columns that make groups.

    Outcomes make groups, unless they are asked for among the columns shown; then they come first in each group.
    """
    m = len(over.A)
    if name is None:
        return np.arange(m), over.labels, over.asked.by
    each = list(fit.outcomes if kind == "prob" else fit.cuts)
    places = np.arange(m * len(each)).reshape(m, len(each))
    inside = over.outcome == "columns"
    order = places.ravel() if inside else places.T.ravel()
    labels = over.labels.iloc[order // len(each)].reset_index(drop=True)
    labels = labels.drop(columns=[c for c in labels if c == "1"])
    labels.insert(0 if inside else len(labels.columns), name, [each[i] for i in order % len(each)])
    return order, labels, over.asked.by if inside else (*over.asked.by, name)
