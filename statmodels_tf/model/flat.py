"""The flat density: a model's parameters as one unconstrained vector, which samplers and optimisers move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..parameter import Parameter
from ..substrate import Substrate
from .centring import centred_effects, units

if TYPE_CHECKING:
    from .model import Model

Array = Any  # an array of TensorFlow or JAX


@dataclass(frozen=True, eq=False)
class Flat:
    """log p(y, parameters(q)) + log |d parameters / d q| over q [..., size].

    Coordinates are standardised by the priors (a normal coefficient is standard normal a priori, a scale is measured in
    its prior's mean), so that any q of ordinary size is a sensible start.

    Attributes
    ----------
    model : Model
    substrate : Substrate
    """

    model: Model
    substrate: Substrate

    @cached_property
    def _maps(self) -> tuple[tuple[Any, Any, slice, tuple[int, ...]], ...]:
        """Each parameter with its bijector, its slice of q and the shape of that slice; shapes are static."""
        out, start = [], 0
        for p in self.model.parameters:
            bijector = p.prior.bijector(self.substrate.tfb)
            shape = tuple(int(k) for k in bijector.inverse_event_shape(p.shape))
            stop = start + int(np.prod(shape, dtype=int))
            out.append((p, bijector, slice(start, stop), shape))
            start = stop
        return tuple(out)

    @property
    def size(self) -> int:
        """The length of q."""
        return self._maps[-1][2].stop if self._maps else 0

    def parts(self) -> tuple[tuple[Parameter, slice], ...]:
        """Return each parameter with its slice of q."""
        return tuple((p, part) for p, _, part, _ in self._maps)

    def values(self, q: Array) -> dict[str, Array]:
        """Return the parameters [..., *shape] at q [..., size]."""
        return self._whitened(
            {p.name: bijector.forward(self._part(q, part, shape)) for p, bijector, part, shape in self._maps}
        )[0]

    def log_density(self, q: Array, data: Mapping[str, Any]) -> Array:
        """Return the log density [...] at q [..., size], the data as arrays of the substrate."""
        values, jacobian = {}, 0.0
        for p, bijector, part, shape in self._maps:
            x = self._part(q, part, shape)
            values[p.name] = bijector.forward(x)
            jacobian = jacobian + bijector.forward_log_det_jacobian(x, event_ndims=len(shape))
        values, change = self._whitened(values)
        return self.model.log_density(values, self.substrate.xp, data) + jacobian + change

    @cached_property
    def _units(self) -> dict[str, np.ndarray]:
        return units(self.model)

    def _whitened(self, values: dict[str, Array]) -> tuple[dict[str, Array], Array]:
        """Return values with z in the place of the b / units of centred groups, and log |dz / d(b / units)|."""
        xp, change = self.substrate.xp, 0.0
        for effect in centred_effects(self.model):
            unit, factor = self._units[effect.latent], effect.factor(values, xp)
            values[effect.latent] = effect.whitening(factor, values[effect.latent] * unit, xp)
            diagonal = [factor[..., k, k] for k in range(len(effect.effects))]
            size = sum(np.log(unit[k]) - xp.log(one) for k, one in enumerate(diagonal))
            change = change + len(effect.levels) * size
        return values, change

    def _part(self, q: Array, part: slice, shape: tuple[int, ...]) -> Array:
        lead = tuple(int(k) for k in q.shape[:-1])
        return self.substrate.xp.reshape(q[..., part], lead + shape)
