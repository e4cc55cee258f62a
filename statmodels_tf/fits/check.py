"""Findings: what is doubtful about a fit, in words, and the sentences that fits of every kind share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from .base import Fit

_NAMES, _ROWS = 6, 3


@dataclass(frozen=True)
class Findings:
    """Sentences that each name a problem and its remedy; true when there is one.

    >>> Findings(())
    Nothing to report.
    """

    sentences: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.sentences)

    def __iter__(self) -> Iterator[str]:
        return iter(self.sentences)

    def __str__(self) -> str:
        return "\n".join(self.sentences) or "Nothing to report."

    __repr__ = __str__


def not_converged(fit: Fit) -> tuple[str, ...]:
    """Return the sentence of a fit that ended short of its tolerance."""
    advice = f"The estimates may be off: centre and scale the numeric columns, or {fit.engine.remedy}."
    return () if fit.converged else stopped_short(fit, advice)


def stopped_short(fit: Fit, advice: str) -> tuple[str, ...]:
    """Return the sentence of a fit that has not converged: the engine's reason, and what to do."""
    reason = str(fit.diagnostics.get("message", "")).rstrip(".") or "the tolerance was not met"
    return (f"Not converged: {reason}. {advice}",)


def aliased(names: Sequence[str], values: np.ndarray) -> tuple[str, ...]:
    """Return the sentence of coefficients, NaN in `values`, that cannot be told apart from earlier ones."""
    out = [name for name, value in zip(names, values, strict=True) if np.isnan(value)]
    if not out:
        return ()
    verb = "is a combination" if len(out) == 1 else "are combinations"
    return (f"Aliased: {listed(out)} {verb} of earlier columns, so not estimated. Leave out what is redundant.",)


def far_out(fit: Any, what: str, where: str) -> tuple[str, ...]:
    """Return the sentence of quantile residuals farther out than a normal sample of this size would have."""
    scaled = fit.residuals("quantile")
    # The chance that any of n normal residuals lies beyond this is below one in a thousand.
    bound = np.sqrt(2 * np.log(1000.0 * max(fit.nobs, 1)))
    far = scaled[scaled.abs() > bound]
    if far.empty:
        return ()
    worst = far.abs().sort_values(ascending=False).index
    return (
        f"Far out: {len(far):,} of {fit.nobs:,} {what} more than {bound:.1f} {where}, in {rows_said(worst)}; see "
        "`plot_diagnostics()`.",
    )


def listed(names: Sequence[object]) -> str:
    """Return names in backticks, the first few.

    >>> listed(["a", "b"])
    '`a`, `b`'
    """
    said = ", ".join(f"`{name}`" for name in names[:_NAMES])
    return f"{said} and {len(names) - _NAMES} more" if len(names) > _NAMES else said


def rows_said(labels: Sequence[object] | pd.Index) -> str:
    """Return the labels of rows, the first few.

    >>> rows_said([7]), rows_said([1, 2, 3, 5])
    ('row 7', 'rows 1, 2, 3 and 1 more')
    """
    more = f" and {len(labels) - _ROWS:,} more" if len(labels) > _ROWS else ""
    return f"row{'' if len(labels) == 1 else 's'} {', '.join(map(str, labels[:_ROWS]))}{more}"
