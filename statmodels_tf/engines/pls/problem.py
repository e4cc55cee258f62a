r"""The data of a linear mixed model, reduced once to their cross-products.

y = X beta + Z b + e with weights w. The columns are standardised, and y is replaced by its weighted least squares
residuals over their root mean square, e_0 = (y - offset - X beta_0) / s: the criterion changes by a known constant
only, and r^2 is no longer a small difference of large numbers. What is kept is V'WV and Z'WV with V = [X e_0], and
Z'WZ in the form its pattern allows. Terms on the same grouping factor are fused into one block whose Lambda is
block diagonal. Weights are divided by their geometric mean, the weight of a typical row however large the largest is:
sigma and Lambda for the weights as given are sigma_std sqrt(mean) and T Lambda_std / sqrt(mean), and the criterion
stays what it is, as the logs of the new weights add up to zero. A power of two is taken out of a response too large
or too small to be squared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from ...errors import ModelError
from ...linalg.base import LinearMap
from ...linalg.random import Block, CrossProducts, cross_products
from .standardise import lower_triangular, orthogonalise, power_of_two, standardise_common, standardise_effects

_CHUNK = 1 << 25  # entries of a dense piece of [X e_0]


@dataclass(frozen=True, eq=False)
class Problem:
    """Hold the cross-products and what is needed to return to the user's scale.

    Parameters
    ----------
    products : CrossProducts
        Z'WZ, one block for each distinct grouping factor.
    ZtV : array [p + 1, q]
        Z'W[X e_0].
    VtV : array [p + 1, p + 1]
        [X e_0]'W[X e_0].
    nobs : int
        Rows of positive weight.
    mean_weight : float
        Geometric mean of their weights.
    places : tuple of (int, slice)
        For each term, its block and its effects within the block.
    bases : tuple of array [l, l]
        T for each term: b = T b_std.
    S : array [p, p]
        beta = S beta_std, of the estimable columns.
    beta0 : array [p]
        Least squares coefficients, of the standardised columns.
    scale : float
        s, the root mean square residual.
    """

    products: CrossProducts
    ZtV: np.ndarray
    VtV: np.ndarray
    nobs: int
    mean_weight: float
    places: tuple[tuple[int, slice], ...]
    bases: tuple[np.ndarray, ...]
    S: np.ndarray
    beta0: np.ndarray
    scale: float

    @property
    def p(self) -> int:
        """Return the number of estimable common columns."""
        return len(self.VtV) - 1

    def nu(self, REML: bool) -> int:
        """Return the degrees of freedom of r^2."""
        return self.nobs - self.p if REML else self.nobs

    def constant(self, REML: bool) -> float:
        """Return what the user's criterion has more than that of the standardised data."""
        determinant = -2.0 * np.linalg.slogdet(self.S)[1] if REML and self.p else 0.0
        return float(determinant + self.nu(REML) * 2.0 * np.log(self.scale))

    def fuse(self, factors: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return Lambda of each block from Lambda of each term, both on the standardised scale."""
        grouped: list[list[np.ndarray]] = [[] for _ in self.products.blocks]
        for (block, _), Lambda in zip(self.places, factors, strict=True):
            grouped[block].append(Lambda)
        return [block_diag(*parts) if len(parts) > 1 else parts[0] for parts in grouped]

    def to_user(self, factors: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
        """Return Lambda of each term for the columns as the user gave them."""
        share = 1.0 / np.sqrt(self.mean_weight)
        return tuple(lower_triangular(share * T @ Lambda) for T, Lambda in zip(self.bases, factors, strict=True))

    def from_user(self, factors: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
        """Undo `to_user`."""
        share = np.sqrt(self.mean_weight)
        return tuple(
            lower_triangular(share * np.linalg.solve(T, Lambda)) for T, Lambda in zip(self.bases, factors, strict=True)
        )


def build_problem(
    common: LinearMap,
    y: np.ndarray,
    terms: Sequence[Block],
    *,
    w: np.ndarray | None = None,
    estimable: np.ndarray | None = None,
    backend: str | None = None,
    exact: bool = False,
) -> Problem:
    """Return the cross-products of a linear mixed model.

    Parameters
    ----------
    common : LinearMap [n, p]
    y : array [n]
        Response, less the offset.
    terms : sequence of Block
        One for each group term.
    w : array [n] or None
        Prior weights.
    estimable : int array or None
        Columns of `common` to use; None for all.
    backend : str or None
        Name of a back-end to insist on.
    exact : bool
        Whether the common terms may explain the response without error, as where priors hold them: the unit is then
        the root mean square of the response.
    """
    std, S = standardise_common(common)
    if estimable is None:
        estimable = np.arange(S.shape[0])
    S = S[np.ix_(estimable, estimable)]
    nobs, mean_weight = len(y), 1.0
    if w is not None:
        positive = w[w > 0.0]
        nobs, mean_weight = len(positive), float(np.exp(np.log(positive).mean()))
        w = w / mean_weight
    unit = float(power_of_two(y))
    y = y / unit
    gram = std.gram(w)[np.ix_(estimable, estimable)]
    if _ill_conditioned(gram):
        std, S = orthogonalise(std, S, estimable)
        estimable, gram = np.arange(std.shape[1]), std.gram(w)
    used = slice(None) if len(estimable) == std.shape[1] else estimable
    beta0, residuals = _least_squares(std, gram, y, w, estimable)
    scale = _scale(y, residuals, w, nobs, exact)
    blocks, places, bases = _fuse(terms)
    products = cross_products(blocks, w, backend=backend)
    n, width = len(y), len(estimable) + 1
    VtV, ZtV = np.zeros((width, width)), np.zeros((width, products.size))
    step = n if n * width <= _CHUNK else max(1, _CHUNK // width)
    for start in range(0, n, step):
        rows = slice(start, min(start + step, n))
        V = np.empty((rows.stop - start, width))
        V[:, :-1] = (std.dense() if step == n else std.dense(rows))[:, used]
        V[:, -1] = residuals[rows] / scale
        part = None if w is None else w[rows]
        VtV += V.T @ (V if part is None else V * part[:, None])
        whole = products if step == n else None
        ZtV += products.rmatvec(V, part) if whole else _rows_rmatvec(blocks, rows, V, part)
    return Problem(products, ZtV, VtV, nobs, mean_weight, places, bases, S, beta0 * unit, scale * unit)


def _ill_conditioned(gram: np.ndarray) -> bool:
    """Return whether the Cholesky factor of a Gram matrix keeps fewer than seven digits."""
    values = np.linalg.eigvalsh(gram) if len(gram) else np.ones(1)
    return bool(values[0] < 1e-9 * values[-1])


def _rows_rmatvec(blocks: Sequence[Block], rows: slice, V: np.ndarray, w: np.ndarray | None) -> np.ndarray:
    pieces = [Block(b.codes[rows], b.levels, None if b.columns is None else b.columns[rows]) for b in blocks]
    return np.concatenate([piece.rmatvec(V, w) for piece in pieces], axis=1)


def _least_squares(
    std: LinearMap, gram: np.ndarray, y: np.ndarray, w: np.ndarray | None, estimable: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the least squares coefficients and residuals; a second pass removes the first one's rounding error."""
    beta = np.zeros(std.shape[1])
    if len(estimable) == 0:
        return beta[estimable], np.asarray(y, dtype=float)
    values, vectors = np.linalg.eigh(gram)
    kept = values > values[-1] * 1e-14
    residuals = y
    for _ in range(2):
        score = std.rmatvec(residuals if w is None else w * residuals)[estimable]
        beta[estimable] += vectors[:, kept] @ ((vectors[:, kept].T @ score) / values[kept])
        residuals = y - std.matvec(beta)
    return beta[estimable], residuals


def _scale(y: np.ndarray, residuals: np.ndarray, w: np.ndarray | None, nobs: int, exact: bool) -> float:
    squares = residuals**2 if w is None else w * residuals**2
    scale = float(np.sqrt(squares.sum() / max(nobs, 1)))
    if scale <= 1e-14 * float(np.abs(y).max(initial=0.0)) or scale == 0.0:
        if exact:
            return float(np.sqrt(np.mean(y**2))) or 1.0
        raise ModelError(
            "the common terms explain the response without error, so nothing is left for groups or noise."
            " Is the response constant, or a copy of a predictor? A linear mixed model needs a response that varies"
            " around its mean."
        )
    return scale


def _fuse(terms: Sequence[Block]) -> tuple[list[Block], tuple[tuple[int, slice], ...], tuple[np.ndarray, ...]]:
    """Return one block for each distinct factor, where each term went, and its T."""
    members: list[list[tuple[int, np.ndarray | None]]] = []
    factors: list[Block] = []
    places, bases = [], []
    for number, term in enumerate(terms):
        columns, T = standardise_effects(term.columns)
        bases.append(T)
        at = next((k for k, known in enumerate(factors) if _same(known, term)), None)
        if at is None:
            at = len(factors)
            factors.append(term)
            members.append([])
        start = sum(1 if c is None else c.shape[1] for _, c in members[at])
        places.append((at, slice(start, start + len(T))))
        members[at].append((number, columns))
    blocks = []
    for factor, parts in zip(factors, members, strict=True):
        if len(parts) == 1:
            columns = parts[0][1]
        else:
            ones = np.ones((len(factor.codes), 1))
            columns = np.concatenate([ones if c is None else c for _, c in parts], axis=1)
        blocks.append(Block(factor.codes, factor.levels, columns))
    return blocks, tuple(places), tuple(bases)


def _same(one: Block, other: Block) -> bool:
    return one.levels == other.levels and (one.codes is other.codes or np.array_equal(one.codes, other.codes))
