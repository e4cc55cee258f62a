"""Laws both of whose tails are known, and the probability between two numbers."""

from typing import Any

import numpy as np

from ..errors import ModelError
from .base import Array, Family, Values
from .latent import log1mexp
from .law import LawWithTails
from .laws import law_of

_HALF = float(np.log(0.5))


def tailed(family: Family) -> LawWithTails:
    """Return the law of a family whose tails are known; of others say so."""
    law = law_of(family)
    if isinstance(law, LawWithTails):
        return law
    raise ModelError(
        f"responses of the {family.name} family are neither censored nor truncated here. The families that can be are "
        '"gaussian", "lognormal", "weibull", "exponential", "asymmetric_laplace" and "poisson".'
    )


def log_between(law: LawWithTails, low: Array, high: Array, mu: Array, own: Values, xp: Any) -> Array:
    """Return log(F(high) - F(low)) from the tail that is smaller at `low`."""
    lower, upper = law.log_tails(low, mu, own, xp), law.log_tails(high, mu, own, xp)
    beyond = lower[0] > _HALF
    top, bottom = xp.where(beyond, lower[1], upper[0]), xp.where(beyond, upper[1], lower[0])
    return top + log1mexp(top - bottom, xp)
