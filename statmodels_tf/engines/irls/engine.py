"""IRLS and QR: the engines of models without group terms."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from ...errors import ModelError
from ...families.exponential import ExponentialFamily
from ...fits.regression import GLMEstimate, LinearEstimate, RegressionEstimate, Totals
from ..base import Engine, engine
from ..threads import one_thread
from .memory import MemoryRows
from .system import CholeskySystem

if TYPE_CHECKING:
    from ...fits.base import Call
    from ...model import Model


def _refusal(model: Model) -> str | None:
    """Return why least squares cannot fit the model, or None."""
    if model.design.groups:
        return f'IRLS cannot fit `({model.design.groups[0].label})`, a group term. Use engine="pls" or "nuts".'
    if model.design.specials:
        return "IRLS cannot fit special terms."
    if not isinstance(model.family, ExponentialFamily):
        return f"IRLS cannot fit the {model.family.name} family."
    return None


@engine("irls")
@dataclass(frozen=True)
class IRLS(Engine[RegressionEstimate]):
    """Newton's method by expected information, for generalized linear models.

    Parameters
    ----------
    tolerance : float
        The decrement s'G^-1 s, relative to the dispersion, below which a step is the last one.
    max_iterations : int
    """

    tolerance: float = 1e-3
    max_iterations: int = 50

    def supports(self, model: Model) -> str | None:
        return _refusal(model)

    def _fit(self, model: Model, call: Call | None) -> RegressionEstimate:
        with one_thread():
            return _estimate(GLMEstimate, self, model, call)


@engine("qr")
@dataclass(frozen=True)
class QR(Engine[RegressionEstimate]):
    """Least squares, for linear models."""

    tolerance: float = 1e-3
    max_iterations: int = 5

    def supports(self, model: Model) -> str | None:
        if not model.family.linear:
            return 'least squares fits gaussian models with the identity link only. Use `glm(...)` or engine="irls".'
        return _refusal(model)

    def _fit(self, model: Model, call: Call | None) -> RegressionEstimate:
        with one_thread():
            return _estimate(LinearEstimate, self, model, call)


def _estimate(kind, engine, model, call):
    """Return the fit (a plain version: whole design, dense Gram)."""
    began = perf_counter()
    design, family = model.design, model.family
    data = family.data(design.response, design.weights)
    y, a = family.observations(data)
    rows = MemoryRows(design.common, y, a, design.offset)
    kept = np.array([j for j in range(rows.p) if j not in set(design.aliased)], dtype=int)
    if rows.n < len(kept):
        raise ModelError("too few rows")
    X, offset = design.common, 0.0 if design.offset is None else design.offset
    beta = np.full(rows.p, np.nan)
    eta = family.link.link(family.start(y, a), np)
    zero = np.nan_to_num(beta)
    converged, iterations = False, 0
    for iterations in range(1, engine.max_iterations + 1):
        work = family.working(eta, y, a)
        gram = X.gram(work.weight)[np.ix_(kept, kept)]
        if iterations == 1:
            target = X.rmatvec(work.weight * (eta - offset) + work.score)[kept]
            new = np.linalg.solve(gram, target)
            decrement = np.inf
        else:
            score = X.rmatvec(work.score)[kept]
            step = np.linalg.solve(gram, score)
            decrement = float(step @ score)
            new = zero[kept] + step
        zero = np.zeros(rows.p)
        zero[kept] = new
        eta = X.matvec(zero) + offset
        if decrement < 1e-9:
            converged = True
            break
    work, mu = family.working(eta, y, a), family.link.inverse(eta, np)
    beta[kept] = zero[kept]
    system = CholeskySystem(kept, np.linalg.cholesky(X.gram(work.weight)[np.ix_(kept, kept)]))
    weights = np.ones_like(y) if a is None else a
    deviance = float(np.sum(weights * family.deviance(y, mu)))
    pearson = float(np.sum(weights * (y - mu) ** 2 / family.variance(mu)))
    nobs = int(np.count_nonzero(weights))
    dispersion = family.known_dispersion
    if dispersion is None:
        dispersion = pearson / (nobs - len(kept)) if nobs > len(kept) else np.nan
    totals = Totals(deviance, np.nan, float(np.sum(family.loglik(y, mu, a, data))), pearson)
    diagnostics = {"converged": converged, "iterations": iterations, "rank": len(kept),
                   "aliased": tuple(design.columns[j] for j in design.aliased), "seconds": perf_counter() - began}  # fmt: skip
    return kind(model=model, engine=engine, diagnostics=diagnostics, call=call, coefficients=beta,
                sigma=float(np.sqrt(dispersion)), system=system, totals=totals, infinite=np.zeros(rows.p, dtype=int))  # fmt: skip
