"""The offset: a known part of the linear predictor."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...parameter import Parameter
from .base import Array, Data, Effect, Piece, Program, Values


@dataclass(frozen=True, eq=False)
class OffsetEffect(Effect):
    """The sum of the offsets [n]."""

    values: np.ndarray

    label = "offset"

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """None: an offset is known."""
        return ()

    @property
    def data(self) -> dict[str, np.ndarray]:
        """The offset."""
        return {"offset": self.values}

    def contribute(self, values: Values, xp: Any, data: Data | None = None) -> Array:
        """Return the offset, whatever the parameters."""
        return (self.data if data is None else data)["offset"]

    def shown(self, values: Values) -> dict[str, np.ndarray]:
        """Return nothing."""
        return {}

    def code(self, keys: Mapping[str, str], program: Program) -> Piece:
        """Return the effect as lines of a program."""
        return Piece((), (), program.embed("offset", self.values))
