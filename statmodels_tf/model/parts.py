"""What a model is made of: its linear predictors, their effects, the parameters and the arrays."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np

from ..errors import ModelError
from ..families import Family
from ..parameter import Parameter, identifiers
from .code import RESERVED
from .effects import CommonEffect, Effect, GroupEffect, SpecialEffect
from .predictor import Predictor, mean_predictor, own_predictor
from .prior_table import PriorTable, check_keys, read
from .thresholds import THRESHOLD, Thresholds, thresholds

if TYPE_CHECKING:
    from ..design import Design

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class ModelParts(ABC):
    """What a model is made of, each part made when it is first asked for.

    Attributes
    ----------
    design : Design
        The arrays.
    family : Family
    priors : mapping of str to str
        What the caller wrote; the rest are defaults (see `prior_table`).
    predictors : mapping of str to Design
        Designs, on the same rows, of other parameters than the mean: `sigma` of a gaussian model, `nominal` and `scale`
        of a cumulative one.
    origin : Model, optional
        The model of the responses that default priors take their units from, where those of this one are imagined.
    centred : set of str
        Labels of the group terms whose effects b, not z, are the coordinates that samplers move; see `informed`.
    """

    design: Design
    family: Family
    priors: Mapping[str, Any]
    predictors: Mapping[str, Design] = field(default_factory=dict)
    origin: ModelParts | None = None
    centred: frozenset[str] = frozenset()

    @cached_property
    def _table(self) -> PriorTable:
        return read(self.priors, *self.family.default_scale(self._units))

    @cached_property
    def _observed(self) -> dict[str, np.ndarray]:
        if self.origin is not None:
            return {**self.origin._observed, "y": self.design.response.values}
        return self.family.data(self.design.response, self.weights)

    @property
    def _units(self) -> dict[str, np.ndarray]:
        """The observations that default priors take their units from."""
        return self._observed if self.origin is None else self.origin._observed

    @cached_property
    def _family_defaults(self) -> dict[str, Any]:
        return self.family.default_priors(self._units)

    def with_response(self, y: np.ndarray) -> Self:
        """Return the model of other responses [n], such as `family.simulate` returns, with the priors of this one."""
        seen: Any = self.design.response
        response = replace(seen, values=y)
        if seen.levels is not None and not self.family.has_mean:  # an outcome that no row has this time is still one
            levels = self.family.outcomes(seen, self.design.weights)
            response = replace(response, levels=levels, complete=True)
        return replace(self, design=replace(self.design, response=response), origin=self.origin or self)

    @cached_property
    def _unmodelled(self) -> dict[str, Any]:
        """The default priors of the family's own parameters that have no formula."""
        return {name: prior for name, prior in self._family_defaults.items() if name not in self.predictors}

    @cached_property
    def mean(self) -> Predictor:
        """The linear predictor of the mean, or those of the outcomes."""
        scale = None if self.family.scale in self.predictors else self.family.scale
        return mean_predictor(self.family, self.design, self._table, scale)

    @cached_property
    def modelled(self) -> tuple[Predictor, ...]:
        """The linear predictors of other parameters."""
        return tuple(
            own_predictor(self.family, name, design, self.design, self._family_defaults.get(name), self._table)
            for name, design in self.predictors.items()
        )

    @cached_property
    def common(self) -> CommonEffect | None:
        """The effect of the mean's common terms, of the first outcome if there are several; None without columns."""
        return next((effect for effect in self.mean.effects if isinstance(effect, CommonEffect)), None)

    @cached_property
    def groups(self) -> tuple[GroupEffect, ...]:
        """The effects of the mean's group terms, in the order of `design.groups`."""
        return tuple(effect for effect in self.mean.effects if isinstance(effect, GroupEffect))

    @cached_property
    def specials(self) -> tuple[SpecialEffect, ...]:
        """The effects of the mean's special terms, in the order of `design.specials`."""
        return tuple(effect for effect in self.mean.effects if isinstance(effect, SpecialEffect))

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """The pieces of the mean (common, groups, special terms, offset), then those of other parameters."""
        return tuple(chain(self.mean.effects, *(predictor.effects for predictor in self.modelled)))

    def around(self, of_effect: Callable[[Effect], T], of_family: T) -> list[T]:
        """Return something of each effect and of the family, in the order drawn: leading effects, family, the rest."""
        first = [of_effect(effect) for effect in self.effects if effect.leads]
        return [*first, of_family, *(of_effect(effect) for effect in self.effects if not effect.leads)]

    @property
    def family_parameters(self) -> tuple[str, ...]:
        """The names of the family's own parameters that have no formula."""
        return tuple(self._unmodelled)

    @cached_property
    def _cuts(self) -> Thresholds:
        return thresholds(self)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """All random variables but the response, in the order they are drawn: common, the family's own, the rest."""
        cuts = self._cuts.names
        known = chain(*self.around(lambda effect: effect.prior_keys, (*self._unmodelled, *cuts)))
        check_keys(self.priors, known)
        priors = self._table.family(self._unmodelled, {THRESHOLD: cuts})
        own = tuple(Parameter(name, prior) for name, prior in priors.items())
        made = tuple(chain(*self.around(lambda effect: effect.parameters, own)))
        keys = identifiers([*(p.name for p in made), self.design.response.name], RESERVED)
        return tuple(replace(p, key=key) for p, key in zip(made, keys[:-1], strict=True))

    @cached_property
    def response_key(self) -> str:
        """The identifier of the response in the joint distribution."""
        return identifiers([*(p.key for p in self.parameters), self.design.response.name], RESERVED)[-1]

    @cached_property
    def weights(self) -> np.ndarray | None:
        """The prior weights [n]; a density needs them positive."""
        if self.design.weights is not None and not np.all(self.design.weights > 0):
            raise ModelError(
                "a row of weight 0 has no density. Leave such rows out with `subset=`, or use engine='pls'."
            )
        return self.design.weights

    @cached_property
    def data(self) -> dict[str, Any]:
        """The arrays a density needs: `likelihood`, the family's observations, and `effects`, those of each effect."""
        return {"likelihood": self._observed, "effects": [dict(effect.data) for effect in self.effects]}
