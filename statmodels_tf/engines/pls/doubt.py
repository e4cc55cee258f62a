r"""What a user must be told of a fit that its criterion does not tell.

*Not identified.* The covariance of the data is linear in the entries of Sigma: V = W^{-1} + sum_k sum_ab Sigma_k,ab
V_k,ab with V_k,ab = Z_ka Z_kb' (symmetrised). Entries on which it does not depend, alone or in combination, are found
from the Gram matrix of the V_k,ab of each grouping factor, tr V_ab V_cd = sum_j (A_ac A_bd + A_ad A_bc) / 2 with A_j =
Z_j'WZ_j: a slope on what is constant within each level leaves its correlation free.

*Rounding.* Cross-products add rows of large weight to rows of small weight. Where the weights range too far the latter
are lost, and r^2 from the rows themselves is another than from the cross-products.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...errors import DataError
from .problem import Problem
from .system import PLSSystem

if TYPE_CHECKING:
    from ...design import Design

_NULL = 1e-9  # eigenvalue of the Gram matrix of correlations, a squared length, that counts as none
_RANGE = 1e5  # of the weights, from which rounding is looked at
_LOST = 1e-3  # change of the criterion by rounding that is reported
_UNITS = (1e-307, 1e307)  # sizes of variances


def unidentified(problem: Problem) -> list[list[tuple[int, int]]]:
    """Return, for each term, the entries (a, b) of its Sigma that the data do not identify, a >= b."""
    out: list[list[tuple[int, int]]] = [[] for _ in problem.places]
    for number in range(len(problem.products.blocks)):
        terms = [k for k, (block, _) in enumerate(problem.places) if block == number]
        entries = [(k, a, b) for k in terms for a in range(len(problem.bases[k])) for b in range(a + 1)]
        if len(entries) == 1:
            continue
        for direction in _null_space(problem, number, entries):
            for k in terms:
                T, change = problem.bases[k], np.zeros_like(problem.bases[k])
                for value, (m, a, b) in zip(direction, entries, strict=True):
                    if m == k:
                        change[a, b] = change[b, a] = value
                size = np.linalg.norm(T, axis=1)
                moved = np.abs(T @ change @ T.T) / np.outer(size, size)
                out[k] += [(a, b) for a in range(len(T)) for b in range(a + 1) if moved[a, b] > 1e-4]
    return [sorted(set(found)) for found in out]


def _null_space(problem: Problem, number: int, entries: Sequence[tuple[int, int, int]]) -> np.ndarray:
    """Return the directions [m, entries] in the entries of Sigma in which V does not change."""
    A = problem.products.diagonal(number)
    rows = np.array([problem.places[k][1].start + a for k, a, _ in entries])
    columns = np.array([problem.places[k][1].start + b for k, _, b in entries])
    gram = np.empty((len(entries), len(entries)))
    for i, (a, b) in enumerate(zip(rows, columns, strict=True)):
        for j, (c, d) in enumerate(zip(rows[: i + 1], columns[: i + 1], strict=True)):
            both = (a != b) * 1.0 + 1.0, (c != d) * 1.0 + 1.0
            value = 0.5 * float(A[a, c] @ A[b, d] + A[a, d] @ A[b, c])
            gram[i, j] = gram[j, i] = both[0] * both[1] * value
    size = np.sqrt(np.diag(gram))
    largest = size.max(initial=0.0)
    size = np.where(size > 1e-9 * largest, size, max(largest, 1e-300))
    values, vectors = np.linalg.eigh(gram / np.outer(size, size))
    return (vectors[:, values < _NULL] / size[:, None]).T * largest


def flat_names(problem: Problem, design: Design) -> tuple[str, ...]:
    """Return the names of the standard deviations and correlations that the data do not identify."""
    names = []
    for block, entries in zip(design.groups, unidentified(problem), strict=True):
        for a, b in entries:
            what = block.effects[a] if a == b else f"{block.effects[b]},{block.effects[a]}"
            names.append(f"{'sd' if a == b else 'cor'}({block.group})[{what}]")
    return tuple(dict.fromkeys(names))


def rounding(system: PLSSystem, design: Design) -> float:
    """Return by how much the criterion is off by rounding, judged by r^2 from the rows; 0 for weights of one size."""
    w = design.weights
    if w is None:
        return 0.0
    positive = w[w > 0.0]
    if positive.max() <= _RANGE * positive.min():
        return 0.0
    problem, nu = system.evaluation.problem, system.evaluation.nu
    beta = np.zeros(design.common.shape[1])
    beta[system.estimable] = system.coefficients
    residual = design.response.values - design.common.matvec(beta)
    if design.offset is not None:
        residual = residual - design.offset
    modes, factors = system.modes(), problem.to_user(system.evaluation.factors)
    for block, mode in zip(design.groups, modes, strict=True):
        known = mode[block.codes]
        residual = residual - (known[:, 0] if block.columns is None else (known * block.columns).sum(1))
    r2 = float(w @ residual**2)
    for block, mode, Lambda in zip(design.groups, modes, factors, strict=True):
        columns = np.ones((len(residual), 1)) if block.columns is None else block.columns
        scores = np.stack([np.bincount(block.codes, w * residual * column, len(mode)) for column in columns.T])
        r2 += float(((Lambda.T @ scores) ** 2).sum())
    return float(nu * abs(np.log(r2 / (nu * system.sigma**2))))


def lost_weights(system: PLSSystem, design: Design) -> str | None:
    """Return what to say where weights range too far for cross-products, or None."""
    off = rounding(system, design)
    if off < _LOST:
        return None
    positive = design.weights[design.weights > 0.0]
    return (
        f"the weights range from {positive.min():.3g} to {positive.max():.3g}, and beside the largest the others"
        f" are lost in rounding (the criterion is off by {off:.2g} or more). Use smaller weights for the rows that are"
        " all but exact"
    )


def check_units(system: PLSSystem, design: Design) -> None:
    """Refuse a fit whose figures are no numbers in the units of the data, saying which column to rescale."""
    if not _UNITS[0] < system.unit * system.unit * system.evaluation.problem.mean_weight < _UNITS[1]:
        raise DataError(
            f"the response is too {'large' if system.sigma > 1.0 else 'small'} for its variance to be a number"
            f" (the residual standard deviation is {system.sigma:.3g}). Multiply it by a constant."
        )
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        variances = system.coefficient_variance(np.eye(len(system.estimable)))
        finite = np.isfinite(system.coefficients)
    for j, variance, good in zip(system.estimable, variances, finite, strict=True):
        if not (good and _UNITS[0] < variance < _UNITS[1]):
            raise DataError(_rescale(design.columns[j], "the coefficient's variance", variance < 1.0))
    for block, Lambda in zip(design.groups, system.evaluation.problem.to_user(system.evaluation.factors), strict=True):
        for effect, sd in zip(block.effects, system.sigma * np.abs(Lambda).max(1), strict=True):
            if sd > 0.0 and not np.sqrt(_UNITS[0]) < sd < np.sqrt(_UNITS[1]):
                raise DataError(_rescale(effect, f"its variance over `{block.group}`", sd < 1.0))


def _rescale(column: str, what: str, small: bool) -> str:
    return (
        f"the values of `{column}` are too {'large' if small else 'small'}: {what} is not a number that a computer"
        " holds. Multiply the column by a constant."
    )
