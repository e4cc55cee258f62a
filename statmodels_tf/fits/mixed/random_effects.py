"""Random effects as tables: in lme4's order, with its meaning of theta."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..arguments import known_group

if TYPE_CHECKING:
    from .grouped import GroupedEstimate

NO_VARIANCE = 1e-4
"""The relative standard deviation below which an effect counts as without variance, as in lme4."""


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


def columns_of(fit: GroupedEstimate) -> dict[str, dict[str, tuple[int, int, str]]]:
    """Return for each grouping factor the columns of its table: name -> group term, position in it, effect.

    The same effect twice by one group, as in `(x | g) + (1 | g)`, makes the columns `Intercept` and `Intercept.1`.
    """
    columns: dict[str, dict[str, tuple[int, int, str]]] = {}
    for k in fit.order:
        block = fit.model.design.groups[k]
        own = columns.setdefault(block.group, {})
        for i, effect in enumerate(block.effects):
            before = sum(e == effect for _, _, e in own.values())
            own[f"{effect}.{before}" if before else effect] = (k, i, effect)
    return columns


def ranef(fit: GroupedEstimate, se: bool) -> dict[str, pd.DataFrame]:
    """Return for each grouping factor the conditional modes [levels, effects], with their conditional sds if asked."""
    blocks, tables = fit.model.design.groups, {}
    spread = {k: fit.conditional_covariance(k) for k in fit.order} if se else {}
    for group, columns in columns_of(fit).items():
        values = {name: fit.modes[k][:, i] for name, (k, i, _) in columns.items()}
        if se:
            values |= {f"se({name})": np.sqrt(spread[k][:, i, i]) for name, (k, i, _) in columns.items()}
        first = next(iter(columns.values()))[0]
        tables[group] = pd.DataFrame(values, index=level_index(blocks[first]))
    return tables


def level_index(block: Any) -> pd.Index:
    """Return the levels of a group as an index: the integers of the data where the group is one integer column."""
    values = getattr(block, "values", None)
    return pd.Index(block.levels if values is None else values, name=block.group)


def coef_by(fit: GroupedEstimate) -> dict[str, pd.DataFrame]:
    """Return for each grouping factor the coefficients of each level: the common ones plus its random effects."""
    coef, modes, tables = fit.coef(), ranef(fit, se=False), {}
    for group, columns in columns_of(fit).items():
        names = [*coef.index, *dict.fromkeys(e for _, _, e in columns.values() if e not in coef.index)]
        index = modes[group].index
        table = pd.DataFrame({name: np.full(len(index), coef.get(name, 0.0)) for name in names}, index=index)
        for name, (_, _, effect) in columns.items():
            table[effect] += modes[group][name]
        tables[group] = table
    return tables


def picked(tables: dict[str, pd.DataFrame], group: str | None) -> Any:
    """Return the table of a grouping factor, or all of them where none is named."""
    return tables if group is None else tables[known_group(group, list(tables))]


def flat_directions(fit: GroupedEstimate) -> list[bool]:
    """Return for each group term whether some combination of its effects has no variance.

    An effect counts in units of the root mean square of its column, so that the answer does not depend on the units
    of the data; the bound on the standard deviation, relative to sigma, is lme4's.
    """
    return [
        bool(np.linalg.svd(_unit(block)[:, None] * factor, compute_uv=False)[-1] < NO_VARIANCE)
        for block, factor in zip(fit.model.design.groups, fit.factors, strict=True)
    ]


def flat_effects(fit: GroupedEstimate, k: int) -> list[str]:
    """Return the effects of group term `k` whose own standard deviation is zero, in the same units."""
    block = fit.model.design.groups[k]
    relative = _unit(block) * np.sqrt(np.sum(fit.factors[k] ** 2, axis=1))
    return [effect for effect, sd in zip(block.effects, relative, strict=True) if sd < NO_VARIANCE]


def _unit(block: Any) -> np.ndarray:
    """Return the root mean square of each column of a block [l]."""
    return np.ones(1) if block.columns is None else np.sqrt(np.mean(block.columns**2, axis=0))
