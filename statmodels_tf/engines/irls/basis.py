"""Basis: which columns some rows tell apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dpstrf

from ...design.rank import pivoted
from ...linalg.arranged import arranged
from ...linalg.normal import Normal, Triangle, triangle_of
from .passes import counted
from .rows import Block, Rows

CLEAR, NOTHING = 1e-7, 1e-13
"""Pivots of a scaled cross-product above which columns are clearly independent, and below which they are not."""


@dataclass(frozen=True, eq=False)
class Crossed:
    """The task that gives X'X."""

    def __call__(self, block: Block) -> Normal:
        block = counted(block)
        rows = arranged(block.common, split=False)
        n = rows.shape[0]
        return rows.normal(np.ones(n), np.zeros(n)).collected()


@dataclass(frozen=True, eq=False)
class Triangles:
    """The task that gives the triangle of the QR decomposition of X."""

    def __call__(self, block: Block) -> Triangle:
        block = counted(block)
        rows = arranged(block.common, split=False)
        n = rows.shape[0]
        return triangle_of(rows.dense(), np.ones(n), np.zeros(n))


def independent(rows: Rows, among: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return X'X of the rows, and which of some columns are a basis of what they span there."""
    gram = rows.total(Crossed(), "columns").gram
    some = gram[np.ix_(among, among)]
    scale = np.sqrt(some.diagonal())
    there = np.flatnonzero(scale > 0)
    if not len(there):
        return gram, among[there]
    scaled = some[np.ix_(there, there)] / scale[there] / scale[there, None]
    lower, pivots, rank, _ = dpstrf(scaled, lower=1, tol=NOTHING * len(there))
    if (lower.diagonal()[:rank] ** 2).min() > CLEAR:
        factor = np.empty((rank, len(there)))
        factor[:, pivots - 1] = np.tril(lower)[:, :rank].T
        alias = pivoted(factor, np.sqrt(CLEAR) / 10) if rank < len(there) else ()
        return gram, among[np.delete(there, alias)]
    factor = rows.total(Triangles(), "columns").factor[:, :-1][:, among]
    return gram, np.delete(among, pivoted(factor, tolerance))
