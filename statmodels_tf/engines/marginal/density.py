"""The marginal density of a Gaussian model: over its covariance parameters and sigma alone, in unconstrained numbers.

The coordinates are those of the model's own parameters and their priors' transforms, in the order the model draws them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...linalg.random import Block
from ...model import GroupEffect, Model
from ...parameter import Parameter
from ...priors.transform import Transform
from ..pls.problem import Problem, build_problem
from .coefficients import Coefficients, coefficients
from .evaluation import Evaluation


@dataclass(frozen=True, eq=False)
class MarginalDensity:
    """log p(y, parameters(q)) + log |d parameters / dq| over q [size], everything Gaussian integrated out.

    Attributes
    ----------
    model : Model
    problem : Problem
        The cross-products of the data.
    prior : Coefficients
    """

    model: Model
    problem: Problem
    prior: Coefficients

    @cached_property
    def maps(self) -> tuple[tuple[Parameter, Transform, slice], ...]:
        """Each parameter that is not integrated out, its transform and its slice of q."""
        integrated = {name for name, _ in self.prior.names} | {effect.latent for effect in self.model.groups}
        out, start = [], 0
        for p in self.model.parameters:
            if p.name not in integrated:
                transform = p.prior.transform
                out.append((p, transform, slice(start, start + transform.size)))
                start += transform.size
        return tuple(out)

    def parts(self) -> tuple[tuple[Parameter, slice], ...]:
        """Return each parameter with its slice of q."""
        return tuple((p, part) for p, _, part in self.maps)

    @property
    def size(self) -> int:
        """The length of q."""
        return self.maps[-1][2].stop if self.maps else 0

    def values(self, q: np.ndarray) -> dict[str, np.ndarray]:
        """Return the parameters [..., *shape] at q [..., size]."""
        return {p.name: transform.forward(q[..., part]) for p, transform, part in self.maps}

    def inverse(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return q [size] of the parameters."""
        return np.concatenate([t.inverse(np.asarray(values[p.name], dtype=float)) for p, t, _ in self.maps])

    def evaluate(self, values: Mapping[str, np.ndarray]) -> Evaluation:
        """Return the integrated likelihood at values of the parameters."""
        sigma = float(values[self._scale])
        factors = [effect.factor(values, np) / sigma for effect in self.model.groups] or [np.zeros((1, 1))]
        return Evaluation(self.problem, self.prior, factors, sigma)

    def at(self, q: np.ndarray) -> tuple[float, dict[str, np.ndarray], Evaluation | None]:
        """Return the log density at q, the parameters and the evaluation; -inf and None where it does not exist."""
        with np.errstate(all="ignore"):
            values = self.values(q)
            try:
                evaluation = self.evaluate(values)
            except (np.linalg.LinAlgError, ValueError):
                return -np.inf, values, None
            value = evaluation.value
            for p, transform, part in self.maps:
                value += float(p.prior.log_density(values[p.name], np)) + float(transform.log_jacobian(q[part]))
        return (value, values, evaluation) if np.isfinite(value) else (-np.inf, values, None)

    def value_and_gradient(self, q: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log density at q [size] and its gradient; -inf and zeros where it does not exist."""
        value, values, evaluation = self.at(q)
        if evaluation is None:
            return value, np.zeros(self.size)
        slopes = {p.name: np.asarray(p.prior.gradient(values[p.name]), dtype=float) for p, _, _ in self.maps}
        sigma, by_sigma = evaluation.sigma, evaluation.by_sigma()
        if self.model.groups:
            for effect, D in zip(self.model.groups, evaluation.by_covariance(), strict=True):
                relative = effect.factor(values, np) / sigma
                adjoint = 2.0 * D @ relative / sigma
                by_sigma -= float(np.sum(adjoint * relative))
                for name, slope in effect.covariance.pullback(values, adjoint).items():
                    if name in slopes:
                        slopes[name] = slopes[name] + slope
        if self._scale in slopes:
            slopes[self._scale] = slopes[self._scale] + by_sigma
        pulled = [t.pullback(q[part], values[p.name], slopes[p.name]) for p, t, part in self.maps]
        return value, np.concatenate(pulled) if pulled else np.zeros(0)

    @property
    def _scale(self) -> str:
        return str(self.model.family.scale)


def marginal_density(model: Model) -> MarginalDensity:
    """Return the marginal density of a model that the engine supports."""
    design = model.design
    y = model.data["likelihood"]["y"]
    y = y if design.offset is None else y - design.offset
    estimable = np.setdiff1d(np.arange(design.common.shape[1]), design.aliased)
    blocks = [_block(effect) for effect in model.groups] or [Block(np.zeros(len(y), dtype=np.intp), 1)]
    problem = build_problem(design.common, y, blocks, w=model.weights, estimable=estimable, exact=True)
    return MarginalDensity(model, problem, coefficients(model.common, problem))


def _block(effect: GroupEffect) -> Block:
    return Block(effect.codes, len(effect.levels), effect.columns)
