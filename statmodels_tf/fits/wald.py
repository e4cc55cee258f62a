"""F tests of the common terms of a mixed model, with Satterthwaite's degrees of freedom, as lmerTest.

A hypothesis is L beta = 0 with L [r, p]. With L V L' = P D P' the rows of P'L are uncorrelated contrasts, each with its
own t statistic and degrees of freedom; F is the mean of the squared t, and its denominator degrees of freedom match the
mean of F(1, nu_m) (Fai & Cornelius 1996).

References
----------
Kuznetsova, Brockhoff & Christensen (2017), lmerTest Package. doi:10.18637/jss.v082.i13
Fai & Cornelius (1996). doi:10.1080/00949659608811740
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from statmodels_tf.design import Design, build

from .base import one_of

if TYPE_CHECKING:
    from .mixed import MixedEstimate


def anova_terms(fit: MixedEstimate, type: str) -> pd.DataFrame:
    """Return the F test of each common term but the intercept."""
    one_of("type", type, ("III", "I"))
    contrasts = sequential(fit) if type == "I" else marginal(fit)
    rows = {label: f_test(fit, L) for label, L in contrasts.items() if len(L)}
    columns = ["Sum Sq", "Mean Sq", "NumDF", "DenDF", "F value", "Pr(>F)"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.columns.name = f"type {type}"
    return table


def f_test(fit: MixedEstimate, L: np.ndarray) -> tuple[float, float, int, float, float, float]:
    """Return sum of squares, mean square, both degrees of freedom, F and p of the hypothesis L beta = 0."""
    keep = fit.system.estimable
    beta, V = fit.coefficients[keep], fit.covariance[np.ix_(keep, keep)]
    values, vectors = np.linalg.eigh(L @ V @ L.T)
    used = values > max(np.sqrt(np.finfo(float).eps) * values[-1], 0.0)
    rotated = vectors[:, used].T @ L
    rank = int(used.sum())
    F = float(np.sum((rotated @ beta) ** 2 / values[used]) / rank)
    df = denominator(fit.system.satterthwaite(rotated))
    return F * fit.sigma**2 * rank, F * fit.sigma**2, rank, df, F, float(special.fdtrc(rank, df, F))


def denominator(nu: np.ndarray) -> float:
    """Return the denominator degrees of freedom of a mean of squared t statistics with `nu` each.

    >>> denominator(np.array([10.0])), denominator(np.array([10.0, 1.5])), round(denominator(np.array([10.0, 20.0])), 3)
    (10.0, 2.0, 13.077)
    """
    if np.ptp(nu) < 1e-8:
        return float(nu.mean())
    if np.any(nu <= 2):
        return 2.0
    mean = np.sum(nu / (nu - 2))
    return float(2 * mean / (mean - len(nu)))


def sequential(fit: MixedEstimate) -> dict[str, np.ndarray]:
    """Return for each term the contrasts of type I: X'X = U'DU with U unit upper triangular; its rows are L."""
    keep = fit.system.estimable
    R = np.linalg.cholesky(fit.model.design.common.gram()[np.ix_(keep, keep)]).T
    U = R / np.diag(R)[:, None]
    return {label: U[rows] for label, rows in _term_rows(fit.model.design).items()}


def marginal(fit: MixedEstimate) -> dict[str, np.ndarray]:
    """Return for each term the contrasts of type III: its coefficients under sum-to-zero contrasts are zero.

    If S is the design with those contrasts and X B = S, then the coefficients are beta = B beta_S and L is the term's
    rows of B^-1. Without interactions the contrasts do not matter and L picks the term's own coefficients.
    """
    design = fit.model.design
    own = {label: np.eye(fit.rank)[rows] for label, rows in _term_rows(design).items()}
    if not any(len(term.variables) > 1 for term in design.formula.common) or not design.levels:
        return own
    sums = dict.fromkeys(design.levels, "contr.sum")
    summed = build(design.formula, design.frame, contrasts=sums, functions=design.functions)
    X = design.common.dense()[:, fit.system.estimable]
    S = summed.common.dense()[:, [j for j in range(len(summed.columns)) if j not in summed.aliased]]
    if S.shape != X.shape:
        return own
    inverse = np.linalg.lstsq(S, X, rcond=None)[0]
    return {label: inverse[rows] for label, rows in _term_rows(summed).items()}


def _term_rows(design: Design) -> dict[str, list[int]]:
    """Return for each term but the intercept the positions of its columns among the estimable ones."""
    position = {j: i for i, j in enumerate(j for j in range(len(design.columns)) if j not in design.aliased)}
    return {
        label: [position[j] for j in range(columns.start, columns.stop) if j in position]
        for label, columns in design.terms
        if label != "Intercept"
    }
