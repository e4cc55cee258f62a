"""Order statistics of numbers that come in blocks, exactly and in bounded memory: by counting, pass after pass.

Numbers are mapped to integers of the same order; each pass counts them in bins of the intervals in which the wanted
ones lie, until few enough are left to be gathered.

References
----------
Munro & Paterson (1980), Selection and sorting with limited storage. doi:10.1016/0304-3975(80)90061-4
"""

from dataclasses import dataclass, replace

import numpy as np

BINS = 1 << 16
GATHERED = 200_000
"""How many numbers may be gathered at the end."""


@dataclass(frozen=True, eq=False)
class Counted:
    """What one block adds: counts [intervals, bins] of the numbers, or the numbers of each interval themselves."""

    counts: np.ndarray | None
    gathered: tuple[np.ndarray, ...] = ()

    def __add__(self, other: "Counted") -> "Counted":
        if self.counts is None:
            pairs = zip(self.gathered, other.gathered, strict=True)
            return Counted(None, tuple(np.concatenate(pair) for pair in pairs))
        return Counted(self.counts + other.counts)


@dataclass(frozen=True, eq=False)
class Selection:
    """A search for the numbers of some ranks.

    Attributes
    ----------
    ranks : tuple of int
        Wanted, from 0.
    starts, widths : uint64 array [intervals]
        The intervals of keys still searched, and how wide each of their bins is.
    before : int array [intervals]
        How many numbers lie below each interval.
    gather : bool
        Whether the next pass gathers the numbers in the intervals.
    """

    ranks: tuple[int, ...]
    starts: np.ndarray
    widths: np.ndarray
    before: np.ndarray
    bins: int = BINS
    gather: bool = False

    @staticmethod
    def between(low: float, high: float, ranks: tuple[int, ...]) -> "Selection":
        """Return the search among numbers from `low` to `high`."""
        first, last = keys(np.array([low, high]))
        width = (last - first) // np.uint64(BINS) + np.uint64(1)
        return Selection(ranks, np.array([first]), np.array([width]), np.array([0]))

    def part(self, values: np.ndarray) -> Counted:
        """Return what a block of numbers, none of them missing, adds."""
        known, counts, gathered = keys(values), [], []
        for start, width in zip(self.starts, self.widths, strict=True):
            inside = known[(known >= start) & (known - start < width * np.uint64(self.bins))]
            if self.gather:
                gathered.append(inside)
            else:
                counts.append(np.bincount(((inside - start) // width).astype(np.int64), minlength=self.bins))
        return Counted(None, tuple(gathered)) if self.gather else Counted(np.array(counts))

    def after(self, total: Counted) -> "Selection | np.ndarray":
        """Return the next search, or the numbers wanted [ranks]."""
        if self.gather:
            found = [np.sort(part) for part in total.gathered]
            places = [self._interval(rank, [len(part) for part in found]) for rank in self.ranks]
            return numbers(np.array([found[i][rank - self.before[i]] for i, rank in places], dtype=np.uint64))
        chosen = {}
        for rank in self.ranks:
            i, _ = self._interval(rank, total.counts.sum(axis=1))
            ends = self.before[i] + np.cumsum(total.counts[i])
            k = int(np.searchsorted(ends, rank, side="right"))
            start = self.starts[i] + self.widths[i] * np.uint64(k)
            chosen[int(start)] = (self.widths[i], ends[k] - total.counts[i, k], total.counts[i, k])
        starts = sorted(chosen)
        widths, before, counts = (np.array([chosen[s][j] for s in starts]) for j in range(3))
        if counts.sum() <= GATHERED or (widths == 1).all():
            return self._gathering(starts, widths, before, counts)
        bins = max(2, BINS // len(starts))
        finer = (widths - np.uint64(1)) // np.uint64(bins) + np.uint64(1)
        return replace(self, starts=np.array(starts, dtype=np.uint64), widths=finer, before=before, bins=bins)

    def _gathering(self, starts, widths, before, counts):
        """Return the search that ends with the next pass; where each interval is one number it has ended."""
        starts = np.array(starts, dtype=np.uint64)
        if (widths == 1).all():
            inside = [int(np.flatnonzero((before <= rank) & (rank < before + counts))[0]) for rank in self.ranks]
            return numbers(starts[inside])
        return replace(self, starts=starts, widths=widths, before=before, bins=1, gather=True)

    def _interval(self, rank, counts):
        inside = np.flatnonzero((self.before <= rank) & (rank < self.before + counts))
        return int(inside[0]), rank


def keys(values: np.ndarray) -> np.ndarray:
    """Return integers [n] in the order of the numbers."""
    bits = (np.asarray(values, dtype=np.float64) + 0.0).view(np.int64)
    signed = bits ^ ((bits >> np.int64(63)) & np.int64(2**63 - 1))
    return signed.view(np.uint64) ^ np.uint64(1 << 63)


def numbers(known: np.ndarray) -> np.ndarray:
    """Return the numbers of the integers that `keys` gives.

    >>> numbers(keys(np.array([-2.5, 0.0, 1e300])))
    array([-2.5e+000,  0.0e+000,  1.0e+300])
    """
    signed = (known ^ np.uint64(1 << 63)).view(np.int64)
    return (signed ^ ((signed >> np.int64(63)) & np.int64(2**63 - 1))).view(np.float64)


def wanted(shares: np.ndarray, n: int) -> tuple[tuple[int, ...], np.ndarray]:
    """Return the ranks that quantiles of n numbers need, in pairs, and how far each lies between its pair.

    >>> wanted(np.array([0.5]), 4)
    ((1, 2), array([0.5]))
    """
    places = shares * (n - 1)
    below = np.floor(places).astype(int)
    ranks = np.column_stack([below, np.minimum(below + 1, n - 1)])
    return tuple(ranks.ravel().tolist()), places - below
