"""The density of Tweedie's distributions with 1 < p < 2: sums of a Poisson number of gamma jumps.

With rate = mu^(2-p) / (phi (2-p)), jumps of shape s = (2-p) / (p-1) and scale = phi (p-1) mu^(p-1), the density of
y > 0 is the sum over j = 1, 2, ... of Poisson(j; rate) Gamma(y; j s, scale), and exp(-rate) is the probability of 0.

The terms are a smooth hump around j = y^(2-p) / (phi (2-p)), its standard deviation w = sqrt(j / (1 + s)). Nine of
these on both sides hold every digit. Where they are more terms than wanted, the sum is taken over every h-th j, with j
no longer whole: a trapezoidal sum of an analytic hump far from its end j = 0 is exact to exp(-2 (π w / h)²), so that
128 terms do for any number of jumps. Each term is written as Poisson and gamma deviances with Stirling's remainders,
none of which cancels.

References
----------
Dunn & Smyth (2005), Series evaluation of Tweedie exponential dispersion model densities,
doi:10.1007/s11222-005-4070-y.
Loader (2000), Fast and Accurate Computation of Binomial Probabilities.
"""

from typing import Any

import numpy as np
from scipy.special import gammainc, gammaincc, gammaln, psi

from .stirling import HALF_LOG_2PI, excess, remainder

Array = Any  # an array of NumPy, TensorFlow or JAX

TERMS = 128
_SIZES = (16, 32, 64, TERMS)
_TABLED = 1e4
"""Of shapes j s up to here the logarithms of gamma functions are tabled: their rounding is below 1e-11."""
_AT_ONCE = 1 << 18
"""Terms held at a time, so that the arrays of a step stay in the cache."""


def jumps(mu: Array, phi: Array, p: Array) -> tuple[Array, Array, Array]:
    """Return the rate, the shape and the scale of the jumps."""
    return mu ** (2 - p) / (phi * (2 - p)), (2 - p) / (p - 1), phi * (p - 1) * mu ** (p - 1)


def log_positive(y: Array, mu: Array, phi: Array, p: Array, xp: Any) -> Array:
    """Return the log density [...] of y > 0; all arguments broadcast to its shape."""
    first, last = _window(y, phi, p, xp)
    terms, _, _, stride = _terms(y, mu, phi, p, first, last, TERMS, xp)
    top = xp.max(terms, axis=-1)
    return top + xp.log(xp.sum(xp.exp(terms - top[..., None]), axis=-1)) + xp.log(stride) - xp.log(y)


def log_density(y: np.ndarray, mu: np.ndarray, phi: np.ndarray, p: float) -> np.ndarray:
    """Return the log density [n] on NumPy, by as many terms as each row needs."""
    return _by_size(y, mu, phi, p, slopes=False)[:, 0]


def log_density_and_slopes(y: np.ndarray, mu: np.ndarray, phi: np.ndarray, p: float) -> np.ndarray:
    """Return the log density and its derivatives by log(phi) and by p, [n, 3]."""
    return _by_size(y, mu, phi, p, slopes=True)


def numbers(rate: Array, count: int, xp: Any) -> tuple[Array, Array]:
    """Return `count` numbers of jumps j >= 1 around their mean, [..., count], and the step h >= 1 between them.

    What is left out has a probability below 1e-18.
    """
    reach = 9 * xp.sqrt(rate)
    first = xp.floor(rate - reach)
    first = xp.where(first > 1, first, xp.ones_like(first))
    return _grid(first, rate + reach + 9, count, xp)


def tails(y: np.ndarray, rate: np.ndarray, shape: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities [n] of at most y, 0 included, and of more."""
    lower, upper = np.exp(-rate), np.zeros_like(y)
    for at in np.array_split(np.arange(len(y)), 1 + len(y) * 2 * TERMS // _AT_ONCE):
        j, stride = numbers(rate[at], 2 * TERMS, np)
        share = stride[:, None] * np.exp(j * np.log(rate[at])[:, None] - rate[at][:, None] - gammaln(j + 1))
        k, size = j * shape[at][:, None], (y[at] / scale[at])[:, None]
        upper[at] = np.sum(share * gammaincc(k, size), axis=-1)
        lower[at] += np.sum(share * gammainc(k, size), axis=-1)
    return lower, upper


def _grid(first: Array, last: Array, count: int, xp: Any) -> tuple[Array, Array]:
    stride = (last - first) / (count - 1)
    stride = xp.where(stride > 1, stride, xp.ones_like(stride))
    return first[..., None] + stride[..., None] * np.arange(count, dtype=float), stride


def _window(y: Array, phi: Array, p: Array, xp: Any) -> tuple[Array, Array]:
    """Return the first and last j that matter, from 1 up."""
    peak = y ** (2 - p) / (phi * (2 - p))
    reach = 9 * xp.sqrt(peak * (p - 1))  # 1 / (1 + s) is p - 1
    first = xp.floor(peak - reach)
    return xp.where(first > 1, first, xp.ones_like(first)), peak + reach + 9


def _terms(
    y: Array, mu: Array, phi: Array, p: Array, first: Array, last: Array, count: int, xp: Any
) -> tuple[Array, Array, Array, Array]:
    """Return the log of each term times y, [..., count], the numbers of jumps j, y / (j s scale), and h."""
    rate, shape, scale = jumps(mu, phi, p)
    j, stride = _grid(first, last, count, xp)
    k = j * (shape if np.ndim(shape) == 0 else shape[..., None])
    size = (y / scale)[..., None]
    poisson = -0.5 * xp.log(j) - remainder(j, xp) - j * excess(rate[..., None], j, xp)
    gamma = 0.5 * xp.log(k) - remainder(k, xp) - k * excess(size, k, xp)
    return poisson + gamma - 2 * HALF_LOG_2PI, j, size / k, stride


def _by_size(y: np.ndarray, mu: np.ndarray, phi: np.ndarray, p: float, *, slopes: bool) -> np.ndarray:
    """Return columns for each row, rows that need as many terms together; a zero has j = 0 alone."""
    out = np.empty((len(y), 3))
    phi = np.broadcast_to(phi, y.shape)
    zero = np.flatnonzero(y == 0)
    rate = jumps(mu[zero], phi[zero], p)[0]
    out[zero] = np.column_stack([-rate, rate, rate * (np.log(mu[zero]) - 1 / (2 - p))])
    rows = np.flatnonzero(y > 0)
    first, last = _window(y[rows], phi[rows], p, np)
    group = np.minimum(np.searchsorted(_SIZES, last - first + 1), len(_SIZES) - 1)
    shape = (2 - p) / (p - 1)
    tabled = (last - first + 1 <= TERMS) & (last * max(shape, 1.0) < _TABLED)
    whole = np.arange(1.0, np.max(first[tabled], initial=0.0) + TERMS + 1)
    made = [gammaln(whole + 1) + gammaln(whole * shape), whole * psi(whole * shape)]
    table = [np.concatenate([[0.0], column]) for column in made]
    for size, count in enumerate(_SIZES):
        for quick in (True, False):
            chosen = np.flatnonzero((group == size) & (tabled == quick))
            for part in np.array_split(chosen, max(1, len(chosen) * count // _AT_ONCE)):
                given = y[rows[part]], mu[rows[part]], phi[rows[part]], p, first[part]
                if quick and len(part):
                    out[rows[part]] = _tabled(*given, count, table, slopes)
                elif len(part):
                    out[rows[part]] = _computed(*given, last[part], count, slopes)
    return out


def _tabled(y, mu, phi, p, first, j, table, slopes):
    """Return what `_computed` does from log j! + log Γ(j s) and j ψ(j s) of whole j, which are the same in all rows."""
    rate, shape, scale = jumps(mu, phi, p)
    size = y / scale
    at = first.astype(int)[:, None] + np.arange(j)
    terms = at * (np.log(rate) + shape * np.log(size))[:, None] - table[0][at]
    return _averaged(terms, -rate - size - np.log(y), at, table[1][at], np.log(size), y, mu, phi, p, slopes)


def _computed(y, mu, phi, p, first, last, count, slopes):
    """Return the log density and its slopes, [m, 3], at any number of jumps; the density alone without slopes."""
    terms, j, over, stride = _terms(y, mu, phi, p, first, last, count, np)
    k = j * ((2 - p) / (p - 1))
    digammas = j * (psi(k) - np.log(k) - np.log(over)) if slopes else None
    return _averaged(terms, np.log(stride) - np.log(y), j, digammas, 0.0, y, mu, phi, p, slopes)


def _averaged(terms, rest, j, digammas, log_size, y, mu, phi, p, slopes):
    """Return log density and derivatives: averages over the terms of theirs; `digammas` are j (ψ(j s) less a log)."""
    rate, shape, scale = jumps(mu, phi, p)
    top = np.max(terms, axis=-1)
    share = np.exp(terms - top[:, None])
    total = np.sum(share, axis=-1)
    density = top + np.log(total) + rest
    if not slopes:
        return density[:, None]
    mean = np.einsum("ij,ij->i", share, j) / total
    size = y / scale
    by_log_phi = rate + size - mean / (p - 1)
    jumped = (mean * log_size - np.einsum("ij,ij->i", share, digammas) / total) / (p - 1) ** 2
    by_p = (mean - rate) / (2 - p) + (size - shape * mean) / (p - 1) + np.log(mu) * by_log_phi - jumped
    return np.column_stack([density, by_log_phi, by_p])
