"""Whether a model contains another: its columns span the other's, and the offsets differ by a combination of them.

What of a vector v the columns X do not reach is v - X b with X'X b = X'v, made twice so that the second takes up the
rounding error of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import DataError
from ..regression.blockwise import streamed

if TYPE_CHECKING:
    from ...linalg import LinearMap

_SPANNED = 1e-8
"""What a combination of columns may leave of a vector and still count as equal to it."""
_ROWS = 20_000
"""Rows on which columns are compared: what is no combination on some rows is none on all."""
_COLUMNS = 1_000
"""Columns up to which they are compared at all."""


def nested_offsets(fits: Sequence[Any]) -> None:
    """Say so unless each fit's offset is the next larger one's plus a combination of that one's columns."""
    for less, more in pairwise(fits):
        one, other = (fit.model.design for fit in (less, more))
        if streamed(less) and streamed(more) and _offsets(one) == _offsets(other):
            continue
        gap = (0.0 if one.offset is None else one.offset) - (0.0 if other.offset is None else other.offset)
        if np.any(gap) and not _spanned(other.common, gap):
            raise DataError(
                f"`{less.formula}` and `{more.formula}` have different offsets, so the larger does not contain the "
                "smaller and no test compares them. Fit both with the same offset."
            )


def nesting_lines(fits: Sequence[Any]) -> tuple[str, ...]:
    """Return a line about each model that does not contain its smaller neighbour, whose test means nothing."""
    lines = []
    for i, (one, other) in enumerate(pairwise(fits), 1):
        less, more, numbers = (one, other, (i, i + 1)) if one.rank <= other.rank else (other, one, (i + 1, i))
        column = _beyond(less, more)
        if column is not None:
            lines.append(
                f"{numbers[1]} does not contain {numbers[0]}, which has `{column}`: its test means nothing; "
                "compare `fit.aic`"
            )
    return tuple(lines)


def _beyond(less: Any, more: Any) -> str | None:
    """Return the first column of one fit that is no combination of those of another, if any."""
    small, large = (fit.model.design for fit in (less, more))
    known = set(large.columns)
    new = [j for j, name in enumerate(small.columns) if name not in known and not np.isnan(less.beta[j])]
    if not new or small.n != large.n or len(large.columns) > _COLUMNS:
        return None
    rows = small.counted[:: max(small.n // _ROWS, 1)]
    columns = large.common.take(rows)
    part = small.common.take(rows)
    return next((small.columns[j] for j in new if not _spanned(columns, part.column(j))), None)


def _spanned(common: LinearMap, values: np.ndarray) -> bool:
    """Return whether values [n] are a combination of the columns."""
    gram = common.gram()
    scale = np.sqrt(np.diag(gram))
    scale = np.where(scale > 0, scale, 1.0)
    unit, left = gram / np.outer(scale, scale), values
    for _ in range(2):
        step = np.linalg.lstsq(unit, common.rmatvec(left) / scale, rcond=1e-12)[0]
        left = left - common.matvec(step / scale)
    return bool(np.abs(left).max() <= _SPANNED * np.abs(values).max())


def _offsets(design: Any) -> tuple[str | None, ...]:
    """Return the offsets of a design as written."""
    return (design.spec.offset, *(term.label for term in design.formula.offsets))
