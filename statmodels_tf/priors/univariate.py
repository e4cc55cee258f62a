"""Priors of single numbers, and of arrays of independent ones."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln

from .base import Array, Positive, Real

LOG_2 = float(np.log(2.0))
LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class Normal(Real):
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


@dataclass(frozen=True, eq=False)
class StudentT(Real):
    """`student_t(df, loc, scale)`: heavier tails than the normal."""

    df: Any
    loc: Any
    scale: Any

    word, tfd_name, tfd_arguments = "student_t", "StudentT", ("df", "loc", "scale")

    def entries(self, x: Array, xp: Any) -> Array:
        """Return the log density of t with `df` degrees of freedom."""
        return _student((x - self.loc) / self.scale, self.df, self.scale, xp)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return -(df + 1) z / (df + z²) / scale."""
        return _student_slope((x - self.loc) / self.scale, self.df) / self.scale


@dataclass(frozen=True, eq=False)
class Cauchy(Real):
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
        return _student_slope((x - self.loc) / self.scale, 1.0) / self.scale


@dataclass(frozen=True, eq=False)
class Laplace(Real):
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


@dataclass(frozen=True, eq=False)
class Exponential(Positive):
    """`exponential(rate)`: mean 1 / rate."""

    rate: Any

    word, tfd_name, tfd_arguments = "exponential", "Exponential", ("rate",)

    def entries(self, x: Array, xp: Any) -> Array:
        """Return log(rate) - rate x."""
        return np.log(self.rate) - self.rate * x

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return -rate."""
        return -self.rate * np.ones_like(x)

    def size(self) -> Any:
        """Return the mean."""
        return 1 / np.asarray(self.rate)


@dataclass(frozen=True, eq=False)
class Gamma(Positive):
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

    def size(self) -> Any:
        """Return the mean."""
        return self.concentration / np.asarray(self.rate)


@dataclass(frozen=True, eq=False)
class HalfNormal(Positive):
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

    def size(self) -> Any:
        """Return the scale."""
        return self.scale


@dataclass(frozen=True, eq=False)
class HalfCauchy(Positive):
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
        return _student_slope(x / self.scale, 1.0) / self.scale

    def size(self) -> Any:
        """Return the scale."""
        return self.scale


@dataclass(frozen=True, eq=False)
class HalfStudentT(Positive):
    """`half_student_t(df, scale)`."""

    df: Any
    scale: Any
    loc: Any = 0.0  # TFP's class asks for it; a half distribution starts at 0

    word, tfd_name, tfd_arguments = "half_student_t", "HalfStudentT", ("df", "scale", "loc")

    def entries(self, x: Array, xp: Any) -> Array:
        """Return the log density of |t(df, 0, scale)|."""
        return LOG_2 + _student(x / self.scale, self.df, self.scale, xp)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return -(df + 1) z / (df + z²) / scale."""
        return _student_slope(x / self.scale, self.df) / self.scale

    def size(self) -> Any:
        """Return the scale."""
        return self.scale


def _student(z: Array, df: Any, scale: Any, xp: Any) -> Array:
    df = np.asarray(df, dtype=float)
    constant = gammaln((df + 1) / 2) - gammaln(df / 2) - 0.5 * np.log(df * np.pi) - np.log(scale)
    return constant - (df + 1) / 2 * xp.log1p(z * z / df)


def _student_slope(z: np.ndarray, df: Any) -> np.ndarray:
    """Return the derivative of the standard t's log density."""
    return -(df + 1) * z / (df + z * z)
