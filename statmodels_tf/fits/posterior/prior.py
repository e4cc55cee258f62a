"""Draws of the parameters from their prior, by shown name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...errors import ModelError
from ..arguments import generator

if TYPE_CHECKING:
    from ...model import Model

DRAWS = 4000
PRIOR_DRAWS = 1000
"""Those that files hold."""


def prior_values(model: Model, seed: int, size: int = DRAWS) -> dict[str, np.ndarray]:
    """Return independent draws [1, size, *shape] of every parameter from its prior."""
    rng = generator(seed)
    return {p.name: p.prior.sample(rng, (1, size)) for p in model.parameters}


def prior_shown(model: Model, seed: int, size: int = DRAWS) -> dict[str, np.ndarray] | None:
    """Return independent draws by shown name [1, size, ...]; None where a prior is improper."""
    try:
        return model.shown(prior_values(model, seed, size))
    except ModelError:
        return None
