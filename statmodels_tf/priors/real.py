"""Priors of real numbers, and of arrays of independent ones."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from .base import Array, Located, Real, literal
from .student import LOG_2PI, student, student_slope


@dataclass(frozen=True, eq=False)
class Normal(Located):
    """`normal(loc, scale)`."""

    loc: Any
    scale: Any

    word, tfd_name, tfd_arguments = "normal", "Normal", ("loc", "scale")

    def entries(self, x: Array, xp: Any) -> Array:
        """Return -z²/2 - log(scale) - log(2π)/2 with z = (x - loc) / scale."""
        z = (x - self.loc) / self.scale
        return -0.5 * z * z - (np.log(self.scale) + 0.5 * LOG_2PI)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return -z / scale."""
        return (self.loc - x) / np.square(self.scale)

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        return self.loc + self.scale * rng.standard_normal((*lead, *self.shape))


@dataclass(frozen=True, eq=False)
class StudentT(Located):
    """`student_t(df, loc, scale)`: heavier tails than the normal."""

    df: Any
    loc: Any
    scale: Any

    word, tfd_name, tfd_arguments = "student_t", "StudentT", ("df", "loc", "scale")

    def entries(self, x: Array, xp: Any) -> Array:
        """Return the log density of t with `df` degrees of freedom."""
        return student((x - self.loc) / self.scale, self.df, self.scale, xp)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return -(df + 1) z / (df + z²) / scale."""
        return student_slope((x - self.loc) / self.scale, self.df) / self.scale

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        return self.loc + self.scale * rng.standard_t(self.df, (*lead, *self.shape))


@dataclass(frozen=True, eq=False)
class Cauchy(Located):
    """`cauchy(loc, scale)`."""

    loc: Any
    scale: Any

    word, tfd_name, tfd_arguments = "cauchy", "Cauchy", ("loc", "scale")

    def entries(self, x: Array, xp: Any) -> Array:
        """Return -log(1 + z²) - log(π scale)."""
        z = (x - self.loc) / self.scale
        return -xp.log1p(z * z) - np.log(np.pi * np.asarray(self.scale))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return -2 z / (1 + z²) / scale."""
        return student_slope((x - self.loc) / self.scale, 1.0) / self.scale

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        return self.loc + self.scale * rng.standard_cauchy((*lead, *self.shape))


@dataclass(frozen=True, eq=False)
class Laplace(Located):
    """`laplace(loc, scale)`: the prior whose mode is the lasso."""

    loc: Any
    scale: Any

    word, tfd_name, tfd_arguments = "laplace", "Laplace", ("loc", "scale")

    def entries(self, x: Array, xp: Any) -> Array:
        """Return -|z| - log(2 scale)."""
        return -xp.abs((x - self.loc) / self.scale) - np.log(2 * np.asarray(self.scale))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return -sign(z) / scale."""
        return -np.sign(x - self.loc) / self.scale

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        return rng.laplace(self.loc, self.scale, (*lead, *self.shape))


@dataclass(frozen=True, eq=False)
class SpikeSlab(Real):
    """`spike_slab(p, slab, spike)`: normal(0, slab) with probability p, else normal(0, spike).

    The spike is narrow and not a point, so that the density is smooth and nothing is discrete.

    References
    ----------
    George & McCulloch (1993), Variable selection via Gibbs sampling, doi:10.1080/01621459.1993.10476353.
    """

    p: Any
    slab: Any
    spike: Any

    word = "spike_slab"

    def standard(self) -> tuple[Any, Any]:
        """Return zero and the standard deviation of the slab, by which coordinates are standardised."""
        return 0.0, self.slab

    def _parts(self, x: Array) -> tuple[Array, Array]:
        """Return the log density of slab and spike, each times its probability."""
        return tuple(
            np.log(p) - 0.5 * (x / sd) ** 2 - (np.log(sd) + 0.5 * LOG_2PI)
            for p, sd in ((self.p, self.slab), (1 - np.asarray(self.p), self.spike))
        )

    def entries(self, x: Array, xp: Any) -> Array:
        """Return log(p normal(x; slab) + (1 - p) normal(x; spike))."""
        return xp.logaddexp(*self._parts(x))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return -x (w / slab² + (1 - w) / spike²), w the probability that x comes from the slab."""
        wide, narrow = self._parts(x)
        share = expit(wide - narrow)
        return -x * (share / np.square(self.slab) + (1 - share) / np.square(self.spike))

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        shape = (*lead, *self.shape)
        return np.where(rng.random(shape) < self.p, self.slab, self.spike) * rng.standard_normal(shape)

    def _mixture(self) -> tuple[np.ndarray, np.ndarray]:
        """Return probabilities and standard deviations of the two, [*shape, 2]."""
        p, slab, spike = (np.broadcast_to(np.asarray(v, dtype=float), self.shape) for v in self.values())
        return np.stack([1 - p, p], axis=-1), np.stack([spike, slab], axis=-1)

    def distribution(self, on: Any, name: str) -> Any:
        """Return TFP's mixture on a Substrate."""
        tfd, (probs, scale) = on.tfd, map(on.array, self._mixture())
        made = tfd.MixtureSameFamily(tfd.Categorical(probs=probs), tfd.Normal(on.array(0.0), scale), name=name)
        return tfd.Independent(made, len(self.shape), name=name) if self.shape else made

    def code(self, name: str) -> str:
        """Return the text of TFP's mixture."""
        probs, scale = map(literal, self._mixture())
        text = f"tfd.MixtureSameFamily(tfd.Categorical(probs={probs}), tfd.Normal(f(0.0), {scale})"
        if self.shape:
            return f'tfd.Independent({text}), {len(self.shape)}, name="{name}")'
        return f'{text}, name="{name}")'
