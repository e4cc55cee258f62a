"""What is doubtful about a model of categories, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..check import Findings, aliased, listed, not_converged, rows_said

if TYPE_CHECKING:
    from .estimate import OutcomeEstimate

_ILL = 1e10
"""The condition of the information, its diagonal scaled to one, from which on half the digits are lost."""


def outcome_findings(fit: OutcomeEstimate) -> Findings:
    """Return all that is doubtful about a fit: the problems, then what deserves a thought."""
    return Findings((*problems(fit), *_unused(fit)))


def problems(fit: OutcomeEstimate) -> tuple[str, ...]:
    """Return what the summary must say: not converged, infinite, aliased, nearly singular, not in order."""
    return (
        *not_converged(fit),
        *_infinite(fit),
        *_flat(fit),
        *aliased(fit.parameter_names, fit.parameters),
        *_singular(fit),
        *_crossed(fit),
    )


def _infinite(fit: OutcomeEstimate) -> tuple[str, ...]:
    """Return the sentence of estimates that are infinite."""
    if not fit.separated:
        return ()
    names = [fit.parameter_names[j] for j in np.flatnonzero(fit.infinite)]
    many = len(names) > 1
    return (
        f"Separation: {listed(names)} {'tell' if many else 'tells'} some outcomes apart without error, so "
        f"{'their estimates are' if many else 'its estimate is'} infinite. Report the other parameters, leave out or "
        "merge what separates the outcomes, or merge outcomes.",
    )


def _flat(fit: OutcomeEstimate) -> tuple[str, ...]:
    """Return the sentence of parameters that the likelihood does not depend on where it is largest."""
    names = [fit.parameter_names[j] for j in np.flatnonzero(fit.flat)]
    if not names:
        return ()
    which = "which has" if len(names) == 1 else "which have"
    return (
        f"Not identified: where the likelihood is largest it does not depend on {listed(names)}, {which} no standard "
        "error. Leave out the terms concerned, or merge levels or outcomes.",
    )


def _singular(fit: OutcomeEstimate) -> tuple[str, ...]:
    """Return the sentence of an information matrix that is nearly singular."""
    condition = float(fit.diagnostics.get("condition", 1.0))
    if condition < _ILL or fit.separated or np.any(fit.flat):
        return ()
    return (
        f"Nearly singular: the condition of the information is {condition:.1e}, so standard errors have few digits. "
        "Centre and scale the numeric columns, or leave out what says nearly the same.",
    )


def _crossed(fit: OutcomeEstimate) -> tuple[str, ...]:
    """Return the sentence of thresholds that are out of order in some rows, where probabilities do not exist."""
    bad = np.flatnonzero(np.isnan(fit.means).any(axis=1))
    if not len(bad):
        return ()
    return (
        f"Crossed thresholds: they are not in order in {rows_said(fit.model.design.index[bad])}, so outcomes that do "
        "not occur there have no probability. Take terms out of `nominal=`.",
    )


def _unused(fit: OutcomeEstimate) -> tuple[str, ...]:
    """Return the sentence of levels that only rows of weight 0 have."""
    left = [level for level in fit.model.design.response.levels if level not in fit.outcomes]
    if not left:
        return ()
    return (f"Left out: only rows of weight 0 have the outcome {listed(left)}, so the model does not know it.",)
