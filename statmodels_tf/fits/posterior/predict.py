"""Predictions from draws, rows in pieces so that draws times rows stays bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...families.exponential import on_scale_of_mean
from ..arguments import generator
from ..predict import question, rows_of
from .draws import expected, own_of, row_pieces, size_of

if TYPE_CHECKING:
    from .estimate import Posterior

SUMMARIES, DRAWS = ("response", "link"), ("draws", "epred", "linpred", "observations")
"""Types that give a figure of each row, and those that give its draws."""


def fitted_mean(fit: Posterior) -> np.ndarray:
    """Return the posterior mean of each row's mean [nobs], or of its probabilities [nobs, K]."""
    model, draws = fit.model, fit.shown
    design, family = model.design, model.family
    if family.linear and all(effect.linear for effect in model.effects):
        means = {name: np.mean(array, axis=(0, 1), keepdims=True) for name, array in draws.items()}
        return model.predictor_on(design, means)[0, 0]  # then it is the mean at the mean of the draws
    n, own = len(design.rows), model.family_values(fit.values)
    return np.concatenate(
        [
            np.mean(expected(model, model.predictor_on(rows, draws), own_of(own, part, n)), axis=(0, 1))
            for part, rows in row_pieces(design, {}, int(np.prod(size_of(draws))))
        ]
    )


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
    design, include = fit.model.design, asked.random == "include"
    new: Any = design
    if asked.newdata is not None:
        new = rows_of(design, asked.newdata, asked.new_levels, include=include, effects=include or responses)
    return Asked(new.index, getattr(new, "missing", None), new.common.shape[0], _pieces(fit, asked, new, responses))


def _pieces(fit: Posterior, asked: Question, new: Any, responses: bool) -> Iterator[Piece]:
    model, include = fit.model, asked.random == "include"
    observed = model.family.data(None, new.weights)
    if new is model.design:
        observed = {name: array for name, array in model.data["likelihood"].items() if name in observed}
    rng = np.random.default_rng(asked.seed)
    own, n = model.family_values(fit.values), new.common.shape[0]
    factors = [effect.factor(fit.values, np) for effect in model.groups]
    for part, rows in row_pieces(new, observed, int(np.prod(size_of(fit.shown)))):
        here = own_of(own, part, n)
        eta = model.predictor_on(rows, fit.shown, random=include)
        if include:
            eta += unseen(rows.groups, factors, rng, every=False)
        drawn = None
        if responses:
            level = eta if include else eta + unseen(rows.groups, factors, rng, every=True)
            drawn = model.family.simulate(level, here, rows.observed, rng)
            drawn = on_scale_of_mean(model.family, drawn, rows.observed)
        yield Piece(part, eta, expected(model, eta, here), drawn)


def unseen(groups: Sequence[Any], factors: Sequence[np.ndarray], rng: np.random.Generator, every: bool) -> Any:
    """Return draws [..., m] of the effects of levels not seen: of rows with code -1, or of every row."""
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
