"""Learner: one call of a function that learns, and what it has learned in the passes over the data so far."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np

from .base import Transform, numeric


@dataclass(frozen=True, eq=False)
class Learner(ABC):
    """One call, and what it has learned in the passes so far.

    Attributes
    ----------
    transform : Transform
    arguments : dict
        What the call says besides its columns.
    """

    transform: Transform
    arguments: dict[str, Any]

    @staticmethod
    def bound(transform: Transform, arguments: list, options: dict) -> dict[str, Any]:
        """Return the arguments of a call by name."""
        return dict(signature(transform.function).bind(*arguments, **options).arguments)

    @abstractmethod
    def part(self, arguments: dict[str, Any]) -> Any:
        """Return what the call's arguments in one block add."""

    @abstractmethod
    def after(self, total: Any) -> "Learner | dict":
        """Return what must see the next pass, or the state."""

    def state(self, column: np.ndarray) -> dict:
        """Return what the function learns of a short column that stands for the whole one."""
        return self.transform.function(column, **self.arguments, state=None)[1]

    def numbers(self, arguments: dict[str, Any]) -> np.ndarray:
        """Return the column of the call as numbers [n]."""
        return np.atleast_1d(numeric(arguments["x"], f"{self.transform.name}()"))
