r"""The mixed model equations at the optimum: what the fit can still be asked, all on the user's scale.

Given theta, and V_beta = sigma^2 H_XX^{-1}, with T and U_X = T Z'WX from the factorisation,

    Var(b | y, beta) = sigma^2 T,
    Var(x'beta_hat + z'(b_hat - b)) = sigma^2 z'Tz + (x - U_X'z)'V_beta (x - U_X'z).

References
----------
Henderson (1975), Biometrics 31, 423-447. doi:10.2307/2529430
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...linalg.random import Block
from ..threads import one_thread
from .draws import posterior_draws
from .evaluation import Evaluation
from .freedom import Freedom


@dataclass(frozen=True, eq=False)
class PLSSystem:
    """Answer for the uncertainty of a fit by penalised least squares.

    Parameters
    ----------
    evaluation : Evaluation
        The criterion at the optimum, with its factorisation.
    estimable : int array
        The columns of the design that have coefficients.
    """

    evaluation: Evaluation
    estimable: np.ndarray

    @cached_property
    def unit(self) -> float:
        """Return the residual standard deviation of a row of typical weight: the unit of all variances here."""
        return self.evaluation.problem.scale * float(np.sqrt(self.evaluation.r2 / self.evaluation.nu))

    @property
    def sigma(self) -> float:
        """Return the residual standard deviation of a row of weight one."""
        return self.unit * float(np.sqrt(self.evaluation.problem.mean_weight))

    @cached_property
    def coefficients(self) -> np.ndarray:
        """Return beta of the estimable columns [p]."""
        problem = self.evaluation.problem
        return problem.S @ (problem.beta0 + problem.scale * self.evaluation.beta)

    @cached_property
    def covariance_root(self) -> np.ndarray:
        """Return R [p, p] with Cov(beta_hat) = unit^2 RR'."""
        L = self.evaluation.L
        return np.linalg.solve(L, self.evaluation.problem.S.T).T if len(L) else np.zeros((0, 0))

    @property
    def covariance(self) -> np.ndarray:
        """Return Cov(beta_hat) [p, p]."""
        return self.unit**2 * self.covariance_root @ self.covariance_root.T

    @property
    def logdet_X(self) -> float:
        """Return log|X'V^{-1}X| of the estimable columns as given, V the covariance of y over sigma^2.

        From the standardised columns: -log|Cov(beta_hat) / sigma^2| would lose what shifted columns lose.
        """
        problem = self.evaluation.problem
        if not problem.p:
            return 0.0
        basis = 2.0 * float(np.linalg.slogdet(problem.S)[1])
        return self.evaluation.logdet_X - basis + problem.p * float(np.log(problem.mean_weight))

    def contrast_root(self, X: np.ndarray) -> np.ndarray:
        """Return R [p, m] with R'R the covariance of X beta_hat, for rows X [m, p] of the estimable columns.

        Through the root on the standardised columns, where x'Cov(beta_hat)x would be a small difference of large
        numbers.
        """
        evaluation, right = self.evaluation, (np.asarray(X, dtype=float) @ self.evaluation.problem.S).T
        return self.unit * (np.linalg.solve(evaluation.L, right) if len(evaluation.L) else right)

    def coefficient_variance(self, X: np.ndarray) -> np.ndarray:
        """Return the variance [m] of x'beta_hat for rows X [m, p] of the estimable columns."""
        return (self.contrast_root(X) ** 2).sum(0)

    def modes(self, effects: np.ndarray | None = None) -> tuple[np.ndarray, ...]:
        """Return the conditional modes of each term [L, l], or other effects [m, q] of e_0 as [m, L, l]."""
        problem, single = self.evaluation.problem, effects is None
        parts = problem.products.parts(self.evaluation.modes[None] if effects is None else effects)
        out = []
        for (block, where), T in zip(problem.places, problem.bases, strict=True):
            b = problem.scale * np.einsum("ab,mbL->mLa", T, parts[block][:, where])
            out.append(b[0] if single else b)
        return tuple(out)

    def conditional_covariance(self, k: int) -> np.ndarray:
        """Return the covariance [L, l, l] of the effects of group term `k`, given the response, beta and theta."""
        problem = self.evaluation.problem
        block, where = problem.places[k]
        with one_thread():
            own = self.evaluation.factor.covariance(block)[where, where]
        T = problem.bases[k]
        return self.unit**2 * np.einsum("ab,bcL,dc->Lad", T, own, T, optimize=True)

    def prediction_variance(self, X: np.ndarray, groups: Sequence[tuple[np.ndarray, np.ndarray | None]]) -> np.ndarray:
        """Return the variance [m] of x'beta_hat + z'(b_hat - b).

        Parameters
        ----------
        X : array [m, p]
            The estimable common columns.
        groups : sequence of (int array [m], array [m, l] or None)
            Codes and columns of each group term; the code -1 stands for a level that the data did not have.
        """
        evaluation, problem = self.evaluation, self.evaluation.problem
        rows, unseen = self._standardised(groups)
        carried = np.zeros((len(X), problem.p))
        for block, where in zip(rows, problem.products.slices, strict=True):
            U = evaluation.U[:-1, where].reshape(problem.p, block.effects, block.levels)
            known = block.codes >= 0
            at = np.where(known, block.codes, 0)
            for a in range(block.effects):
                column = block.column(a)
                weight = np.where(known, 1.0 if column is None else column, 0.0)
                carried += weight[:, None] * U[:, a].T[at]
        with one_thread():
            quadratic = evaluation.factor.quadratic(rows)
            root = np.linalg.solve(evaluation.L, (X @ problem.S - carried).T) if problem.p else np.zeros((0, len(X)))
        return self.unit**2 * (np.maximum(quadratic, 0.0) + unseen + (root**2).sum(0))

    def _standardised(self, groups: Sequence[tuple[np.ndarray, np.ndarray | None]]) -> tuple[list[Block], np.ndarray]:
        """Return one block of rows for each grouping factor, and the prior variance z'Sigma z of unseen levels."""
        problem = self.evaluation.problem
        unseen = np.zeros(len(groups[0][0]))
        members: list[list[np.ndarray]] = [[] for _ in problem.products.blocks]
        codes: list[Any] = [None] * len(members)
        for (given, columns), (block, _), T, Lambda in zip(
            groups, problem.places, problem.bases, self.evaluation.factors, strict=True
        ):
            given = np.asarray(given)
            values = np.ones((len(given), 1)) if columns is None else np.asarray(columns, dtype=float)
            values = values @ T
            unseen += np.where(given < 0, ((values @ Lambda) ** 2).sum(1), 0.0)
            members[block].append(values)
            codes[block] = given
        rows = [
            Block(code, block.levels, None if block.columns is None else np.concatenate(parts, axis=1))
            for code, block, parts in zip(codes, problem.products.blocks, members, strict=True)
        ]
        return rows, unseen

    @cached_property
    def freedom(self) -> Freedom:
        """Return the covariance of the variance parameters, for degrees of freedom and draws of theta."""
        with one_thread():
            return Freedom.of(self.evaluation)

    def satterthwaite(self, contrasts: np.ndarray) -> np.ndarray:
        """Return Satterthwaite's degrees of freedom [r] of the contrasts [r, p] of the coefficients."""
        with one_thread():
            return self.freedom.satterthwaite(np.atleast_2d(contrasts) @ self.evaluation.problem.S)

    def draw(self, rng: np.random.Generator, size: int, vary_theta: bool = False) -> dict[str, Any]:
        """Return draws of the coefficients and effects given the data, under flat priors.

        Given theta they are exact: sigma^2 is r^2 over a chi-squared variable on nu degrees of freedom, and (beta, b)
        is normal given sigma. With `vary_theta` theta is drawn first, from its normal approximation.

        Returns
        -------
        dict
            `beta` [size, p], `b` a tuple of [size, L, l], `sigma` [size], `factors` a tuple of [l, l], or of
            [size, l, l].
        """
        with one_thread():
            return posterior_draws(self, rng, size, vary_theta)
