"""Priors of positive numbers, and of arrays of independent ones."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln

from .base import Array, Named, Positive
from .student import LOG_2PI, student, student_slope

LOG_2 = float(np.log(2.0))


@dataclass(frozen=True, eq=False)
class Exponential(Named, Positive):
    """`exponential(rate)`: mean 1 / rate."""

    rate: Any

    word, tfd_name, tfd_arguments = "exponential", "Exponential", ("rate",)

    def entries(self, x: Array, xp: Any) -> Array:
        """Return log(rate) - rate x."""
        return np.log(self.rate) - self.rate * x

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return -rate."""
        return -self.rate * np.ones_like(x)

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        return rng.standard_exponential((*lead, *self.shape)) / self.rate

    def size(self) -> Any:
        """Return the mean."""
        return 1 / np.asarray(self.rate)


@dataclass(frozen=True, eq=False)
class Gamma(Named, Positive):
    """`gamma(shape, rate)`: mean shape / rate."""

    concentration: Any
    rate: Any

    word, tfd_name, tfd_arguments = "gamma", "Gamma", ("concentration", "rate")

    def entries(self, x: Array, xp: Any) -> Array:
        """Return a log(rate) - log Γ(a) + (a - 1) log x - rate x."""
        constant = self.concentration * np.log(self.rate) - gammaln(self.concentration)
        return constant + (self.concentration - 1) * xp.log(x) - self.rate * x

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return (a - 1) / x - rate."""
        return (self.concentration - 1) / x - self.rate

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        return rng.standard_gamma(self.concentration, (*lead, *self.shape)) / self.rate

    def size(self) -> Any:
        """Return the mean."""
        return self.concentration / np.asarray(self.rate)


@dataclass(frozen=True, eq=False)
class HalfNormal(Named, Positive):
    """`half_normal(scale)`."""

    scale: Any

    word, tfd_name, tfd_arguments = "half_normal", "HalfNormal", ("scale",)

    def entries(self, x: Array, xp: Any) -> Array:
        """Return the log density of |normal(0, scale)|."""
        z = x / self.scale
        return -0.5 * z * z - (np.log(self.scale) + 0.5 * LOG_2PI - LOG_2)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return -x / scale²."""
        return -x / np.square(self.scale)

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        return self.scale * np.abs(rng.standard_normal((*lead, *self.shape)))

    def size(self) -> Any:
        """Return the scale."""
        return self.scale


@dataclass(frozen=True, eq=False)
class HalfCauchy(Named, Positive):
    """`half_cauchy(scale)`."""

    scale: Any
    loc: Any = 0.0  # TFP's class asks for it; a half distribution starts at 0

    word, tfd_name, tfd_arguments = "half_cauchy", "HalfCauchy", ("scale", "loc")

    def entries(self, x: Array, xp: Any) -> Array:
        """Return the log density of |cauchy(0, scale)|."""
        z = x / self.scale
        return LOG_2 - xp.log1p(z * z) - np.log(np.pi * np.asarray(self.scale))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return -2 z / (1 + z²) / scale."""
        return student_slope(x / self.scale, 1.0) / self.scale

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        return self.scale * np.abs(rng.standard_cauchy((*lead, *self.shape)))

    def size(self) -> Any:
        """Return the scale."""
        return self.scale


@dataclass(frozen=True, eq=False)
class HalfStudentT(Named, Positive):
    """`half_student_t(df, scale)`."""

    df: Any
    scale: Any
    loc: Any = 0.0  # TFP's class asks for it; a half distribution starts at 0

    word, tfd_name, tfd_arguments = "half_student_t", "HalfStudentT", ("df", "scale", "loc")

    def entries(self, x: Array, xp: Any) -> Array:
        """Return the log density of |t(df, 0, scale)|."""
        return LOG_2 + student(x / self.scale, self.df, self.scale, xp)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return -(df + 1) z / (df + z²) / scale."""
        return student_slope(x / self.scale, self.df) / self.scale

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        return self.scale * np.abs(rng.standard_t(self.df, (*lead, *self.shape)))

    def size(self) -> Any:
        """Return the scale."""
        return self.scale


@dataclass(frozen=True, eq=False)
class LogNormal(Named, Positive):
    """`lognormal(loc, scale)`: its logarithm is normal."""

    loc: Any
    scale: Any

    word, tfd_name, tfd_arguments = "lognormal", "LogNormal", ("loc", "scale")

    def entries(self, x: Array, xp: Any) -> Array:
        """Return -z²/2 - log x - log(scale) - log(2π)/2 with z = (log x - loc) / scale."""
        log = xp.log(x)
        z = (log - self.loc) / self.scale
        return -0.5 * z * z - log - (np.log(self.scale) + 0.5 * LOG_2PI)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return -(1 + z / scale) / x."""
        return -(1 + (np.log(x) - self.loc) / np.square(self.scale)) / x

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        return np.exp(self.loc + self.scale * rng.standard_normal((*lead, *self.shape)))

    def size(self) -> Any:
        """Return the median."""
        return np.exp(self.loc)


@dataclass(frozen=True, eq=False)
class InverseGamma(Named, Positive):
    """`inverse_gamma(shape, scale)`: one over it is gamma(shape, scale)."""

    concentration: Any
    scale: Any

    word, tfd_name, tfd_arguments = "inverse_gamma", "InverseGamma", ("concentration", "scale")

    def entries(self, x: Array, xp: Any) -> Array:
        """Return a log(s) - log Γ(a) - (a + 1) log x - s / x."""
        constant = self.concentration * np.log(self.scale) - gammaln(self.concentration)
        return constant - (self.concentration + 1) * xp.log(x) - self.scale / x

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return (s / x - a - 1) / x."""
        return (self.scale / x - self.concentration - 1) / x

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, *shape]."""
        return self.scale / rng.standard_gamma(self.concentration, (*lead, *self.shape))

    def size(self) -> Any:
        """Return s / a, between the mode and the mean."""
        return self.scale / np.asarray(self.concentration)
