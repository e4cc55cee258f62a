"""Ranks, which only the data fitted have: `rank(x)`."""

import numpy as np

from ..errors import DataError
from .base import Transform, number_label, numeric


def rank(x, *, state=None):
    """Return the rank of each value, the mean rank where values tie, missing where it is.

    A value that the data fitted did not have has no rank.
    """
    values = np.atleast_1d(numeric(x, "rank()"))
    present = ~np.isnan(values)
    if state is None:
        known, counts = np.unique(values[present], return_counts=True)
        state = {"values": known.tolist(), "ranks": (np.cumsum(counts) - (counts - 1) / 2).tolist()}
    known, ranks = np.asarray(state["values"]), np.asarray(state["ranks"])
    place = np.minimum(np.searchsorted(known, values[present]), len(known) - 1)
    new = known[place] != values[present]
    if new.any():
        raise DataError(
            f"rank() has no rank for {number_label(values[present][new][0])}, which the data fitted did not have. "
            "Put the ranks in the data as a column of their own to predict new rows."
        )
    result = np.full(len(values), np.nan)
    result[present] = ranks[place]
    return result, state


RANKS = [Transform("rank", rank, True, whole=True)]
