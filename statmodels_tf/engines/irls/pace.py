"""Pace: what the next pass of Newton's method is to give, and when its iterations are over.

Sizes of steps are root mean squares of the change of eta, each row by its working weight. A step by a cross-product
made `lag` ago leaves an error of about `lag` times itself; one by that of a random sample of m rows about
2 sqrt(p / m) times.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from ...families.exponential import ExponentialFamily
from .passes import Sums

STALE, STALE_WIDE = 0.15, 0.4
"""By what a step may be expected to be off for its cross-product to serve again; one of many columns is dear to make,
and serves longer."""
WIDE = 64
CLOSE = 1e-5
"""The next step, expected, below which the next pass is to be the last one."""
FRESH = 3e-5
"""Steps, since the cross-product was made, up to which it is good for standard errors, where passes are spared."""
SLIGHT = 1e3
"""One over the mean working weight below which eta is to be as near as if it were that."""
CURVED = 10.0
"""By what a Newton step of size c may be off, in units of c², at most: half the largest change of eta in its root mean
square."""


@dataclass
class Pace:
    """How the iterations go.

    Attributes
    ----------
    family : ExponentialFamily
    p : int
    tolerance : float
        The decrement expected after the last step, relative to the dispersion.
    thrifty : bool
        Whether passes are spared where they can be: an error of eta below 3e-11 is good enough.
    rough : bool
        Whether an error well below the standard errors is good enough.
    trail : list of float
        The decrements so far, relative to the dispersion.
    lent : int
        How many of them are of steps by the information of a sample, which tell nothing of how fast Newton's method is.
    """

    family: ExponentialFamily
    p: int
    tolerance: float
    thrifty: bool
    rough: bool
    trail: list[float] = field(default_factory=list)
    lent: int = 0

    def add(self, sums: Sums, decrement: float, rank: int, lent: bool) -> None:
        """Take note of the decrement of a pass, and whether its step is by the information of a sample."""
        unit = dispersion(self.family, sums.pearson, sums.weight, sums.n, rank)
        least = 1e-26 * sums.signal / max(sums.n, 1) if self.family.known_dispersion is None else 0.0
        self.trail.append(decrement / max(unit, least))
        self.lent += lent

    def following(self, change: float, rate: float, lag: float, single: bool) -> str:
        """Return what the next pass is to give after a step, the next of which is expected to be `rate` times it.

        The cross-product in full precision was made `lag` ago.
        """
        early = "single" if single else "gram"
        if self.rough or not self.thrifty:
            return early if self.rough else "gram"
        if lag < FRESH:
            return "score"
        if change * rate < CLOSE:
            return "gram"
        return "score" if rate < (STALE if self.p < WIDE else STALE_WIDE) else early

    def done(self, sums: Sums, decrement: float, lag: float) -> bool:
        """Return whether a step is the last one, and its cross-product, made `lag` ago, good for standard errors."""
        trail, size = self.trail, max(sums.weight, 1e-300)
        if decrement <= 1e-28 * sums.signal or decrement == 0:
            return lag == 0
        last, square = trail[-1], decrement / size
        if self.rough:
            return square < 0.2 and last * square < self.p
        if not last < 1e-3:
            return False
        rate = min(last / trail[-2], 1.0) if len(trail) > 1 else 1.0
        if self.family.canonical == self.family.link.name:  # Newton's method proper, whose errors are squared
            rate = min(rate, CURVED**2 * max(square, lag**2))
        unit = size * min(1.0, sums.signal / size)
        if self.thrifty:
            fresh = (lag + np.sqrt(square)) ** 2 < FRESH**2 * min(1.0, unit / size)
            return bool(fresh) and (last * rate < self.tolerance or decrement * rate < 1e-21 * unit)
        near = last * rate < self.tolerance or decrement * rate < 1e-20 * unit
        return lag == 0 and near and (last < 1e-16 or self.family.linear)

    def worse(self, sums: Sums, before: float | None) -> bool:
        """Return whether the objective rose, beyond rounding, or a mean left its range."""
        if sums.equations is None or not np.isfinite(sums.objective):
            return True
        if before is None or (self.trail and self.trail[-1] < 1e-8):
            return False
        size = sums.n if self.family.known_dispersion is None else min(sums.n, SLIGHT * sums.weight)
        least = 1e-9 * max(abs(before), abs(sums.objective)) + 1e-12 * size
        return bool(sums.objective > before + least)

    @property
    def slow(self) -> bool:
        """Whether the decrement falls by a constant factor, as it does where the estimate is infinite."""
        own = self.trail[self.lent :]
        if len(own) < 7 or own[-1] < 1e-18:
            return False
        return all(after > 0.05 * before for before, after in pairwise(own[-4:]))


def dispersion(family: ExponentialFamily, squares: float, weight: float, n: int, rank: int) -> float:
    """Return the dispersion that decrements are relative to; less where weights are so small that none is large.

    Parameters
    ----------
    squares, weight : float
        Sums of squared Pearson residuals and of working weights.
    n, rank : int
    """
    if family.known_dispersion is not None:
        return float(family.known_dispersion) * min(1.0, max(SLIGHT * weight / max(n, 1), 1e-300))
    found = squares / max(n - rank, 1)
    return max(found, 1e-300) if np.isfinite(found) else 1.0
