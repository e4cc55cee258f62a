"""The log density of Student's t, which several priors share."""

from typing import Any

import numpy as np
from scipy.special import gammaln

from .base import Array

LOG_2PI = float(np.log(2 * np.pi))


def student(z: Array, df: Any, scale: Any, xp: Any) -> Array:
    """Return the log density of t at loc + scale z."""
    df = np.asarray(df, dtype=float)
    constant = gammaln((df + 1) / 2) - gammaln(df / 2) - 0.5 * np.log(df * np.pi) - np.log(scale)
    return constant - (df + 1) / 2 * xp.log1p(z * z / df)


def student_slope(z: np.ndarray, df: Any) -> np.ndarray:
    """Return the derivative of the standard t's log density."""
    return -(df + 1) * z / (df + z * z)
