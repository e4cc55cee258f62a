"""Binomial log-likelihoods and their derivatives by eta, as functions that are fast to evaluate again and again.

Each takes the successes y and trials m of the rows, both times the prior weights, and the constant of the density.
"""

import math

import numpy as np
from scipy.special import log_expit, ndtr

from ..priors import LOG_2PI
from .base import Values
from .links import CLogLog, Link, ProbabilityLink
from .score import Kernel, Score

_HEIGHT = math.exp(-0.5 * LOG_2PI)


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


def probit_kernel(link: ProbabilityLink, y: np.ndarray, m: np.ndarray, constant: float) -> Kernel:
    """Return the kernel of the probit link; of successes that are 0 or 1 one tail does, Φ(±eta)."""
    left = m - y
    binary = bool(((y == 0) | (left == 0)).all())
    sign, beyond = np.where(y > 0, 1.0, -1.0), tails_kernel(link, y, m, constant)

    def one_tail(eta: np.ndarray, values: Values) -> Score:
        at = sign * eta
        tail = ndtr(at)
        density = constant + float(m @ np.log(tail))
        if not math.isfinite(density):
            return beyond(eta, values)
        at *= at
        at *= -0.5
        score = np.exp(at, out=at)
        score *= of_sign
        score /= tail
        return Score(density, score, {})

    def both_tails(eta: np.ndarray, values: Values) -> Score:
        mu, rest = ndtr(eta), ndtr(-eta)
        density = constant + float(y @ np.log(mu)) + float(left @ np.log(rest))
        if not math.isfinite(density):
            return beyond(eta, values)
        score = np.exp(-0.5 * eta * eta)
        score *= y / mu - left / rest
        score *= _HEIGHT
        return Score(density, score, {})

    of_sign = _HEIGHT * sign * m
    return one_tail if binary else both_tails


def cloglog_kernel(link: ProbabilityLink, y: np.ndarray, m: np.ndarray, constant: float) -> Kernel:
    """Return the kernel of the complementary log-log link, from rate = exp(eta): 1 - mu is exp(-rate)."""
    left, beyond = m - y, tails_kernel(link, y, m, constant)

    def evaluate(eta: np.ndarray, values: Values) -> Score:
        rate = np.exp(eta)
        odds = np.expm1(rate)
        density = constant + float(y @ np.log(-np.expm1(-rate))) - float(left @ rate)
        if not math.isfinite(density):
            return beyond(eta, values)
        score = y / odds
        score -= left
        score *= rate
        return Score(density, score, {})

    return evaluate


def loglog_kernel(link: ProbabilityLink, y: np.ndarray, m: np.ndarray, constant: float) -> Kernel:
    """Return the kernel of the log-log link: the complementary one's of the failures at -eta."""
    mirrored = cloglog_kernel(CLogLog(), m - y, m, constant)

    def evaluate(eta: np.ndarray, values: Values) -> Score:
        found = mirrored(-eta, values)
        return Score(found.density, -found.eta, {})

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


KERNELS = {"probit": probit_kernel, "cloglog": cloglog_kernel, "loglog": loglog_kernel}
"""Of links of probabilities, where `tails_kernel` is not the fastest."""
