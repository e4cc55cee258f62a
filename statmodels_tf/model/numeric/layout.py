"""Where each parameter stands in the vector of unconstrained numbers, and the maps of all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...parameter import Parameter
from ...priors import Affine, Exponentiated, Transform


@dataclass(frozen=True, eq=False)
class Slot:
    """One parameter: its map, its slice of q, and whether it is z and its numbers are those of b."""

    parameter: Parameter
    transform: Transform
    part: slice
    centred: bool = False

    @property
    def name(self) -> str:
        """The parameter's name."""
        return self.parameter.name


@dataclass(frozen=True, eq=False)
class Layout:
    """The slots of a model's parameters, in their order.

    Parameters on the real line and positive ones are mapped together: x = loc + scale q, and x = unit exp(q) at
    `positive`. The others (shares, correlations) are mapped one by one, and their numbers in x are q itself.
    """

    slots: tuple[Slot, ...]

    @cached_property
    def size(self) -> int:
        """The length of q."""
        return self.slots[-1].part.stop if self.slots else 0

    @cached_property
    def simple(self) -> tuple[Slot, ...]:
        """Slots whose numbers in x are the parameter's entries."""
        return tuple(slot for slot in self.slots if isinstance(slot.transform, Affine | Exponentiated))

    @cached_property
    def other(self) -> tuple[Slot, ...]:
        """Slots mapped one by one."""
        return tuple(slot for slot in self.slots if not isinstance(slot.transform, Affine | Exponentiated))

    @cached_property
    def loc(self) -> np.ndarray:
        """What is added to scale q [size]."""
        out = np.zeros(self.size)
        for slot in self.simple:
            if isinstance(slot.transform, Affine):
                out[slot.part] = slot.transform.loc.ravel()
        return out

    @cached_property
    def scale(self) -> np.ndarray:
        """What multiplies q [size]; one where it is not a map of the real line."""
        out = np.ones(self.size)
        for slot in self.simple:
            if isinstance(slot.transform, Affine):
                out[slot.part] = slot.transform.scale.ravel()
        return out

    @cached_property
    def positive(self) -> np.ndarray:
        """The places of positive numbers."""
        parts = [np.arange(s.part.start, s.part.stop) for s in self.simple if isinstance(s.transform, Exponentiated)]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=int)

    @cached_property
    def unit(self) -> np.ndarray:
        """What multiplies exp(q) at `positive`."""
        parts = [s.transform.unit.ravel() for s in self.simple if isinstance(s.transform, Exponentiated)]
        return np.concatenate(parts) if parts else np.zeros(0)

    @cached_property
    def log_jacobian(self) -> float:
        """Σ log scale + Σ log unit: what of the log-Jacobian does not depend on q."""
        return float(np.sum(np.log(self.scale)) + np.sum(np.log(self.unit)))


def layout(parameters: Iterable[Parameter], units: Mapping[str, np.ndarray]) -> Layout:
    """Return the layout of parameters, one after the other; `units` are those of the b of centred groups, by z."""
    slots, start = [], 0
    for parameter in parameters:
        transform: Transform = parameter.prior.transform
        if parameter.name in units:
            unit = np.broadcast_to(units[parameter.name], parameter.shape)
            transform = Affine(np.zeros(parameter.shape), unit)
        slots.append(Slot(parameter, transform, slice(start, start + transform.size), parameter.name in units))
        start += transform.size
    return Layout(tuple(slots))
