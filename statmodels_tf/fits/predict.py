"""Predictions of a mixed model, and what is uncertain about them.

With `random="include"` the prediction of a row is x'beta_hat + z'b_hat; its error as an estimate of x'beta + z'b has
the variance that Henderson's mixed model equations give, so it counts the uncertainty of the coefficients, of the
random effects, and of both together. A level that was not seen is predicted by the population's mean and its whole
between-group variance is part of the error.

References
----------
Henderson (1975), Best linear unbiased estimation and prediction under a selection model. doi:10.2307/2529430
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .base import one_of
from .estimate import t_quantile

if TYPE_CHECKING:
    from .mixed import MixedEstimate

_CHUNK = 65_536


def random_part(blocks: Sequence[Any], modes: Sequence[np.ndarray], rows: int) -> np.ndarray:
    """Return the sum of z'b over the group terms [rows]; a level not seen (code -1) adds nothing."""
    total = np.zeros(rows)
    for block, mode in zip(blocks, modes, strict=True):
        effects = np.where((block.codes >= 0)[:, None], mode[block.codes], 0.0)
        total += effects[:, 0] if block.columns is None else np.einsum("ij,ij->i", effects, block.columns)
    return total


def common_part(common: Any, coefficients: np.ndarray, offset: np.ndarray | None) -> np.ndarray:
    """Return X beta plus the offset [rows]; aliased coefficients count as zero."""
    mean = common.matvec(np.nan_to_num(coefficients, nan=0.0))
    return mean if offset is None else mean + offset


def prediction_variance(fit: MixedEstimate, common: Any, blocks: Sequence[Any], unseen: bool = False) -> np.ndarray:
    """Return the variance [rows] of the error of x'beta_hat + z'b_hat, in chunks of rows.

    `unseen` treats every level as one that was not seen.
    """
    n = common.shape[0]
    out = np.empty(n)
    for start in range(0, n, _CHUNK):
        rows = np.arange(start, min(n, start + _CHUNK))
        X = common.dense(rows)[:, fit.system.estimable]
        groups = [
            (
                np.full(len(rows), -1, dtype=np.int32) if unseen else block.codes[rows],
                None if block.columns is None else block.columns[rows],
            )
            for block in blocks
        ]
        out[rows] = fit.system.prediction_variance(X, groups)
    return out


def coefficient_variance(fit: MixedEstimate, common: Any) -> np.ndarray:
    """Return x'Vx [rows] for the covariance V of the coefficients."""
    keep = ~np.isnan(fit.coefficients)
    X = common.dense()[:, keep]
    return np.einsum("ij,jk,ik->i", X, fit.covariance[np.ix_(keep, keep)], X)


def predict_mixed(
    fit: MixedEstimate,
    newdata: Any,
    *,
    random: str,
    new_levels: str,
    se: bool,
    interval: str | None,
    level: float,
) -> pd.Series | pd.DataFrame:
    """Return predictions on the index of `newdata`; see `MixedEstimate.predict`."""
    one_of("random", random, ("include", "exclude"))
    one_of("new_levels", new_levels, ("error", "population"))
    if interval is not None:
        one_of("interval", interval, ("confidence", "prediction"))
    design = fit.model.design
    include = random == "include"
    needs_groups = include or interval == "prediction"
    if newdata is None:
        new, missing, weights = design, None, design.weights
    else:
        # Without random effects the grouping columns need not be in the new data.
        new = design.on(newdata, new_levels=new_levels if include else "population", groups=needs_groups)
        missing, weights = new.missing, None
    mean = common_part(new.common, fit.coefficients, new.offset)
    if include:
        mean = mean + random_part(new.groups, fit.modes, len(mean))
    name = design.response.name if design.response is not None else "mean"
    if not se and interval is None:
        return pd.Series(_masked(mean, missing), index=new.index, name=name)
    if include:
        variance = prediction_variance(fit, new.common, new.groups)
    elif interval == "prediction":
        variance = prediction_variance(fit, new.common, new.groups, unseen=True)
    else:
        variance = coefficient_variance(fit, new.common)
    spread = variance
    if interval == "prediction":
        spread = variance + fit.sigma**2 / (1.0 if weights is None else weights)
    columns = {"mean": mean, "se": np.sqrt(variance)}
    if interval is not None:
        half = t_quantile(np.inf, level) * np.sqrt(spread)
        columns |= {"lower": mean - half, "upper": mean + half}
    return pd.DataFrame({k: _masked(v, missing) for k, v in columns.items()}, index=new.index)


def _masked(values: np.ndarray, missing: np.ndarray | None) -> np.ndarray:
    """Return values with NaN where the row lacks something the formula reads."""
    return values if missing is None else np.where(missing, np.nan, values)


@dataclass(frozen=True, eq=False)
class Prediction:
    """A prediction by statsmodels' names.

    Parameters
    ----------
    fit : MixedEstimate
    newdata : table or None
    random : {"include", "exclude"}
    new_levels : {"error", "population"}
    """

    fit: MixedEstimate
    newdata: Any
    random: str
    new_levels: str

    def _table(self, interval: str, level: float) -> pd.DataFrame:
        """Return mean, se, lower, upper."""
        return self.fit.predict(
            self.newdata, random=self.random, new_levels=self.new_levels, interval=interval, level=level
        )

    @property
    def predicted_mean(self) -> pd.Series:
        """The predicted means."""
        return self._table("confidence", 0.95)["mean"]

    @property
    def se_mean(self) -> pd.Series:
        """Their standard errors."""
        return self._table("confidence", 0.95)["se"]

    def conf_int(self, alpha: float = 0.05, obs: bool = False) -> pd.DataFrame:
        """Return the interval of the mean, or of an observation with `obs=True`."""
        return self._table("prediction" if obs else "confidence", 1 - alpha)[["lower", "upper"]]

    def summary_frame(self, alpha: float = 0.05) -> pd.DataFrame:
        """Return mean, mean_se, mean_ci_lower, mean_ci_upper, obs_ci_lower, obs_ci_upper."""
        mean, obs = (self._table(kind, 1 - alpha) for kind in ("confidence", "prediction"))
        mean.columns = ["mean", "mean_se", "mean_ci_lower", "mean_ci_upper"]
        return mean.assign(obs_ci_lower=obs["lower"], obs_ci_upper=obs["upper"])
