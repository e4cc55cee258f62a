"""R squared and the F test of a linear model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from ..hypotheses.linear_function import joint_test

if TYPE_CHECKING:
    from .base import Regression


@dataclass(frozen=True)
class LinearFigures:
    """R squared, adjusted R squared, and the F test by value, numdf, dendf and p."""

    r_squared: float
    adj_r_squared: float
    f: dict[str, float]


def linear_figures(fit: Regression) -> LinearFigures:
    """Return them as R's `summary.lm`: about the mean where there is an intercept, else about zero."""
    explained, left = _explained(fit), fit.deviance
    numdf, dendf = fit.rank - fit.has_intercept, fit.df_residual
    if numdf == 0:
        return LinearFigures(0.0, 0.0, {"value": np.nan, "numdf": 0, "dendf": dendf, "p": np.nan})
    total = explained + left
    share = explained / total if total > 0 else np.nan
    if dendf == 0:
        return LinearFigures(share, np.nan, {"value": np.nan, "numdf": numdf, "dendf": 0, "p": np.nan})
    value = explained / numdf / (left / dendf) if left > 0 else np.inf
    test = {"value": value, "numdf": numdf, "dendf": dendf, "p": float(special.fdtrc(numdf, dendf, value))}
    return LinearFigures(share, 1 - (1 - share) * fit.df_null / dendf, test)


def wald_f(fit: Regression, vcov: Any) -> dict[str, float]:
    """Return the F test that all coefficients but the intercept are zero, by another covariance of them."""
    slopes = fit.system.estimable[int(fit.has_intercept) :]
    test = joint_test(fit, np.eye(len(fit.beta))[slopes], fit.beta[slopes], vcov, None)
    return {"value": test["statistic"], "numdf": test["df1"], "dendf": test["df2"], "p": test["p"]}


def _explained(fit: Regression) -> float:
    """Return the (weighted) sum of squares of the fitted values, the offset among them."""
    design = fit.model.design
    if design.offset is None:
        return max(fit.null_deviance - fit.deviance, 0.0)
    part, weights = fit.linear_predictor, fit.observations[1]
    centre = np.average(part, weights=weights) if fit.has_intercept else 0.0
    return float(np.sum(weights * (part - centre) ** 2))
