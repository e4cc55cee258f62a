"""What follows from draws: linear predictors, log densities and new responses, in pieces that fit in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from statmodels_tf.model.effects.linear import pieces

if TYPE_CHECKING:
    from statmodels_tf.model import Model

CHUNK = 4_000_000  # draws times rows held at once, in float64: 32 MB an array


def coefficients(model: Model, draws: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the coefficients [..., p] of X's columns from draws by shown name; zero where a column is aliased."""
    columns = model.design.columns
    lead = np.shape(next(iter(draws.values())))[:2]
    out = np.zeros((*lead, len(columns)))
    for j, name in enumerate(columns):
        if name in draws:
            out[..., j] = draws[name]
    return out


def modes(model: Model, draws: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """Return the effects [..., L, l] of each group term from draws by shown name."""
    return [np.stack([draws[name] for name in effect.names()], axis=-1) for effect in model.groups]


def predictor(new: Any, b: np.ndarray, groups: Sequence[np.ndarray]) -> np.ndarray:
    """Return the linear predictor [..., m] on a design or new design; a level not seen (code -1) adds nothing.

    Parameters
    ----------
    new : Design or NewDesign
    b : array [..., p]
    groups : sequence of array [..., L, l]
        Empty to leave the group effects out.
    """
    eta = np.zeros((*b.shape[:-1], new.common.shape[0]))
    if new.offset is not None:
        eta += new.offset
    for piece in pieces(new.common) if b.shape[-1] else ():
        eta += piece.product(b, np, piece.data)
    for block, effects in zip(new.groups if len(groups) else (), groups, strict=True):
        known = block.codes >= 0
        for k in range(effects.shape[-1]):
            part = np.take(effects[..., k], np.maximum(block.codes, 0), axis=-1)
            part *= known if block.columns is None else known * block.columns[:, k]
            eta += part
    return eta


def in_pieces(draws: Mapping[str, np.ndarray], rows: int) -> Iterator[tuple[slice, dict[str, np.ndarray]]]:
    """Yield (slice of draws, the draws in it), so that draws times rows stays bounded."""
    chains, count = np.shape(next(iter(draws.values())))[:2]
    step = max(1, CHUNK // max(1, rows * chains))
    for start in range(0, count, step):
        part = slice(start, min(count, start + step))
        yield part, {name: array[:, part] for name, array in draws.items()}


def pointwise(
    model: Model, draws: Mapping[str, np.ndarray], rng: np.random.Generator, dtype: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Return the log density of each response and a new response, both [chains, draws, n]."""
    design = model.design
    chains, count = np.shape(next(iter(draws.values())))[:2]
    density = np.empty((chains, count, len(design.rows)), dtype=dtype)
    simulated = np.empty_like(density)
    y = np.asarray(design.response.values, dtype=float)
    for part, some in in_pieces(draws, len(y)):
        eta = predictor(design, coefficients(model, some), modes(model, some))
        density[:, part] = model.family.log_density(y, eta, some, model.weights, np)
        simulated[:, part] = model.family.simulate(rng, eta, some, model.weights)
    return density, simulated
