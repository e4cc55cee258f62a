"""What is doubtful about a fit, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .contrasts import missing_cells
from .effects import NO_VARIANCE, flat_directions, flat_effects

if TYPE_CHECKING:
    from .estimate import Estimate
    from .mixed import MixedEstimate

_FEW_LEVELS = 5
_NO_RESIDUAL = 1e-5


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
    return Findings((*problems(fit), *_missing_cells(fit), *_few_levels(fit), *_outliers(fit)))


def problems(fit: MixedEstimate) -> tuple[str, ...]:
    """Return what the summary must say: not converged, singular, aliased."""
    return (*not_converged(fit), *_singular(fit), *_twice(fit), *_unidentified(fit), *aliased(fit))


def not_converged(fit: MixedEstimate) -> tuple[str, ...]:
    """Return the sentence of a fit that ended short of its tolerance."""
    if fit.converged:
        return ()
    reason = str(fit.diagnostics.get("message", "")).rstrip(".") or "the tolerance was not met"
    if fit.sigma < _NO_RESIDUAL * np.std(fit.model.design.response.values):
        # A fit without residuals has no optimum, and no iteration would find one.
        return (
            f"Not converged: {reason}. Nothing is left for the residual, so standard errors and tests mean nothing: "
            "look for a response that was computed from the columns or copied within groups, or leave out group terms.",
        )
    return (
        f"Not converged: {reason}. The estimates may be off: centre and scale the numeric columns, "
        f"leave out a random slope, or {fit.engine.remedy}.",
    )


def _singular(fit: MixedEstimate) -> tuple[str, ...]:
    """Return a sentence for each group term with a combination of effects that does not vary."""
    out = []
    blocks = fit.model.design.groups
    found = flat_directions(fit) if fit.singular else [False] * len(blocks)
    for k, (block, factor) in enumerate(zip(blocks, fit.factors, strict=True)):
        if not found[k]:
            continue
        flat = flat_effects(fit, k)
        if flat:
            listed = " and ".join(f"`{effect}`" for effect in flat)
            what = f"the standard deviation of {listed} over `{block.group}` is estimated as zero"
            remedy = f"leave {listed} out of `({block.label})`" if len(factor) > 1 else f"leave out `({block.label})`"
        else:
            rank = int(np.linalg.matrix_rank(factor, tol=NO_VARIANCE * np.abs(factor).max()))
            what = f"the {len(factor)} effects over `{block.group}` are perfectly correlated (they span only {rank})"
            remedy = f"take fewer effects in `({block.label})`"
        out.append(
            f"Singular fit: {what}. The estimates stand, but the data ask for a simpler model: "
            f"{remedy}, or put a prior on it with `.bayes()`."
        )
    if fit.singular and not out:
        out.append(
            "Singular fit: some combination of random effects does not vary. The estimates stand, but the data ask for "
            "a simpler model: take fewer effects, or put a prior on them with `.bayes()`."
        )
    return tuple(out)


def _twice(fit: MixedEstimate) -> tuple[str, ...]:
    """Return a sentence for each effect that two terms give one grouping factor."""
    return tuple(
        f"Twice: {' and '.join(terms)} both give `{group}` the effect `{effect}`; only the sum of their variances is "
        "known, not how it divides between them. Leave it out of one."
        for (group, effect), terms in _terms_by_effect(fit, 2).items()
    )


def _terms_by_effect(fit: MixedEstimate, least: int) -> dict[tuple[str, str], list[str]]:
    """Return for each grouping factor and effect the terms that have it, if they are `least` or more."""
    labels: dict[tuple[str, str], list[str]] = {}
    for block in fit.model.design.groups:
        for effect in block.effects:
            labels.setdefault((block.group, effect), []).append(f"`({block.label})`")
    return {key: terms for key, terms in labels.items() if len(terms) >= least}


def aliased(fit: Estimate) -> tuple[str, ...]:
    """Return the sentence of coefficients that cannot be told apart from earlier ones."""
    names = [fit.model.design.columns[j] for j in np.flatnonzero(np.isnan(fit.beta))]
    if not names:
        return ()
    listed = ", ".join(f"`{name}`" for name in names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    verb = "is a combination" if len(names) == 1 else "are combinations"
    return (f"Aliased: {listed} {verb} of earlier columns, so not estimated. Leave out what is redundant.",)


def _missing_cells(fit: MixedEstimate) -> tuple[str, ...]:
    """Return the sentence of combinations of levels that no row has."""
    cells = missing_cells(fit.model.design)
    if not cells:
        return ()
    listed = ", ".join(f"`{cell}`" for cell in cells[:6]) + (f" and {len(cells) - 6} more" if len(cells) > 6 else "")
    return (
        f"Missing cells: no row has {listed}. Tests of type III average a term over the cells that are there, which is "
        "seldom what is meant: compare chosen levels, or make one factor of the combinations.",
    )


def _unidentified(fit: MixedEstimate) -> tuple[str, ...]:
    """Return a sentence for each group term with variance parameters on which the likelihood does not depend."""
    twice = {group for group, _ in _terms_by_effect(fit, 2)}
    flat = [str(name) for name in fit.diagnostics.get("flat") or ()]
    out = []
    for group in fit.ngrps:
        names = [name for name in flat if name.startswith((f"cor({group})[", f"sd({group})["))]
        if not names or group in twice:
            continue
        blocks = [block for block in fit.model.design.groups if block.group == group]
        terms = " and ".join(f"`({block.label})`" for block in blocks)
        if all(len(block.effects) == 1 for block in blocks):
            remedy = f"Leave out {terms}, or the term that says the same."
        else:
            remedy = f"Leave effects out of {terms}, or use `(1 | {group})`."
        listed = ", ".join(f"`{name}`" for name in names)
        out.append(f"Not identified: the data say nothing about {listed}; other values fit as well. {remedy}")
    return tuple(out)


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
