"""Estimates that say how much each row matters to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ..arguments import one_of
from ..words import spoken
from .base import Regression
from .influence import Influence


@dataclass(frozen=True, eq=False, repr=False)
class InfluenceEstimate(Regression):
    """An estimate without group terms, asked about its rows: leverage, influence, residuals without the row."""

    @cached_property
    def measures(self) -> Influence:
        """How much each row matters, as arrays."""
        return Influence(self)

    @spoken
    def influence(self) -> pd.DataFrame:
        """Return how much each row matters, as R's `influence.measures`.

        Returns
        -------
        DataFrame
            For each row dfb.(column), dffit, cov.r, cook.d, hat, and whether R would star it: `influential`.
        """
        return self.measures.table()

    def hatvalues(self) -> pd.Series:
        """Return the leverages, as R's `hatvalues`."""
        return self.by_row(self.measures.hat, "hat")

    def cooks_distance(self) -> pd.Series:
        """Return Cook's distances, as R's `cooks.distance`."""
        return self.by_row(self.measures.cook, "cooks_distance")

    @spoken
    def rstandard(self, type: str = "deviance") -> pd.Series:
        """Return residuals ("deviance" or "pearson") over their standard deviations, as R's `rstandard`."""
        return self.by_row(self.measures.standardised(one_of("type", type, ("deviance", "pearson"))), "rstandard")

    def rstudent(self) -> pd.Series:
        """Return residuals over the standard deviations they have without their row, as R's `rstudent`."""
        return self.by_row(self.measures.studentised, "rstudent")

    def dffits(self) -> pd.Series:
        """Return the change of each fitted value without its row, in standard errors, as R's `dffits`."""
        return self.by_row(self.measures.dffits, "dffits")

    def covratio(self) -> pd.Series:
        """Return the generalized variance of the coefficients without each row over that with it, as R's `covratio`."""
        return self.by_row(self.measures.covratio, "covratio")

    def dfbeta(self) -> pd.DataFrame:
        """Return the change of the coefficients by each row [rows, estimable coefficients], as R's `dfbeta`."""
        return self._by_coefficient(self.measures.changes())

    def dfbetas(self) -> pd.DataFrame:
        """Return the change of the coefficients by each row in standard errors, as R's `dfbetas`."""
        return self._by_coefficient(self.measures.scaled_changes())

    def loo_residuals(self) -> pd.Series:
        """Return each response less its prediction from the other rows: exact in a linear model, else to one step."""
        return self.by_row(self.measures.left_out, "loo_residual")

    @property
    def press(self) -> float:
        """The weighted sum of squared leave-one-out residuals (PRESS)."""
        return float(np.nansum(self.observations[1] * self.measures.left_out**2))

    def _by_coefficient(self, values: np.ndarray) -> pd.DataFrame:
        design = self.model.design
        names = [design.columns[j] for j in self.system.estimable]
        return pd.DataFrame(values, index=design.index, columns=names)
