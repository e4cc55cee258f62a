"""What follows from draws: log densities and new responses, in pieces that fit in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ...model import Model

CHUNK = 4_000_000  # draws times rows held at once, in float64: 32 MB an array


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
    design, data = model.design, model.data["likelihood"]
    chains, count = np.shape(next(iter(draws.values())))[:2]
    density = np.empty((chains, count, len(design.rows)), dtype=dtype)
    simulated = np.empty_like(density)
    for part, some in in_pieces(draws, len(design.rows)):
        eta = model.predictor_on(design, some)
        own = model.family_values(some)
        density[:, part] = model.family.log_density(eta, own, data, np)
        simulated[:, part] = model.family.simulate(eta, own, data, rng)
    return density, simulated
