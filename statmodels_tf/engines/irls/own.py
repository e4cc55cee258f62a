"""Own parameters: coefficients and the family's own parameters in turn, until neither moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np

from ...errors import EngineError
from ...fits.regression.limit import Limit
from .mean import Numbers
from .memory import MemoryRows
from .passes import counted, linear_predictor
from .rows import Block, Rows
from .system import CholeskySystem

TURNS = 200
SETTLED = 1e-10
"""Relative change of the own parameters below which they have settled."""


def fit_own(rows: Rows, family: Any, fit: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    """Return the family at its estimates, and the coefficients there; `converged` says whether both settled.

    Parameters
    ----------
    rows : Rows
    family : ExponentialFamily
        With parameters of its own to be estimated.
    fit : callable
        Family and an earlier answer to start from -> Answer.
    """
    if not isinstance(rows, MemoryRows) and not isinstance(family, OwnBySums):
        names = " and ".join(family.own)
        raise EngineError(
            f"`{names}` of the {family.name} family is not estimated where rows are read block by block. Estimate it "
            f'from a sample of the rows, and fix it: `family="{family.name}({names} = ...)"`.'
        )
    answer = fit(family, None)
    passes, settled = answer.fitted.iterations, False
    for _ in range(TURNS):
        before = np.array(list(family.values.values()))
        family = _estimated(rows, family, answer.fitted.beta)
        answer = fit(family, answer)
        passes += answer.fitted.iterations
        now = np.array(list(family.values.values()))
        settled = bool(np.all(np.abs(now - before) <= SETTLED * np.abs(now)))
        if settled:
            break
    fitted = answer.fitted
    last = replace(fitted.last, system=_joint(rows, family, fitted))
    fitted = replace(fitted, iterations=passes, converged=fitted.converged and settled, last=last)
    return family, replace(answer, fitted=fitted)


@runtime_checkable
class OwnBySums(Protocol):
    """A family whose own parameters are estimated by steps from sums over blocks of rows."""

    def own_sums(self, y: np.ndarray, mu: np.ndarray, a: np.ndarray | None) -> np.ndarray:
        """Return what some rows tell of the own parameters at their last estimates; it adds up."""

    def moved(self, sums: np.ndarray) -> Self:
        """Return the family one step on, from the sums over all rows."""


@dataclass(frozen=True, eq=False)
class OwnSums:
    """The task that adds up what rows tell of the family's own parameters."""

    family: Any
    beta: np.ndarray

    def __call__(self, block: Block) -> Numbers:
        block = counted(block)
        mu = self.family.link.inverse(linear_predictor(block, self.beta), np)
        return Numbers(self.family.own_sums(block.y, mu, block.weights))


def _estimated(rows, family, beta):
    """Return the family with better own parameters: in memory the best at these means, in a stream one step on."""
    if isinstance(rows, MemoryRows):
        return family.estimated(rows.y, _means(rows, family, beta), rows.weights)
    return family.moved(rows.total(OwnSums(family, beta), " and ".join(family.own)).values)


@dataclass(frozen=True, eq=False)
class SharedInformation:
    """The task that adds up the information between coefficients and own parameters, [p, k], and of those, [k, k]."""

    family: Any
    beta: np.ndarray

    def __call__(self, block: Block) -> Numbers:
        block = counted(block)
        cross, own = self.family.information(linear_predictor(block, self.beta), block.y, block.weights)
        shared = [block.common.rmatvec(column) for column in np.ascontiguousarray(cross.T)]
        return Numbers(np.vstack([np.column_stack(shared), own]))


def _means(rows, family, beta):
    return family.link.inverse(linear_predictor(rows.whole, beta), np)


def _joint(rows, family, fitted):
    """Return the information of the coefficients when the own parameters are estimated too: G - X'c I⁻¹ c'X."""
    system = fitted.last.system
    finite = system.finite if isinstance(system, Limit) else system
    if family.own_orthogonal or not isinstance(finite, CholeskySystem):
        return system
    both = rows.total(SharedInformation(family, fitted.beta), " and ".join(family.own)).values
    shared, own = both[: rows.p][finite.estimable], both[rows.p :]
    gram = finite.lower @ finite.lower.T - shared @ np.linalg.solve(own, shared.T)
    joint = CholeskySystem(finite.estimable, np.linalg.cholesky(gram))
    return replace(system, finite=joint) if isinstance(system, Limit) else joint
