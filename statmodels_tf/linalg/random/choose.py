"""Which back-end: by the pattern of the grouping factors and by cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...errors import EngineError, did_you_mean
from .base import CrossProducts
from .block import Block
from .crossed import CrossedCrossProducts
from .dense import DenseCrossProducts
from .nested import NestedCrossProducts, chain
from .single import SingleCrossProducts

BACKENDS: dict[str, Callable[[Sequence[Block], np.ndarray | None], CrossProducts]] = {
    "dense": DenseCrossProducts,
    "single": SingleCrossProducts,
    "nested": NestedCrossProducts,
    "crossed": CrossedCrossProducts,
}
_TINY = 120  # effects in all below which dense matrices have the least overhead


def cross_products(
    blocks: Sequence[Block], w: np.ndarray | None = None, *, backend: str | None = None
) -> CrossProducts:
    """Return Z'WZ in the cheapest form that its pattern allows.

    Parameters
    ----------
    blocks : sequence of Block
        Distinct grouping factors.
    w : array [n] or None
        Weights of the rows.
    backend : "dense", "single", "nested", "crossed" or None
        A form to insist on; None chooses.
    """
    if backend is not None:
        _check(backend, len(blocks))
        return BACKENDS[backend](blocks, w)
    if len(blocks) == 1:
        return SingleCrossProducts(blocks, w)
    if sum(block.size for block in blocks) <= _TINY:
        return DenseCrossProducts(blocks, w)
    nesting = chain(blocks)
    return CrossedCrossProducts(blocks, w) if nesting is None else NestedCrossProducts(blocks, w, nesting)


def _check(backend: str, count: int) -> None:
    """Refuse a back-end that does not exist or does not fit the number of grouping factors."""
    if backend not in BACKENDS:
        listed = ", ".join(f'"{name}"' for name in BACKENDS)
        raise EngineError(f"no back-end {backend!r}.{did_you_mean(str(backend), BACKENDS)} There is {listed}.")
    if (backend == "single" and count > 1) or (backend in ("nested", "crossed") and count < 2):
        raise EngineError(
            f'backend="{backend}" does not fit {count} grouping factors. Leave it out: the pattern decides.'
        )
