"""Predictions from draws, rows in pieces so that draws times rows stays bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...families.exponential import on_scale_of_mean
from ...model import GroupEffect
from ..arguments import generator
from ..predict import question, rows_of
from .draws import expected, row_pieces, size_of

if TYPE_CHECKING:
    from ...model import Model, Predictor
    from .estimate import Posterior

SUMMARIES, DRAWS = ("response", "link"), ("draws", "epred", "linpred", "observations")
"""Types that give a figure of each row, and those that give its draws."""


def fitted_mean(fit: Posterior, location: bool = False) -> np.ndarray:
    """Return the posterior mean of each row's mean [nobs], or of its probabilities [nobs, K].

    `location` asks for what the link maps to the linear predictor, where that is not the mean.
    """
    model, draws = fit.model, fit.shown
    design, family = model.design, model.family
    if family.linear and all(effect.linear for effect in model.effects):
        means = {name: np.mean(array, axis=(0, 1), keepdims=True) for name, array in draws.items()}
        return model.predictor_on(design, means)[0, 0]  # then it is the mean at the mean of the draws
    observed, parts = model.data["likelihood"], []
    for _, rows in row_pieces(design, model.predictors, observed, int(np.prod(size_of(draws)))):
        eta = model.predictor_on(rows, draws)
        if location:
            mu = family.link.inverse(eta, np)
        else:
            mu = expected(model, eta, model.own_on(rows.others, draws), rows.observed)
        parts.append(np.mean(mu, axis=(0, 1)))
    return np.concatenate(parts)


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be predicted; see `Posterior.predict`."""

    newdata: Any
    random: str
    new_levels: str
    interval: str | None
    seed: int

    def __post_init__(self) -> None:
        question(self.random, self.new_levels, self.interval)
        generator(self.seed)


@dataclass(frozen=True, eq=False)
class Piece:
    """Draws of some of the rows, each [chains, draws, m]: the linear predictor, the mean, and new responses, if any."""

    part: slice
    eta: np.ndarray
    mean: np.ndarray
    response: np.ndarray | None


@dataclass(frozen=True, eq=False)
class Asked:
    """The rows of a question: their labels, which lack a value (or None), how many, and their pieces in turn."""

    index: pd.Index
    missing: np.ndarray | None
    rows: int
    pieces: Iterator[Piece]


def asked_pieces(fit: Posterior, asked: Question, responses: bool) -> Asked:
    """Return what is asked of the rows; new responses only where wanted."""
    model, include = fit.model, asked.random == "include"
    if asked.newdata is None:
        pieces = _pieces(fit, asked, model.design, model.predictors, responses)
        return Asked(model.design.index, None, model.design.common.shape[0], pieces)
    new, *others = (
        rows_of(design, asked.newdata, asked.new_levels, include=include, effects=include or responses)
        for design in (model.design, *model.predictors.values())
    )
    missing = np.any([one.missing for one in (new, *others)], axis=0)
    pieces = _pieces(fit, asked, new, dict(zip(model.predictors, others, strict=True)), responses)
    return Asked(new.index, missing, new.common.shape[0], pieces)


def _pieces(fit: Posterior, asked: Question, new: Any, others: Mapping[str, Any], responses: bool) -> Iterator[Piece]:
    model, include = fit.model, asked.random == "include"
    observed = model.family.data(None, new.weights)
    if new is model.design:
        observed = dict(model.data["likelihood"])
    rng = np.random.default_rng(asked.seed)
    factors, beside = group_factors(model.mean, fit.values), own_factors(model, fit.values)
    for part, rows in row_pieces(new, others, observed, int(np.prod(size_of(fit.shown)))):
        more = unseen_own(rows.others, beside, rng, every=False) if include else {}
        own = model.own_on(rows.others, fit.shown, random=include, more=more)
        eta = model.predictor_on(rows, fit.shown, random=include)
        if include:
            eta += unseen(rows.groups, factors, rng, every=False)
        drawn = None
        if responses:
            level, of_level = eta, own
            if not include:
                level = eta + unseen(rows.groups, factors, rng, every=True)
                more = unseen_own(rows.others, beside, rng, every=True)
                of_level = model.own_on(rows.others, fit.shown, random=False, more=more)
            drawn = model.family.simulate(level, of_level, rows.observed, rng)
            drawn = on_scale_of_mean(model.family, drawn, rows.observed)
        yield Piece(part, eta, expected(model, eta, own, rows.observed), drawn)


Factors = tuple[tuple[tuple[np.ndarray, ...], ...], bool]


def group_factors(predictor: Predictor, values: Mapping[str, np.ndarray]) -> Factors:
    """Return the factor Λ of each group term of a predictor, for each η, and whether these are stacked."""
    branches = [[effect for effect in branch if isinstance(effect, GroupEffect)] for branch in predictor.branches]
    return tuple(tuple(effect.factor(values, np) for effect in each) for each in branches), predictor.stacked


def own_factors(model: Model, values: Mapping[str, np.ndarray]) -> dict[str, Factors]:
    """Return those of the predictors of other parameters than the mean, by name."""
    return {predictor.name: group_factors(predictor, values) for predictor in model.modelled}


def unseen_own(
    others: Mapping[str, Any], factors: Mapping[str, Factors], rng: np.random.Generator, every: bool
) -> dict[str, Any]:
    """Return draws of the effects of levels not seen on other parameters than the mean, by name; see `unseen`."""
    return {name: unseen(others[name].groups, each, rng, every) for name, each in factors.items()}


def unseen(groups: Sequence[Any], factors: Factors, rng: np.random.Generator, every: bool) -> Any:
    """Return draws [..., m] or [..., m, L] of the effects of levels not seen: of code -1, or of every row."""
    branches, stacked = factors
    parts = [_unseen(groups, each, rng, every) for each in branches]
    return np.stack(parts, axis=-1) if stacked else parts[0]


def _unseen(groups: Sequence[Any], factors: Sequence[np.ndarray], rng: np.random.Generator, every: bool) -> Any:
    total: Any = 0.0
    for block, factor in zip(groups, factors, strict=True):
        new = np.ones(len(block.codes), dtype=bool) if every else block.codes < 0
        if not np.any(new):
            continue
        columns = np.ones((len(new), 1)) if block.columns is None else block.columns
        loadings = np.matmul(columns * new[:, None], factor)  # x'Λ [..., m, l]
        total = total + np.sum(loadings * rng.standard_normal(loadings.shape), axis=-1)
    return total


def predict_posterior(
    fit: Posterior, asked: Question, *, link: bool, se: bool, level: float
) -> pd.Series | pd.DataFrame:
    """Return means, or a table of mean, se (and lower, upper); see `Posterior.predict`."""
    interval = asked.interval
    found = asked_pieces(fit, asked, interval == "prediction")
    tails = [(1 - level) / 2, (1 + level) / 2]
    mean, sd, lower, upper = (np.empty(found.rows) for _ in range(4))
    for piece in found.pieces:
        mu, part = piece.eta if link else piece.mean, piece.part
        mean[part], sd[part] = np.mean(mu, axis=(0, 1)), np.std(mu, axis=(0, 1), ddof=1)
        if interval is not None:
            over = mu if piece.response is None else piece.response
            lower[part], upper[part] = np.quantile(over, tails, axis=(0, 1))
    if found.missing is not None:
        for array in (mean, sd, lower, upper):
            array[found.missing] = np.nan
    if not se and interval is None:
        return pd.Series(mean, index=found.index, name=fit.model.design.response.name)
    columns = {"mean": mean, "se": sd}
    if interval is not None:
        columns |= {"lower": lower, "upper": upper}
    return pd.DataFrame(columns, index=found.index)


def predict_draws(fit: Posterior, asked: Question, type: str) -> pd.DataFrame:
    """Return draws of each row's mean, linear predictor, or new observations: a table of (chain, draw) by rows."""
    responses = type == "observations" or (type == "draws" and asked.interval == "prediction")
    found = asked_pieces(fit, asked, responses)
    chains, count = size_of(fit.shown)
    out = np.empty((chains, count, found.rows))
    for piece in found.pieces:
        of_mean = piece.eta if type == "linpred" else piece.mean
        out[..., piece.part] = of_mean if piece.response is None else piece.response
    if found.missing is not None:
        out[..., found.missing] = np.nan
    index = pd.MultiIndex.from_product([range(chains), range(count)], names=["chain", "draw"])
    return pd.DataFrame(out.reshape(chains * count, -1), index=index, columns=found.index)
