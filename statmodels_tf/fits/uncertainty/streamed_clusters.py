"""Clusters of rows that are read block by block: sums of scores by cluster, which add up over blocks.

What is held are the sums of the clusters met so far, so memory grows with their number and not with that of the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from ...design.recipe import Coder
from ...design.table import Table
from ...errors import DataError, ModelError, did_you_mean
from ...families.exponential import ExponentialFamily
from ...formula import Formula
from ..regression.blockwise import working_of

if TYPE_CHECKING:
    from ..regression.base import Regression

_ENTRIES = 4_000_000


@dataclass(frozen=True, eq=False)
class ScoresByCluster:
    """The sums of the scores of each cluster.

    Attributes
    ----------
    labels : tuple of array [G]
        One for each column that the clusters are made of.
    sums : array [G, r]
    """

    labels: tuple[np.ndarray, ...]
    sums: np.ndarray

    def __add__(self, other: ScoresByCluster) -> ScoresByCluster:
        labels = [np.concatenate(pair) for pair in zip(self.labels, other.labels, strict=True)]
        codes, first = _grouped([pd.factorize(each)[0] for each in labels])
        sums = _summed(codes, len(first), np.concatenate([self.sums, other.sums]))
        return ScoresByCluster(tuple(each[first] for each in labels), sums)


@dataclass(frozen=True, eq=False)
class Clustered:
    """The sums of each way to make clusters, and how many rows lack each column."""

    ways: tuple[ScoresByCluster, ...]
    missing: np.ndarray

    def __add__(self, other: Clustered) -> Clustered:
        ways = tuple(one + two for one, two in zip(self.ways, other.ways, strict=True))
        return Clustered(ways, self.missing + other.missing)


@dataclass(frozen=True, eq=False)
class SumByCluster:
    """The task that adds up the scores of a table's rows by cluster.

    Attributes
    ----------
    keep : array [r]
        The columns of X that are not aliased.
    columns : tuple of str
    ways : tuple of tuple of int
        The columns that each way takes together.
    """

    coder: Coder
    family: ExponentialFamily
    beta: np.ndarray
    keep: np.ndarray
    columns: tuple[str, ...]
    ways: tuple[tuple[int, ...], ...]

    def __call__(self, table: Table) -> Clustered | None:
        found = self.coder.placed(table)
        if found is None:
            return None
        rows, at = found
        values = [table.series(name).to_numpy(dtype=object) for name in self.columns]
        values = [each if at is None else each[at] for each in values]
        codes = [pd.factorize(each)[0] for each in values]
        missing = np.array([np.count_nonzero(each < 0) for each in codes])
        score = working_of(self.family, self.beta, rows).score
        counts = np.all([each >= 0 for each in codes], axis=0)
        if rows.weights is not None:
            counts &= rows.weights > 0
        used = np.flatnonzero(counts)
        ways = tuple(self._way(way, used, values, codes, rows.common, score) for way in self.ways)
        return Clustered(ways, missing)

    def _way(self, way, used, values, codes, common, score):
        groups, first = _grouped([codes[k][used] for k in way])
        size, sums = max(_ENTRIES // max(common.shape[1], 1), 1), np.zeros((len(first), len(self.keep)))
        for begin in range(0, len(used), size):
            some = used[begin : begin + size]
            scores = common.dense(some)[:, self.keep] * score[some, None]
            sums += _summed(groups[begin : begin + size], len(first), scores)
        return ScoresByCluster(tuple(values[k][used][first] for k in way), sums)


def streamed_clusters(fit: Regression, cluster: Any) -> tuple[list[tuple[int, int, np.ndarray]], int]:
    """Return sign, number of clusters and sum of S S' [r, r] of each combination of ways, and the fewest of a way."""
    ways = _ways(cluster)
    chosen = [
        (1 if size % 2 else -1, tuple(dict.fromkeys(name for way in some for name in way)))
        for size in range(1, len(ways) + 1)
        for some in combinations(ways, size)
    ]
    columns = tuple(dict.fromkeys(name for way in ways for name in way))
    stream = fit.model.design.source
    for name in columns:
        if name not in stream.source.names:
            raise DataError(f"no column `{name}` in the data to cluster by.{did_you_mean(name, stream.source.names)}")
    places = tuple(tuple(columns.index(name) for name in names) for _, names in chosen)
    task = SumByCluster(stream.coder, fit.family, np.nan_to_num(fit.beta), fit.system.estimable, columns, places)
    found = stream.over_tables(task, "clusters", more=columns)
    for name, count in zip(columns, found.missing, strict=True):
        if count:
            raise DataError(
                f"the cluster `{name}` is missing in {count:,} of the {stream.n:,} rows used; fill it, or fit without "
                "these rows."
            )
    counts = [len(way.sums) for way in found.ways]
    for way, count in zip(ways, counts, strict=False):
        if count < 2:
            raise ModelError(f"`{':'.join(way)}` is the same in all rows; clusters need two values or more.")
    parts = [(sign, len(way.sums), way.sums.T @ way.sums) for (sign, _), way in zip(chosen, found.ways, strict=True)]
    return parts, min(counts[: len(ways)])


def _ways(cluster: Any) -> list[tuple[str, ...]]:
    """Return the columns that make the clusters of each way."""
    if isinstance(cluster, str) and "~" in cluster:
        return [tuple(v.text for v in term.variables) for term in Formula.parse(cluster).common if term.variables]
    given: Sequence[Any] = [cluster] if isinstance(cluster, str) else cluster
    if isinstance(given, (list, tuple)) and given and all(isinstance(name, str) for name in given):
        return [(name,) for name in given]
    raise DataError(
        "`cluster` is an array, and data that are read block by block have no row numbers to match it with. Put it in "
        'the data and give its name, `cluster="firm"`.'
    )


def _grouped(codes: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the group [m] of each row by several codes, and the first row of each group."""
    both = codes[0].astype(np.int64)
    for other in codes[1:]:
        both, _ = pd.factorize(both * (other.max(initial=0) + 1) + other)
    _, first, groups = np.unique(both, return_index=True, return_inverse=True)
    return groups, first


def _summed(groups: np.ndarray, count: int, values: np.ndarray) -> np.ndarray:
    """Return the sums [count, r] of values [m, r] by group."""
    m = len(groups)
    return np.asarray(sparse.csr_matrix((np.ones(m), (groups, np.arange(m))), shape=(count, m)) @ values)
