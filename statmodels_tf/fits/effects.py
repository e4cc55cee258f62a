"""Random effects as tables: in lme4's order, with its meaning of theta."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from statmodels_tf.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    from .grouped import GroupedEstimate


def lme4_order(levels: Sequence[int]) -> list[int]:
    """Return the order in which lme4 keeps group terms with these numbers of levels: the larger first.

    Terms stay as written unless a later one has more levels; then lme4 takes `rev(order(levels))`, which also turns
    ties round.

    >>> lme4_order([18, 18]), lme4_order([6, 30, 6])
    ([0, 1], [1, 2, 0])
    """
    if any(later > earlier for earlier, later in pairwise(levels)):
        return np.argsort(levels, kind="stable")[::-1].tolist()
    return list(range(len(levels)))


def theta(factors: Sequence[np.ndarray]) -> np.ndarray:
    """Return the lower triangles of the relative Cholesky factors, column by column, one factor after the other.

    >>> theta([np.array([[1.0, 0.0], [2.0, 3.0]])])
    array([1., 2., 3.])
    """
    return np.concatenate([f.T[np.triu_indices(len(f))] for f in factors])


def varcorr(fit: GroupedEstimate) -> pd.DataFrame:
    """Return the variances, then the covariances, of each group term, and the residual variance last."""
    rows: list[tuple[Any, ...]] = []
    for k in fit.order:
        block = fit.model.design.groups[k]
        covariance = fit.group_covariance(k)
        sd = np.sqrt(np.diag(covariance))
        rows += [(block.group, e, None, v, s) for e, v, s in zip(block.effects, sd**2, sd, strict=True)]
        for i in range(len(sd)):
            for j in range(i + 1, len(sd)):
                product = sd[i] * sd[j]
                correlation = covariance[i, j] / product if product > 0 else np.nan
                rows.append((block.group, block.effects[i], block.effects[j], covariance[i, j], correlation))
    rows.append(("Residual", None, None, fit.sigma**2, fit.sigma))
    group, term1, term2, vcov, sdcor = zip(*rows, strict=True)
    # Object columns keep None as None: a text column would make it NaN.
    terms = {"term1": pd.Series(term1, dtype=object), "term2": pd.Series(term2, dtype=object)}
    return pd.DataFrame({"group": group, **terms, "vcov": vcov, "sdcor": sdcor})


def ranef(fit: GroupedEstimate, se: bool) -> dict[str, pd.DataFrame]:
    """Return for each grouping factor the conditional modes [levels, effects], with their conditional sds if asked."""
    values: dict[str, dict[str, np.ndarray]] = {}
    spread: dict[str, dict[str, np.ndarray]] = {}
    levels = {}
    for k in fit.order:
        block = fit.model.design.groups[k]
        levels[block.group] = pd.Index(block.levels, name=block.group)
        values.setdefault(block.group, {}).update(zip(block.effects, fit.modes[k].T, strict=True))
        if se:
            sd = np.sqrt(np.diagonal(fit.conditional_covariance(k), axis1=1, axis2=2))
            names = [f"se({effect})" for effect in block.effects]
            spread.setdefault(block.group, {}).update(zip(names, sd.T, strict=True))
    return {g: pd.DataFrame(values[g] | spread.get(g, {}), index=levels[g]) for g in values}


def coef_by(fit: GroupedEstimate, group: str) -> pd.DataFrame:
    """Return the coefficients of each level of `group`: the common ones plus the level's random effects."""
    known = ranef(fit, se=False)
    if group not in known:
        listed = ", ".join(f"`{g}`" for g in known)
        raise ModelError(f"no grouping factor `{group}`.{did_you_mean(group, known)} There is {listed}.")
    effects = known[group]
    coef = fit.coef()
    names = [*coef.index, *(e for e in effects.columns if e not in coef.index)]
    table = pd.DataFrame({name: np.full(len(effects), coef.get(name, 0.0)) for name in names}, index=effects.index)
    for effect in effects.columns:
        table[effect] += effects[effect]
    return table
