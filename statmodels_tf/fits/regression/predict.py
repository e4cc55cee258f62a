"""Predictions of models without group terms, and what is uncertain about them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import DataWarning, ModelError
from ...families import rowed
from ...sources import as_source
from ..arguments import coverage, flag, one_of
from ..check import rows_said
from ..predict import common_part, masked, new_variance
from ..student import t_quantile
from .blockwise import in_memory
from .determined import estimable, mean_range, undetermined
from .limit import limit_of
from .own import family_values
from .residuals import centred_terms, term_labels

if TYPE_CHECKING:
    from .base import Regression

_CELLS = 4_000_000
_CHUNK = 65_536
_DRAWS = (1_000, 20_000)
"""Fewest and most responses drawn for each row of a prediction interval."""


def predict_regression(
    fit: Regression, newdata: Any, kind: str, *, se: bool, interval: str | None, level: float
) -> pd.Series | pd.DataFrame:
    """Return predictions on the index of `newdata`; see `RegressionEstimate.predict`."""
    one_of("type", kind, ("response", "link", "terms"))
    se, level = flag("se", se), coverage(level)
    if interval is not None:
        one_of("interval", interval, ("confidence", "prediction"))
    design = fit.model.design
    if newdata is None:
        in_memory(fit, "predictions of the data fitted")
    elif as_source(newdata) is not None:
        raise ModelError(
            "`newdata` are read block by block, and `predict` gives one table: write "
            "`for part in fit.predict_blocks(newdata): ...`."
        )
    new = design if newdata is None else design.on(newdata)
    missing = None if newdata is None else new.missing
    if newdata is not None:
        _warn_of_guesses(fit, new)
    if kind == "terms":
        if se or interval is not None:
            raise ModelError('`type="terms"` has no se and no interval; ask for `type="link"`.')
        return _terms(fit, new, missing)
    eta, link = common_part(new.common, fit.beta, new.offset), fit.family.link
    name = design.response.name
    uncertain = se or interval is not None
    unknown = _undetermined(fit, new, missing, uncertain, eta)
    if unknown.any():
        eta = _at_infinity(fit, new, unknown, eta)
    with np.errstate(all="ignore"):
        mean = link.inverse(eta, np) if kind == "response" else eta
    if not uncertain:
        return pd.Series(masked(mean, missing), index=new.index, name=name)
    error = np.where(unknown, np.nan, _error(fit, new.common, missing))
    with np.errstate(all="ignore"):
        slope = np.abs(link.derivative(eta, np)) if kind == "response" else 1.0
    columns = {"mean": mean, "se": slope * error}
    if interval == "confidence":
        half = t_quantile(fit.t_df, level) * error
        ends = (eta - half, eta + half)
        if kind == "response":
            ends = tuple(link.inverse(end, np) for end in ends)
        columns |= {"lower": np.minimum(*ends), "upper": np.maximum(*ends)}
    elif interval == "prediction":
        _warn_of_weights(fit, new)
        lower, upper = _new_responses(fit, new, eta, error, level, kind)
        columns |= {"lower": lower, "upper": upper}
    if interval is not None and unknown.any():
        ends = mean_range(fit.family) if kind == "response" else (-np.inf, np.inf)
        columns |= {k: np.where(unknown, end, columns[k]) for k, end in zip(("lower", "upper"), ends, strict=True)}
    return pd.DataFrame({k: masked(v, missing) for k, v in columns.items()}, index=new.index)


def _error(fit: Regression, common: Any, missing: np.ndarray | None) -> np.ndarray:
    """Return the standard errors [rows] of the linear predictor; NaN in rows that lack a value."""
    if missing is None or not missing.any():
        return np.sqrt(fit.dispersion * fit.system.prediction_variance(common))
    whole, out = np.flatnonzero(~missing), np.full(len(missing), np.nan)
    out[whole] = np.sqrt(fit.dispersion * fit.system.prediction_variance(common.take(whole)))
    return out


def _warn_of_guesses(fit: Regression, new: Any) -> None:
    """Warn of new rows whose prediction the data do not determine: it depends on which columns were aliased."""
    if fit.rank == len(fit.beta):
        return
    told = _of_rows(new.common, lambda X: estimable(fit, X)) | new.missing
    if told.all():
        return
    names = ", ".join(f"`{fit.model.design.columns[j]}`" for j in np.flatnonzero(np.isnan(fit.beta))[:3])
    warnings.warn(
        f"the data do not determine the prediction of {rows_said(new.index[~told])}: it takes the aliased {names} as "
        "zero, and any other value would fit as well.",
        DataWarning,
        stacklevel=5,
    )


def _warn_of_weights(fit: Regression, new: Any) -> None:
    """Warn of new responses of a weighted fit that have no weights."""
    if new is fit.model.design or fit.model.design.weights is None or new.weights is not None:
        return
    written = fit.model.design.spec.weights
    remedy = f"give `newdata` what `{written}` reads" if written else "name a column as `weights=` in the fit"
    warnings.warn(
        f"the fit has weights and the new rows have none, so a new response has weight one; {remedy} for others.",
        DataWarning,
        stacklevel=5,
    )


def _undetermined(
    fit: Regression, new: Any, missing: np.ndarray | None, uncertain: bool, eta: np.ndarray
) -> np.ndarray:
    """Return which rows rest on infinite estimates and have no standard error, with a warning of them.

    Where no uncertainty is asked for, the warning is of rows whose mean the likelihood does not determine, which have
    no prediction.
    """
    out = np.zeros(len(eta), dtype=bool)
    if not fit.separated:
        return out
    out = _of_rows(new.common, lambda X: undetermined(fit, X))
    if missing is not None:
        out &= ~missing
    told = out if uncertain else np.isnan(_at_infinity(fit, new, out, eta))
    if told.any():
        names = ", ".join(f"`{fit.model.design.columns[j]}`" for j in np.flatnonzero(fit.infinite)[:3])
        what = "have no standard error, and their intervals are the whole range" if uncertain else "are not given"
        warnings.warn(
            f"predictions of {rows_said(new.index[told])} rest on infinite estimates ({names}), so they {what}; see "
            "`check()`.",
            DataWarning,
            stacklevel=5,
        )
    return out


def _at_infinity(fit: Regression, new: Any, unknown: np.ndarray, eta: np.ndarray) -> np.ndarray:
    """Return the linear predictor [rows] with infinity where it grows without end, NaN where nothing determines it."""
    limit, rows = limit_of(fit), np.flatnonzero(unknown)
    if limit is None or not len(rows):
        return eta
    side, out = _of_rows(new.common.take(rows), limit.side), eta.copy()
    out[rows] = np.where(side == 0, np.nan, np.copysign(np.inf, side))
    return out


def _of_rows(common: Any, question: Any) -> np.ndarray:
    """Return the answers [rows] to a question about the rows of a design, asked in chunks."""
    rows = np.arange(common.shape[0])
    parts = [question(common.dense(rows[at : at + _CHUNK])) for at in range(0, len(rows), _CHUNK)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)


def _terms(fit: Regression, new: Any, missing: np.ndarray | None) -> pd.DataFrame:
    """Return the centred part of each term; `attrs["constant"]` is what is left of the linear predictor."""
    parts, constant = centred_terms(fit, new.common)
    table = pd.DataFrame(parts, index=new.index, columns=term_labels(fit))
    table.attrs["constant"] = constant
    return table if missing is None else table.mask(pd.Series(missing, index=new.index))


def _new_responses(
    fit: Regression, new: Any, eta: np.ndarray, error: np.ndarray, level: float, kind: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the interval of a new response.

    Of a linear model by the t distribution. Of another family the quantiles of responses drawn from it, each at its
    own draw of the linear predictor from the normal (or t) approximation, the family's own parameters at
    their estimates; the draws are the same in every call.
    """
    if fit.family.linear:
        half = t_quantile(fit.t_df, level) * np.sqrt(error**2 + new_variance(fit.sigma, new.weights))
        return eta - half, eta + half
    if kind == "link":
        raise ModelError('a new response is on the scale of the response: leave `type="link"` out.')
    family, rows = fit.family, len(eta)
    data = _data_of(fit, new)
    eta = np.where(np.isfinite(eta), eta, 0.0)  # rows that lack a value, whose prediction is NaN
    draws = int(np.clip(_CELLS // max(rows, 1), *_DRAWS))
    rng = np.random.default_rng(0)
    values = rowed(family_values(family, np.full(draws, fit.dispersion)))
    tails = [(1 - level) / 2, (1 + level) / 2]
    out = np.empty((2, rows))
    step = max(1, _CELLS // draws)
    for start in range(0, rows, step):
        at = slice(start, min(start + step, rows))
        size = (draws, at.stop - at.start)
        spread = rng.standard_normal(size) if np.isinf(fit.t_df) else rng.standard_t(fit.t_df, size)
        some = {name: array[at] for name, array in data.items()}
        drawn = family.simulate(eta[at] + np.nan_to_num(error[at]) * spread, values, some, rng)
        drawn, _ = family.observations(some | {"y": drawn})
        out[:, at] = np.quantile(drawn, tails, axis=0, method="nearest")
    return out[0], out[1]


def _data_of(fit: Regression, new: Any) -> dict[str, np.ndarray]:
    """Return what the family needs of rows to draw responses: the fit's own, or what the new ones' weights say."""
    if new is fit.model.design:
        return {name: array for name, array in fit.data.items() if name != "y"}
    if fit.model.design.response.trials is not None:
        raise ModelError(
            "new rows do not say their numbers of trials, so no interval of new responses can be given. Ask for "
            'interval="confidence", or fit shares with their numbers of trials as `weights=`.'
        )
    return fit.family.data(None, new.weights)
