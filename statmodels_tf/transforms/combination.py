"""Functions that combine columns level by level: `interaction(a, b)`, `paste(a, b)`.

Only combinations that occur are made: two columns of 100,000 levels have no table of all pairs.
"""

from functools import reduce

import numpy as np
import pandas as pd

from ..errors import DataError
from .base import Factor, Transform, number_label
from .factor import as_factor


def interaction(*factors, sep=".", lex_order=False, drop=True):
    """Return the combinations that occur as a factor, `a.x`, the levels of the first factor running fastest.

    With `lex_order` those of the last one do. A combination is missing where one of its parts is.
    """
    if not factors:
        raise DataError("interaction() needs at least one factor.")
    codes, columns = _combinations([as_factor(f) for f in factors], bool(lex_order))
    return _labelled(codes, columns, sep)


def _labelled(codes, columns, sep):
    """Return the factor of combinations; those that print alike are one level, as in R."""
    labels = list(map(str(sep).join, zip(*columns, strict=True)))
    levels = tuple(dict.fromkeys(labels))
    if len(levels) == len(labels):
        return Factor(codes, levels)
    place = {level: i for i, level in enumerate(levels)}
    return Factor(np.array([*map(place.__getitem__, labels), -1], dtype=np.int32)[codes], levels)


def paste(*values, sep=" "):
    """Return the texts of several values joined row by row, missing where one of them is."""
    shown = [_part(value) for value in values]
    factors = [part for part in shown if isinstance(part, Factor)]
    if not factors:
        return str(sep).join(shown)
    codes, columns = _combinations(factors, True)
    labels, n = iter(columns), len(columns[0])
    texts = [next(labels) if isinstance(part, Factor) else [part] * n for part in shown]
    joined = [str(sep).join(parts) for parts in zip(*texts, strict=True)]
    levels = sorted(set(joined))
    place = {level: i for i, level in enumerate(levels)}
    lookup = np.array([*(place[text] for text in joined), -1], dtype=np.int32)
    return Factor(lookup[codes], tuple(levels), text=True)


def paste0(*values, sep=""):
    """Return the texts of several values joined without a gap."""
    return paste(*values, sep=sep)


def _part(value):
    if isinstance(value, str):
        return value
    return number_label(value) if np.ndim(value) == 0 and not isinstance(value, Factor) else as_factor(value)


def _combinations(factors, last_fastest):
    """Return the code [n] of each row's combination among those that occur, and for each factor their labels."""
    chosen = factors if last_fastest else factors[::-1]
    missing = np.any([f.codes < 0 for f in factors], axis=0)
    singles = [f.used() for f in chosen]
    coded = [(f.codes[~missing].astype(np.int64), [np.array(f.levels, dtype=object)]) for f in singles]
    codes, parts = reduce(_paired, coded)
    used, codes = np.unique(codes, return_inverse=True)
    parts = [part[used] for part in parts]
    every = np.full(len(missing), -1, dtype=np.int32)
    every[~missing] = codes
    return every, parts if last_fastest else parts[::-1]


def _paired(left, right):
    """Return the pairs that occur, in order of the left level, then the right."""
    (a, left_parts), (b, right_parts) = left, right
    width = max(len(right_parts[0]), 1)
    codes, pairs = pd.factorize(a * width + b, sort=True)
    return codes.astype(np.int64), [
        *(part[pairs // width] for part in left_parts),
        *(part[pairs % width] for part in right_parts),
    ]


COMBINATIONS = [
    Transform("interaction", interaction),
    Transform("paste", paste),
    Transform("paste0", paste0),
]
