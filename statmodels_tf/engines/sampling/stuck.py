"""Chains that hardly move while the others do."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def stuck(stats: Mapping[str, np.ndarray]) -> list[str]:
    """Return which chains are stuck, in words: their log density takes hardly any values, and lies apart.

    Parameters
    ----------
    stats : mapping of name to array [chains, draws]
        `lp` is read.

    Examples
    --------
    >>> moving = np.random.default_rng(0).normal(size=(3, 100))
    >>> stuck({"lp": np.vstack([moving, np.full(100, -50.0)])})
    ['chain 4 of 4 is stuck: it moved in 0% of its draws; run it again with another seed, or write narrower priors']
    """
    lp = np.asarray(stats["lp"])
    if lp.shape[1] < 10:
        return []
    moved = np.mean(np.diff(lp, axis=1) != 0, axis=1)
    spread = np.std(lp, axis=1)
    usual = np.median(spread)
    still = (moved < 0.2) | (spread < 1e-3 * usual)
    return [
        f"chain {k + 1} of {len(lp)} is stuck: it moved in {100 * moved[k]:.0f}% of its draws; run it again with "
        "another seed, or write narrower priors"
        for k in np.flatnonzero(still)
    ]
