"""How much each row matters to a fit, by R's definitions; one pass over the rows, O(n p^2).

With H = W^1/2 X (X'WX)^-1 X'W^1/2, h its diagonal, e the deviance residuals and r the Pearson residuals (both sqrt(w)
(y - X beta) in a linear model), leaving row i out changes the coefficients by (X'WX)^-1 x_i sqrt(w_i) e_i / (1 - h_i):
exactly in a linear model, and to one step of the iterations, with the deviance residual for the Pearson one, as R, in
a generalized one.

References
----------
Williams (1987), Generalized linear model diagnostics using the deviance and single case deletions. doi:10.2307/2347550
Belsley, Kuh & Welsch (1980), Regression Diagnostics, chapter 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from ..frame import headed

if TYPE_CHECKING:
    from .base import Regression

_CHUNK = 16_384
_WHOLE = 10 * np.finfo(float).eps
"""A row whose leverage is within this of one is fitted exactly, whatever its response."""


@dataclass(frozen=True, eq=False)
class Influence:
    """The figures of each row; those of rows of weight 0 are what R leaves: leverage zero, no residual.

    Parameters
    ----------
    fit : Regression
    """

    fit: Regression

    @cached_property
    def weight(self) -> np.ndarray:
        """The working weights [n] at the estimate: a mu'^2 / V."""
        fit = self.fit
        y, a = fit.observations
        return fit.family.working(fit.linear_predictor, y, a).weight

    @cached_property
    def hat(self) -> np.ndarray:
        """The leverages h [n]."""
        fit = self.fit
        h = self.weight * fit.system.prediction_variance(fit.model.design.common)
        return np.where(h > 1 - _WHOLE, 1.0, h)

    @cached_property
    def deviance(self) -> np.ndarray:
        """The deviance residuals e [n]."""
        return self.fit.family.deviance_residuals(self.fit.means, self.fit.values, self.fit.data)

    @cached_property
    def pearson(self) -> np.ndarray:
        """The Pearson residuals r [n]."""
        return self.fit.family.pearson_residuals(self.fit.means, self.fit.values, self.fit.data)

    @cached_property
    def sigma(self) -> np.ndarray:
        """The residual standard deviation [n] without the row, of the deviance residuals; NaN where none is left."""
        left = np.maximum(np.sum(self.deviance**2) - self._over(self.deviance**2, 1 - self.hat, 0.0), 0.0)
        return np.sqrt(self._over(left, self.fit.df_residual - (self.fit.observations[1] > 0).astype(float)))

    @property
    def cook(self) -> np.ndarray:
        """Cook's distances [n]: (r / (1 - h))^2 h / (phi p)."""
        scale = np.asarray(self.fit.dispersion * self.fit.rank)
        return self._over(self._over(self.pearson, 1 - self.hat) ** 2 * self.hat, scale)

    @property
    def dffits(self) -> np.ndarray:
        """e sqrt(h) / (sigma_(i) (1 - h)) [n]."""
        return self._over(self.deviance * np.sqrt(self.hat), self.sigma * (1 - self.hat))

    @property
    def covratio(self) -> np.ndarray:
        """The generalized variance of the coefficients without the row over that with it [n]."""
        whole = np.sqrt(np.sum(self.deviance**2) / self.fit.df_residual)
        return self._over((self.sigma / whole) ** (2 * self.fit.rank), 1 - self.hat)

    def standardised(self, kind: str) -> np.ndarray:
        """Return residuals over their standard deviation, sqrt(phi (1 - h)) [n]."""
        values = self.pearson if kind == "pearson" else self.deviance
        return self._over(values, np.sqrt(self.fit.dispersion * (1 - self.hat)))

    @property
    def studentised(self) -> np.ndarray:
        """Residuals [n] over the standard deviation they have without the row; Williams's likelihood residuals.

        Where the dispersion is known they are not divided by sigma_(i).
        """
        kept = 1 - self.hat
        size = np.sqrt(self.deviance**2 + self._over(self.hat * self.pearson**2, kept))
        if self.fit.family.linear:
            size = self._over(np.abs(self.deviance), np.sqrt(kept))
        known = self.fit.family.known_dispersion is not None
        return np.sign(self.deviance) * (size if known else self._over(size, self.sigma))

    @property
    def left_out(self) -> np.ndarray:
        """The response less its prediction from all other rows [n], to one step: (y - mu) / (1 - h)."""
        return self._over(self.fit.observations[0] - self.fit.means, 1 - self.hat)

    def changes(self) -> np.ndarray:
        """Return beta - beta_(i) [n, r] of the estimable coefficients: R's `dfbeta`."""
        size = self._over(np.sqrt(self.weight) * self.deviance, 1 - self.hat, 0.0)
        out = np.empty((len(size), len(self.fit.system.estimable)))
        for rows, X in self._chunks():
            out[rows] = self.fit.system.solve((X * size[rows, None]).T).T
        return out

    def scaled_changes(self) -> np.ndarray:
        """Return the changes over their standard errors [n, r], with sigma_(i): R's `dfbetas`."""
        spread = np.sqrt(self.fit.system.variances)
        return self._over(self.changes(), self.sigma[:, None] * spread)

    def table(self) -> pd.DataFrame:
        """Return all measures, and whether R's `influence.measures` would star the row."""
        fit, k, n = self.fit, self.fit.rank, self.fit.nobs
        names = [fit.model.design.columns[j] for j in fit.system.estimable]
        changes = self.scaled_changes()
        measures = {"dffit": self.dffits, "cov.r": self.covratio, "cook.d": self.cook, "hat": self.hat}
        free = max(n - k, 1)
        with np.errstate(invalid="ignore"):
            stars = (
                (np.abs(changes) > 1).any(axis=1)
                | (np.abs(measures["dffit"]) > 3 * np.sqrt(k / free))
                | (np.abs(1 - measures["cov.r"]) > 3 * k / free)
                | (special.fdtr(k, free, np.nan_to_num(measures["cook.d"])) > 0.5)
                | (measures["hat"] > 3 * k / n)
            )
        columns = {f"dfb.{name}": changes[:, j] for j, name in enumerate(names)} | measures | {"influential": stars}
        return headed(pd.DataFrame(columns, index=fit.model.design.index), "influence of each row")

    def _chunks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield rows and the estimable columns of X there."""
        common, keep = self.fit.model.design.common, self.fit.system.estimable
        for start in range(0, common.shape[0], _CHUNK):
            rows = slice(start, min(start + _CHUNK, common.shape[0]))
            yield rows, common.dense(rows)[:, keep]

    @staticmethod
    def _over(above: np.ndarray, below: np.ndarray, otherwise: float = np.nan) -> np.ndarray:
        """Return a quotient, `otherwise` where its denominator is zero."""
        above, below = np.broadcast_arrays(above, below)
        return np.divide(above, below, out=np.full(above.shape, otherwise), where=below > 0)
