"""The proposal of importance sampling: a mixture of multivariate t distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp

from .density import MarginalDensity
from .mode import Mode

TAILS = 7.0  # degrees of freedom
SHARES = (0.5, 0.4, 0.1)  # of the plain, the stretched and the wide t distribution
WIDER, WIDER_TAILS = 3.0, 4.0
DISTANCES = (1.0, 2.0, 4.0, 8.0, 16.0)
LONGEST = 10.0
KERNELS = 200
SAFE = 0.25  # share of the first proposal in a kernel estimate


@dataclass(frozen=True)
class T:
    """A multivariate t distribution of z, q = centre + root z, stretched on either side of each axis of z.

    Attributes
    ----------
    centre : array [d]
    root : array [d, d]
    df : float
    below, above : array [d]
        How far z is stretched where it is negative and where it is positive; the density is continuous.
    """

    centre: np.ndarray
    root: np.ndarray
    df: float
    below: np.ndarray
    above: np.ndarray

    def draw(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Return draws [size, d]."""
        z = np.abs(rng.standard_normal((size, len(self.centre))))
        z /= np.sqrt(rng.chisquare(self.df, size) / self.df)[:, None]
        down = rng.uniform(size=z.shape) * (self.below + self.above) < self.below
        return self.centre + np.where(down, -self.below * z, self.above * z) @ self.root.T

    def log_density(self, q: np.ndarray) -> np.ndarray:
        """Return the log density [m] at q [m, d]."""
        d, df = len(self.centre), self.df
        z = np.linalg.solve(self.root, (q - self.centre).T).T
        z /= np.where(z < 0, self.below, self.above)
        constant = gammaln((df + d) / 2) - gammaln(df / 2) - d / 2 * np.log(df * np.pi)
        constant -= float(np.linalg.slogdet(self.root)[1] + np.sum(np.log((self.below + self.above) / 2)))
        return constant - (df + d) / 2 * np.log1p((z * z).sum(1) / df)


def plain(centre: np.ndarray, root: np.ndarray, df: float = TAILS) -> T:
    """Return a t distribution that is not stretched."""
    return T(centre, root, df, np.ones(len(centre)), np.ones(len(centre)))


def stretched(density: MarginalDensity, mode: Mode) -> T:
    """Return a t distribution about a mode that covers the density as far as it reaches along each axis.

    Where the log density has fallen by D at a distance of delta, the t distribution has fallen by as much there when
    stretched by delta / sqrt(df (exp(2 D / (df + d)) - 1)); the largest over a few distances is taken.

    References
    ----------
    Geweke (1989), Bayesian inference in econometric models using Monte Carlo integration, Econometrica 57, appendix.
    """
    d = len(mode.q)
    scales = np.ones((2, d))
    for side, sign in enumerate((-1.0, 1.0)):
        for axis in range(d):
            for distance in DISTANCES:
                fall = mode.value - density.at(mode.q + sign * distance * mode.root[:, axis])[0]
                with np.errstate(over="ignore"):
                    room = np.expm1(2 * np.maximum(fall, 0.1) / (TAILS + d))
                scales[side, axis] = np.clip(distance / np.sqrt(TAILS * room), scales[side, axis], LONGEST)
    return T(mode.q, mode.root, TAILS, scales[0], scales[1])


@dataclass(frozen=True)
class Mixture:
    """Parts with their shares."""

    parts: tuple[T, ...]
    shares: tuple[float, ...]

    def draw(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Return draws [size, d], in random order."""
        counts = rng.multinomial(size, self.shares)
        drawn = [part.draw(rng, int(count)) for part, count in zip(self.parts, counts, strict=True)]
        return rng.permutation(np.concatenate(drawn))

    def log_density(self, q: np.ndarray) -> np.ndarray:
        """Return the log density [m] at q [m, d]."""
        parts = [part.log_density(q) + np.log(share) for part, share in zip(self.parts, self.shares, strict=True)]
        return np.asarray(logsumexp(parts, axis=0))


def at_modes(density: MarginalDensity, modes: Sequence[Mode]) -> Mixture:
    """Return t distributions about the modes by their masses, none below a tenth, plain, stretched and wide."""
    mass = np.array([mode.value + np.linalg.slogdet(mode.root)[1] for mode in modes])
    mass = np.maximum(np.exp(mass - logsumexp(mass)), 0.1)
    mass /= mass.sum()
    parts, shares = [], []
    for mode, share in zip(modes, mass, strict=True):
        parts += [plain(mode.q, mode.root), stretched(density, mode), plain(mode.q, WIDER * mode.root, WIDER_TAILS)]
        shares += [share * part for part in SHARES]
    return Mixture(tuple(parts), tuple(shares))


def by_kernels(first: Mixture, q: np.ndarray, weights: np.ndarray, rng: np.random.Generator) -> Mixture | None:
    """Return a kernel estimate of the density that draws q [m, d] with weights come from; None where it is degenerate.

    Its centres are a resample of the draws, drawn towards their mean so that the whole keeps their covariance; some of
    the first proposal is mixed in.

    References
    ----------
    West (1993), Approximating posterior distributions by mixtures, Journal of the Royal Statistical Society B 55.
    """
    centre = weights @ q
    away = q - centre
    try:
        root = np.linalg.cholesky(away.T @ (weights[:, None] * away))
    except np.linalg.LinAlgError:
        return None
    d, effective = q.shape[1], 1.0 / np.sum(weights**2)
    width = (4 / ((d + 2) * effective)) ** (1 / (d + 4))
    taken = rng.choice(len(q), KERNELS, p=weights)
    centres = centre + np.sqrt(max(1 - width**2, 0.0)) * away[taken]
    shares = (*(SAFE * share for share in first.shares), *np.full(KERNELS, (1 - SAFE) / KERNELS))
    return Mixture((*first.parts, *(plain(at, width * root) for at in centres)), shares)
