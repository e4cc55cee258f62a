"""The flat density of a model and its gradient, written out in NumPy: value and gradient in some tens of microseconds.

Samplers call it hundreds of thousands of times for one small model, so that what counts is how few operations one
evaluation takes: priors and maps of all parameters are done together, products of the data once, and nothing is
looked up that could be known before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ModelError
from ...families.score import is_scored
from ...parameter import Parameter
from ..centring import centred_effects, units
from .layout import Layout, layout
from .step import Step, step

if TYPE_CHECKING:
    from ..model import Model


@dataclass(frozen=True, eq=False)
class NumericFlat:
    """log p(y, parameters(q)) + log |d parameters / d q| over q [size], and its gradient.

    The coordinates are those of `Flat`, in the same order; of centred groups they are the effects b, not z. It is for
    models whose family has a kernel and whose effects have gradients in closed form; `refusal` says of others why not.
    A kernel writes over its own arrays, so that each thread needs a `NumericFlat` of its own.

    Attributes
    ----------
    model : Model
    """

    model: Model

    def __post_init__(self) -> None:
        reason = self.refusal(self.model)
        if reason is not None:
            raise ModelError(f"this model has no gradient in closed form: {reason}. Use a compiled one, `Flat`.")

    @staticmethod
    def refusal(model: Model) -> str | None:
        """Return why a model has no gradient in closed form, or None."""
        if not is_scored(model.family):
            return f"the {model.family.name} family has no scores in closed form"
        return next((e.unsloped for e in model.effects if e.unsloped is not None), None)

    @cached_property
    def _layout(self) -> Layout:
        return layout(self.model.parameters, units(self.model))

    @cached_property
    def _step(self) -> Step:
        return step(self.model, self._layout)

    @property
    def size(self) -> int:
        """The length of q."""
        return self._layout.size

    def parts(self) -> tuple[tuple[Parameter, slice], ...]:
        """Return each parameter with its slice of q."""
        return tuple((slot.parameter, slot.part) for slot in self._layout.slots)

    def values(self, q: np.ndarray) -> dict[str, np.ndarray]:
        """Return the parameters [..., *shape] at q [..., size]."""
        q = np.asarray(q, dtype=float)
        out = {slot.name: np.asarray(slot.transform.forward(q[..., slot.part])) for slot in self._layout.slots}
        for effect in centred_effects(self.model):
            out[effect.latent] = effect.whitening(effect.factor(out, np), out[effect.latent], np)
        return out

    def inverse(self, values: Mapping[str, Any]) -> np.ndarray:
        """Return q [..., size] at the parameters [..., *shape]."""
        given = {name: np.asarray(value, dtype=float) for name, value in values.items()}
        given |= {effect.latent: effect.modes(given, np) for effect in centred_effects(self.model)}
        parts = [slot.transform.inverse(given[slot.name]) for slot in self._layout.slots]
        return np.concatenate(parts, axis=-1) if parts else np.zeros(0)

    def log_density(self, q: np.ndarray) -> float:
        """Return the log density at q [size]."""
        return self(q)[0]

    def value_and_gradient(self, q: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log density at q [size], and its gradient [size]."""
        return self(q)

    def __call__(self, q: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log density at q [size], and its gradient [size]; neither is finite where an overflow is."""
        with np.errstate(all="ignore"):
            return self._step.evaluate(q)
