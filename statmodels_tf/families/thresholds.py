"""Structures of the thresholds of cumulative models: they are T a, T [K-1, r] known, the parameters a estimated."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..errors import ModelError, did_you_mean

STRUCTURES = ("flexible", "symmetric", "symmetric2", "equidistant")


def check_structure(name: str) -> str:
    """Return the name of a structure, or say which there are."""
    if name not in STRUCTURES:
        listed = ", ".join(f'"{known}"' for known in STRUCTURES)
        raise ModelError(f"no `threshold={name!r}`.{did_you_mean(str(name), STRUCTURES)} There is {listed}.")
    return name


def threshold_map(structure: str, categories: int) -> np.ndarray:
    """Return T [K-1, r] of K categories, as `ordinal::clm`.

    - `flexible`: each threshold is a parameter;
    - `symmetric`: symmetric about a centre (two central ones where K-1 is even), with distances from it;
    - `symmetric2`: symmetric about 0;
    - `equidistant`: the first, and one distance between neighbours.

    >>> threshold_map("equidistant", 4)
    array([[1., 0.],
           [1., 1.],
           [1., 2.]])
    """
    q = categories - 1
    if structure == "flexible":
        return np.eye(q)
    if structure == "equidistant":
        return np.column_stack([np.ones(q), np.arange(q)]).astype(float)
    half, odd = divmod(q, 2)
    distance = np.eye(half)  # distance j belongs to the j-th threshold out from the centre
    middle = [np.zeros((1, half))] if odd else []
    outward = np.vstack([-distance[::-1], *middle, distance])
    if structure == "symmetric2":
        return outward
    if odd:
        return np.column_stack([np.ones(q), outward])
    # Two central thresholds are parameters of their own; the distances run from the nearer of them.
    left = np.r_[np.ones(half), np.zeros(half)]
    return np.column_stack([left, 1 - left, outward[:, 1:]])


def threshold_names(structure: str, outcomes: Sequence[str]) -> tuple[str, ...]:
    """Return the names [r] of the parameters of the thresholds between outcomes.

    >>> threshold_names("flexible", ["Low", "Medium", "High"])
    ('Low|Medium', 'Medium|High')
    """
    q = len(outcomes) - 1
    if structure == "flexible":
        return tuple(f"{a}|{b}" for a, b in pairwise(outcomes))
    if structure == "equidistant":
        return ("threshold.1", "spacing")
    half, odd = divmod(q, 2)
    if structure == "symmetric2":
        return tuple(f"spacing.{j + 1}" for j in range(half))
    centre = ("central",) if odd else ("central.1", "central.2")
    return (*centre, *(f"spacing.{j + 1}" for j in range(half if odd else half - 1)))
