"""Combinations: the levels of several factors together, as a group `a:b` has them.

A combination is known by the level of each of its factors, never by its label: `x:y` with `z` and `x` with `y:z` are
two, though both would print `x:y:z`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..transforms import Factor

UNSEEN = -2
"""The code of a combination that the rows fitted did not have."""


@dataclass(frozen=True, eq=False)
class Combinations:
    """The combinations of levels that occur, the first factor slowest.

    With the factors taken in one by one, a combination of the first k is a pair: one of the first k - 1, and a level of
    factor k, of which there are L. The pair (i, j) is the number i L + j.

    Attributes
    ----------
    factors : tuple of tuple of str
        The levels of each factor.
    pairs : tuple of int64 arrays
        For each factor after the first the pairs that occur, sorted.
    labels : tuple of str
        One label for each combination, `a:A`; no two are alike.
    """

    factors: tuple[tuple[str, ...], ...]
    pairs: tuple[np.ndarray, ...] = ()
    labels: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        parts = [self.factors[0]] if len(self.factors) == 1 else self._parts()
        labels = parts[0] if len(parts) == 1 else tuple(map(":".join, zip(*parts, strict=True)))
        if len(set(labels)) < len(labels):
            parts = [tuple(map(_quoted, part)) for part in parts]
            labels = tuple(map(":".join, zip(*parts, strict=True)))
        object.__setattr__(self, "labels", labels)

    def _parts(self) -> list[tuple[str, ...]]:
        """Return the level of each factor in each combination."""
        parts: list[tuple[str, ...]] = []
        which = np.arange(len(self.pairs[-1]))
        for levels, pairs in zip(self.factors[:0:-1], self.pairs[::-1], strict=True):
            which, place = np.divmod(pairs[which], len(levels))
            parts.append(tuple(levels[i] for i in place.tolist()))
        parts.append(tuple(self.factors[0][i] for i in which.tolist()))
        return parts[::-1]

    def codes(self, factors: Sequence[Factor]) -> np.ndarray:
        """Return the combination of each row [m]: `UNSEEN` for one not among these, also where a level is missing."""
        codes = _codes(factors[0], self.factors[0])
        for factor, levels, pairs in zip(factors[1:], self.factors[1:], self.pairs, strict=True):
            place = _codes(factor, levels)
            fused = np.where((codes < 0) | (place < 0), -1, codes * len(levels) + place)
            codes = np.minimum(np.searchsorted(pairs, fused), len(pairs) - 1)
            codes = np.where(pairs[codes] == fused, codes, UNSEEN)
        return codes.astype(np.int32)


def combined(factors: Sequence[Factor]) -> tuple[np.ndarray, Combinations]:
    """Return the code [n] of each row's combination among those that occur, and the combinations.

    Parameters
    ----------
    factors : sequence of Factor
        Nothing is missing in them, and each level is that of some row.
    """
    codes, found = factors[0].codes, []
    for factor in factors[1:]:
        codes, pairs = _paired(codes, len(found[-1]) if found else len(factors[0].levels), factor)
        found.append(pairs)
    return codes.astype(np.int32, copy=False), Combinations(tuple(f.levels for f in factors), tuple(found))


def row_label(factors: Sequence[Factor], row: int) -> str:
    """Return the label of one row's combination, for a message."""
    return ":".join(factor.levels[factor.codes[row]] for factor in factors)


def _paired(codes: np.ndarray, count: int, factor: Factor) -> tuple[np.ndarray, np.ndarray]:
    """Return the place of each row's pair among those that occur, and these, sorted."""
    width = len(factor.levels)
    fused = codes.astype(np.int64) * width + factor.codes
    if count * width > 4 * len(fused) + 1000:
        places, pairs = pd.factorize(fused, sort=True)
        return places, pairs
    pairs = np.flatnonzero(np.bincount(fused, minlength=count * width))
    place = np.zeros(count * width, dtype=np.int32)
    place[pairs] = np.arange(len(pairs))
    return place[fused], pairs


def _codes(factor: Factor, levels: tuple[str, ...]) -> np.ndarray:
    """Return the codes [m] of a factor among `levels`, as int64."""
    place = {level: i for i, level in enumerate(levels)}
    lookup = np.array([*(place.get(level, UNSEEN) for level in factor.levels), UNSEEN], dtype=np.int64)
    return lookup[factor.codes]


def _quoted(level: str) -> str:
    """Return a level in quotation marks where it holds a colon or a mark itself, so that labels can be read back."""
    return json.dumps(level, ensure_ascii=False) if ":" in level or '"' in level else level
