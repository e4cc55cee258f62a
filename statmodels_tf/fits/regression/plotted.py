"""PlottedEstimate: the pictures of a model without group terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import plots
from ..words import spoken
from .base import Regression


@dataclass(frozen=True, eq=False, repr=False)
class PlottedEstimate(Regression):
    """An estimate that draws itself; every method returns matplotlib's Axes."""

    @spoken
    def plot(self, ax: Any = None) -> Any:
        """Draw residuals against fitted values: Pearson residuals where the variance depends on the mean."""
        return plots.residuals_fitted(self, ax)

    @spoken
    def plot_diagnostics(self) -> Any:
        """Draw the four plots of R's `plot(lm)`: residuals, quantiles, spread, leverage; return the Axes [2, 2].

        Of a linear model the residuals are standardised; of other families they are randomized quantile residuals,
        which are standard normal if the model is true.
        """
        return plots.regression_diagnostics(self)

    @spoken
    def plot_leverage(self, ax: Any = None) -> Any:
        """Draw standardised residuals against leverage, with contours of Cook's distance."""
        return plots.leverage(self, ax)

    @spoken
    def plot_coef(self, level: float = 0.95, ax: Any = None) -> Any:
        """Draw the coefficients, the intercept left out, with their intervals."""
        return plots.coefficients(self, level, ax)

    @spoken
    def plot_effects(self, x: str, level: float = 0.95, ax: Any = None) -> Any:
        """Draw the predicted mean over the column `x`, the others held, with its interval and the data."""
        return plots.effect(self, x, level, ax)

    @spoken
    def plot_rootogram(self, ax: Any = None) -> Any:
        """Draw observed counts hanging from those that the model expects, on the scale of square roots."""
        return plots.rootogram(self, ax)

    @spoken
    def plot_calibration(self, level: float = 0.95, ax: Any = None) -> Any:
        """Draw the observed share of successes against the fitted probability, in bins of equal size."""
        return plots.calibration(self, level, ax)
