"""StreamedRows: the rows of a model that are read from their source for each pass, here or on a cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from ...design.recipe import CodedRows
from ...families.exponential import ExponentialFamily
from ...fits.regression.base import Totals
from ...model import Model
from ...sources import Stream
from ..threads import one_thread
from .edges import Direction, Remaining, moving
from .passes import linear_predictor
from .rows import Block, Rows, Total
from .totals import Deviance, Mean, Numbers, null_deviance

_SEARCHES, _STEP, _NEAR = 30, 1e-2, 1e-6
"""Passes that look for a dispersion at most, how far apart its logarithms are, and how near is near enough."""


def block_of(rows: CodedRows, family: ExponentialFamily) -> Block:
    """Return coded rows as the engine knows them."""
    y, a = family.observations(family.data(rows.response, rows.weights))
    return Block(rows.common, y, a, rows.offset)


@dataclass(frozen=True, eq=False)
class OnBlocks:
    """An engine's task, on coded rows."""

    family: ExponentialFamily
    task: Callable[[Block], Any]

    def __call__(self, rows: CodedRows) -> Any:
        return self.task(block_of(rows, self.family))


@dataclass(frozen=True, eq=False)
class OneThread:
    """A task that holds BLAS to one thread wherever it runs."""

    task: Callable[[Any], Any]

    def __call__(self, rows: Any) -> Any:
        with one_thread():
            return self.task(rows)


@dataclass(frozen=True, eq=False)
class BlockRows(Rows):
    """Rows held as several blocks."""

    blocks: tuple[Block, ...]
    p: int

    @property
    def n(self) -> int:
        return sum(len(block.y) for block in self.blocks)

    def total(self, task: Callable[[Block], Total], label: str = "") -> Total:
        return reduce(add, map(task, self.blocks))

    def sample(self, size: int, seed: int) -> Any:
        return self


@dataclass(frozen=True, eq=False)
class StreamedRows(Rows):
    """Rows that are read anew for each sum.

    Attributes
    ----------
    stream : Stream
    family : ExponentialFamily
        What says how the response and the weights are counted.
    p : int
    """

    stream: Stream
    family: ExponentialFamily
    p: int

    lasting = False

    @property
    def n(self) -> int:
        return self.stream.nobs

    def total(self, task: Callable[[Block], Total], label: str = "") -> Total:
        return self.stream.total(OneThread(OnBlocks(self.family, task)), label)

    def pass_over(self, tasks: tuple[Callable[[CodedRows], Numbers], ...], label: str) -> np.ndarray:
        """Return the sums of several tasks in one pass, one after another."""
        return self.stream.total(OneThread(Together(tasks)), label).values

    def sample(self, size: int, seed: int) -> BlockRows:
        return BlockRows(tuple(block_of(rows, self.family) for rows in self.stream.sample(size, seed)), self.p)


@dataclass(frozen=True, eq=False)
class Together:
    """Several tasks in one pass over coded rows, all of whose sums are plain numbers."""

    tasks: tuple[Callable[[CodedRows], Numbers], ...]

    def __call__(self, rows: CodedRows) -> Numbers:
        return Numbers(np.concatenate([task(rows).values for task in self.tasks]))


@dataclass(frozen=True, eq=False)
class LogLikelihood:
    """The task that adds up the log-likelihood at coefficients, at each of some dispersions.

    Attributes
    ----------
    dispersions : tuple of (float or None)
        None is that of a family whose dispersion is known.
    directions : tuple of Direction
        To infinity: rows that they move are fitted without error, and add nothing.
    """

    family: ExponentialFamily
    beta: np.ndarray
    dispersions: tuple[float | None, ...] = (None,)
    directions: tuple[Direction, ...] = ()

    def __call__(self, rows: CodedRows) -> Numbers:
        family, block = self.family, block_of(rows, self.family)
        data, a = family.data(rows.response, rows.weights), block.weights
        with np.errstate(all="ignore"):
            mu = family.link.inverse(linear_predictor(block, self.beta), np)
            each = [family.loglik(block.y, mu, a, data, dispersion) for dispersion in self.dispersions]
        counts = (True if a is None else a > 0) & (moving(block.common, self.directions) == 0)
        return Numbers(np.array([np.sum(rows, where=counts) for rows in each]))


def streamed_rows(model: Model) -> StreamedRows:
    """Return the rows of a model whose data are read block by block."""
    return StreamedRows(model.design.source, model.family, model.design.common.shape[1])


def streamed_totals(
    rows: StreamedRows, model: Model, beta: np.ndarray, directions: tuple[Direction, ...] = ()
) -> Totals:
    """Return what a fit adds up over its rows, in two more passes, or a few where it has no intercept or an offset."""
    design, family = model.design, model.family
    known = family.known_dispersion is not None or not family.likelihood
    tasks = [OnBlocks(family, Remaining(Deviance(family, beta), directions)), OnBlocks(family, Mean())]
    likelihood = LogLikelihood(family, beta, directions=directions)
    found = rows.pass_over((*tasks, *([likelihood] if known else [])), "deviance")
    deviance, pearson, weight, weighted = found[:4]
    later: list[Callable[[CodedRows], Numbers]] = []
    plain = "Intercept" in design.columns and design.offset is None
    if plain:
        later.append(OnBlocks(family, Deviance(family, None, weighted / weight)))
    by = {"rows": rows.n, "weights": weight}.get(family.loglik_by)
    if not known and by is not None:
        later.append(replace(likelihood, dispersions=(deviance / by,)))
    numbers = rows.pass_over(tuple(later), "null deviance") if later else np.array([])
    null = numbers[0] if plain else null_deviance(rows, family, "Intercept" in design.columns, True)
    if not known:
        loglik = numbers[-1] if by is not None else _largest(rows, likelihood, pearson / weight)
        return Totals(float(deviance), float(null), float(loglik), float(pearson))
    return Totals(float(deviance), float(null), float(found[4]), float(pearson))


def _largest(rows, likelihood, dispersion):
    """Return the largest log-likelihood that a dispersion gives: Newton's method in its logarithm, by differences.

    The error of the dispersion counts by its square, so that the log-likelihood has ten digits.
    """
    if not 0 < dispersion < np.inf:
        return np.inf if dispersion == 0 else np.nan
    best, at = np.nan, np.log(dispersion)
    for _ in range(_SEARCHES):
        task = replace(likelihood, dispersions=tuple(np.exp(at + step) for step in (-_STEP, 0.0, _STEP)))
        low, middle, high = rows.pass_over((task,), "dispersion")
        best = np.fmax(best, middle)
        slope, curvature = (high - low) / (2 * _STEP), (high - 2 * middle + low) / _STEP**2
        step = np.clip(-slope / curvature, -1, 1) if curvature < 0 else np.sign(slope)
        if not abs(step) > _NEAR:
            break
        at += step
    return best
