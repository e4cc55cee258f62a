"""Clusters of rows: which rows belong together, and sums over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...design.evaluate import evaluate
from ...design.rows import written_variable
from ...design.table import table
from ...errors import DataError, ModelError
from ...formula import Formula
from ...transforms import Factor, Logical

if TYPE_CHECKING:
    from ..regression.base import Regression

Way = tuple[np.ndarray, int]
"""The cluster of each row of the fit [n], and how many clusters there are."""

_ENTRIES = 4_000_000


def cluster_codes(fit: Regression, cluster: Any) -> list[Way]:
    """Return the clusters of each row, one way for each variable.

    Parameters
    ----------
    fit : Regression
    cluster : str, array [rows of the data or of the fit], or a list of them
        A column of the data or an expression; `"~ a + b"` or `["a", "b"]` clusters in two ways, `"~ a:b"` by the pairs.
    """
    if isinstance(cluster, pd.DataFrame):
        given: Sequence[Any] = [cluster[name] for name in cluster]
    elif isinstance(cluster, str) and "~" in cluster:
        terms = [[v.text for v in term.variables] for term in Formula.parse(cluster).common if term.variables]
        weights = fit.model.design.weights
        return [list(combinations_of([_way(fit, text) for text in texts], weights))[-1][1:] for texts in terms]
    elif isinstance(cluster, (list, tuple)) and all(isinstance(c, (str, np.ndarray, pd.Series)) for c in cluster):
        given = [cluster] if _is_labels(fit, cluster) else cluster
    else:
        given = [cluster]
    return [_way(fit, each) for each in given]


def cluster_text(cluster: Any) -> str:
    """Return what clusters are made of, for a summary.

    >>> cluster_text("~ a + b"), cluster_text(["a", "b"]), cluster_text(np.arange(3))
    ('a + b', 'a + b', 'the labels given')
    """
    if isinstance(cluster, str):
        return cluster.partition("~")[2].strip() or cluster
    few = isinstance(cluster, (list, tuple)) and len(cluster) < 4 and all(isinstance(each, str) for each in cluster)
    return " + ".join(cluster) if few else "the labels given"


def combinations_of(ways: Sequence[Way], weights: np.ndarray | None) -> Iterator[tuple[int, np.ndarray, int]]:
    """Yield sign, codes and count of each combination of ways: +1 for odd ones, -1 for even ones.

    Combinations that occur only in rows of weight 0 are not counted.
    """
    for size in range(1, len(ways) + 1):
        for chosen in combinations(ways, size):
            codes, count = chosen[0]
            for other, _ in chosen[1:]:
                codes, _ = pd.factorize(codes.astype(np.int64) * (other.max() + 1) + other)
                count = _counted(codes, weights)
            yield (1 if size % 2 else -1), codes, count


def summed_scores(fit: Regression, scores: np.ndarray, codes: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the sums [clusters, r] of the scores x_i u_i of each cluster, for some clusters at a time."""
    common, keep = fit.model.design.common, fit.system.estimable
    order = np.argsort(codes, kind="stable")
    size, carried = max(_ENTRIES // max(common.shape[1], 1), 1), np.zeros((0, len(keep)))
    for begin in range(0, len(order), size):
        rows = order[begin : begin + size]
        first = np.flatnonzero(np.diff(codes[rows], prepend=-1))
        sums = np.add.reduceat(common.dense(rows)[:, keep] * scores[rows, None], first)
        if begin and codes[order[begin - 1]] == codes[rows[0]]:
            sums[0] += carried[0]
        elif begin:
            yield carried
        carried = sums[-1:]
        yield sums[:-1]
    yield carried


def _is_labels(fit: Regression, cluster: Sequence[Any]) -> bool:
    """Return whether a list is one label for each row rather than a list of columns."""
    names = all(isinstance(each, str) for each in cluster)
    return names and len(cluster) in _lengths(fit) and len(cluster) > 2


def _lengths(fit: Regression) -> tuple[int, ...]:
    """Return how many rows the fit has, and the data, if they are there."""
    n = fit.model.design.n
    return (n,) if fit.call is None else (n, table(fit.call.data).n)


def _way(fit: Regression, given: Any) -> Way:
    """Return the codes of one variable; the rows of the fit lack none and there are two clusters or more."""
    name = f"`{given}`" if isinstance(given, str) else "`cluster`"
    values = _column(fit, given) if isinstance(given, str) else _labels(fit, given)
    codes, _ = pd.factorize(values)
    if (codes < 0).any():
        raise DataError(
            f"the cluster {name} is missing in {np.count_nonzero(codes < 0):,} of the {len(codes):,} rows used; fill "
            "it, or fit without these rows."
        )
    count = _counted(codes, fit.model.design.weights)
    if count < 2:
        raise ModelError(f"{name} is the same in all rows; clusters need two values or more.")
    return codes, count


def _counted(codes: np.ndarray, weights: np.ndarray | None) -> int:
    """Return how many clusters have a row of positive weight."""
    return len(np.unique(codes if weights is None else codes[weights > 0]))


def _column(fit: Regression, text: str) -> np.ndarray:
    """Return the values of a column or expression on the rows of the fit."""
    design = fit.model.design
    given = table(fit.recorded_call(f"`cluster={text!r}`").data)
    value, _ = evaluate(written_variable(text, "cluster", given, design.functions), given, design.functions, text=text)
    if isinstance(value, Factor):
        value = np.where(value.codes < 0, np.nan, value.codes.astype(float))
    elif isinstance(value, Logical):
        value = np.where(value.values < 0, np.nan, value.values.astype(float))
    return np.asarray(value)[design.rows]


def _labels(fit: Regression, given: Any) -> np.ndarray:
    """Return labels given as an array, on the rows of the fit."""
    design, values = fit.model.design, np.asarray(given)
    n, *whole = _lengths(fit)
    if values.ndim == 1 and len(values) == n:
        return values
    if values.ndim == 1 and len(values) in whole:
        return values[design.rows]
    rows = " or ".join(f"{count:,}" for count in dict.fromkeys((n, *whole)))
    raise DataError(f"`cluster` has the shape {values.shape}; give a column, or a label for each of {rows} rows.")
