"""The densities that samplers on the host move through: in NumPy, or compiled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any, Protocol

import numpy as np

from ...model import Flat
from ...parameter import Parameter


class Density(Protocol):
    """A log density over q [size] and its gradient: `NumericFlat`, or a `CompiledDensity`."""

    @property
    def size(self) -> int:
        """The length of q."""

    def parts(self) -> tuple[tuple[Parameter, slice], ...]:
        """Return each parameter with its slice of q."""

    def values(self, q: Any) -> dict[str, Any]:
        """Return the parameters [..., *shape] at q [..., size]."""

    def value_and_gradient(self, q: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log density at q [size] and its gradient."""


@dataclass(frozen=True, eq=False)
class CompiledDensity:
    """The flat density of a substrate, compiled, for samplers that run on the host."""

    flat: Flat

    @property
    def size(self) -> int:
        """The length of q."""
        return self.flat.size

    def parts(self) -> tuple[tuple[Parameter, slice], ...]:
        """Return each parameter with its slice of q."""
        return self.flat.parts()

    def values(self, q: np.ndarray) -> dict[str, np.ndarray]:
        """Return the parameters [..., *shape] at q [..., size]."""
        return {name: np.asarray(array) for name, array in self.flat.values(self.flat.substrate.array(q)).items()}

    def value_and_gradient(self, q: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log density at q [size] and its gradient."""
        value, gradient = self._program(self._data, self.flat.substrate.array(q))
        return float(value), np.array(gradient, dtype=float)

    @cached_property
    def _data(self) -> Any:
        return self.flat.model.data_on(self.flat.substrate)

    @cached_property
    def _program(self) -> Callable[[Any, Any], Any]:
        on = self.flat.substrate

        def program(data: Any, q: Any) -> Any:
            return on.value_and_grad(lambda x: self.flat.log_density(x, data))(q)

        return on.jit(program)


def evaluation_seconds(density: Density, q: np.ndarray, times: int = 7) -> float:
    """Return the median time of one gradient."""
    taken = []
    for _ in range(times):
        begun = perf_counter()
        density.value_and_gradient(q)
        taken.append(perf_counter() - begun)
    return float(np.median(taken))
