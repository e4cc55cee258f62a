"""No prior at all: densities that are constant, and numbers that are given."""

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from ..errors import ModelError
from .base import Array, Elementwise, Named, Positive, Real
from .transform import Fixed


class Improper(Elementwise):
    """A density that is one everywhere: it has no integral, and nothing can be drawn from it."""

    def entries(self, x: Array, xp: Any) -> Array:
        """Return zero."""
        return xp.zeros_like(x)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return zero."""
        return np.zeros_like(x)

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Say that nothing can be drawn."""
        return self._refuse()

    def distribution(self, on: Any, name: str) -> Any:
        """Say that there is none."""
        return self._refuse()

    def code(self, name: str) -> str:
        """Say that there is none."""
        return self._refuse()

    def _refuse(self) -> NoReturn:
        raise ModelError(
            f"a `{self.word}` prior is no distribution: nothing can be drawn from it, and it is no part of a joint "
            "distribution. Give a proper one, such as `normal(0, 10)` or `half_normal(10)`."
        )


@dataclass(frozen=True, eq=False)
class Flat(Improper, Real):
    """`flat`: every number alike; `loc` and `scale` only say what an ordinary size is."""

    loc: Any = 0.0
    scale: Any = 1.0

    word = "flat"

    def standard(self) -> tuple[Any, Any]:
        """Return location and scale, by which coordinates are standardised."""
        return self.loc, self.scale


@dataclass(frozen=True, eq=False)
class HalfFlat(Improper, Positive):
    """`half_flat`: every positive number alike; `unit` only says what an ordinary size is."""

    unit: Any = 1.0

    word = "half_flat"

    def size(self) -> Any:
        """Return the ordinary size."""
        return self.unit


@dataclass(frozen=True, eq=False)
class Constant(Named):
    """`constant(value)`: a parameter that is given and not estimated."""

    value: Any

    support = "constant"
    word, tfd_name, tfd_arguments = "constant", "Deterministic", ("loc",)

    @property
    def bounds(self) -> tuple[float, float]:
        """The smallest and the largest of the values."""
        return float(np.min(self.value)), float(np.max(self.value))

    def entries(self, x: Array, xp: Any) -> Array:
        """Return zero."""
        return xp.zeros_like(x)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return zero."""
        return np.zeros_like(x)

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return the value [*lead, *shape]."""
        return np.broadcast_to(self.transform.value, (*lead, *self.shape))

    @property
    def transform(self) -> Fixed:
        """The map from no numbers."""
        return Fixed(np.asarray(self.value, dtype=float))

    def bijector(self, tfb: Any) -> Any:
        """Return the map from no numbers: an empty sum for each entry, shifted."""
        size = int(np.prod(self.shape, dtype=int))
        empty = tfb.Inline(
            forward_fn=lambda q: (np.ones((1, 0)) @ (q[..., None] * np.zeros(size)))[..., 0, :],
            inverse_fn=lambda x: x[..., :0],
            forward_log_det_jacobian_fn=lambda q: np.float64(0.0),
            forward_event_shape_fn=lambda shape: [*shape[:-1], size],
            inverse_event_shape_fn=lambda shape: [*shape[:-1], 0],
            forward_min_event_ndims=1,
        )
        shaped = tfb.Reshape(event_shape_in=[size], event_shape_out=list(self.shape))
        return tfb.Chain([tfb.Shift(self.transform.value), shaped, empty])
