"""Values with their gradients: exact derivatives of expressions of the coefficients, by forward differentiation.

References
----------
Griewank & Walther (2008), Evaluating Derivatives, section 3.1. doi:10.1137/1.9780898717761
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

_ROOT_2PI = float(np.sqrt(2 * np.pi))


def _normal_density(x: float) -> float:
    return float(np.exp(-0.5 * x * x) / _ROOT_2PI)


def _logistic_slope(x: float) -> float:
    return float(special.expit(x) * special.expit(-x))


# Name -> the function and its derivative.
FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[float], float]]] = {
    "exp": (np.exp, np.exp),
    "log": (np.log, lambda x: 1 / x),
    "log2": (np.log2, lambda x: 1 / (x * np.log(2))),
    "log10": (np.log10, lambda x: 1 / (x * np.log(10))),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "abs": (np.abs, np.sign),
    "sin": (np.sin, np.cos),
    "cos": (np.cos, lambda x: -np.sin(x)),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    "plogis": (special.expit, _logistic_slope),
    "expit": (special.expit, _logistic_slope),
    "qlogis": (special.logit, lambda x: 1 / (x * (1 - x))),
    "logit": (special.logit, lambda x: 1 / (x * (1 - x))),
    "pnorm": (special.ndtr, _normal_density),
    "qnorm": (special.ndtri, lambda x: 1 / _normal_density(special.ndtri(x))),
}


@dataclass(frozen=True, eq=False)
class Dual:
    """A value with its gradient [p]; `linear` says whether the gradient is the same everywhere.

    Of a linear one `constant` is the part without coefficients.
    """

    value: float
    gradient: np.ndarray
    linear: bool
    constant: float

    @property
    def free(self) -> bool:
        """Whether there are no coefficients in it."""
        return self.linear and not self.gradient.any()

    def plus(self, other: Dual, sign: float = 1.0) -> Dual:
        """Return the sum, or the difference."""
        return Dual(
            self.value + sign * other.value,
            self.gradient + sign * other.gradient,
            self.linear and other.linear,
            self.constant + sign * other.constant,
        )

    def times(self, other: Dual) -> Dual:
        """Return the product."""
        linear = (self.free and other.linear) or (other.free and self.linear)
        gradient = self.value * other.gradient + other.value * self.gradient
        return Dual(self.value * other.value, gradient, linear, self.constant * other.constant)

    def over(self, other: Dual) -> Dual:
        """Return the quotient."""
        quotient = self.value / other.value
        gradient = (self.gradient - quotient * other.gradient) / other.value
        linear = self.linear and other.free
        return Dual(quotient, gradient, linear, self.constant / other.constant if linear else np.nan)

    def power(self, other: Dual) -> Dual:
        """Return the power; of one with coefficients in the exponent, exp(b log a)."""
        value = float(np.float64(self.value) ** other.value)
        gradient = other.value * np.float64(self.value) ** (other.value - 1) * self.gradient
        if not other.free:
            gradient = gradient + value * np.log(self.value) * other.gradient
        free = self.free and other.free
        one = other.free and other.value == 1
        return Dual(value, gradient, free or (one and self.linear), self.constant if one else value)

    def through(self, name: str) -> Dual:
        """Return a known function of it."""
        function, derivative = FUNCTIONS[name]
        value = float(function(self.value))
        gradient = np.zeros_like(self.gradient) if self.free else float(derivative(self.value)) * self.gradient
        return Dual(value, gradient, self.free, value)


@dataclass(frozen=True, eq=False)
class Sample:
    """A value at each of S draws, or a number; `free` says that no coefficient is in it."""

    value: np.ndarray
    free: bool

    def plus(self, other: Sample, sign: float = 1.0) -> Sample:
        """Return the sum, or the difference."""
        return Sample(self.value + sign * other.value, self.free and other.free)

    def times(self, other: Sample) -> Sample:
        """Return the product."""
        return Sample(self.value * other.value, self.free and other.free)

    def over(self, other: Sample) -> Sample:
        """Return the quotient."""
        return Sample(self.value / other.value, self.free and other.free)

    def power(self, other: Sample) -> Sample:
        """Return the power."""
        return Sample(self.value**other.value, self.free and other.free)

    def through(self, name: str) -> Sample:
        """Return a known function of it."""
        return Sample(FUNCTIONS[name][0](self.value), self.free)
