"""What a posterior of a response in categories, or in shares of several columns, answers by outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..arguments import one_of
from .draws import size_of
from .predict import Asked, Question, asked_pieces

if TYPE_CHECKING:
    from .estimate import Posterior

SUMMARIES = ("prob", "class", "cum.prob", "linear.predictor")
DRAWS = ("draws", "epred", "linpred", "observations")
RESIDUALS = ("quantile", "deviance", "pearson")
_WORDS = {"probs": "prob", "response": "prob", "link": "linear.predictor", "cum_prob": "cum.prob"}


def outcomes(fit: Posterior) -> tuple[str, ...]:
    """Return the outcomes, in order: levels of a factor, or names of columns."""
    design, family = fit.model.design, fit.model.family
    named: Any = family
    return tuple(map(str, named.outcomes(design.response, design.weights)))


def fitted(fit: Posterior, means: np.ndarray) -> pd.Series | pd.DataFrame:
    """Return the fitted probability of each row's own outcome, as R's clm; of a response in columns all shares."""
    index = fit.model.design.index
    if fit.family.by_columns:
        return pd.DataFrame(means, index=index, columns=list(outcomes(fit)))
    y = fit.model.data["likelihood"]["y"]
    return pd.Series(np.take_along_axis(means, y[:, None], axis=1)[:, 0], index=index, name="fitted")


def residuals(fit: Posterior, means: np.ndarray, kind: str) -> np.ndarray:
    """Return the residuals [nobs] from the posterior means of the probabilities [nobs, K].

    Parameters
    ----------
    fit : Posterior
    means : array [nobs, K]
    kind : {"quantile", "deviance", "pearson"}
        The family's own parameters at their posterior means.
    """
    family, data = fit.family, fit.model.data["likelihood"]
    own = {name: np.mean(value, axis=(0, 1)) for name, value in fit.model.family_values(fit.values).items()}
    questions: dict[str, Callable[[], np.ndarray]] = {
        "quantile": lambda: family.quantile_residuals(means, own, data, np.random.default_rng(0)),
        "deviance": lambda: family.deviance_residuals(means, own, data),
        "pearson": lambda: family.pearson_residuals(means, own, data),
    }
    default = "pearson" if family.by_columns else "quantile"
    kind = one_of("type", default if kind == "response" else kind, RESIDUALS)
    with np.errstate(divide="ignore", invalid="ignore"):
        return questions[kind]()


def predict(fit: Posterior, asked: Question, kind: str, *, se: bool, level: float) -> pd.Series | pd.DataFrame:
    """Return predictions by outcome on the index of the rows.

    Parameters
    ----------
    fit : Posterior
    asked : Question
    kind : str
        "prob" the probability of each outcome, or a column's share; "class" the likeliest; "cum.prob" the probability
        of an outcome or an earlier one; "linear.predictor"; or draws: of the probabilities ("epred", also "draws"), of
        the linear predictor ("linpred"), of new responses ("observations").
    se : bool
        Give posterior standard deviations.
    level : float
        Of the interval that `asked` wants.
    """
    kind = one_of("type", _WORDS.get(kind, kind), (*SUMMARIES, *DRAWS))
    if asked.interval == "prediction":
        raise ModelError('an outcome has no interval; ask for the draws of new ones, type="observations".')
    found = asked_pieces(fit, asked, kind == "observations")
    if kind in DRAWS:
        return _draws(fit, found, kind)
    if kind == "class":
        if se or asked.interval is not None:
            raise ModelError('an outcome has no standard error and no interval; ask for those of type="prob".')
        return _classes(fit, found)
    return _figures(fit, found, kind, se, asked.interval is not None, level)


def simulated(fit: Posterior, drawn: np.ndarray) -> pd.DataFrame:
    """Return new data sets [D, n] as categories, or [D, n, K] with the columns of the response."""
    names, columns = outcomes(fit), {}
    for number, one in enumerate(drawn, start=1):
        if one.ndim > 1:
            columns |= {(f"sim_{number}", name): one[:, k] for k, name in enumerate(names)}
        else:
            columns[f"sim_{number}"] = pd.Categorical.from_codes(one.astype(int), pd.Index(names))
    return pd.DataFrame(columns, index=fit.model.design.index)


def _figures(fit: Posterior, found: Asked, kind: str, se: bool, interval: bool, level: float) -> pd.DataFrame:
    """Return posterior means for each row and outcome, with standard deviations and quantiles if asked."""
    names, tables = _names(fit, kind), {}
    wanted = ["mean", *(["se"] if se or interval else []), *(["lower", "upper"] if interval else [])]
    for name in wanted:
        tables[name] = np.full((found.rows, len(names)), np.nan)
    tails = [(1 - level) / 2, (1 + level) / 2]
    for piece in found.pieces:
        x = _predictors(fit, piece.eta) if kind == "linear.predictor" else piece.mean
        if kind == "cum.prob":
            x = np.cumsum(x, axis=-1)
        tables["mean"][piece.part] = np.mean(x, axis=(0, 1))
        if "se" in tables:
            tables["se"][piece.part] = np.std(x, axis=(0, 1), ddof=1)
        if interval:
            tables["lower"][piece.part], tables["upper"][piece.part] = np.quantile(x, tails, axis=(0, 1))
    if found.missing is not None:
        for array in tables.values():
            array[found.missing] = np.nan
    made = {name: pd.DataFrame(array, index=found.index, columns=list(names)) for name, array in tables.items()}
    return made["mean"] if len(made) == 1 else pd.concat(made, axis=1)


def _classes(fit: Posterior, found: Asked) -> pd.Series:
    """Return the outcome of the largest posterior mean probability of each row."""
    codes = np.full(found.rows, -1)
    for piece in found.pieces:
        codes[piece.part] = np.argmax(np.mean(piece.mean, axis=(0, 1)), axis=-1)
    if found.missing is not None:
        codes[found.missing] = -1
    values = pd.Categorical.from_codes(codes, pd.Index(outcomes(fit)))
    return pd.Series(values, index=found.index, name=fit.model.design.response.name)


def _draws(fit: Posterior, found: Asked, kind: str) -> pd.DataFrame:
    """Return a table of (chain, draw) by rows, or by (row, outcome)."""
    chains, count = size_of(fit.shown)
    index = pd.MultiIndex.from_product([range(chains), range(count)], names=["chain", "draw"])
    names, parts = _names(fit, kind), []
    for piece in found.pieces:
        x = {"observations": piece.response, "linpred": _predictors(fit, piece.eta)}.get(kind, piece.mean)
        parts.append(np.asarray(x))
    out = np.concatenate(parts, axis=2).astype(float)
    if found.missing is not None:
        out[:, :, found.missing] = np.nan
    if out.ndim == 3:  # new outcomes of a factor
        codes = np.nan_to_num(out, nan=-1).astype(int).reshape(len(index), -1)
        known = pd.Index(outcomes(fit))
        columns = {row: pd.Categorical.from_codes(codes[:, k], known) for k, row in enumerate(found.index)}
        return pd.DataFrame(columns, index=index)
    columns = pd.MultiIndex.from_product([found.index, names], names=[found.index.name, "outcome"])
    return pd.DataFrame(out.reshape(len(index), -1), index=index, columns=columns)


def _names(fit: Posterior, kind: str) -> tuple[str, ...]:
    """Return what the last axis is called: outcomes, or linear predictors."""
    if kind not in ("linear.predictor", "linpred"):
        return outcomes(fit)
    return outcomes(fit)[1:] if fit.family.by_outcome else ("location",)


def _predictors(fit: Posterior, eta: np.ndarray) -> np.ndarray:
    """Return linear predictors [chains, draws, m, L], L one where there is one of each row: then the location x'b."""
    common = fit.model.common
    if eta.ndim > 3 or common is None:
        return eta.reshape(*eta.shape[:3], -1)
    return (eta + common.middle(common.from_shown(fit.shown))[..., None])[..., None]
