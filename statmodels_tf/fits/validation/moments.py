"""Leave-one-out of single rows by moment matching: the draws moved until they can stand for the posterior without it.

Draws q of p(q | y) are mapped by an affine T to the weighted mean, then the variances, then the covariance of the
posterior without row i, as long as the tail of the weights gets lighter. At the end half of the draws is mapped and the
other half is not, and both together have the density (p(q) + p(T⁻¹q) / |T|) / 2.

References
----------
Paananen, Piironen, Bürkner & Vehtari (2021), Implicitly adaptive importance sampling. doi:10.1007/s11222-020-09982-2
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import logsumexp

from ..posterior.draws import CHUNK
from .elpd import Elpd, replaced
from .pareto import good_shape, smoothed

if TYPE_CHECKING:
    from ...model import Model

_ROUNDS = 30
_DRAWS_FOR_COVARIANCE = 10
"""Draws for each coordinate from which on covariances are matched."""


@dataclass(frozen=True, eq=False)
class Coordinates:
    """The draws of a posterior as unconstrained vectors, and the log posterior density there.

    Parameters
    ----------
    model : Model
    q : array [S, d]
    """

    model: Model
    q: np.ndarray

    def density(self, q: np.ndarray, row: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the log posterior density [S], up to a constant, and the log density of one row's response [S]."""
        step = max(1, CHUNK // len(self.model.design.rows))
        parts = [self._density(q[start : start + step], row) for start in range(0, len(q), step)]
        return np.concatenate([p for p, _ in parts]), np.concatenate([p for _, p in parts])

    def _density(self, q: np.ndarray, row: int) -> tuple[np.ndarray, np.ndarray]:
        values, jacobian, start = {}, np.zeros(len(q)), 0
        for p in self.model.parameters:
            transform = p.prior.transform
            part = q[:, start : start + transform.size]
            start += transform.size
            values[p.name] = transform.forward(part)
            jacobian += transform.log_jacobian(part)
        likelihood = self.model.log_likelihood(values)
        total = np.sum(likelihood, axis=-1) + self.model.log_prior(values) + jacobian
        return np.where(np.isnan(total), -np.inf, total), likelihood[:, row]


def coordinates(model: Model, values: Any) -> Coordinates:
    """Return draws [chains, draws, *shape] of the parameters as unconstrained vectors."""
    parts = []
    for p in model.parameters:
        draws = np.asarray(values[p.name])
        parts.append(p.prior.transform.inverse(draws.reshape(-1, *draws.shape[2:])))
    return Coordinates(model, np.concatenate(parts, axis=1))


@dataclass(frozen=True, eq=False)
class Affine:
    """The map m + A (q - m) + shift around the mean m of the draws; A [d, d], or its diagonal [d]."""

    middle: np.ndarray
    shift: np.ndarray
    A: np.ndarray

    def forward(self, q: np.ndarray) -> np.ndarray:
        """Return T q."""
        away = q - self.middle
        return self.middle + self.shift + (away * self.A if self.A.ndim == 1 else away @ self.A.T)

    def inverse(self, q: np.ndarray) -> np.ndarray:
        """Return T⁻¹ q."""
        away = q - self.middle - self.shift
        return self.middle + (away / self.A if self.A.ndim == 1 else np.linalg.solve(self.A, away.T).T)

    @property
    def log_volume(self) -> float:
        """log |det A|."""
        return float(np.sum(np.log(np.abs(self.A))) if self.A.ndim == 1 else np.linalg.slogdet(self.A)[1])

    def then(self, shift: np.ndarray, B: np.ndarray) -> Affine:
        """Return this map and after it one around the new mean: by B, and by a shift."""
        if self.A.ndim == B.ndim == 1:
            A = B * self.A
        else:
            A = (np.diag(B) if B.ndim == 1 else B) @ (np.diag(self.A) if self.A.ndim == 1 else self.A)
        return Affine(self.middle, self.shift + shift, A)


def matched(loo: Elpd, at: Coordinates) -> Elpd:
    """Return the leave-one-out density with the rows of too heavy tails by moment matching."""
    bad = np.flatnonzero(~(loo.pareto_k.to_numpy() <= good_shape(loo.draws)))
    found = {int(i): _row(at, int(i), loo) for i in bad}
    still = sum(not shape <= good_shape(loo.draws) for _, shape in found.values())
    said = f"{len(bad):,} row{' was' if len(bad) == 1 else 's were'} found by moment matching."
    if still:
        said += f" {still:,} of them still {'has' if still == 1 else 'have'} too heavy a tail: write `fit.kfold()`."
    return replaced(loo, found, (said,) if len(bad) else ())


def _row(at: Coordinates, row: int, loo: Elpd) -> tuple[float, float]:
    """Return the log predictive density of a row left out, and the shape of its weights."""
    q, good = at.q, good_shape(loo.draws)
    original, likelihood = at.density(q, row)
    weights, (shape,) = smoothed(-likelihood[:, None])
    known, elpd = float(shape), float(logsumexp(weights[:, 0] + likelihood))
    unit = np.ones(q.shape[1])
    total, moved = Affine(q.mean(axis=0), np.zeros(q.shape[1]), unit), q
    w, best = weights[:, 0], known
    for _ in range(_ROUNDS):
        if best <= good:
            break
        for match in _matches(q.shape):
            tried = total.then(*match(moved, np.exp(w)))
            there = tried.forward(q)
            density, likelihood = at.density(there, row)
            new, (shape,) = smoothed((density - likelihood - original)[:, None])
            if shape < best:
                total, moved, w, best = tried, there, new[:, 0], float(shape)
                break
        else:
            break
    if best < known:
        elpd, best = _split(at, row, total)
    return elpd, best


def _split(at: Coordinates, row: int, total: Affine) -> tuple[float, float]:
    """Return what the draws say of which the first half is mapped."""
    q, half = at.q, len(at.q) // 2
    here, back = q.copy(), total.inverse(q)
    here[:half], back[:half] = total.forward(q[:half]), q[:half]
    density, likelihood = at.density(here, row)
    behind, _ = at.density(back, row)
    proposal = np.logaddexp(density, behind - total.log_volume)
    weights, (shape,) = smoothed((density - likelihood - proposal)[:, None])
    return float(logsumexp(weights[:, 0] + likelihood)), float(shape)


def _matches(size: tuple[int, ...]) -> list[Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]]:
    """Return what may be matched of so many draws and coordinates, the least first."""
    few = size[0] < _DRAWS_FOR_COVARIANCE * size[1]
    return [_mean, _variances] if few else [_mean, _variances, _covariance]


def _mean(q: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return w @ q - q.mean(axis=0), np.ones(q.shape[1])


def _variances(q: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    middle = w @ q
    wanted = w @ (q - middle) ** 2 / (1 - np.sum(w**2))
    return middle - q.mean(axis=0), np.sqrt(wanted / np.var(q, axis=0, ddof=1))


def _covariance(q: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    middle = w @ q
    away = q - middle
    wanted = (away * w[:, None]).T @ away / (1 - np.sum(w**2))
    try:
        to, of = np.linalg.cholesky(wanted), np.linalg.cholesky(np.cov(q.T))
    except np.linalg.LinAlgError:  # too few draws carry the weight for a covariance
        return _variances(q, w)
    return middle - q.mean(axis=0), solve_triangular(of, to.T, lower=True, trans="T").T
