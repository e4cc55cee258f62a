"""What every question to a posterior reads: the draws, by parameter and by shown name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..base import Fit


@dataclass(frozen=True, eq=False, repr=False)
class Drawn(Fit):
    """A fit that holds draws.

    Parameters
    ----------
    values : mapping of parameter name to array [chains, draws, ...]
        Draws of the model's own parameters, on their constrained scale.
    stats : mapping of name to array [chains, draws]
        What the sampler recorded, by ArviZ's names.
    """

    values: Mapping[str, np.ndarray]
    stats: Mapping[str, np.ndarray]

    @cached_property
    def shown(self) -> dict[str, np.ndarray]:
        """Draws [chains, draws, ...] by shown name: `Days`, `sigma`, `sd(Subject)[Days]`, `Days|Subject` (by level)."""
        return self.model.shown(self.values)

    @property
    def coefficient_names(self) -> tuple[str, ...]:
        """The names of the coefficients: the design's columns, once for each outcome that has its own predictor."""
        design = self.model.design
        family: Any = self.model.family
        if not family.by_outcome:
            return tuple(design.columns)
        outcomes = family.outcomes(design.response, design.weights)
        return tuple(f"{outcome}:{column}" for outcome in outcomes[1:] for column in design.columns)

    @property
    def names(self) -> list[str]:
        """The names of single numbers: coefficients, `sigma`, standard deviations and correlations."""
        return [name for name, array in self.shown.items() if array.ndim == 2]
