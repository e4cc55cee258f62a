"""New responses drawn from a fitted mixed model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from statmodels_tf.errors import ModelError

from .base import one_of
from .predict import common_part, random_part

if TYPE_CHECKING:
    from .mixed import MixedEstimate


def simulate_mixed(fit: MixedEstimate, n: int, seed: int | np.random.Generator | None, random: str) -> pd.DataFrame:
    """Return `n` simulated responses [nobs, n]; see `MixedEstimate.simulate`."""
    one_of("random", random, ("draw", "include"))
    if int(n) != n or n < 1:
        raise ModelError(f"`simulate(n={n})`: `n` counts the responses to draw; write a whole number from 1.")
    rng = np.random.default_rng(seed)
    design = fit.model.design
    rows = fit.nobs
    mean = common_part(design.common, fit.coefficients, design.offset)
    noise = fit.sigma if design.weights is None else fit.sigma / np.sqrt(design.weights)
    columns = {}
    for j in range(int(n)):
        modes = fit.modes
        if random == "draw":
            modes = tuple(
                fit.sigma * rng.standard_normal(mode.shape) @ factor.T
                for mode, factor in zip(fit.modes, fit.factors, strict=True)
            )
        eta = mean + random_part(design.groups, modes, rows)
        columns[f"sim_{j + 1}"] = eta + noise * rng.standard_normal(rows)
    return pd.DataFrame(columns, index=design.index)
