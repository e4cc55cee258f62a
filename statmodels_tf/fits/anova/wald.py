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

from ..frame import headed
from .contrasts import marginal, missing_cells, own_columns, sequential
from .deviance_table import anova_type

if TYPE_CHECKING:
    from ..mixed.estimate import MixedEstimate


_COLUMNS = ["Sum Sq", "Mean Sq", "NumDF", "DenDF", "F value", "Pr(>F)"]


def anova_terms(fit: MixedEstimate, type: str | int) -> pd.DataFrame:
    """Return the F test of each common term but the intercept."""
    kind = anova_type(type, ("III", "I"))
    contrasts = sequential(fit) if kind == "I" else marginal(fit)
    rows = {label: f_test(fit, L) for label, L in contrasts.items() if len(L)}
    table = _table(rows, f"analysis of variance, type {kind}, Satterthwaite's degrees of freedom")
    empty = missing_cells(fit.model.design)
    if kind == "III" and empty:
        table.attrs["heading"] += f"; missing cells: no rows in {', '.join(empty)}, so terms are "
        table.attrs["heading"] += "averaged over the other cells only"
    return table


def drop1_f(fit: MixedEstimate, labels: list[str]) -> pd.DataFrame:
    """Return the F tests that the coefficients of each term in `labels` are zero, as lmerTest's `drop1`."""
    own = own_columns(fit.model.design)
    rows = {label: f_test(fit, np.eye(fit.rank)[own[label]]) for label in labels if own[label]}
    return _table(rows, "single term deletions, Satterthwaite's degrees of freedom")


def _table(rows: dict[str, tuple], heading: str) -> pd.DataFrame:
    """Return rows of F tests as a table that names what they are."""
    table = pd.DataFrame.from_dict(rows, orient="index", columns=_COLUMNS).astype({"NumDF": int})
    return headed(table, heading)


def f_test(fit: MixedEstimate, L: np.ndarray) -> tuple[float, float, int, float, float, float]:
    """Return sum of squares, mean square, both degrees of freedom, F and p of the hypothesis L beta = 0."""
    keep = fit.system.estimable
    _, lengths, P = np.linalg.svd(fit.system.contrast_root(L), full_matrices=False)
    values = lengths**2  # the eigenvalues of L V L'
    used = values > max(np.sqrt(np.finfo(float).eps) * values[0], 0.0)
    rotated = P[used] @ L
    rank = int(used.sum())
    F = float(np.sum((rotated @ fit.beta[keep]) ** 2 / values[used]) / rank)
    df = denominator(fit.system.satterthwaite(rotated))
    p = special.fdtrc(rank, df, F) if not np.isinf(df) else special.chdtrc(rank, rank * F)
    return F * fit.sigma**2 * rank, F * fit.sigma**2, rank, df, F, float(p)


def denominator(nu: np.ndarray) -> float:
    """Return the denominator degrees of freedom of a mean of squared t statistics with `nu` each.

    >>> denominator(np.array([10.0])), denominator(np.array([10.0, 1.5])), round(denominator(np.array([10.0, 20.0])), 3)
    (10.0, 2.0, 13.077)
    """
    if np.all(np.isclose(nu, nu[0], rtol=0, atol=1e-8)):
        return float(nu[0])
    if np.any(nu <= 2):
        return 2.0
    # nu / (nu - 2), written so that it is 1 where nu is infinite: the square of a normal statistic.
    mean = np.sum(1 / (1 - 2 / nu))
    return float(2 * mean / (mean - len(nu)))
