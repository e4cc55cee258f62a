"""New responses drawn from a fitted model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .arguments import generator, one_of
from .predict import common_part, random_part

if TYPE_CHECKING:
    from .mixed.estimate import MixedEstimate
    from .regression.base import Regression


def simulate_mixed(fit: MixedEstimate, n: int, seed: int | np.random.Generator | None, random: str) -> pd.DataFrame:
    """Return `n` simulated responses [rows, n]; see `MixedEstimate.simulate`."""
    one_of("random", random, ("draw", "include"))
    rng = generator(seed)
    design = fit.model.design
    rows = design.n
    mean = common_part(design.common, fit.beta, design.offset)
    noise = fit.sigma * np.ones(rows)
    if design.weights is not None:
        # A row of weight 0 has no finite variance, so no response can be drawn for it.
        noise = np.divide(noise, np.sqrt(design.weights), out=np.full(rows, np.nan), where=design.weights > 0)
    columns = {}
    for j in range(n):
        modes = fit.modes
        if random == "draw":
            modes = tuple(
                fit.sigma * rng.standard_normal(mode.shape) @ factor.T
                for mode, factor in zip(fit.modes, fit.factors, strict=True)
            )
        eta = mean + random_part(design.groups, modes, rows)
        columns[f"sim_{j + 1}"] = eta + noise * rng.standard_normal(rows)
    return pd.DataFrame(columns, index=design.index)


def simulate_regression(fit: Regression, n: int, seed: int | np.random.Generator | None) -> pd.DataFrame:
    """Return `n` simulated responses [rows, n] of a model without group terms; see `RegressionEstimate.simulate`."""
    rng, design = generator(seed), fit.model.design
    data = {name: array for name, array in fit.data.items() if name != "y"}
    idle = np.zeros(design.n, dtype=bool) if design.weights is None else design.weights == 0
    columns = {}
    for j in range(n):
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn = np.array(fit.family.simulate(fit.linear_predictor, fit.values, data, rng), dtype=float)
        columns[f"sim_{j + 1}"] = np.where(idle, np.nan, drawn)
    return pd.DataFrame(columns, index=design.index)
