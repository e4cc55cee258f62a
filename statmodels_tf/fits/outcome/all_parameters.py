"""All parameters of an estimate of outcomes, asked as the coefficients of other fits are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..arguments import one_of

if TYPE_CHECKING:
    from .base import OutcomeFigures


@dataclass(frozen=True, eq=False)
class AllParameters:
    """Thresholds, coefficients and the log scale together, with their joint covariance.

    Wald tests and marginal means of functions that read more than the coefficients are made on it.
    """

    fit: OutcomeFigures

    default_df = "none"

    @property
    def model(self) -> Any:
        """The model."""
        return self.fit.model

    @property
    def formula(self) -> Any:
        """The formula."""
        return self.fit.formula

    @property
    def family(self) -> Any:
        """The family."""
        return self.fit.family

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters."""
        return self.fit.parameter_names

    @property
    def beta(self) -> np.ndarray:
        """Where the iterations ended [P]; NaN where aliased."""
        return self.fit.parameters

    @property
    def estimates(self) -> np.ndarray:
        """The parameters [P] as reported."""
        return self.fit.reported

    def coef(self) -> pd.Series:
        """Return the parameters by name."""
        return pd.Series(self.fit.reported, index=list(self.names), name="estimate")

    def vcov(self, type: str = "model") -> pd.DataFrame:
        """Return the covariance [P, P]."""
        one_of("type", type, ("model",), f" {self.fit.unrobust}")
        return self.fit.parameter_vcov()

    def degrees_of_freedom(self, method: str) -> np.ndarray:
        """Return infinite degrees of freedom [P], NaN where aliased."""
        one_of("df", method, ("none",))
        return np.where(np.isnan(self.beta), np.nan, np.inf)
