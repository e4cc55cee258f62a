"""The group effect: coefficients that vary by level, `(1 + x | g)`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ...parameter import Parameter
from ...priors import Normal
from ...terms import INTERCEPT
from .base import Array, Data, Draws, GaussianEffect, Piece, Place, Program, Values
from .covariance import Covariance, correlations
from .linear import gathered
from .naming import PLAIN, Naming

if TYPE_CHECKING:
    from ...design import Design
    from ..prior_table import PriorTable


@dataclass(frozen=True, eq=False)
class GroupEffect(GaussianEffect):
    """Σ_k x_ik b_{g(i) k}, the rows b_g independent normal with one covariance matrix, b = z Λ'.

    Samplers move z, or b itself where the model says that this group is `centred`; the parameter is z in any case.

    Attributes
    ----------
    label : str
        As written: `1 + Days | Subject`.
    group : str
        As shown, unique with each effect: `Subject`.
    effects : tuple of str
        Names of the l effects.
    levels : tuple of str
    codes : int32 array [n]
        The level of each row.
    columns : array [n, l] or None
        The x; None is one column of ones.
    covariance : Covariance
    position : int
        Which of the design's groups it is.
    factor_name : str
        The grouping factor's own name, which priors are given by.
    suffix : str
        After the words of their keys.
    """

    label: str
    group: str
    effects: tuple[str, ...]
    levels: tuple[str, ...]
    codes: np.ndarray
    columns: np.ndarray | None
    covariance: Covariance
    position: int
    factor_name: str
    suffix: str = ""

    varies = True
    linear = True

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Those of the covariance, then z."""
        shape = (len(self.levels), len(self.effects))
        z = Parameter(self._z, Normal(np.zeros(shape), np.ones(shape)), ("level", "effect"))
        return (*self.covariance.parameters, z)

    @property
    def prior_keys(self) -> tuple[str, ...]:
        """Covariance, standard deviations and correlations: of all groups, of this one, of one effect."""
        words = tuple(word + self.suffix for word in ("cov", "sd", "cor"))
        of_group = (f"{word}({self.factor_name})" for word in words)
        return (*words, *of_group, *(f"sd({self.factor_name})[{effect}]" for effect in self.effects))

    @property
    def _z(self) -> str:
        return f"z({self.label})"

    @property
    def data(self) -> dict[str, np.ndarray]:
        """Codes, and the columns one to a row."""
        codes = {"codes": self.codes}
        return codes if self.columns is None else {**codes, "columns": self.columns.T}

    def factor(self, values: Values, xp: Any) -> Array:
        """Return Λ [..., l, l]."""
        return self.covariance.factor(values, xp)

    def whitened(self, values: Values) -> Array:
        """Return z [..., L, l]."""
        return values[self._z]

    def product(self, b: Array, xp: Any, data: Data) -> Array:
        """Return the effects of each row's level times its columns [..., n]; the indicator matrix is never formed."""
        looked = [xp.take(b[..., k], data["codes"], axis=-1, mode="clip") for k in range(len(self.effects))]
        if self.columns is None:
            return looked[0]
        return gathered((part * data["columns"][k] for k, part in enumerate(looked)), xp)

    def pullback(self, values: Values, adjoint: np.ndarray) -> dict[str, np.ndarray]:
        """Return the gradients of z and of what Λ is made of, from that of b = z Λ'."""
        factor, z, by_level = self.factor(values, np), self.whitened(values), self.summed(adjoint)
        return {self._z: by_level @ factor, **self.covariance.pullback(values, by_level.T @ z)}

    def summed(self, adjoint: np.ndarray) -> np.ndarray:
        """Return Z'a [L, l]: the sums over each level's rows of their adjoints times their columns."""
        columns = [None] if self.columns is None else self.columns.T
        parts = [adjoint if column is None else adjoint * column for column in columns]
        return np.stack([np.bincount(self.codes, part, len(self.levels)) for part in parts], axis=-1)

    def whitening(self, factor: Array, b: Array, xp: Any) -> Array:
        """Return z = b Λ'⁻¹ [..., L, l] of effects b [..., L, l], by forward substitution."""
        out: list[Array] = []
        for k in range(len(self.effects)):
            left = b[..., k]
            for j, z in enumerate(out):
                left = left - factor[..., k, j, None] * z
            out.append(left / factor[..., k, k, None])
        return xp.stack(out, axis=-1)

    @property
    def latent(self) -> str:
        """The name of z."""
        return self._z

    def names(self) -> tuple[str, ...]:
        """Return the shown name of each effect's coefficients: `1|Subject`, `Days|Subject`."""
        return tuple(f"{'1' if e == INTERCEPT else e}|{self.group}" for e in self.effects)

    def covariance_names(self) -> tuple[str, ...]:
        """Return the shown names of the standard deviations, then of the correlations."""
        sd = [f"sd({self.group})[{e}]" for e in self.effects]
        pairs = [f"cor({self.group})[{self.effects[i]},{self.effects[j]}]" for i, j in self.pairs()]
        return (*sd, *pairs)

    def pairs(self) -> list[tuple[int, int]]:
        """Return the pairs i < j of effects, in lme4's order."""
        return [(i, j) for i in range(len(self.effects)) for j in range(i + 1, len(self.effects))]

    def shown(self, values: Values) -> dict[str, np.ndarray]:
        """Return standard deviations, correlations, and the coefficients [..., L] of each effect."""
        return self.shown_of(self.factor(values, np), self.modes(values, np))

    def shown_of(self, factor: np.ndarray, modes: np.ndarray) -> dict[str, np.ndarray]:
        """Return the same from factors Λ [..., l, l] and coefficients [..., L, l]."""
        sd = np.sqrt(np.sum(np.square(factor), axis=-1))
        cor = correlations(factor)
        numbers = [sd[..., k] for k in range(len(self.effects))] + [cor[..., i, j] for i, j in self.pairs()]
        out = dict(zip(self.covariance_names(), numbers, strict=True))
        return out | {name: modes[..., k] for k, name in enumerate(self.names())}

    def places(self) -> dict[str, Place]:
        """Return `sd(g)` over the effects, `cor(g)` over their pairs, and a vector over the levels for each effect."""
        out = {}
        for name in self.covariance_names():
            variable, label = name[:-1].split(f"({self.group})[", 1)
            dim = f"{self.group}_effect_dim" if variable == "sd" else f"{self.group}_cor_dim"
            out[name] = Place(f"{variable}({self.group})", dim, (label,), entry=True)
        return out | {name: Place(name, f"{self.group}_dim", self.levels) for name in self.names()}

    def on(self, rows: Any, draws: Draws) -> np.ndarray:
        """Return the effects of each row's level; of a level not seen (code -1) nothing."""
        block, names = rows.groups[self.position], self.names()
        known = block.codes >= 0
        eta = np.zeros((*np.shape(draws[names[0]])[:-1], len(known)))
        for k, name in enumerate(names):
            part = np.take(draws[name], np.maximum(block.codes, 0), axis=-1)
            part *= known if block.columns is None else known * block.columns[:, k]
            eta += part
        return eta

    def log_prior_terms(self, values: Values) -> dict[str, np.ndarray]:
        """Return the log prior density of the covariance; the standard normal z are the model, not the prior."""
        terms = (p.prior.log_density(values[p.name], np) for p in self.covariance.parameters)
        return {f"sd({self.group})": sum(terms, np.zeros(()))}

    def prior_texts(self) -> dict[str, str]:
        """Return the prior of the covariance in words."""
        return {f"({self.label})": self.covariance.text()}

    def code(self, keys: Mapping[str, str], program: Program) -> Piece:
        """Return the effect as lines of a program."""
        codes, z = program.embed(self.group, self.codes), keys[self._z]
        sd, b = program.fresh(f"sd_{codes}"), program.fresh(f"b_{codes}")
        about = f"({self.label}): {len(self.levels)} levels of {self.group}; effects {', '.join(self.effects)}"
        lines = [program.comment(about)]
        lines += [f"{keys[p.name]} = yield {p.prior.code(keys[p.name])}" for p in self.parameters]
        lines.append(f"{sd} = {self.covariance.code(keys)}")
        if self.covariance.correlation is None:
            lines.append(f"{b} = {sd} * {z}")
        else:
            scaled = f"{sd}[:, tf.newaxis] * {keys[self.covariance.correlation]}"
            lines.append(f"{b} = tf.matmul({z}, {scaled}, transpose_b=True)")
        terms = []
        for k, effect in enumerate(self.effects):
            term = f"tf.gather({b}[:, {k}], {codes})"
            if self.columns is not None and not np.all(self.columns[:, k] == 1):
                term += f" * {program.embed(effect, self.columns[:, k])}"
            terms.append(term)
        return Piece((), tuple(lines), " + ".join(terms))


def group_effects(
    design: Design, priors: PriorTable, scale: str | None, naming: Naming = PLAIN
) -> tuple[GroupEffect, ...]:
    """Return the effects of a design's group terms, in its order."""
    seen: set[tuple[str, str]] = set()
    labels: set[str] = set()
    out = []
    for position, block in enumerate(design.groups):
        group, label, count = block.group, block.label, 0
        while label in labels or any((group, effect) in seen for effect in block.effects):
            count += 1  # the same effect twice by one factor, as `(1 | g) + (1 + x | g)`: lme4 calls it g.1
            group, label = f"{block.group}.{count}", f"{block.label}.{count}"
        labels.add(label)
        seen.update((group, effect) for effect in block.effects)
        label = naming.lead + label
        effects = tuple(naming.column(effect) for effect in block.effects)
        covariance = priors.covariance(label, block.group, effects, scale)
        levels = tuple(block.levels)
        out.append(
            GroupEffect(
                label=label,
                group=group,
                effects=effects,
                levels=levels,
                codes=block.codes,
                columns=block.columns,
                covariance=covariance,
                position=position,
                factor_name=block.group,
                suffix=naming.suffix,
            )
        )
    return tuple(out)
