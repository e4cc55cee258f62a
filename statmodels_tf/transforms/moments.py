"""Moments of numbers that add up over blocks without losing digits."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Moments:
    """The count, mean and sum of squares about the mean of the numbers that are not missing.

    Attributes
    ----------
    n, missing : int
    base, drift : float
        The mean is their sum: a number close to it, and how far it is from that, which keeps the digits of means that
        differ little.
    squares : float

    References
    ----------
    Chan, Golub & LeVeque (1983), Algorithms for computing the sample variance. doi:10.1080/00031305.1983.10483115
    """

    n: int
    missing: int
    base: float
    drift: float
    squares: float

    @staticmethod
    def of(values: np.ndarray) -> "Moments":
        """Return the moments of numbers [n], NaN where missing."""
        values = np.ravel(values)
        present = values[~np.isnan(values)]
        if not len(present):
            return Moments(0, len(values), 0.0, 0.0, 0.0)
        base = present.mean()
        moved = present - base
        return Moments(len(present), len(values) - len(present), float(base), float(moved.mean()), float(moved @ moved))

    @property
    def mean(self) -> float:
        """The mean; NaN of no numbers."""
        return self.base + self.drift if self.n else float("nan")

    @property
    def total(self) -> float:
        """The sum."""
        return self.n * self.base + self.n * self.drift

    def squares_about(self, center: float) -> float:
        """Return the sum of squares about `center`."""
        return self.squares + self.n * (self.mean - center) ** 2

    def __add__(self, other: "Moments") -> "Moments":
        missing = self.missing + other.missing
        if not self.n or not other.n:
            some = self if self.n else other
            return Moments(some.n, missing, some.base, some.drift, some.squares)
        n = self.n + other.n
        apart = (other.base - self.base) + (other.drift - self.drift)
        squares = self.squares + other.squares + apart**2 * self.n * other.n / n
        return Moments(n, missing, self.base, self.drift + apart * other.n / n, squares)
