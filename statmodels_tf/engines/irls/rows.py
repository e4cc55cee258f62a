"""Rows: where the rows of a model lie, known to the engine only by sums over blocks of them.

The engine says what is to be summed (a task, a pure function of one block that can be sent to another process); the
rows say how: over an array in memory by threads, over files in turn, or over the machines of a cluster.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar

import numpy as np

from ...linalg import LinearMap
from ...linalg.arrange import Arrangement


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows of a model.

    Attributes
    ----------
    common : LinearMap or Arrangement [m, p]
    y : array [m]
        The response on the scale of its mean.
    weights, offset : array [m] or None
        Prior weights, as the family's `observations` gives them, and the known part of the linear predictor.
    """

    common: LinearMap | Arrangement
    y: np.ndarray
    weights: np.ndarray | None
    offset: np.ndarray | None


class Addable(Protocol):
    """What a task returns of a block: plain data that can be added and sent between processes."""

    def __add__(self, other: Self) -> Self: ...


Total = TypeVar("Total", bound=Addable)


class Rows(ABC):
    """All rows of a model.

    Attributes
    ----------
    n : int
        How many rows there are.
    p : int
        How many columns the design has.
    lasting : bool
        Whether they lie in memory, so that a pass which makes less of them also takes less.
    """

    n: int
    p: int
    lasting: bool = True

    @abstractmethod
    def total(self, task: Callable[[Block], Total], label: str = "") -> Total:
        """Return the sum of `task` over all blocks, always added in the same order; `label` is what progress shows."""

    @abstractmethod
    def sample(self, size: int, seed: int) -> Any:
        """Return the `Rows` of about `size` rows drawn at random, in memory, to start from."""
