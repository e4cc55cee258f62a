"""StreamedRows: the rows of a model that are read from their source for each pass, here or on a cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from ...design.recipe import CodedRows
from ...families.exponential import ExponentialFamily
from ...fits.regression import Totals
from ...model import Model
from ...sources import Stream
from ..threads import one_thread
from .passes import linear_predictor
from .rows import Block, Rows, Total
from .totals import Deviance, Mean, Numbers, null_deviance


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
    """The task that adds up the log-likelihood at coefficients.

    Attributes
    ----------
    dispersion : float or None
        Where it is estimated, that of R's `logLik`: deviance / sum of weights (gaussian: / number of rows).
    """

    family: ExponentialFamily
    beta: np.ndarray
    dispersion: float | None = None

    def __call__(self, rows: CodedRows) -> Numbers:
        family, block = self.family, block_of(rows, self.family)
        data = family.data(rows.response, rows.weights)
        with np.errstate(all="ignore"):
            eta = linear_predictor(block, self.beta)
            if self.dispersion is None:
                each = family.loglik(block.y, family.link.inverse(eta, np), block.weights, data)
            elif family.normal:
                each = family.log_density(eta, {"sigma": np.sqrt(self.dispersion)}, data, np)
            else:
                plain = {name: value for name, value in data.items() if name != "weights"}
                each = family.log_density(eta, {"shape": 1 / self.dispersion}, plain, np)
                each = each if block.weights is None else np.where(block.weights > 0, block.weights * each, 0.0)
            if block.weights is not None:
                each = np.where(block.weights > 0, each, 0.0)
        return Numbers(np.array([np.sum(each)]))


def streamed_rows(model: Model) -> StreamedRows:
    """Return the rows of a model whose data are read block by block."""
    return StreamedRows(model.design.source, model.family, model.design.common.shape[1])


def streamed_totals(rows: StreamedRows, model: Model, beta: np.ndarray) -> Totals:
    """Return what a fit adds up over its rows, in two more passes, or a few where it has no intercept or an offset."""
    design, family = model.design, model.family
    fixed = family.known_dispersion is not None or not family.likelihood
    tasks = [OnBlocks(family, Deviance(family, beta)), OnBlocks(family, Mean())]
    found = rows.pass_over((*tasks, *([LogLikelihood(family, beta)] if fixed else [])), "deviance")
    deviance, pearson, weight, weighted = found[:4]
    later: list[Callable[[CodedRows], Numbers]] = []
    plain = "Intercept" in design.columns and design.offset is None
    if plain:
        later.append(OnBlocks(family, Deviance(family, None, weighted / weight)))
    if not fixed and _has_density(model):
        later.append(LogLikelihood(family, beta, deviance / (rows.n if family.normal else weight)))
    numbers = rows.pass_over(tuple(later), "null deviance") if later else np.array([])
    null = numbers[0] if plain else null_deviance(rows, family, "Intercept" in design.columns, True)
    loglik = found[4] if fixed else numbers[-1] if _has_density(model) else np.nan
    return Totals(float(deviance), float(null), float(loglik), float(pearson))


def _has_density(model):
    """Return whether the likelihood at an estimated dispersion is a sum over rows, as that of sigma or a shape is."""
    own = model.family.default_priors(model.family.data(model.design.response, model.design.weights))
    return model.family.normal or tuple(own) == ("shape",)
