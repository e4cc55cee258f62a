"""Which group effects samplers move themselves (centred), and which through z (non-centred).

With b = z Λ' and many rows to a level, b is what the data know: z then depends on Λ, and moving z is slow. With few
rows to a level it is b that depends on Λ. What decides is how much of an effect's variance the data take away: with
the information I_jk = Σ w x² of level j on effect k, w the curvature of each row's log density, and the prior variance
s_k², it is the share s_k² I_jk / (1 + s_k² I_jk).

References
----------
Papaspiliopoulos, Roberts & Skoeld (2007), A general framework for the parametrization of hierarchical models,
doi:10.1214/088342307000000014.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .effects import GroupEffect

if TYPE_CHECKING:
    from .model import Model

SHARE = 0.7
"""From this mean share on, over the levels, of every effect, a group is centred."""

STEP = 1e-4
ROUNDS = 200


def centred_effects(model: Model) -> tuple[GroupEffect, ...]:
    """Return the group effects whose coordinates are b."""
    return tuple(effect for effect in model.groups if effect.label in model.centred) if model.centred else ()


def units(model: Model) -> dict[str, np.ndarray]:
    """Return the units of the b of centred groups [l], by the name of z: their standard deviations at q = 0."""
    middle = {p.name: np.asarray(p.prior.transform.forward(np.zeros(p.prior.transform.size))) for p in model.parameters}
    return {effect.latent: effect.covariance.standard_deviations(middle, np) for effect in centred_effects(model)}


def informed(model: Model, values: Mapping[str, Any]) -> frozenset[str]:
    """Return the labels of the group terms that the data tell more of than the prior does.

    Parameters
    ----------
    model : Model
        With a kernel (`NumericFlat.refusal` is None) and one linear predictor of the mean.
    values : mapping of parameter name to array [*shape]
        Near the mode.
    """
    if model.mean.stacked or not model.groups:
        return frozenset()
    family: Any = model.family
    kernel, eta, own = (
        family.kernel(model.data["likelihood"]),
        model.linear_predictor(values),
        model.family_values(values),
    )
    with np.errstate(all="ignore"):
        below = np.array(kernel(eta - STEP, own).eta)
        weights = (below - kernel(eta + STEP, own).eta) / (2 * STEP)
    weights = np.where(np.isfinite(weights), np.maximum(weights, 0.0), 0.0)
    return frozenset(
        effect.label for effect in model.groups if np.all(np.mean(_shares(effect, values, weights), axis=0) >= SHARE)
    )


def _shares(effect: GroupEffect, values: Mapping[str, Any], weights: np.ndarray) -> np.ndarray:
    """Return the share [L, l] of each effect's variance that the data take away.

    At the joint mode standard deviations are too large, since z can be small instead: what z is worth there is taken
    back, and they are estimated again from effects of known precision, by the EM algorithm.
    """
    columns = np.ones((len(weights), 1)) if effect.columns is None else effect.columns
    size = len(effect.effects)
    gram = np.empty((len(effect.levels), size, size))
    for i in range(size):
        for j in range(size):
            gram[:, i, j] = np.bincount(effect.codes, weights * columns[:, i] * columns[:, j], len(effect.levels))
    loose = 1e-10 * (1e-300 + np.trace(gram, axis1=1, axis2=2))[:, None, None] * np.eye(size)
    information = 1 / np.maximum(np.diagonal(np.linalg.inv(gram + loose), axis1=1, axis2=2), 1e-300)
    variance = np.sum(np.square(effect.factor(values, np)), axis=-1)
    free = effect.modes(values, np) * (1 + 1 / (variance * information))
    for _ in range(ROUNDS):
        share = variance * information / (1 + variance * information)
        variance = np.mean(np.square(share * free) + variance * (1 - share), axis=0)
    return variance * information / (1 + variance * information)
