r"""Sandwich covariances of the coefficients: HC0 to HC3, clustered in one or more ways, and HAC.

With the score of row i, s_i = x_i u_i, u = a (y - mu) mu' / V, and J = X'WX, the covariance is J⁻¹ M J⁻¹ with M an
estimate of the variance of the sum of the scores; the dispersion cancels. There are G clusters.

| type | M |
|---|---|
| HC0 | sum s s' |
| HC1 | n / (n - p) times it |
| HC2, HC3 | sum s s' / (1 - h), / (1 - h)², h the leverage of the row |
| cluster | sum over the clusters of S S', S the sum of the cluster's scores, times G / (G - 1); of several ways those |
|         | of the odd combinations less those of the even ones |
| HAC | sum over lags l of (1 - l / (L + 1)) (s_t s_{t+l}' and its transpose), rows in the order of the data |

The correction "HC1" multiplies "cluster" by (n - 1) / (n - p) and "HAC" by n / (n - p). All are those of `sandwich`:
`vcovHC`, `vcovCL`, and `NeweyWest(lag = L, prewhite = FALSE)`.

References
----------
White (1980). doi:10.2307/1912934
MacKinnon & White (1985). doi:10.1016/0304-4076(85)90158-7
Newey & West (1987). doi:10.2307/1913610
Cameron, Gelbach & Miller (2011). doi:10.1198/jbes.2010.07136
Zeileis (2006). doi:10.18637/jss.v016.i09
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..arguments import count_of, one_of
from ..regression.blockwise import streamed, streamed_meat
from .clusters import cluster_codes, cluster_text, combinations_of, summed_scores
from .streamed_clusters import streamed_clusters

if TYPE_CHECKING:
    from ...linalg import LinearMap
    from ..regression.base import Regression

_ENTRIES = 4_000_000


def robust_covariance(fit: Regression, type: str, *, cluster: Any, lags: Any, correction: str | None) -> pd.DataFrame:
    """Return the covariance [p, p] of the coefficients by a sandwich; `attrs` say which, and its degrees of freedom."""
    if fit.separated:
        raise ModelError(
            "some coefficients are infinite (see `fit.check()`), so scores say nothing about their variance. Leave the "
            "terms concerned out first."
        )
    attrs: dict[str, Any] = {"type": type}
    if type == "cluster":
        meat, attrs["df"] = _clustered(fit, cluster, correction)
        attrs["clusters"] = cluster_text(cluster)
    elif type == "HAC":
        meat, attrs["lags"] = _hac(fit, lags, correction)
    elif streamed(fit):
        meat = streamed_meat(fit, type)
    else:
        meat = _independent(fit, type)
    half = fit.system.solve(meat)
    covariance = fit.system.solve(half.T)
    names, keep = list(fit.model.design.columns), fit.system.estimable
    out = np.full((len(names),) * 2, np.nan)
    out[np.ix_(keep, keep)] = (covariance + covariance.T) / 2
    table = pd.DataFrame(out, index=names, columns=names)
    table.attrs.update(attrs)
    return table


def row_scores(fit: Regression) -> np.ndarray:
    """Return u [n]: the derivative of each row's log-likelihood by its linear predictor, times the dispersion."""
    y, a = fit.observations
    return fit.family.working(fit.linear_predictor, y, a).score


def _independent(fit: Regression, type: str) -> np.ndarray:
    """Return M [r, r] where the rows are independent."""
    squares = row_scores(fit) ** 2
    if type == "HC1":
        squares *= fit.nobs / fit.df_residual
    elif type in ("HC2", "HC3"):
        rest = 1 - fit.hatvalues().to_numpy()
        alone = np.flatnonzero(rest < 1e-10)
        if len(alone):
            shown = ", ".join(map(str, fit.model.design.index[alone[:3]]))
            raise ModelError(
                f'"{type}" divides by one less the leverage, and that is one in {len(alone):,} rows (the first: '
                f'{shown}): each is fitted exactly by a coefficient of its own. Use "HC1", or leave them out.'
            )
        squares /= rest if type == "HC2" else rest**2
    return _kept(fit, fit.model.design.common.gram(squares))


def _kept(fit: Regression, matrix: np.ndarray) -> np.ndarray:
    """Return the rows and columns of the estimable coefficients."""
    keep = fit.system.estimable
    return matrix[np.ix_(keep, keep)]


def _clustered(fit: Regression, cluster: Any, correction: str | None) -> tuple[np.ndarray, int]:
    """Return M [r, r] clustered in one or more ways, and the clusters of the way that has the fewest, less one."""
    if cluster is None:
        raise ModelError('`type="cluster"` needs `cluster=`: a column, such as `cluster="firm"`, or several.')
    parts, fewest = streamed_clusters(fit, cluster) if streamed(fit) else _parts(fit, cluster)
    default = "HC1" if fit.least_squares else "HC0"
    correction = one_of("correction", default if correction is None else correction, ("HC0", "HC1"))
    meat = np.zeros((fit.rank,) * 2)
    for sign, count, part in parts:
        meat += sign * count / (count - 1) * part
    return meat * ((fit.nobs - 1) / fit.df_residual if correction == "HC1" else 1.0), fewest - 1


def _parts(fit: Regression, cluster: Any) -> tuple[list[tuple[int, int, np.ndarray]], int]:
    """Return sign, number of clusters and sum of S S' [r, r] of each combination of ways, and the fewest of a way."""
    ways, scores, parts = cluster_codes(fit, cluster), row_scores(fit), []
    for sign, codes, count in combinations_of(ways, fit.model.design.weights):
        part = np.zeros((fit.rank,) * 2)
        for sums in summed_scores(fit, scores, codes):
            part += sums.T @ sums
        parts.append((sign, count, part))
    return parts, min(count for _, count in ways)


def _hac(fit: Regression, lags: Any, correction: str | None) -> tuple[np.ndarray, int]:
    """Return M [r, r] with Bartlett's weights, and the number of lags."""
    if streamed(fit):
        raise ModelError(
            'a covariance of type "HAC" takes the rows in their order, and data that are read block by block have none '
            'to rely on. Use "HC3", or `cluster=` with a column of periods.'
        )
    correction = one_of("correction", "HC0" if correction is None else correction, ("HC0", "HC1"))
    counted = fit.model.design.counted
    n = len(counted)
    L = int(4 * (n / 100) ** (2 / 9)) if lags is None else _lags(lags)
    L = min(L, n - 1)
    u, common = row_scores(fit), fit.model.design.common
    meat = _kept(fit, common.gram(u**2))
    for rows, earlier in _windows(counted, L, common):
        here = common.dense(rows)[:, fit.system.estimable] * u[rows, None]
        past = common.dense(earlier)[:, fit.system.estimable] * u[earlier, None]
        window = np.concatenate([past, here])
        for lag in range(1, L + 1):
            begin = len(past) - lag
            back = window[max(begin, 0) : begin + len(here)]
            gamma = here[len(here) - len(back) :].T @ back
            meat += (1 - lag / (L + 1)) * (gamma + gamma.T)
    return meat * (n / fit.df_residual if correction == "HC1" else 1.0), L


def _windows(rows: np.ndarray, lags: int, common: LinearMap) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return chunks of rows, and with each the rows up to `lags` before it."""
    size = max(_ENTRIES // max(common.shape[1], 1), 10 * lags, 1)
    return [(rows[i : i + size], rows[max(i - lags, 0) : i]) for i in range(0, len(rows), size)]


def _lags(lags: Any) -> int:
    """Return a number of lags, 0 or more."""
    return 0 if isinstance(lags, (int, np.integer)) and lags == 0 else count_of("vcov", "lags", lags)
