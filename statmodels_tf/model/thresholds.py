"""Thresholds as tables show them: one number each, at zero of all predictors.

They are sampled at the mean of the predictors, where their prior is easy to state and samplers move freely; there the
location x'b and what `nominal` adds are both zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..families.thresholds import threshold_names
from .effects import CommonEffect, Place

if TYPE_CHECKING:
    from .parts import ModelParts

THRESHOLD = "threshold"


@dataclass(frozen=True, eq=False)
class Thresholds:
    """The thresholds of a model.

    Attributes
    ----------
    names : tuple of str
        `Low|Medium`, `Medium|High`; none of a model without.
    location : tuple of CommonEffect
        What thresholds are compared with.
    nominal : tuple of tuple of CommonEffect
        What is added to each of them.
    """

    names: tuple[str, ...]
    location: tuple[CommonEffect, ...]
    nominal: tuple[tuple[CommonEffect, ...], ...]

    def shown(self, values: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Return each threshold [...] at zero of the predictors, from draws of the parameters [..., *shape]."""
        if not self.names:
            return {}
        at_zero = np.asarray(values[THRESHOLD]) + self._shift(lambda effect: effect.coefficients(values, np))
        return {name: at_zero[..., k] for k, name in enumerate(self.names)}

    def sampled(self, draws: Mapping[str, Any]) -> np.ndarray:
        """Return the thresholds [..., K-1] at the mean of the predictors, from draws by shown name."""
        at_zero = np.stack([draws[name] for name in self.names], axis=-1)
        return at_zero - self._shift(lambda effect: effect.from_shown(draws))

    def places(self) -> dict[str, Place]:
        """Return where each goes: into one vector."""
        return {name: Place(THRESHOLD, "cut", (name,), entry=True) for name in self.names}

    def _shift(self, coefficients: Callable[[CommonEffect], Any]) -> Any:
        """Return how far the thresholds at zero are above those at the mean, [..., K-1] or [..., 1]."""
        total: Any = 0.0
        for effect in self.location:
            total = total + effect.middle(coefficients(effect))[..., None]
        if any(self.nominal):
            parts = [sum(effect.middle(coefficients(effect)) for effect in each) for each in self.nominal]
            total = total - np.stack(np.broadcast_arrays(*parts), axis=-1)
        return total


def thresholds(model: ModelParts) -> Thresholds:
    """Return the thresholds of a model; none of a family without."""
    if THRESHOLD not in model.family_parameters:
        return Thresholds((), (), ())
    family: Any = model.family
    names = threshold_names("flexible", family.outcomes(model.design.response, model.weights))
    branches = next((predictor.branches for predictor in model.modelled if predictor.stacked), ())
    return Thresholds(names, _common(model.mean.effects), tuple(_common(branch) for branch in branches))


def _common(effects: Any) -> tuple[CommonEffect, ...]:
    return tuple(effect for effect in effects if isinstance(effect, CommonEffect))
