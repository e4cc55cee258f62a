"""Dispersion and power of Tweedie's distributions where the likelihood is largest, at given means."""

import numpy as np
from scipy.optimize import minimize

from .compound import log_density, log_density_and_slopes

_STEP = 1e-5
_SAMPLE = 5_000
"""Of more than twice as many rows, so many are searched first."""
_EXACT = 1e-24
"""The mean squared relative residual below which means are responses."""
_FEW = 500
_NEARLY_WHOLE = (1.015, 1.02, 1.03, 1.04, 1.05, 1.06, 1.08, 1.1, 1.12)
"""Powers near 1, where jumps are nearly equal and the likelihood has a maximum for each size that divides responses."""
_SIZES = np.linspace(-0.7, 0.8, 16)
"""How far log(phi) is from its moment estimate where those maxima are looked for."""


def largest(
    y: np.ndarray, mu: np.ndarray, a: np.ndarray, power: float, limits: tuple[float, float]
) -> tuple[float, float]:
    """Return phi and power of largest likelihood; the power starts at `power` and stays inside limits.

    A quasi-Newton search in log(phi) and p, of a part of many rows, then Newton's steps, as far as the rounding of the
    density lets them. Another search starts from the best of a grid of powers near 1, where that is better still.
    Where the means are the responses, phi is 0.
    """
    squares, size = a * ((y - mu) / mu) ** 2, mu ** (2 - power)
    start = float(np.sum(squares * size)) / len(y)
    if not (np.sum(squares) > _EXACT * len(y) and start < np.inf):
        return 0.0, power

    if len(y) > 2 * _SAMPLE:
        some = np.arange(0, len(y), len(y) // _SAMPLE)
        phi, power = largest(y[some], mu[some], a[some], power, limits)
        if phi > 0:
            at = np.array([np.log(phi), power])
            curvature = hessian(at, y[some], mu[some], a[some]) * (len(y) / len(some))
            at = _climbed(at, curvature, y, mu, a, limits, 10)
            return float(np.exp(at[0])), float(at[1])

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        total = -_total(at, y, mu, a) / len(y)
        return float(total[0]), total[1:]

    at = np.array([np.log(start), float(np.clip(power, *limits))])
    bounds = [(at[0] - 30, at[0] + 30), limits]

    def searched(begun: np.ndarray) -> np.ndarray:
        how = {"ftol": 1e-14, "gtol": 1e-6}
        found: np.ndarray = minimize(loss, begun, jac=True, method="L-BFGS-B", bounds=bounds, options=how).x
        return found

    at, other = searched(at), _near_one(y, mu, a, power, limits)
    if other is not None and loss(other)[0] < loss(at)[0]:
        at = searched(other)
    for _ in range(2):
        at = _climbed(at, hessian(at, y, mu, a), y, mu, a, limits, 1)
    return float(np.exp(at[0])), float(at[1])


def _near_one(
    y: np.ndarray, mu: np.ndarray, a: np.ndarray, power: float, limits: tuple[float, float]
) -> np.ndarray | None:
    """Return log(phi) and the power near 1 of largest likelihood on a grid, for a few of the rows, or None."""
    powers = [power] if limits[0] == limits[1] else _NEARLY_WHOLE
    some = np.arange(0, len(y), max(len(y) // _FEW, 1))
    y, mu, a = y[some], mu[some], a[some]
    best, most = None, -np.inf
    for p in (p for p in powers if p < 1.15):
        moment = np.mean(a * ((y - mu) / mu) ** 2 * mu ** (2 - p))
        for log_phi in np.log(moment) + _SIZES if moment > 0 else ():
            found = float(np.sum(log_density(y, mu, np.exp(log_phi) / a, p)))
            if found > most:
                best, most = np.array([log_phi, p]), found
    return best


def _climbed(
    at: np.ndarray,
    curvature: np.ndarray,
    y: np.ndarray,
    mu: np.ndarray,
    a: np.ndarray,
    limits: tuple[float, float],
    steps: int,
) -> np.ndarray:
    """Return log(phi) and p after steps of Newton's method with one curvature; a power at a limit stays there."""
    free = [0, 1] if limits[0] < at[1] < limits[1] else [0]
    if np.any(np.linalg.eigvalsh(curvature[np.ix_(free, free)]) <= 0):
        return at
    for _ in range(steps):
        step = np.zeros(2)
        step[free] = np.linalg.solve(curvature[np.ix_(free, free)], _total(at, y, mu, a)[1:][free])
        if not limits[0] <= at[1] + step[1] <= limits[1] or np.max(np.abs(step)) > 0.1:
            break
        at = at + step
        if np.max(np.abs(step)) < 1e-9:
            break
    return at


def hessian(at: np.ndarray, y: np.ndarray, mu: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Return the observed information of log(phi) and p, [2, 2], by differences of the exact slopes."""
    steps = _STEP * np.diag([1.0, (at[1] - 1) * (2 - at[1])])
    rows = [(_total(at - step, y, mu, a) - _total(at + step, y, mu, a))[1:] / (2 * np.sum(step)) for step in steps]
    return 0.5 * (np.array(rows) + np.array(rows).T)


def _total(at: np.ndarray, y: np.ndarray, mu: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Return the log-likelihood and its slopes by log(phi) and p."""
    return np.sum(log_density_and_slopes(y, mu, np.exp(at[0]) / a, float(at[1])), axis=0)
