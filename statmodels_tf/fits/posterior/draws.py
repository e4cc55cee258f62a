"""What follows from draws: log densities and new responses, in pieces that fit in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...families.exponential import on_scale_of_mean

if TYPE_CHECKING:
    from ...model import Model

CHUNK = 4_000_000  # draws times rows held at once, in float64: 32 MB an array


@dataclass(frozen=True, eq=False)
class SomeRows:
    """Some rows of a design: what effects and the family read; `others` are the same rows of other predictors."""

    common: Any
    groups: tuple[Any, ...]
    specials: tuple[Any, ...]
    offset: np.ndarray | None
    observed: Mapping[str, np.ndarray]
    others: Mapping[str, SomeRows]


def row_pieces(
    new: Any, others: Mapping[str, Any], observed: Mapping[str, np.ndarray], count: int
) -> Iterator[tuple[slice, SomeRows]]:
    """Yield (slice, those rows), few enough for `count` draws of each.

    Parameters
    ----------
    new : Design or NewDesign
    others : mapping of parameter name to Design or NewDesign
        Of the predictors of other parameters.
    observed : mapping of name to array [n, ...]
        The family's observations of the rows.
    count : int
    """
    rows = new.common.shape[0]
    step = max(1, CHUNK // max(1, count))
    for start in range(0, rows, step):
        part = slice(start, min(rows, start + step))
        beside = {name: _some(other, part, {}, {}) for name, other in others.items()}
        yield part, _some(new, part, {name: array[part] for name, array in observed.items()}, beside)


def _some(new: Any, part: slice, observed: Mapping[str, np.ndarray], others: Mapping[str, SomeRows]) -> SomeRows:
    """Return some rows of a design."""
    groups = tuple(
        replace(g, codes=g.codes[part], columns=None if g.columns is None else g.columns[part]) for g in new.groups
    )
    return SomeRows(
        new.common.take(np.arange(part.start, part.stop)),
        groups,
        tuple(block.take(part) for block in new.specials),
        None if new.offset is None else new.offset[part],
        observed,
        others,
    )


def size_of(draws: Mapping[str, np.ndarray]) -> tuple[int, int]:
    """Return the numbers of chains and of draws in each."""
    chains, count = np.shape(next(iter(draws.values())))[:2]
    return int(chains), int(count)


def density_pieces(model: Model, draws: Mapping[str, np.ndarray]) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield (slice of rows, the log density of their responses [chains, draws, m]), from draws by shown name."""
    observed, count = model.data["likelihood"], int(np.prod(size_of(draws)))
    for part, rows in row_pieces(model.design, model.predictors, observed, count):
        eta, own = model.predictor_on(rows, draws), model.own_on(rows.others, draws)
        yield part, model.family.log_density(eta, own, rows.observed, np)


def in_pieces(draws: Mapping[str, np.ndarray], rows: int) -> Iterator[tuple[slice, dict[str, np.ndarray]]]:
    """Yield (slice of draws, the draws in it), so that draws times rows stays bounded."""
    chains, count = size_of(draws)
    step = max(1, CHUNK // max(1, rows * chains))
    for start in range(0, count, step):
        part = slice(start, min(count, start + step))
        yield part, {name: array[:, part] for name, array in draws.items()}


def log_densities(model: Model, draws: Mapping[str, np.ndarray], dtype: Any = np.float64) -> np.ndarray:
    """Return the log density of each response [chains, draws, n]."""
    design = model.design
    out = np.empty((*size_of(draws), len(design.rows)), dtype=dtype)
    for part, some in in_pieces(draws, len(design.rows)):
        eta = model.predictor_on(design, some)
        out[:, part] = model.family.log_density(eta, model.own_on(model.predictors, some), model.data["likelihood"], np)
    return out


def new_responses(
    model: Model, draws: Mapping[str, np.ndarray], rng: np.random.Generator, dtype: Any = np.float64
) -> np.ndarray:
    """Return a new response of each row [chains, draws, n, ...]."""
    design = model.design
    out = []
    for _, some in in_pieces(draws, len(design.rows)):
        eta = model.predictor_on(design, some)
        drawn = model.family.simulate(eta, model.own_on(model.predictors, some), model.data["likelihood"], rng)
        out.append(np.asarray(drawn).astype(dtype, copy=False))
    return np.concatenate(out, axis=1)


def expected(
    model: Model, eta: np.ndarray, own: Mapping[str, np.ndarray], observed: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Return the mean of each row's response [..., m], or the probabilities of its outcomes [..., m, K].

    Of numbers of successes it is the mean share, so that rows of the fit and new ones, of one trial, mean the same.
    """
    family: Any = model.family
    if hasattr(family, "expected"):  # whose mean is another than the inverse link of the linear predictor
        return on_scale_of_mean(family, family.expected(eta, own, observed), observed)
    return family.link.inverse(eta, np) if family.has_mean else family.probabilities(eta, own)
