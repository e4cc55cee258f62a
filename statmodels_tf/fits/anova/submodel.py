"""Models within a fitted one: some columns of its design only, on the same rows with the same family.

As in R's `anova.glm` and `drop1`, columns are taken away as the whole design codes them, aliased columns are looked
for anew, and the family's own parameters (theta of the negative binomial) stay at the estimates of the whole fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...terms import INTERCEPT, CommonTerm
from ..regression.blockwise import streamed, streamed_deviance

if TYPE_CHECKING:
    from ...design import Design
    from ..estimate import Estimate
    from ..regression.base import Regression


@dataclass(frozen=True, eq=False)
class Reduced:
    """What tests ask of a model within another.

    Attributes
    ----------
    deviance : float
    rank, df_residual : int
    beta : array [p]
        Its coefficients of the columns of the whole design, zero where it has none.
    """

    deviance: float
    rank: int
    df_residual: int
    beta: np.ndarray


def whole(fit: Regression) -> Reduced:
    """Return the fit itself as one of its models."""
    return Reduced(fit.deviance, fit.rank, fit.df_residual, np.nan_to_num(fit.beta))


def with_columns(fit: Regression, columns: np.ndarray) -> Reduced:
    """Return the model of these columns (ascending positions in the design) only."""
    if len(columns) == 0:
        return _without_columns(fit)
    less = narrowed(fit.model.design, columns)
    made = fit.engine.fit(replace(fit.model, design=less, family=fixed(fit.family)))
    beta = np.zeros(len(fit.beta))
    beta[columns] = np.nan_to_num(made.beta)
    return Reduced(made.deviance, made.rank, made.df_residual, beta)


def narrowed(design: Design, columns: np.ndarray) -> Design:
    """Return a design with these of its columns only (ascending positions), wherever its rows are."""
    place = {int(j): i for i, j in enumerate(columns)}
    terms = [(label, [place[j] for j in range(at.start, at.stop) if j in place]) for label, at in design.terms]
    return replace(
        design,
        common=design.common.select(columns),
        columns=tuple(design.columns[j] for j in columns),
        terms=tuple((label, slice(at[0], at[-1] + 1)) for label, at in terms if at),
        source=None if design.source is None else design.source.narrowed(columns),
    )


def fixed(family: Any) -> Any:
    """Return the family with its own parameters fixed where they were estimated."""
    return replace(family, **{name: family.values[name] for name in family.own}) if family.own else family


def _without_columns(fit: Regression) -> Reduced:
    """Return the model whose linear predictor is the offset."""
    beta = np.zeros(len(fit.beta))
    if streamed(fit):
        return Reduced(streamed_deviance(fit, beta), 0, fit.nobs, beta)
    y, a = fit.observations
    offset = fit.model.design.offset
    mu = fit.family.link.inverse(np.zeros_like(y) if offset is None else offset, np)
    return Reduced(float(np.sum(a * fit.family.deviance(y, mu))), 0, fit.nobs, beta)


def own_columns(fit: Regression) -> dict[str, np.ndarray]:
    """Return the positions of the columns of each term, the intercept's among them, in the design's order."""
    return {label: np.arange(at.start, at.stop) for label, at in fit.model.design.terms}


def without_terms(fit: Regression, labels: set[str]) -> Reduced:
    """Return the model without the terms of these labels."""
    if not labels:
        return whole(fit)
    kept = [columns for label, columns in own_columns(fit).items() if label not in labels]
    return with_columns(fit, np.concatenate(kept) if kept else np.array([], dtype=int))


def tested_terms(fit: Regression) -> list[str]:
    """Return the labels of the terms but the intercept, in the design's order."""
    return [label for label in own_columns(fit) if label != INTERCEPT]


def droppable(fit: Estimate) -> list[CommonTerm]:
    """Return the terms that may go, the intercept apart: those that no other contains."""
    terms = {term: {v.key for v in term.variables} for term in fit.formula.common if term.variables}
    return [term for term, keys in terms.items() if not any(keys < others for others in terms.values())]


def relatives(fit: Regression, label: str) -> set[str]:
    """Return the labels of the terms that contain the variables of this one and more."""
    variables = {term.label: {v.key for v in term.variables} for term in fit.formula.common}
    return {other for other in own_columns(fit) if variables[label] < variables[other]}
