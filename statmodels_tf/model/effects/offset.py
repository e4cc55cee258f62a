"""The offset: a known part of the linear predictor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...parameter import Parameter
from .base import Array, Data, Draws, Effect, Piece, Place, Program, Values

if TYPE_CHECKING:
    from ...design import Design


@dataclass(frozen=True, eq=False)
class OffsetEffect(Effect):
    """The sum of the offsets [n]."""

    values: np.ndarray

    label = "offset"
    linear = True

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """None: an offset is known."""
        return ()

    @property
    def prior_keys(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def data(self) -> dict[str, np.ndarray]:
        """The offset."""
        return {"offset": self.values}

    def contribute(self, values: Values, xp: Any, data: Data | None = None) -> Array:
        """Return the offset, whatever the parameters."""
        return (self.data if data is None else data)["offset"]

    def pullback(self, values: Values, adjoint: np.ndarray) -> dict[str, np.ndarray]:
        """Return nothing: an offset has no parameters."""
        return {}

    def shown(self, values: Values) -> dict[str, np.ndarray]:
        """Return nothing."""
        return {}

    def places(self) -> dict[str, Place]:
        """Return nothing."""
        return {}

    def on(self, rows: Any, draws: Draws) -> np.ndarray:
        """Return the offset of those rows."""
        return rows.offset

    def log_prior_terms(self, values: Values) -> dict[str, np.ndarray]:
        """Return nothing."""
        return {}

    def prior_texts(self) -> dict[str, str]:
        """Return nothing."""
        return {}

    def code(self, keys: Mapping[str, str], program: Program) -> Piece:
        """Return the effect as lines of a program."""
        return Piece((), (), program.embed("offset", self.values))


def offset_effects(design: Design) -> tuple[OffsetEffect, ...]:
    """Return the effect of a design's offsets, if it has any."""
    return () if design.offset is None else (OffsetEffect(design.offset),)
