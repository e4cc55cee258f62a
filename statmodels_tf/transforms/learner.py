"""Learner: one call of a function that learns, and what it has learned in the passes over the data so far."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np

from ..errors import DataError
from .base import Transform, numeric


@dataclass(frozen=True, eq=False)
class Learner(ABC):
    """One call, and what it has learned in the passes so far.

    Attributes
    ----------
    transform : Transform
    arguments : dict
        What the call says besides its column `x`.
    """

    transform: Transform
    arguments: dict[str, Any]

    @classmethod
    def of(cls, transform: Transform, given: dict[str, Any], **how: Any) -> "Learner":
        """Return the learner of a call, given its arguments by name; `how` are fields of the learner."""
        return cls(transform, {key: value for key, value in given.items() if key != "x"}, **how)

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


def learner(transform: Transform, arguments: list, options: dict) -> Learner | None:
    """Return what learns the state of a call in blocks; None where the different values that occur are enough.

    A function that needs all rows at once is a DataError.
    """
    if transform.whole:
        raise DataError(
            f"{transform.name}() needs all rows at once, and these data are read block by block. Compute it as a "
            "column of the data beforehand, or read the data into memory and pass them as a table."
        )
    if transform.learner is None:
        return None
    return transform.learner(transform, Learner.bound(transform, arguments, options))
