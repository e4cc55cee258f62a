"""Residuals of models without group terms, by R's names for their kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..arguments import generator, one_of

if TYPE_CHECKING:
    from ...linalg import LinearMap
    from .base import Regression

KINDS = ("deviance", "pearson", "response", "working", "quantile", "partial")


def residuals(fit: Regression, kind: str, seed: int) -> np.ndarray:
    """Return the residuals [n] of a kind, but "partial", which has a column for each term."""
    one_of("type", kind, KINDS)
    mu = fit.means
    if kind == "deviance":
        return fit.family.deviance_residuals(mu, fit.values, fit.data)
    if kind == "pearson":
        return fit.family.pearson_residuals(mu, fit.values, fit.data)
    if kind == "quantile":
        return fit.family.quantile_residuals(mu, fit.values, fit.data, generator(seed))
    left = fit.observations[0] - mu
    return left if kind == "response" else left / fit.family.link.derivative(fit.linear_predictor, np)


def partial_residuals(fit: Regression) -> pd.DataFrame:
    """Return the working residuals plus the centred part of each term [n, terms], as R's `residuals(, "partial")`."""
    parts, _ = centred_terms(fit, fit.model.design.common)
    working = residuals(fit, "working", 0)
    return pd.DataFrame(parts + working[:, None], index=fit.model.design.index, columns=term_labels(fit))


def term_labels(fit: Regression) -> list[str]:
    """Return the labels of the terms but the intercept."""
    return [label for label, _ in _terms(fit)]


def centred_terms(fit: Regression, common: LinearMap) -> tuple[np.ndarray, float]:
    """Return the part of each term on rows `common` [m, terms] less its mean over the fit's rows, and the sum of those.

    The means are weighted nowhere and taken off only where there is an intercept, as R's `predict(type = "terms")`.
    """
    here, beta = fit.model.design.common, np.nan_to_num(fit.beta)
    centre = here.rmatvec(np.ones(here.shape[0])) / here.shape[0] if fit.has_intercept else np.zeros(len(beta))
    parts = []
    for _, columns in _terms(fit):
        own = np.zeros(len(beta))
        own[columns] = beta[columns]
        parts.append(common.matvec(own) - centre @ own)
    constant = float(centre @ beta)
    return (np.column_stack(parts) if parts else np.empty((common.shape[0], 0))), constant


def _terms(fit: Regression) -> list[tuple[str, slice]]:
    """Return label and columns of each term but the intercept."""
    columns = fit.model.design.columns
    return [(label, at) for label, at in fit.model.design.terms if columns[at] != ("Intercept",)]
