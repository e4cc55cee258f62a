"""Predictions from draws, rows in pieces so that draws times rows stays bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...families.exponential import on_scale_of_mean
from ..arguments import generator
from ..predict import question, rows_of
from .draws import CHUNK

if TYPE_CHECKING:
    from .estimate import Posterior


@dataclass(frozen=True, eq=False)
class _Rows:
    """Some rows of a design: what effects and the family read."""

    common: Any
    groups: tuple[Any, ...]
    specials: tuple[Any, ...]
    offset: np.ndarray | None
    observed: Mapping[str, np.ndarray]


def _pieces(new: Any, observed: Mapping[str, np.ndarray], count: int) -> Iterator[tuple[slice, _Rows]]:
    """Yield (slice, those rows), few enough for `count` draws of each."""
    rows = new.common.shape[0]
    step = max(1, CHUNK // max(1, count))
    for start in range(0, rows, step):
        part = slice(start, min(rows, start + step))
        groups = tuple(
            replace(g, codes=g.codes[part], columns=None if g.columns is None else g.columns[part]) for g in new.groups
        )
        some = _Rows(
            new.common.take(np.arange(part.start, part.stop)),
            groups,
            tuple(block.take(part) for block in new.specials),
            None if new.offset is None else new.offset[part],
            {name: array[part] for name, array in observed.items()},
        )
        yield part, some


def fitted_mean(fit: Posterior) -> np.ndarray:
    """Return the posterior mean of each row's mean [nobs]."""
    model, draws = fit.model, fit.shown
    design, link = model.design, model.family.link
    if link.name == "identity" and all(effect.linear for effect in model.effects):
        means = {name: np.mean(array, axis=(0, 1), keepdims=True) for name, array in draws.items()}
        return model.predictor_on(design, means)[0, 0]  # then it is the mean at the mean of the draws
    out = np.empty(len(design.rows))
    for part, rows in _pieces(design, {}, _count(fit)):
        out[part] = np.mean(link.inverse(model.predictor_on(rows, draws), np), axis=(0, 1))
    return out


def _count(fit: Posterior) -> int:
    """Return the number of draws of all chains."""
    return int(np.prod(np.shape(next(iter(fit.shown.values())))[:2]))


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


def _drawn(
    fit: Posterior, asked: Question
) -> tuple[Any, np.ndarray | None, Iterator[tuple[slice, np.ndarray, np.ndarray]]]:
    """Return the design of the rows, which of them lack a value, and pieces of (slice, eta, new responses).

    New responses are made only for an interval of predictions; else that item is eta again.
    """
    design, include, predict = fit.model.design, asked.random == "include", asked.interval == "prediction"
    new: Any
    if asked.newdata is None:
        new, missing = design, None
    else:
        new = rows_of(design, asked.newdata, asked.new_levels, include=include, effects=include or predict)
        missing = new.missing
    observed = fit.model.family.data(None, new.weights)
    rng = np.random.default_rng(asked.seed)
    own = fit.model.family_values(fit.values)
    factors = [effect.factor(fit.values, np) for effect in fit.model.groups]

    def pieces() -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        for part, rows in _pieces(new, observed, _count(fit)):
            eta = fit.model.predictor_on(rows, fit.shown, random=include)
            if include:
                eta += _unseen(rows.groups, factors, rng, every=False)
            if not predict:
                yield part, eta, eta
                continue
            level = eta if include else eta + _unseen(rows.groups, factors, rng, every=True)
            drawn = fit.model.family.simulate(level, own, rows.observed, rng)
            yield part, eta, on_scale_of_mean(fit.model.family, drawn, rows.observed)

    return new, missing, pieces()


def _unseen(groups: Sequence[Any], factors: Sequence[np.ndarray], rng: np.random.Generator, every: bool) -> Any:
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
    new, missing, pieces = _drawn(fit, asked)
    m = new.common.shape[0]
    mean, sd, lower, upper = (np.empty(m) for _ in range(4))
    tails = [(1 - level) / 2, (1 + level) / 2]
    inverse = (lambda eta: eta) if link else (lambda eta: fit.model.family.link.inverse(eta, np))
    for part, eta, response in pieces:
        mu = inverse(eta)
        mean[part], sd[part] = np.mean(mu, axis=(0, 1)), np.std(mu, axis=(0, 1), ddof=1)
        if interval is not None:
            over = response if interval == "prediction" else mu
            lower[part], upper[part] = np.quantile(over, tails, axis=(0, 1))
    if missing is not None:
        for array in (mean, sd, lower, upper):
            array[missing] = np.nan
    if not se and interval is None:
        return pd.Series(mean, index=new.index, name=fit.model.design.response.name)
    columns = {"mean": mean, "se": sd}
    if interval is not None:
        columns |= {"lower": lower, "upper": upper}
    return pd.DataFrame(columns, index=new.index)


def predict_draws(fit: Posterior, asked: Question) -> pd.DataFrame:
    """Return draws of each row's mean, or of new observations: a table of (chain, draw) by rows."""
    new, missing, pieces = _drawn(fit, asked)
    chains, count = next(iter(fit.shown.values())).shape[:2]
    out = np.empty((chains, count, new.common.shape[0]))
    for part, eta, response in pieces:
        out[..., part] = response if asked.interval == "prediction" else fit.model.family.link.inverse(eta, np)
    if missing is not None:
        out[..., missing] = np.nan
    index = pd.MultiIndex.from_product([range(chains), range(count)], names=["chain", "draw"])
    return pd.DataFrame(out.reshape(chains * count, -1), index=index, columns=new.index)
