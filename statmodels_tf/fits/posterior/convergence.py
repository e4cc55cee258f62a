"""Whether chains agree: rank-normalised split R-hat and effective sample sizes, for arrays of any size at once.

References
----------
Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021), Rank-normalization, folding, and localization: an improved R-hat.
doi:10.1214/20-BA1221
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.special import ndtri

BLOCK = 128  # entries transformed at once


def r_hat(draws: np.ndarray) -> np.ndarray:
    """Return the larger of the R-hats of location and of spread.

    Parameters
    ----------
    draws : array [chains, draws, ...]

    Returns
    -------
    array [...]; NaN where an entry never moves or there are fewer than 4 draws.
    """
    return _by_entry(lambda x: np.fmax(_ratio(_normal_scores(x)), _ratio(_normal_scores(_folded(x)))), draws)


def ess(draws: np.ndarray) -> np.ndarray:
    """Return the bulk effective sample size [...] of draws [chains, draws, ...]."""
    return _by_entry(lambda x: _effective(_normal_scores(x)), draws)


def ess_tail(draws: np.ndarray) -> np.ndarray:
    """Return the smaller of the effective sample sizes of the 5% and the 95% quantile [...]."""
    return _by_entry(lambda x: np.fmin(_effective(_below(x, 0.05)), _effective(_below(x, 0.95))), draws)


def mcse(draws: np.ndarray) -> np.ndarray:
    """Return the Monte Carlo standard error of the mean [...]."""
    sd = np.std(draws, axis=(0, 1), ddof=1)
    return sd / np.sqrt(_by_entry(_effective, draws))


def _by_entry(function: Callable[[np.ndarray], np.ndarray], draws: np.ndarray) -> np.ndarray:
    """Return `function` of half-chains [2 chains, draws // 2, entries], block by block, in the shape of an entry."""
    draws = np.asarray(draws, dtype=float)
    count = draws.shape[1]
    out = np.full(draws.shape[2:], np.nan)
    if count < 4:
        return out
    flat, found = draws.reshape(*draws.shape[:2], -1), np.empty(out.size)
    for start in range(0, out.size, BLOCK):
        x = flat[:, :, start : start + BLOCK]
        with np.errstate(invalid="ignore", divide="ignore"):  # an entry that never moves has neither
            value = function(np.concatenate([x[:, : count // 2], x[:, -(count // 2) :]]))
        found[start : start + BLOCK] = np.where(np.ptp(x, axis=(0, 1)) > 0, value, np.nan)
    return found.reshape(out.shape)


def _normal_scores(x: np.ndarray) -> np.ndarray:
    """Return each entry's draws as normal quantiles of their ranks, ties sharing theirs."""
    entries = np.ascontiguousarray(x.reshape(-1, x.shape[2]).T)
    count = entries.shape[1]
    order = np.argsort(entries, axis=1)
    ordered = np.take_along_axis(entries, order, axis=1)
    quantiles = np.tile(_quantiles(np.arange(1.0, count + 1), count), (len(entries), 1))
    changes = ordered[:, 1:] != ordered[:, :-1]
    for k in np.flatnonzero(~changes.all(axis=1)):
        first = np.flatnonzero(np.concatenate([[True], changes[k]]))
        sizes = np.diff(first, append=count)
        quantiles[k] = np.repeat(_quantiles(first + (sizes + 1) / 2, count), sizes)
    scores = np.empty_like(entries)
    np.put_along_axis(scores, order, quantiles, axis=1)
    return scores.T.reshape(x.shape)


def _quantiles(ranks: np.ndarray, count: int) -> np.ndarray:
    return ndtri((ranks - 0.375) / (count + 0.25))


def _folded(x: np.ndarray) -> np.ndarray:
    return np.abs(x - np.median(x, axis=(0, 1)))


def _below(x: np.ndarray, probability: float) -> np.ndarray:
    return (x <= np.quantile(x, probability, axis=(0, 1))).astype(float)


def _ratio(x: np.ndarray) -> np.ndarray:
    """Return R-hat: the root of the pooled variance over the variance within chains."""
    count = x.shape[1]
    within = np.mean(np.var(x, axis=1, ddof=1), axis=0)
    between = np.var(np.mean(x, axis=1), axis=0, ddof=1)
    return np.sqrt((count - 1) / count + between / within)


def _effective(x: np.ndarray) -> np.ndarray:
    """Return the draws over the integrated autocorrelation time, by Geyer's initial monotone sequence of pairs."""
    chains, count, _ = x.shape
    padded = next_fast_len(2 * count, real=True)
    spectrum = np.abs(rfft(x - x.mean(axis=1, keepdims=True), padded, axis=1)) ** 2
    covariance = np.mean(irfft(spectrum, padded, axis=1)[:, :count], axis=0) / count
    within = covariance[0] * count / (count - 1)
    total = covariance[0] + np.var(np.mean(x, axis=1), axis=0, ddof=1)
    correlation = 1 - (within - covariance) / total
    correlation[0] = 1
    pairs = correlation[: count // 2 * 2].reshape(count // 2, 2, -1)
    sums = pairs.sum(axis=1)
    negative = sums < 0
    last = np.where(negative.any(axis=0), np.argmax(negative, axis=0), len(sums) - 1)
    before = np.arange(len(sums))[:, None] < last
    monotone = np.minimum.accumulate(sums, axis=0)
    time = 2 * np.sum(np.where(before, monotone, 0), axis=0) - 1
    time += np.fmax(np.take_along_axis(pairs[:, 0], last[None], axis=0)[0], 0)
    size = chains * count
    return size / np.fmax(time, 1 / np.log10(size))


def verdict(draws: Mapping[str, np.ndarray], stats: Mapping[str, np.ndarray]) -> tuple[bool, str, dict[str, float]]:
    """Return whether a sample can be trusted, what to say of it, and the figures.

    It can when R-hat is at most 1.02 for every single number and 1.05 for the entries of arrays (of thousands some are
    unlucky), and at most one draw in a hundred diverged. Less than that, any divergence at all and fewer than 100
    effective draws a chain are said without a verdict.

    Parameters
    ----------
    draws : mapping of name to array [chains, draws, ...]
    stats : mapping of name to array [chains, draws]
        `diverging` and `reached_max_treedepth` are read.
    """
    agreement = {name: r_hat(array) for name, array in draws.items()}
    sizes = {name: ess(array) for name, array in draws.items()}
    single = {name: float(value) for name, value in agreement.items() if value.ndim == 0 and np.isfinite(value)}
    arrays = {name: float(np.nanmax(v)) for name, v in agreement.items() if v.ndim and np.any(np.isfinite(v))}
    smallest = {name: float(np.nanmin(v)) for name, v in sizes.items() if np.any(np.isfinite(v))}
    diverged, deep = (int(np.sum(stats.get(name, 0))) for name in ("diverging", "reached_max_treedepth"))
    chains, count = next(iter(draws.values())).shape[:2]
    figures = {
        "divergences": diverged,
        "reached_max_treedepth": deep,
        "r_hat": max([*single.values(), *arrays.values()], default=float("nan")),
        "ess": min(smallest.values(), default=float("nan")),
    }
    apart = [_largest(of) for of, limit in ((single, 1.02), (arrays, 1.05)) if max(of.values(), default=0.0) > limit]
    said = []
    if diverged:
        said.append(
            f"{diverged:,} of {chains * count:,} draws diverged: use NUTS(target_accept=0.95) or tighter priors"
        )
    if apart:
        worst = f"`{apart[0]}` (R-hat {(single | arrays)[apart[0]]:.3f})"
        said.append(f"the chains disagree on {worst}: use NUTS(draws=..., warmup=...) with more of both")
    elif smallest and min(smallest.values()) < 100 * chains:
        least = min(smallest, key=lambda name: smallest[name])
        said.append(f"`{least}` has only {smallest[least]:,.0f} effective draws: use NUTS(draws=...) with more")
    return not apart and diverged <= 0.01 * chains * count, "; ".join(said), figures


def _largest(values: Mapping[str, float]) -> str:
    return max(values, key=lambda name: values[name])
