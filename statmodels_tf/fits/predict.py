"""Predictions: what fits of every kind share, and those of a mixed model with what is uncertain about them.

With `random="include"` the prediction of a row is x'beta_hat + z'b_hat; its error as an estimate of x'beta + z'b has
the variance that Henderson's mixed model equations give, so it counts the uncertainty of the coefficients, of the
random effects, and of both together. A level that was not seen is predicted by the population's mean and its whole
between-group variance is part of the error.

References
----------
Henderson (1975), Best linear unbiased estimation and prediction under a selection model. doi:10.2307/2529430
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..design.table import table
from ..errors import DataError
from ..formula.expressions import expression
from .arguments import coverage, flag, one_of
from .student import t_quantile

if TYPE_CHECKING:
    from .base import Fit
    from .mixed.estimate import MixedEstimate

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
    """Return the variance [rows] of x'beta_hat, in chunks of rows."""
    n = common.shape[0]
    out = np.empty(n)
    for start in range(0, n, _CHUNK):
        rows = np.arange(start, min(n, start + _CHUNK))
        out[rows] = fit.system.coefficient_variance(common.dense(rows)[:, fit.system.estimable])
    return out


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
    question(random, new_levels, interval)
    se, level = flag("se", se), coverage(level)
    design = fit.model.design
    include = random == "include"
    if newdata is None:
        new, missing = design, None
    else:
        new = rows_of(design, newdata, new_levels, include=include, effects=include or interval == "prediction")
        missing = new.missing
    mean = common_part(new.common, fit.beta, new.offset)
    if include:
        mean = mean + random_part(new.groups, fit.modes, len(mean))
    name = design.response.name
    if not se and interval is None:
        return pd.Series(masked(mean, missing), index=new.index, name=name)
    if include:
        variance = prediction_variance(fit, new.common, new.groups)
    elif interval == "prediction":
        variance = prediction_variance(fit, new.common, new.groups, unseen=True)
    else:
        variance = coefficient_variance(fit, new.common)
    spread = variance
    if interval == "prediction":
        spread = variance + new_variance(fit.sigma, new.weights)
    columns = {"mean": mean, "se": np.sqrt(variance)}
    if interval is not None:
        half = t_quantile(np.inf, level) * np.sqrt(spread)
        columns |= {"lower": mean - half, "upper": mean + half}
    return pd.DataFrame({k: masked(v, missing) for k, v in columns.items()}, index=new.index)


def question(random: Any, new_levels: Any, interval: Any) -> None:
    """Check what is asked of `predict`, and say what R's words for it are here."""
    in_r = ' In R\'s words, `re.form = NA` or `~0` is random="exclude", and `re.form = NULL` random="include".'
    one_of("random", random, ("include", "exclude"), in_r if random not in ("none", "all") else "")
    in_r = ' `allow.new.levels = TRUE` is new_levels="population".'
    one_of("new_levels", new_levels, ("error", "population"), in_r if isinstance(new_levels, bool) else "")
    if interval is not None:
        one_of("interval", interval, ("confidence", "prediction"))


def rows_of(design: Any, newdata: Any, new_levels: str, *, include: bool, effects: bool) -> Any:
    """Return the design's columns on new rows.

    Parameters
    ----------
    include : bool
        Whether the rows' own levels count. If not, every level is one that was not seen.
    effects : bool
        Whether the columns of the random effects are wanted too, as for an interval of new observations.
    """
    if include or not effects:
        return design.on(newdata, new_levels=new_levels if include else "population", groups=include)
    # Levels that were not seen need no names: the grouping columns need not be in the new data, and are not read.
    formula, given = design.formula, table(newdata, what="newdata")
    terms = [
        *formula.common,
        *formula.offsets,
        *formula.specials,
        *(e for term in formula.groups for e in term.effects),
    ]
    others = [expression(text, design.functions) for text in (design.spec.offset, design.spec.weights) if text]
    read = {name for variable in [*others, *(v for term in terms for v in term.inputs)] for name in variable.names}
    groups = {name for term in formula.groups for variable in term.group for name in variable.names}
    frame = given.frame(given.names, None)
    stand_in = {name: design.frame[name].iloc[np.zeros(given.n, dtype=int)].array for name in groups - read}
    return design.on(frame.assign(**stand_in), new_levels="population", groups=True)


def new_variance(sigma: float, weights: np.ndarray | None) -> np.ndarray | float:
    """Return the residual variance of each row, infinite where its weight is 0."""
    if weights is None:
        return sigma**2
    if np.any(weights < 0):
        raise DataError(f"the weights of the new rows must not be negative; one is {np.nanmin(weights):g}.")
    return np.divide(sigma**2, weights, out=np.full(len(weights), np.inf), where=weights != 0)


def masked(values: np.ndarray, missing: np.ndarray | None) -> np.ndarray:
    """Return values with NaN where the row lacks something the formula reads."""
    return values if missing is None else np.where(missing, np.nan, values)


@dataclass(frozen=True, eq=False)
class Prediction:
    """A prediction by statsmodels' names.

    Parameters
    ----------
    fit : Fit
    newdata : table or None
    options : mapping
        The other arguments of `fit.predict`: `random` and `new_levels` of a mixed model.
    """

    fit: Fit
    newdata: Any
    options: Mapping[str, Any]

    def _table(self, interval: str, level: float) -> pd.DataFrame:
        """Return mean, se, lower, upper."""
        return self.fit.predict(self.newdata, interval=interval, level=level, **self.options)

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
