"""Where chains start: around the mode of the density, dispersed by the covariance that its curvature gives.

The same covariance makes the first units of every coordinate. A start is off the centre by one standard deviation in
each of them, to a side drawn at random: as far out as draws of a normal distribution are, and with a gradient whose
size tells nutpie the scale it should begin with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from ...errors import EngineError
from .density import Density

if TYPE_CHECKING:
    from ...model import Model

MOST_DENSE = 64  # coordinates whose correlations are worth two products of a matrix in every gradient
MOST_CURVED = 600  # coordinates whose curvature is taken one by one
STEP = 1e-4
FAR = 1e6
FALL = 10.0


@dataclass(frozen=True, eq=False)
class Start:
    """Coordinates x of q = centre + factor x.

    Attributes
    ----------
    centre : array [size]
    factor : array [size] or [size, size]
        Standard deviations, or a factor of the covariance.
    """

    centre: np.ndarray
    factor: np.ndarray

    def at(self, x: np.ndarray) -> np.ndarray:
        """Return q [..., size] at x [..., size]."""
        return self.centre + (x * self.factor if self.factor.ndim == 1 else x @ self.factor.T)

    @property
    def sd(self) -> np.ndarray:
        """The standard deviation of each coordinate of q."""
        return self.factor if self.factor.ndim == 1 else np.sqrt(np.sum(self.factor**2, axis=1))

    def drawn(self, rng: np.random.Generator, density: Density) -> np.ndarray:
        """Return where a chain starts, in x: a standard deviation from the centre, or nearer where that is outside."""
        x = rng.choice([-1.0, 1.0], size=density.size)
        for _ in range(20):
            value, gradient = density.value_and_gradient(self.at(x))
            if np.isfinite(value) and np.all(np.isfinite(gradient)):
                return x
            x = x / 2
        return np.zeros(density.size)


def near_mode(density: Density, model: Model) -> Start:
    """Return a start around the mode; a density that is not finite, or has no finite integral, is an EngineError."""

    def falling(q: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = density.value_and_gradient(q)
        fine = np.isfinite(value) and np.all(np.isfinite(gradient))
        return (-value, -gradient) if fine else (np.inf, np.zeros(density.size))

    with np.errstate(all="ignore"):
        begin = _inside(density, model)
        found = minimize(falling, begin, jac=True, method="L-BFGS-B", options={"maxiter": 1000, "maxfun": 3000})
        centre = found.x if np.isfinite(found.fun) else begin
        if density.size > MOST_CURVED:
            return Start(centre, 1 / np.sqrt(_diagonal(density, centre)))
        values, vectors = np.linalg.eigh(curvature(density, centre))
        _check_integral(density, centre, values, vectors)
    largest = max(float(values[-1]), 1.0)
    variances = 1 / np.where(values > 1e-12 * largest, values, 1.0)
    # With effects that vary the curvature at the mode is not that elsewhere: turned coordinates took twice the steps.
    if density.size <= MOST_DENSE and not any(effect.varies for effect in model.effects):
        return Start(centre, vectors * np.sqrt(variances))
    return Start(centre, np.sqrt(np.einsum("ij,j,ij->i", vectors, variances, vectors)))


def _inside(density: Density, model: Model) -> np.ndarray:
    """Return a point at which the density is finite: the origin, or one near it."""
    rng = np.random.default_rng(0)
    zero = np.zeros(density.size)
    for q in (
        zero,
        *(spread * rng.normal(size=density.size) for spread in (0.01, 0.1, 0.5, 1.0, 2.0) for _ in range(4)),
    ):
        value, gradient = density.value_and_gradient(q)
        if np.isfinite(value) and np.all(np.isfinite(gradient)):
            return q
    raise EngineError(_outside(density, model, zero))


def _outside(density: Density, model: Model, q: np.ndarray) -> str:
    """Return which part of the density is not finite."""
    values = density.values(q)
    wrong = [p.name for p in model.parameters if not np.all(np.isfinite(p.prior.log_density(values[p.name], np)))]
    begin = "no chain can start: the log density is not finite anywhere near the centre of the priors. "
    if wrong:
        return f"{begin}The prior of `{wrong[0]}` is not: write another one with `priors=`."
    rows = np.flatnonzero(~np.isfinite(np.asarray(model.log_likelihood(values))))
    if len(rows):
        at = model.design.index[rows[0]]
        return (
            f"{begin}{len(rows):,} of {len(model.design.rows):,} rows have none there, first the row `{at}`: see "
            "whether its response and offset are possible, scale the columns (`scale(x)`), or write narrower priors."
        )
    return f"{begin}Its gradient is not: scale the columns (`scale(x)`), or write narrower priors."


def curvature(density: Density, q: np.ndarray) -> np.ndarray:
    """Return the negative Hessian [size, size], by differences of gradients; zeros where they are not finite."""
    steps = STEP * np.maximum(1.0, np.abs(q))
    out = np.zeros((density.size, density.size))
    for k, step in enumerate(steps):
        above, below = q.copy(), q.copy()
        above[k] += step
        below[k] -= step
        out[k] = (density.value_and_gradient(below)[1] - density.value_and_gradient(above)[1]) / (2 * step)
    return np.where(np.isfinite(out), (out + out.T) / 2, 0.0)


def _diagonal(density: Density, q: np.ndarray) -> np.ndarray:
    """Return an estimate of the negative Hessian's diagonal, by products with random signs (Bekas et al. 2007)."""
    rng, total = np.random.default_rng(0), np.zeros(density.size)
    for _ in range(16):
        signs = rng.choice([-1.0, 1.0], size=density.size)
        change = density.value_and_gradient(q - STEP * signs)[1] - density.value_and_gradient(q + STEP * signs)[1]
        total += signs * change / (2 * STEP)
    return np.clip(np.where(np.isfinite(total), total / 16, 1.0), 1.0, 1e8)


def _check_integral(density: Density, centre: np.ndarray, values: np.ndarray, vectors: np.ndarray) -> None:
    """Refuse a posterior that is improper: its density does not fall far out in a direction without curvature."""
    top = density.value_and_gradient(centre)[0]
    for k in np.flatnonzero(values < 1e-4):
        for side in (1.0, -1.0):
            away = density.value_and_gradient(centre + side * FAR * vectors[:, k])[0]
            if away > top - FALL:
                raise EngineError(_improper(density, vectors[:, k]))


def _improper(density: Density, direction: np.ndarray) -> str:
    """Return that the posterior is improper, and whose prior would mend it."""
    share = {p.name: float(np.max(np.abs(direction[part]))) for p, part in density.parts()}
    named = [f"`{name}`" for name, size in share.items() if size > 0.3 * max(share.values())]
    return (
        f"the posterior is improper: the density does not fall however far {' and '.join(named)} goes, as when the "
        "data separate the responses and the prior is flat. Write a proper prior, such as "
        'priors={"b": "normal(0, 2.5)"}, or leave the default ones.'
    )
