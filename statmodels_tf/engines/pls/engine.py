"""Penalised least squares: linear mixed models by REML and by maximum likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from ...errors import DataError, ModelError
from ...fits.mixed.estimate import MixedEstimate
from ...linalg.random import Block
from ..base import Engine, engine
from ..threads import one_thread
from .doubt import check_units, flat_names, lost_weights
from .evaluation import Evaluation
from .given import judged
from .optimum import UNBOUNDED, Solution, solve
from .problem import Problem, build_problem
from .system import PLSSystem

if TYPE_CHECKING:
    from ...design import Design
    from ...fits.call import Call
    from ...model import Model


@engine("pls")
@dataclass(frozen=True)
class PLS(Engine[MixedEstimate]):
    """Fit a gaussian model with group terms by Newton's method on the profiled criterion.

    Parameters
    ----------
    REML : bool
        Restricted maximum likelihood; False for maximum likelihood.
    tol : float
        Stop when one more step promises to lower the criterion by less.
    max_iter : int
        Newton iterations at most.
    backend : {None, "dense", "single", "nested", "crossed"}
        How random effects are eliminated; None chooses by the pattern of the grouping factors.

    References
    ----------
    Bates, Maechler, Bolker & Walker (2015), Fitting linear mixed-effects models using lme4,
    Journal of Statistical Software 67(1). doi:10.18637/jss.v067.i01
    """

    REML: bool = True
    tol: float = 1e-8
    max_iter: int = 100
    backend: str | None = None

    remedy = "allow more iterations with engine=PLS(max_iter=...)"

    def supports(self, model: Model) -> str | None:
        """Return why this engine cannot fit the model and which can, or None if it can."""
        family, link = model.family.name, model.family.link.name
        if family != "gaussian" or link != "identity":
            return (
                f"PLS cannot fit this model: it is for gaussian responses with the identity link, and this one is"
                f' {family} with link {link}. Use engine="nuts".'
            )
        if not model.design.groups:
            return (
                "PLS cannot fit this model: its formula has no group term such as `(1 | g)`. Add one, or use"
                ' engine="nuts".'
            )
        if model.design.specials:
            return (
                f"PLS cannot fit this model: `{model.design.specials[0].label}` has parameters of its own. Use"
                ' engine="nuts".'
            )
        if model.priors:
            return 'PLS cannot fit this model: it has priors, and PLS maximises a likelihood. Use engine="nuts".'
        return None

    def _fit(self, model: Model, call: Call | None) -> MixedEstimate:
        """Return the estimate that minimises the criterion."""
        began = perf_counter()
        with one_thread():
            problem, estimable = self._problem(model.design)
            solution = solve(problem, REML=self.REML, tol=self.tol, max_iter=self.max_iter)
        return self._estimate(model, call, solution, estimable, began)

    def at(self, model: Model, factors: Sequence[np.ndarray], call: Call | None = None) -> MixedEstimate:
        """Return the estimate at given factors: one evaluation, nothing optimised; converged if they are an optimum.

        Parameters
        ----------
        factors : sequence of array [l, l]
            Relative Cholesky factors Lambda_k, one for each of `model.design.groups`.
        """
        began = perf_counter()
        with one_thread():
            problem, estimable = self._problem(model.design)
            std = problem.from_user([np.asarray(Lambda, dtype=float) for Lambda in factors])
            solution = judged(Evaluation(problem, std, self.REML))
        return self._estimate(model, call, solution, estimable, began)

    def _problem(self, design: Design) -> tuple[Problem, np.ndarray]:
        aliased = set(design.aliased)
        estimable = np.array([j for j in range(design.common.shape[1]) if j not in aliased], dtype=np.intp)
        if design.response is None:
            raise ModelError("the formula has no response. Write one on the left of `~`.")
        y = np.asarray(design.response.values, dtype=float)
        if design.offset is not None:
            y = y - design.offset
        w = None if design.weights is None else np.asarray(design.weights, dtype=float)
        terms = [Block(block.codes, len(block.levels), block.columns) for block in design.groups]
        _check(y, w, len(estimable), terms, [f"({block.label})" for block in design.groups])
        return build_problem(design.common, y, terms, w=w, estimable=estimable, backend=self.backend), estimable

    def _estimate(
        self, model: Model, call: Call | None, solution: Solution, estimable: np.ndarray, began: float
    ) -> MixedEstimate:
        design, evaluation = model.design, solution.evaluation
        problem, width = evaluation.problem, design.common.shape[1]
        system = PLSSystem(evaluation, estimable)
        check_units(system, design)
        converged, message = solution.converged, solution.message
        if message == UNBOUNDED:
            largest = max(design.groups, key=lambda block: len(block.levels) * len(block.effects))
            message = f"{message}. Leave out `({largest.label})`, which has the most effects, or make it simpler"
        elif (lost := lost_weights(system, design)) is not None:
            converged, message = False, lost
        coefficients, covariance = np.full(width, np.nan), np.full((width, width), np.nan)
        coefficients[estimable] = system.coefficients
        covariance[np.ix_(estimable, estimable)] = system.covariance
        modes = system.modes()
        diagnostics = {
            "engine": self.name,
            "why": "asked for",
            "converged": converged,
            "message": message,
            "evaluations": solution.evaluations,
            "iterations": solution.iterations,
            "starts": solution.starts,
            "predicted_decrease": solution.predicted_decrease,
            "singular": any(solution.singular),
            "singular_terms": tuple(
                block.label for block, flat in zip(design.groups, solution.singular, strict=True) if flat
            ),
            "flat": flat_names(problem, design),
            "rank": len(estimable),
            "aliased": tuple(design.columns[j] for j in design.aliased),
            "backend": problem.products.name,
            "nobs": problem.nobs,
            "dropped": design.dropped,
            "seconds": perf_counter() - began,
        }
        return MixedEstimate(
            model=model,
            engine=self,
            diagnostics=diagnostics,
            call=call,
            beta=coefficients,
            covariance=covariance,
            sigma=system.sigma,
            factors=problem.to_user(evaluation.factors),
            modes=modes,
            criterion=evaluation.value + problem.constant(self.REML),
            REML=self.REML,
            system=system,
        )


def _check(y: np.ndarray, w: np.ndarray | None, p: int, terms: Sequence[Block], labels: Sequence[str]) -> None:
    """Refuse what no optimiser can answer: too few rows for the effects, and figures that are not finite."""
    if not np.all(np.isfinite(y)):
        raise DataError("the response less the offset is not finite in every row. Leave out the rows where it is not.")
    n = len(y)
    if w is not None:
        if not np.all(np.isfinite(w)) or np.any(w < 0.0):
            raise DataError("the weights must be finite and not negative.")
        n = int(np.count_nonzero(w))
    if n <= p:
        raise ModelError(
            f"{n:,} rows of positive weight cannot estimate {p:,} coefficients and a residual variance."
            " Leave out terms or find more rows."
        )
    for term, label in zip(terms, labels, strict=True):
        if term.columns is not None and not np.all(np.isfinite(term.columns)):
            raise DataError(f"a column of `{label}` is not finite in every row. Leave out the rows where it is not.")
        if term.size >= n:
            raise ModelError(
                f"`{label}` has {term.size:,} random effects ({term.levels:,} levels"
                f"{f' times {term.effects} effects' if term.effects > 1 else ''}) for {n:,} rows, so they cannot be"
                " told from the residuals. Use a coarser grouping or fewer effects."
            )
