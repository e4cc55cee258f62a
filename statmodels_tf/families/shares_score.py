"""Binomial log-likelihoods and their derivatives by eta, as functions that are fast to evaluate again and again.

Each takes the successes y and trials m of the rows, both times the prior weights, and the constant of the density.
"""

import math

import numpy as np
from scipy.special import log_expit

from .base import Values
from .links import Link, ProbabilityLink
from .score import Kernel, Score


def logistic_kernel(y: np.ndarray, m: np.ndarray, constant: float) -> Kernel:
    """Return sum(y eta - m log(1 + exp(eta))) and y - m mu of the logit link."""
    t, d, loss, score = (np.empty(len(y)) for _ in range(4))
    single = bool((m == 1).all())

    def evaluate(eta: np.ndarray, values: Values) -> Score:
        np.exp(eta, out=t)
        np.log1p(t, out=loss)
        lost = float(np.add.reduce(loss) if single else m @ loss)
        if not math.isfinite(lost):  # exp(eta) is out of range
            return beyond(eta)
        np.add(t, 1.0, out=d)
        np.divide(t, d, out=t)
        if not single:
            np.multiply(t, m, out=t)
        return Score(constant + float(y @ eta) - lost, np.subtract(y, t, out=score), {})

    def beyond(eta: np.ndarray) -> Score:
        lost, found = log_expit(eta), log_expit(-eta)
        density = constant + float(y @ lost) + float((m - y) @ found)
        return Score(density, y * np.exp(found) - (m - y) * np.exp(lost), {})

    return evaluate


def tails_kernel(link: ProbabilityLink, y: np.ndarray, m: np.ndarray, constant: float) -> Kernel:
    """Return sum(y log(mu) + (m - y) log(1 - mu)) and its derivative, from the logarithms of both tails."""
    left = m - y

    def evaluate(eta: np.ndarray, values: Values) -> Score:
        mu, rest, slope = link.logs(eta, np)
        score = y * np.exp(slope - mu) - left * np.exp(slope - rest)
        return Score(constant + float(y @ mu) + float(left @ rest), score, {})

    return evaluate


def mean_kernel(link: Link, y: np.ndarray, m: np.ndarray, constant: float) -> Kernel:
    """Return the same of a link that is not one of probabilities; out of range the density is not finite."""
    left = m - y

    def evaluate(eta: np.ndarray, values: Values) -> Score:
        mu = link.inverse(eta, np)
        density = constant + float(y @ np.log(mu)) + float(left @ np.log1p(-mu))
        return Score(density, (y / mu - left / (1 - mu)) * link.derivative(eta, np), {})

    return evaluate
