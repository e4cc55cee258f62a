"""What is doubtful about a mixed model, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..anova.contrasts import missing_cells
from ..check import Findings, aliased, far_out, listed, stopped_short
from .random_effects import NO_VARIANCE, flat_directions, flat_effects

if TYPE_CHECKING:
    from .estimate import MixedEstimate

_FEW_LEVELS = 5
_NO_RESIDUAL = 1e-5


def mixed_findings(fit: MixedEstimate) -> Findings:
    """Return all that is doubtful about a mixed model: the problems, then what deserves a thought."""
    far = far_out(fit, "residuals", "sigma from the fitted value")
    return Findings((*problems(fit), *_missing_cells(fit), *_few_levels(fit), *far))


def problems(fit: MixedEstimate) -> tuple[str, ...]:
    """Return what the summary must say: not converged, singular, aliased."""
    return (*not_converged(fit), *_singular(fit), *_twice(fit), *_unidentified(fit), *aliased(fit.names, fit.beta))


def not_converged(fit: MixedEstimate) -> tuple[str, ...]:
    """Return the sentence of a fit that ended short of its tolerance."""
    if fit.converged:
        return ()
    if fit.sigma < _NO_RESIDUAL * np.std(fit.model.design.response.values):
        # A fit without residuals has no optimum, and no iteration would find one.
        return stopped_short(
            fit,
            "Nothing is left for the residual, so standard errors and tests mean nothing: look for a response that was "
            "computed from the columns or copied within groups, or leave out group terms.",
        )
    return stopped_short(
        fit,
        "The estimates may be off: centre and scale the numeric columns, leave out a random slope, or "
        f"{fit.engine.remedy}.",
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
            named = " and ".join(f"`{effect}`" for effect in flat)
            what = f"the standard deviation of {named} over `{block.group}` is estimated as zero"
            remedy = f"leave {named} out of `({block.label})`" if len(factor) > 1 else f"leave out `({block.label})`"
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


def _missing_cells(fit: MixedEstimate) -> tuple[str, ...]:
    """Return the sentence of combinations of levels that no row has."""
    cells = missing_cells(fit.model.design)
    if not cells:
        return ()
    return (
        f"Missing cells: no row has {listed(cells)}. Tests of type III average a term over the cells that are "
        "there, which is seldom what is meant: compare chosen levels, or make one factor of the combinations.",
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
        named = ", ".join(f"`{name}`" for name in names)
        out.append(f"Not identified: the data say nothing about {named}; other values fit as well. {remedy}")
    return tuple(out)


def _few_levels(fit: MixedEstimate) -> tuple[str, ...]:
    """Return a sentence for each grouping factor with so few levels that its variance is hardly known."""
    return tuple(
        f"Few levels: `{group}` has {count}, so the variance between them is hardly known; "
        "consider it a common term, or put a prior on it with `.bayes()`."
        for group, count in fit.ngrps.items()
        if count < _FEW_LEVELS
    )
