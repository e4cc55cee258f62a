"""What Newton's method asks of a likelihood: its value, score and observed information at the parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

CHUNK = 32_768
"""Rows taken at a time: what is made for them fits the processor's cache."""


@dataclass(frozen=True, eq=False)
class Point:
    """A log-likelihood at some parameters [P], or what some rows add to it.

    Attributes
    ----------
    value : float
        Not finite where the parameters are out of range.
    score : array [P]
    information : array [P, P]
        The second derivatives, negative.
    """

    value: float
    score: np.ndarray
    information: np.ndarray

    def __add__(self, other: Point) -> Point:
        return Point(self.value + other.value, self.score + other.score, self.information + other.information)


class Likelihood(Protocol):
    """A log-likelihood of P parameters, some of which may not be estimable."""

    @property
    def start(self) -> np.ndarray:
        """Parameters [P] to start from, in range."""

    @property
    def estimable(self) -> np.ndarray:
        """The positions [r] of the parameters that can be told apart from earlier ones."""

    def at(self, parameters: np.ndarray) -> Point:
        """Return value, score and information at the parameters [P]."""

    @property
    def y(self) -> np.ndarray:
        """The category of each row [n]."""

    @property
    def weights(self) -> np.ndarray | None:
        """The weights [n]."""

    def directions(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows A [m, P] that some rows of the data make, and which row of the data made each.

        Along d the log-likelihood never falls if A d >= 0 for all rows of positive weight, and rises if A d is not 0.
        """
