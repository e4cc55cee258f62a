"""Linear predictors: of the mean, and of each other parameter that has a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from ..families import Family, Link, as_link
from ..families.thresholds import threshold_names
from ..priors import Affine, Prior
from .effects import (
    PLAIN,
    Effect,
    Naming,
    common_effects,
    group_effects,
    of_outcome,
    of_parameter,
    offset_effects,
    special_effects,
)
from .prior_table import PriorTable

if TYPE_CHECKING:
    from ..design import Design

Array = Any  # an array of NumPy, TensorFlow or JAX
Values = Mapping[str, Array]
UNIT = 0.4
"""Unit of the linear predictors of other parameters, on the scale of a link: a prior of 2.5 units has scale 1."""


@dataclass(frozen=True, eq=False)
class Predictor:
    """η = Σ effects on one design; one η, or one for each of several outcomes.

    Attributes
    ----------
    name : str
        The parameter whose predictor it is; empty for the mean.
    design : Design
    link : Link or None
        What takes the parameter to η; None leaves η as it is.
    branches : tuple of tuple of Effect
        The effects of each η.
    stacked : bool
        Whether η has an axis for outcomes [..., n, m].
    """

    name: str
    design: Design
    link: Link | None
    branches: tuple[tuple[Effect, ...], ...]
    stacked: bool

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """All effects, one branch after the other."""
        return tuple(effect for branch in self.branches for effect in branch)

    def linear(self, values: Values, xp: Any, data: Sequence[Mapping[str, Any]]) -> Array:
        """Return η [..., n] or [..., n, m]; `data` are the arrays of each effect."""
        arrays, parts = iter(data), []
        for branch in self.branches:
            eta: Array = xp.zeros(len(self.design.rows))
            for effect in branch:
                eta = eta + effect.contribute(values, xp, next(arrays))
            parts.append(eta)
        return xp.stack(parts, axis=-1) if self.stacked else parts[0]

    def on(self, rows: Any, draws: Values, random: bool = True) -> np.ndarray:
        """Return η [..., m] on other rows from draws by shown name; see `Model.predictor_on`."""
        lead = np.shape(next(iter(draws.values())))[:2]
        parts = []
        for branch in self.branches:
            eta = np.zeros((*lead, rows.common.shape[0]))
            for effect in branch:
                if random or not effect.varies:
                    eta += effect.on(rows, draws)
            parts.append(eta)
        return np.stack(parts, axis=-1) if self.stacked else parts[0]

    def parameter(self, eta: Array, xp: Any) -> Array:
        """Return the parameter at η."""
        return eta if self.link is None else self.link.inverse(eta, xp)


def mean_predictor(family: Family, design: Design, table: PriorTable, scale: str | None) -> Predictor:
    """Return the linear predictor of the mean, or of each outcome but the first.

    Parameters
    ----------
    family : Family
    design : Design
    table : PriorTable
    scale : str or None
        The parameter that the standard deviations of groups are relative to.
    """
    if not family.by_outcome:
        return Predictor("", design, None, (_effects(design, table, scale, PLAIN),), False)
    each: Any = family
    names = [of_outcome(outcome) for outcome in each.outcomes(design.response, design.weights)[1:]]
    made = (_effects(design, naming.table(table, table.centre, table.unit), scale, naming) for naming in names)
    return Predictor("", design, None, tuple(made), True)


def own_predictor(
    family: Family, name: str, design: Design, mean: Design, prior: Prior | None, table: PriorTable
) -> Predictor:
    """Return the linear predictor of one of the family's own parameters.

    Its intercept is by default near what the prior of the parameter calls an ordinary size.
    """
    link = as_link(family.own_links[name])
    centre, unit = 0.0, UNIT
    if prior is not None:
        centre = float(np.mean(link.link(np.asarray(prior.transform.forward(np.zeros(prior.transform.size))), np)))
        if link.name == "identity" and isinstance(prior.transform, Affine):
            unit = float(np.mean(prior.transform.scale)) / 2.5
    stacked = family.predictors.get(name) == "kept"
    if not stacked:
        naming = of_parameter(name)
        effects = _effects(design, naming.table(table, centre, unit), None, naming)
        return Predictor(name, design, link, (effects,), False)
    each: Any = family
    cut = threshold_names("flexible", each.outcomes(mean.response, mean.weights))
    names = [of_outcome(label, name) for label in cut]
    made = (_effects(design, naming.table(table, centre, unit), None, naming, False) for naming in names)
    return Predictor(name, design, link, tuple(made), True)


def _effects(
    design: Design, table: PriorTable, scale: str | None, naming: Naming, intercept: bool = True
) -> tuple[Effect, ...]:
    """Return the pieces of one linear predictor: common, groups, special terms, offset."""
    if naming != PLAIN and design.specials:
        label = design.specials[0].label
        raise ModelError(f"the term `{label}` belongs to the mean of a model: leave it out of `{naming.lead.strip()}`.")
    return (
        *common_effects(design, table, naming, intercept, scale),
        *group_effects(design, table, scale, naming),
        *special_effects(design, table, scale),
        *offset_effects(design),
    )
