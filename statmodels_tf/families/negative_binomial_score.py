"""Log-likelihoods of negative binomial counts and their derivatives, as functions fast to evaluate again and again.

With s = log(mu / theta), p = mu / (mu + theta) and weights a, a row's log density is
a (log Γ(y + θ) - log Γ(θ) - log y! + y s - (y + θ) log(1 + exp(s))), its derivative by s is a (y - (y + θ) p), and by
theta, mu held, a (ψ(y + θ) - ψ(θ) - log(1 + exp(s)) + p - y (1 - p) / θ).
"""

import math
from collections.abc import Callable

import numpy as np
from scipy.special import expit, gammaln, psi

from .base import Values
from .links import Link
from .score import Kernel, Score, mean_of

_FEW = 0.5
"""Gamma functions are of the distinct counts where these are fewer than this share of the rows."""


def log_kernel(y: np.ndarray, a: np.ndarray, fixed: np.ndarray | None) -> Kernel:
    """Return the kernel of the log link; `fixed` is theta [1] where it is not among the values."""
    part, weighted, total = _gamma_part(y, a), a * y, float(a @ y)

    def evaluate(eta: np.ndarray, values: Values) -> Score:
        theta = values["theta"] if fixed is None else fixed
        s = eta - np.log(theta)
        p = np.exp(s)
        lost = np.log1p(p)
        p /= 1 + p
        both = weighted + a * theta
        constant, by_theta = part(theta)
        density = constant + float(weighted @ s) - float(both @ lost)
        if not math.isfinite(density):  # exp(s) may be out of range
            lost, p = np.logaddexp(0.0, s), expit(s)
            density = constant + float(weighted @ s) - float(both @ lost)
        score = weighted - both * p
        if fixed is not None:
            return Score(density, score, {})
        if len(theta) == 1:
            by_theta -= float(a @ (lost - p)) + (total - float(weighted @ p)) / float(theta[0])
            return Score(density, score, {"theta": by_theta})
        return Score(density, score, {"theta": by_theta - a * (lost - p) - weighted * (1 - p) / theta})

    return evaluate


def mean_kernel(link: Link, y: np.ndarray, a: np.ndarray, fixed: np.ndarray | None) -> Kernel:
    """Return the kernel of any other link."""
    mean, on_log = mean_of(link), log_kernel(y, a, fixed)

    def evaluate(eta: np.ndarray, values: Values) -> Score:
        mu, slope = mean(eta)
        found = on_log(np.log(mu), values)
        return Score(found.density, found.eta * (slope / mu), found.own)

    return evaluate


def _gamma_part(y: np.ndarray, a: np.ndarray) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """Return the function of theta of the part without a mean, and its derivative: of one theta their sums."""
    constant, total = -float(a @ gammaln(y + 1)), float(np.sum(a))
    counts, place = np.unique(y, return_inverse=True)
    few = len(counts) < _FEW * len(y)
    seen, times = (counts, np.bincount(place, weights=a, minlength=len(counts))) if few else (y, a)

    def part(theta: np.ndarray) -> tuple[float, np.ndarray]:
        if len(theta) == 1:
            upper = seen + theta
            density = float(times @ gammaln(upper)) - total * float(gammaln(theta[0]))
            return constant + density, np.array([float(times @ psi(upper)) - total * float(psi(theta[0]))])
        upper = y + theta
        return constant + float(a @ (gammaln(upper) - gammaln(theta))), a * (psi(upper) - psi(theta))

    return part
