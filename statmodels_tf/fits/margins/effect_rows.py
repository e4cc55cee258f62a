"""The rows over which effects are averaged: the data, other rows, or copies with some columns set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from ...design.table import table
from ...errors import DataError, ModelError, did_you_mean
from ..arguments import one_of
from ..columns import changed, coerced, columns_of, is_numeric, model_columns, repeatable, rows_with, values_at
from ..outcome.all_parameters import AllParameters
from ..outcome.quantity import OutcomeRowsAt
from ..regression.limit import limit_of
from .quantity import Rows
from .scale import scale_of


@dataclass(frozen=True, eq=False)
class Asked:
    """What slopes, comparisons and predictions have in common; see `Estimate.slopes`."""

    by: Any
    newdata: Any
    type: str
    average: bool
    at: Mapping[str, Any] | None
    weights: Any
    vcov: Any
    df: str | None
    level: float


@dataclass(frozen=True, eq=False)
class EffectRows:
    """Rows with the group each is averaged in.

    Attributes
    ----------
    each : tuple of (dict, Rows or OutcomeRowsAt)
        The quantities: labels, and the rows at which they are asked; of outcomes one for each.
    asked : Estimate or AllParameters
        What the Jacobians are of.
    codes : int array [n]
    labels : DataFrame [G, ...]
        The levels of each group.
    every : DataFrame [n, ...]
        The same columns for each row.
    weights : array [n] or None
    said : str
    """

    each: tuple[tuple[dict[str, str], Any], ...]
    asked: Any
    codes: np.ndarray
    labels: pd.DataFrame
    every: pd.DataFrame
    weights: np.ndarray | None
    said: str


@dataclass(frozen=True, eq=False)
class Basis:
    """The rows to average over, whatever is asked of them.

    Attributes
    ----------
    kind : str
        "response" or "link".
    frame : DataFrame [n, ...]
    offset : array [n] or None
        The offset of the rows of the fit, where it was an array.
    codes, labels, every, weights
        As in `EffectRows`.
    what : str
        The rows in words.
    """

    kind: str
    frame: pd.DataFrame
    offset: np.ndarray | None
    codes: np.ndarray
    labels: pd.DataFrame
    every: pd.DataFrame
    weights: np.ndarray | None
    what: str


def asked_rows(fit: Any, asked: Asked) -> EffectRows:
    """Return the rows that are asked for of an estimate, and their groups."""
    basis = asked_basis(fit, asked)
    groups = (basis.codes, basis.labels, basis.every, basis.weights)
    frame, offset, what = basis.frame, basis.offset, basis.what
    if fit.outcome_scales and basis.kind == "response":
        each = tuple(({"outcome": name}, OutcomeRowsAt(fit, k, frame, offset)) for k, name in enumerate(fit.outcomes))
        return EffectRows(each, AllParameters(fit), *groups, f"{what} · probability of each outcome")
    scale = scale_of(fit)
    beta, transformed = np.nan_to_num(fit.beta, nan=0.0), fit.family.link.name == "identity"
    on_link = basis.kind == "link" or transformed
    rows = Rows(fit.model.design, beta, None if on_link else scale, frame, offset, limit_of(fit))
    return EffectRows((({}, rows),), fit, *groups, what + scale_said(scale, on_link))


def scale_said(scale: Any, on_link: bool) -> str:
    """Return the scale that effects are on, in words; nothing where there is one only."""
    return "" if scale.identity else f" · {scale.what} scale" if on_link else " · response scale"


def asked_basis(fit: Any, asked: Asked) -> Basis:
    """Return the rows that are asked for of any fit, and their groups."""
    design = fit.model.design
    kind = one_of("type", "response" if asked.type == "prob" else asked.type, ("response", "link"))
    own = asked.newdata is None
    if design.source is not None and (own or isinstance(asked.newdata, str)):
        raise ModelError(
            "the data were read block by block and are not in memory; write `newdata=` with the rows to average over."
        )
    if own:
        frame = model_columns(fit.model)
        what = f"over {len(frame):,} rows"
        weights = _weights(asked.weights, frame)
    elif isinstance(asked.newdata, str):
        one_of("newdata", asked.newdata, ("mean",), " Or give a table of rows.")
        frame, what = _typical(fit), "at the means, factors at their most frequent level"
        weights = None
    else:
        given = table(asked.newdata, what="newdata", known=design.spec.columns)
        frame = given.frame(given.names, None)
        weights = _weights(asked.weights, frame)
        designs = (design, *fit.model.predictors.values())
        whole = ~np.any([repeatable(one)[0].on(frame, groups=False).missing for one in designs], axis=0)
        weights = None if weights is None else weights[whole]
        frame = frame[whole]
        what = f"over {len(frame):,} rows of `newdata`"
        if len(frame) < given.n:
            what += f", {given.n - len(frame):,} left out that lack a value"
    offset = design.offset if own and design.spec.offset_given else None
    frame, copies, at_names = _copied(fit, frame, asked.at)
    if copies > 1:
        weights = None if weights is None else np.tile(weights, copies)
        offset = None if offset is None else np.tile(offset, copies)
    names = [*at_names, *(n for n in _by(asked.by, frame, own) if n not in at_names)]
    codes, labels = _groups(frame, names)
    return Basis(kind, frame, offset, codes, labels, frame[names].reset_index(drop=True), weights, what)


def _typical(fit: Any) -> pd.DataFrame:
    """Return one row: the means of the numeric columns, the most frequent level of the others."""
    frame, factors = model_columns(fit.model), coerced(fit)
    middle = {
        name: float(frame[name].mean()) if is_numeric(frame[name]) and name not in factors else frame[name].mode()[0]
        for name in columns_of(fit)
    }
    return rows_with(frame, 1, middle)


def _copied(fit: Any, frame: pd.DataFrame, at: Mapping[str, Any] | None) -> tuple[pd.DataFrame, int, list[str]]:
    """Return the rows once for each combination of the values in `at`, how often, and its columns."""
    lists = values_at(fit, at)
    if not lists:
        return frame, 1, []
    parts = [changed(frame, dict(zip(lists, cell, strict=True))) for cell in product(*lists.values())]
    return pd.concat(parts), len(parts), list(lists)


def _by(by: Any, frame: pd.DataFrame, own: bool) -> list[str]:
    """Return the columns that group the rows."""
    names = [] if by is None else [by] if isinstance(by, str) else list(by)
    for name in names:
        if name not in frame.columns:
            listed = ", ".join(f"`{c}`" for c in frame.columns)
            more = " Give the data as `newdata=` to group by a column that the formula does not read." if own else ""
            near = did_you_mean(str(name), list(map(str, frame.columns)))
            raise ModelError(f"`by=`: no column `{name}`.{near} There is {listed}.{more}")
    return names


def _groups(frame: pd.DataFrame, names: list[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the group of each row, and the levels of each group, in their order."""
    if not names:
        return np.zeros(len(frame), dtype=int), pd.DataFrame(index=[0])
    grouped = frame.reset_index(drop=True).groupby(names, observed=True, sort=True, dropna=False)
    codes = grouped.ngroup().to_numpy()
    first = np.unique(codes, return_index=True)[1]
    return codes, frame[names].iloc[first].reset_index(drop=True)


def _weights(weights: Any, frame: pd.DataFrame) -> np.ndarray | None:
    """Return the weights of the rows: a column, or an array."""
    if weights is None:
        return None
    if isinstance(weights, str):
        if weights not in frame.columns:
            near = did_you_mean(weights, list(map(str, frame.columns)))
            raise ModelError(f"`weights=`: no column `{weights}`.{near} Give an array, or the data as `newdata=`.")
        weights = frame[weights]
    out = np.asarray(weights, dtype=float)
    if out.shape != (len(frame),):
        raise DataError(f"`weights=` has {out.size:,} values and there are {len(frame):,} rows.")
    if not (np.isfinite(out).all() and (out >= 0).all()):
        raise DataError("`weights=` must be finite and not negative.")
    return out
