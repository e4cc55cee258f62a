"""Model: a family and a sum of effects, on the data of a design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from ..families import Family, Link, as_family
from ..parameter import Parameter, identifiers
from ..priors import Elementwise
from ..substrate import Substrate
from ..substrate import substrate as the_substrate
from .code import RESERVED, source
from .effects import INTERCEPT, CommonEffect, Effect, GroupEffect, OffsetEffect
from .prior_table import PriorTable, read, together

if TYPE_CHECKING:
    from ..design import Design

Array = Any  # an array of NumPy, TensorFlow or JAX
Values = Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Model:
    """y ~ Family(g⁻¹(η)), η a sum of effects, every parameter with a prior.

    Effects, parameters and priors are made when first asked for: the closed-form engines need none of them.

    Attributes
    ----------
    design : Design
        The arrays.
    family : Family
    priors : mapping of str to str
        What the caller wrote; the rest are defaults (see `prior_table`).
    """

    design: Design
    family: Family
    priors: Mapping[str, Any]

    @cached_property
    def _table(self) -> PriorTable:
        return read(self.priors, self._known_keys(), *self.family.default_scale(self.design.response.values))

    def _known_keys(self) -> list[str]:
        """Return the keys that `priors` may hold."""
        design = self.design
        keys = [INTERCEPT] if INTERCEPT in design.columns else []
        slopes = [c for j, c in enumerate(design.columns) if c != INTERCEPT and j not in design.aliased]
        keys += ["b", *slopes] if slopes else []
        keys += list(self._family_defaults)
        if design.groups:
            keys += ["cov", "sd", "cor"]
        for block in design.groups:
            keys += [f"{word}({block.group})" for word in ("cov", "sd", "cor")]
            keys += [f"sd({block.group})[{effect}]" for effect in block.effects]
        return list(dict.fromkeys(keys))

    @cached_property
    def _family_defaults(self) -> dict[str, Any]:
        return self.family.default_priors(self.design.response.values)

    @cached_property
    def common(self) -> CommonEffect | None:
        """The effect of the common terms; None where no column can be estimated."""
        design = self.design
        estimable = np.setdiff1d(np.arange(len(design.columns)), design.aliased)
        if not len(estimable):
            return None
        has_intercept = design.columns[estimable[0]] == INTERCEPT
        positions = estimable[1:] if has_intercept else estimable
        mean, sd = np.zeros(len(design.columns)), np.zeros(len(design.columns))
        for j in positions:
            column = design.common.column(int(j))
            mean[j], sd[j] = np.mean(column), np.std(column, ddof=min(1, len(column) - 1))
        names = [design.columns[j] for j in positions]
        kinds: dict[type[Elementwise], list[tuple[Elementwise, int]]] = {}
        for prior, j in zip(self._table.slopes(names, sd[positions]), positions, strict=True):
            kinds.setdefault(type(prior), []).append((prior, j))
        slopes = tuple(
            ("b" if i == 0 else f"b({kind.word})", together([p for p, _ in members]), np.array([j for _, j in members]))
            for i, (kind, members) in enumerate(kinds.items())
        )
        return CommonEffect(
            matrix=design.common,
            columns=tuple(design.columns),
            estimable=estimable,
            centre=mean if has_intercept else np.zeros(len(mean)),
            slopes=slopes,
            intercept=self._table.intercept() if has_intercept else None,
        )

    @cached_property
    def groups(self) -> tuple[GroupEffect, ...]:
        """The effects of the group terms, in the order of `design.groups`."""
        seen: set[tuple[str, str]] = set()
        labels: set[str] = set()
        out = []
        for block in self.design.groups:
            group, label, count = block.group, block.label, 0
            while label in labels or any((group, effect) in seen for effect in block.effects):
                count += 1  # the same effect twice by one factor, as `(1 | g) + (1 + x | g)`: lme4 calls it g.1
                group, label = f"{block.group}.{count}", f"{block.label}.{count}"
            labels.add(label)
            seen.update((group, effect) for effect in block.effects)
            covariance = self._table.covariance(label, block.group, tuple(block.effects), self.family.scale)
            out.append(
                GroupEffect(
                    label, group, tuple(block.effects), tuple(block.levels), block.codes, block.columns, covariance
                )
            )
        return tuple(out)

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """The pieces of the linear predictor: common, groups, offset."""
        common = () if self.common is None else (self.common,)
        offset = () if self.design.offset is None else (OffsetEffect(self.design.offset),)
        return (*common, *self.groups, *offset)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """All random variables but the response, in the order they are drawn: common, the family's own, groups."""
        own = tuple(Parameter(name, prior) for name, prior in self._table.family(self._family_defaults).items())
        common = () if self.common is None else self.common.parameters
        made = (*common, *own, *(p for effect in self.groups for p in effect.parameters))
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
        """The arrays a density needs: the response, the weights, and those of each effect."""
        likelihood = {"y": np.asarray(self.design.response.values, dtype=float)}
        if self.weights is not None:
            likelihood["weights"] = np.asarray(self.weights, dtype=float)
        return {"likelihood": likelihood, "effects": [dict(effect.data) for effect in self.effects]}

    def linear_predictor(self, values: Values, xp: Any = np, data: Mapping[str, Any] | None = None) -> Array:
        """Return η [..., n]: the sum of the effects' contributions.

        Parameters
        ----------
        values : mapping of parameter name to array [..., *shape]
        xp : module
            NumPy, or the `xp` of a substrate.
        data : mapping, optional
            `self.data` as arrays of the substrate.
        """
        eta: Array = xp.zeros_like((self.data if data is None else data)["likelihood"]["y"])
        for effect, arrays in zip(self.effects, (self.data if data is None else data)["effects"], strict=True):
            eta = eta + effect.contribute(values, xp, arrays)
        return eta

    def log_density(self, values: Values, xp: Any = np, data: Mapping[str, Any] | None = None) -> Array:
        """Return log p(y, parameters) [...], every constant included; parameters on their own, constrained scale."""
        return xp.sum(self.log_likelihood(values, xp, data), axis=-1) + self.log_prior(values, xp)

    def log_likelihood(self, values: Values, xp: Any = np, data: Mapping[str, Any] | None = None) -> Array:
        """Return the log density of each response [..., n]."""
        data = self.data if data is None else data
        eta = self.linear_predictor(values, xp, data)
        given = data["likelihood"]
        return self.family.log_density(given["y"], eta, values, given.get("weights"), xp)

    def log_prior(self, values: Values, xp: Any = np) -> Array:
        """Return the log prior density of all parameters [...]."""
        return sum(p.prior.log_density(values[p.name], xp) for p in self.parameters)

    def joint_distribution(self, substrate: str | Substrate = "tensorflow") -> Any:
        """Return the model as a TFP joint distribution over its parameters and the response.

        The distribution is a `JointDistributionCoroutineAutoBatched`; its parts are called by each parameter's `key`,
        the last by `response_key`.

        Parameters
        ----------
        substrate : {"tensorflow", "jax", "auto"} or Substrate

        Examples
        --------
        joint = fit.joint_distribution("jax"); joint.sample(3, seed=jax.random.PRNGKey(0))
        """
        on = the_substrate(substrate)
        data = self.data_on(on)
        weights = data["likelihood"].get("weights")

        def program() -> Any:
            values: dict[str, Array] = {}
            for p in self.parameters:
                values[p.name] = yield p.prior.distribution(on.tfd, on.array, p.key)
            eta = self.linear_predictor(values, on.xp, data)
            made = self.family.distribution(on.tfd, eta, values, weights, on.xp)
            yield made.copy(name=self.response_key)

        return on.tfd.JointDistributionCoroutineAutoBatched(program)

    def data_on(self, on: Substrate) -> dict[str, Any]:
        """Return `data` as arrays of a substrate."""
        return {
            "likelihood": {name: on.array(array) for name, array in self.data["likelihood"].items()},
            "effects": [{name: on.array(a) for name, a in arrays.items()} for arrays in self.data["effects"]],
        }

    def shown(self, values: Values) -> dict[str, np.ndarray]:
        """Return what tables and ArviZ show, by shown name, from NumPy draws of the parameters [..., *shape].

        The order is that of a summary: coefficients of X, the family's own parameters, then for each group its standard
        deviations, correlations and coefficients by level.
        """
        out = {} if self.common is None else self.common.shown(values)
        out |= {name: np.asarray(values[name]) for name in self._family_defaults}
        for effect in self.groups:
            out |= effect.shown(values)
        return out

    def log_prior_terms(self, values: Values) -> dict[str, np.ndarray]:
        """Return the log prior density [...] by shown name: each coefficient, the family's own, each covariance.

        The standard normal z of group effects are left out: they are the model, not the prior.
        """
        out: dict[str, np.ndarray] = {}
        if self.common is not None:
            if self.common.intercept is not None:
                out[INTERCEPT] = self.common.intercept.log_density(values[INTERCEPT], np)
            for name, prior, positions in self.common.slopes:
                entries = prior.entries(values[name], np)
                out |= {self.common.columns[j]: entries[..., i] for i, j in enumerate(positions)}
        own = (p for p in self.parameters if p.name in self._family_defaults)
        out |= {p.name: p.prior.log_density(values[p.name], np) for p in own}
        for effect in self.groups:
            terms = [p.prior.log_density(values[p.name], np) for p in effect.covariance.parameters]
            out[f"sd({effect.group})"] = out.get(f"sd({effect.group})", 0.0) + sum(terms)
        return out

    def prior_texts(self) -> dict[str, str]:
        """Return the prior of each parameter in words, for the foot of a summary."""
        out: dict[str, str] = {}
        if self.common is not None and self.common.intercept is not None:
            out[f"{INTERCEPT} (at the mean of the predictors)"] = str(self.common.intercept)
        for _, prior, positions in self.common.slopes if self.common is not None else ():
            names = [self.common.columns[j] for j in positions]  # type: ignore[union-attr]
            if len(names) > 5:
                out[f"{len(names)} coefficients"] = str(prior)
                continue
            for i, name in enumerate(names):
                out[name] = str(type(prior)(*(np.asarray(v)[i] for v in prior.values())))
        out |= {p.name: str(p.prior) for p in self.parameters if p.name in self._family_defaults}
        for effect in self.groups:
            out |= {f"({effect.label})": effect.covariance.text()}
        return out

    def code(self) -> str:
        """Return a Python program that builds the same joint distribution; it needs NumPy and TFP only."""
        return source(self)


def build_model(
    design: Design,
    family: str | Family = "gaussian",
    link: str | Link | None = None,
    priors: Mapping[str, Any] | None = None,
) -> Model:
    """Return the model of a design.

    Parameters
    ----------
    design : Design
    family : str or Family
        A name, or an object such as `Gaussian(link="log")`.
    link : str, optional
        A link by name, with a family by name.
    priors : mapping of str to str, optional
        `{"b": "normal(0, 50)", "Intercept": "normal(300, 100)", "sigma": "exponential(0.02)"}`; defaults for the rest.
    """
    model = Model(design, as_family(family, link), dict(priors or {}))
    if priors:
        _ = model.parameters  # a prior that makes no sense is an error here, not when an engine asks
    return model
