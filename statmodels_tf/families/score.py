"""Log-likelihoods with their derivatives in closed form, which samplers on NumPy evaluate many thousand times."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeGuard

import numpy as np

from .base import Data, Family, Values
from .links import Link


@dataclass(frozen=True, eq=False)
class Score:
    """The log-likelihood at one linear predictor, and its derivatives.

    Attributes
    ----------
    density : float
        The sum of the rows' log densities, every constant included.
    eta : array [n] or [n, K-1]
        The derivative by each linear predictor.
    own : dict of str to array [1 or n, *shape]
        The derivative by each own parameter that the values have: row by row, or, of a parameter given once for all
        rows, their sum. Added up over the first axis both are the same.
    """

    density: float
    eta: np.ndarray
    own: dict[str, np.ndarray]


Kernel = Callable[[np.ndarray, Values], Score]
"""Takes one linear predictor, without leading axes, and the own parameters as `log_density` does."""


class ScoredFamily(Protocol):
    """A family that has `kernel`: it says `scored`.

    A kernel equals the sum of `log_density` on NumPy, and its derivatives. It belongs to whoever asked for it: the
    arrays of a score may be overwritten by the next. Where a linear predictor is out of range the density is not
    finite; to silence NumPy's warnings of that is the caller's part, once around many evaluations.
    """

    scored: ClassVar[bool]

    def kernel(self, data: Data) -> Kernel:
        """Return the function of the linear predictor; what depends on the data alone is computed here."""


def is_scored(family: Family) -> TypeGuard[ScoredFamily]:
    """Return whether a family has its log-likelihood and derivatives in closed form."""
    return family.scored


def mean_of(link: Link) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return the function of eta that gives the mean and d mu / d eta."""
    if link.name == "identity":
        one = np.ones(1)
        return lambda eta: (eta, one)
    if link.name == "log":
        return lambda eta: (mu := np.exp(eta), mu)
    return lambda eta: (link.inverse(eta, np), link.derivative(eta, np))
