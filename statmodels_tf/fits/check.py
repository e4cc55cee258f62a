"""What is doubtful about a fit, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .mixed import MixedEstimate

_FEW_LEVELS = 5


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


def mixed_findings(fit: MixedEstimate) -> Findings:
    """Return all that is doubtful about a mixed model: the problems, then what deserves a thought."""
    return Findings((*problems(fit), *_few_levels(fit), *_outliers(fit)))


def problems(fit: MixedEstimate) -> tuple[str, ...]:
    """Return what the summary must say: not converged, singular, aliased."""
    return (*not_converged(fit), *_singular(fit), *_aliased(fit))


def not_converged(fit: MixedEstimate) -> tuple[str, ...]:
    """Return the sentence of a fit that ended short of its tolerance."""
    if fit.converged:
        return ()
    reason = str(fit.diagnostics.get("message", "")).rstrip(".") or "the tolerance was not met"
    return (
        f"Not converged: {reason}. The estimates may be off: centre and scale the numeric columns, "
        "leave out a random slope, or allow more iterations with engine=PLS(max_iter=...).",
    )


def _singular(fit: MixedEstimate) -> tuple[str, ...]:
    """Return a sentence for each group term with a combination of effects that does not vary."""
    out = []
    for block, factor in zip(fit.model.design.groups, fit.factors, strict=True):
        if not np.any(np.diag(factor) < 1e-4):
            continue
        flat = [e for e, sd in zip(block.effects, np.sqrt(np.sum(factor**2, axis=1)), strict=True) if sd < 1e-4]
        if flat:
            listed = " and ".join(f"`{effect}`" for effect in flat)
            what = f"the standard deviation of {listed} over `{block.group}` is estimated as zero"
            remedy = f"leave {listed} out of `({block.label})`" if len(factor) > 1 else f"leave out `({block.label})`"
        else:
            rank = int(np.linalg.matrix_rank(factor, tol=1e-4))
            what = f"the {len(factor)} effects over `{block.group}` are perfectly correlated (they span only {rank})"
            remedy = f"take fewer effects in `({block.label})`"
        out.append(
            f"Singular fit: {what}. The estimates stand, but the data ask for a simpler model: "
            f"{remedy}, or put a prior on it with `.bayes()`."
        )
    return tuple(out)


def _aliased(fit: MixedEstimate) -> tuple[str, ...]:
    """Return the sentence of coefficients that cannot be told apart from earlier ones."""
    design = fit.model.design
    names = [design.columns[j] for j in design.aliased]
    if not names:
        return ()
    listed = ", ".join(f"`{name}`" for name in names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    verb = "is a combination" if len(names) == 1 else "are combinations"
    return (f"Aliased: {listed} {verb} of earlier columns, so not estimated. Leave out what is redundant.",)


def _few_levels(fit: MixedEstimate) -> tuple[str, ...]:
    """Return a sentence for each grouping factor with so few levels that its variance is hardly known."""
    return tuple(
        f"Few levels: `{group}` has {count}, so the variance between them is hardly known; "
        "consider it a common term, or put a prior on it with `.bayes()`."
        for group, count in fit.ngrps.items()
        if count < _FEW_LEVELS
    )


def _outliers(fit: MixedEstimate) -> tuple[str, ...]:
    """Return a sentence on residuals farther out than a normal sample of this size would have."""
    scaled = fit.residuals("quantile")
    # The chance that any of n normal residuals lies beyond this is below one in a thousand.
    bound = np.sqrt(2 * np.log(1000.0 * max(fit.nobs, 1)))
    far = scaled[scaled.abs() > bound]
    if far.empty:
        return ()
    worst = far.abs().sort_values(ascending=False).index[:3]
    return (
        f"Far out: {len(far)} of {fit.nobs:,} residuals more than {bound:.1f} sigma from the fitted value, "
        f"in row {', '.join(map(str, worst))}{' ...' if len(far) > 3 else ''}; see `plot_diagnostics()`.",
    )
