"""Several tests or intervals at once: p-values adjusted, and intervals that hold together.

| name | holds for | p-value of |t| | half-width in standard errors |
|---|---|---|---|
| tukey | all pairs of k means | P(range of k > sqrt(2) |t|) | its quantile / sqrt(2) |
| scheffe | all contrasts of rank r | P(F(r, df) > t²/r) | sqrt(r F quantile) |
| sidak | m tests | 1 - (1 - p)^m | t at 1 - (1 - level)^(1/m) |
| bonferroni | m tests | m p | t at (1 - level) / m |
| holm, fdr | m tests, stepwise | | those of bonferroni |
| mvt | m tests, by their correlations | P(max |T| > |t|) | its quantile |

References
----------
Copenhaver & Holland (1988), Computation of the distribution of the maximum studentized range statistic.
doi:10.1080/00949658808811082
Genz & Bretz (2009), Computation of Multivariate Normal and t Probabilities. doi:10.1007/978-3-642-01689-9
Holm (1979), A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6, 65-70.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import optimize, special

from ..arguments import one_of
from ..student import t_p_value, t_quantile

ADJUSTMENTS = ("none", "tukey", "sidak", "bonferroni", "holm", "fdr", "scheffe", "mvt")
_MVT_POINTS = 32_768
_MVT_BLOCK = 4_096


@dataclass(frozen=True, eq=False)
class FamilyOfTests:
    """The tests that are adjusted together.

    Parameters
    ----------
    df : array [m]
        Degrees of freedom of each t statistic; NaN where it cannot be estimated.
    size : int
        How many estimates were compared: the k of Tukey's range.
    rank : int
        Of the contrasts, for Scheffe.
    correlation : array [m, m]
    """

    df: np.ndarray
    size: int
    rank: int
    correlation: np.ndarray


def adjusted_p(method: str, statistic: np.ndarray, family: FamilyOfTests) -> np.ndarray:
    """Return the adjusted p-values [m] of t statistics [m]; NaN ones stay so and do not count."""
    one_of("adjust", method, ADJUSTMENTS)
    keep = ~(np.isnan(statistic) | np.isnan(family.df))
    out = np.full(len(statistic), np.nan)
    if keep.any():
        t, df = np.abs(statistic[keep]), family.df[keep]
        correlation = family.correlation[np.ix_(keep, keep)]
        part = FamilyOfTests(df, family.size, family.rank, correlation)
        # As many tests as there are rows, those that cannot be estimated left out.
        out[keep] = np.clip(_P[method](t, part), 0.0, 1.0)
    return out


def half_widths(method: str, level: float, family: FamilyOfTests) -> np.ndarray:
    """Return the half-widths [m] of simultaneous intervals in standard errors."""
    one_of("adjust", method, ADJUSTMENTS)
    m, keep = len(family.df), ~np.isnan(family.df)
    out = np.full(m, np.nan)
    if not keep.any():
        return out
    df, tests = family.df[keep], int(keep.sum())
    if method in ("bonferroni", "holm", "fdr"):
        out[keep] = t_quantile(df, 1 - (1 - level) / tests)
    elif method == "sidak":
        out[keep] = t_quantile(df, level ** (1 / tests))
    elif method == "scheffe":
        out[keep] = [np.sqrt(_scheffe_quantile(level, family.rank, nu)) for nu in df]
    elif method == "tukey":
        out[keep] = [range_quantile(level, family.size, nu) / np.sqrt(2) for nu in df]
    elif method == "mvt":
        out[keep] = _mvt_quantile(level, family.correlation[np.ix_(keep, keep)], df)
    else:
        out[keep] = t_quantile(df, level)
    return out


def interval_method(method: str) -> str:
    """Return the adjustment of intervals that goes with that of p-values: stepwise ones have none of their own."""
    return "bonferroni" if method in ("holm", "fdr") else method


def range_cdf(q: float, k: int, df: float) -> float:
    """Return the distribution function of the studentized range of `k` means.

    P(range of k normals < q s) = k ∫ phi(z) [Phi(z) - Phi(z - q s)]^(k-1) dz, averaged over s = chi(df) / sqrt(df);
    both integrals by Gauss and Legendre's rule in panels.

    >>> round(range_cdf(3.6093, 3, 18.0), 4), round(range_cdf(3.6332, 4, float("inf")), 4)
    (0.95, 0.95)
    """
    if not q > 0:
        return 0.0
    s, density = _scales(df)
    z, width = _nodes(np.linspace(-8.5, 8.5, 11))
    above = special.ndtr(z)
    normal = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi) * width
    inner = k * np.sum(normal * (above - special.ndtr(z - q * s[:, None])) ** (k - 1), axis=1)
    return float(min(1.0, np.sum(density * np.minimum(inner, 1.0))))


def range_quantile(probability: float, k: int, df: float) -> float:
    """Return the quantile of the studentized range of `k` means.

    >>> round(range_quantile(0.95, 3, 51.0), 3)
    3.414
    """
    high = 4.0
    while range_cdf(high, k, df) < probability:
        high *= 2
    return float(optimize.brentq(lambda q: range_cdf(q, k, df) - probability, 1e-6, high, xtol=1e-9, rtol=1e-12))


@cache
def _legendre(n: int) -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(n)


def _nodes(edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights of Gauss and Legendre's rule of 16 points between each two edges."""
    x, w = _legendre(16)
    half = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + half * (x + 1)).ravel(), (half * w).ravel()


@cache
def _scales(df: float) -> tuple[np.ndarray, np.ndarray]:
    """Return values of s = chi(df) / sqrt(df) and what each counts; s is one where `df` is infinite."""
    if np.isinf(df):
        return np.ones(1), np.ones(1)
    low, high = (np.sqrt(special.chdtri(df, p) / df) for p in (1 - 1e-14, 1e-17))
    # With few degrees of freedom s near zero counts, where the range turns from 1 to 0 the faster the larger q is.
    edges = np.append(0.0, high * 2.0 ** -np.arange(14.0, -1.0, -1.0)) if df < 12 else np.linspace(low, high, 7)
    s, width = _nodes(edges)
    log_density = np.log(2) + df / 2 * np.log(df / 2) - special.gammaln(df / 2) + (df - 1) * np.log(s) - df * s * s / 2
    return s, np.exp(log_density) * width


def _tukey(t: np.ndarray, family: FamilyOfTests) -> np.ndarray:
    k = max(family.size, 2)
    return np.array([1 - range_cdf(np.sqrt(2) * v, k, nu) for v, nu in zip(t, family.df, strict=True)])


def _sidak(t: np.ndarray, family: FamilyOfTests) -> np.ndarray:
    return -np.expm1(len(t) * np.log1p(-t_p_value(t, family.df)))


def _bonferroni(t: np.ndarray, family: FamilyOfTests) -> np.ndarray:
    return len(t) * t_p_value(t, family.df)


def holm(p: np.ndarray) -> np.ndarray:
    """Return p-values [m] adjusted by Holm's method.

    >>> holm(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    out = np.empty_like(p)
    out[order] = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return np.minimum(out, 1.0)


def _holm(t: np.ndarray, family: FamilyOfTests) -> np.ndarray:
    return holm(t_p_value(t, family.df))


def _fdr(t: np.ndarray, family: FamilyOfTests) -> np.ndarray:
    p = t_p_value(t, family.df)
    order = np.argsort(-p, kind="stable")
    out = np.empty_like(p)
    out[order] = np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1))
    return out


def _scheffe(t: np.ndarray, family: FamilyOfTests) -> np.ndarray:
    rank = max(family.rank, 1)
    finite = np.isfinite(family.df)
    f = special.fdtrc(rank, np.where(finite, family.df, 1.0), t * t / rank)
    return np.where(finite, f, special.chdtrc(rank, t * t))


def _scheffe_quantile(level: float, rank: int, df: float) -> float:
    rank = max(rank, 1)
    return float(special.chdtri(rank, 1 - level) if np.isinf(df) else rank * special.fdtri(rank, df, level))


def _mvt(t: np.ndarray, family: FamilyOfTests) -> np.ndarray:
    if len(t) == 1:
        return t_p_value(t, family.df)
    inside = _mvt_cdf(family.correlation, family.df)
    return np.array([1 - inside(v) for v in t])


def _mvt_quantile(level: float, correlation: np.ndarray, df: np.ndarray) -> np.ndarray:
    if len(df) == 1:
        return t_quantile(df, level)
    inside = _mvt_cdf(correlation, df)
    low, high = float(np.min(t_quantile(df, level))), float(np.max(t_quantile(df, 1 - (1 - level) / len(df))))
    if high - low < 1e-9 or inside(low) >= level:
        return np.full(len(df), low)
    return np.full(len(df), optimize.brentq(lambda q: inside(q) - level, low, high + 0.1, xtol=1e-5))


def _mvt_cdf(correlation: np.ndarray, df: np.ndarray) -> Callable[[float], float]:
    """Return P(max |T| < q) as a function of q, exact along each of many evenly spread directions.

    Good to 1e-4 for a few tests and 2e-3 for dozens. A vector of normals of rank k is a direction times a chi of k
    degrees of freedom, so that along a direction whose largest element is h, (q / h)² / k has the F distribution (Deák
    1980, doi:10.1007/BF01396759). With different degrees of freedom the smallest holds for all, which is on the safe
    side.
    """
    nu, k = float(np.min(df)), _rank_of(correlation)
    values, vectors = np.linalg.eigh(correlation)
    used = values > 1e-10 * values[-1]
    root = vectors[:, used] * np.sqrt(values[used])
    points = np.clip(_even_points(k), 1e-12, 1 - 1e-12)
    largest = np.empty(len(points))
    for i in range(0, len(points), _MVT_BLOCK):
        normal = special.ndtri(points[i : i + _MVT_BLOCK])
        largest[i : i + _MVT_BLOCK] = np.abs(normal @ root.T).max(axis=1) / np.linalg.norm(normal, axis=1)

    def inside(q: float) -> float:
        reach = (q / largest) ** 2
        return float(np.mean(special.chdtr(k, reach) if np.isinf(nu) else special.fdtr(k, nu, reach / k)))

    return inside


def _even_points(k: int) -> np.ndarray:
    """Return points that fill the unit cube of `k` dimensions evenly [m, k]: multiples of the roots of primes, mod 1.

    Genz & Bretz (2009), Computation of Multivariate Normal and t Probabilities, section 4.2.3.
    """
    candidates = np.arange(2, 20 + int(2 * k * np.log(k + 2)))
    primes = [c for c in candidates if np.all(c % np.arange(2, int(np.sqrt(c)) + 1))][:k]
    return (np.arange(1.0, 1.0 + _MVT_POINTS)[:, None] * np.sqrt(primes)) % 1.0


def _rank_of(correlation: np.ndarray) -> int:
    return int(np.sum(np.linalg.eigvalsh(correlation) > 1e-10 * len(correlation)))


_P: dict[str, Callable[[np.ndarray, FamilyOfTests], np.ndarray]] = {
    "none": lambda t, family: t_p_value(t, family.df),
    "tukey": _tukey,
    "sidak": _sidak,
    "bonferroni": _bonferroni,
    "holm": _holm,
    "fdr": _fdr,
    "scheffe": _scheffe,
    "mvt": _mvt,
}
