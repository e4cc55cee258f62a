"""The lognormal family: log(y) ~ Normal(mu, sigma)."""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from ..priors import Prior
from .base import Data, family
from .law import Law
from .links import Link, as_link
from .normal_law import LOGNORMAL
from .of_law import OfLaw, location_scale, refuses_unless_positive, scale_prior


@family("lognormal")
@dataclass(frozen=True)
class Lognormal(OfLaw):
    """Positive responses whose logarithm is normal of mean mu and standard deviation `sigma`, as brms.

    The mean of the response itself is exp(mu + sigma²/2). Priors are the gaussian family's, of log(y).

    >>> Lognormal().link.name
    'identity'
    """

    link: Link = field(default_factory=lambda: as_link("identity"))

    scale = "sigma"
    own_links = MappingProxyType({"sigma": "log"})

    @property
    def law(self) -> Law:
        """The law of what has a normal logarithm."""
        return LOGNORMAL

    def refuses(self, response: Any) -> str | None:
        """Return why the response is no column of positive numbers, or None."""
        return refuses_unless_positive(self, response)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return sigma ~ exponential(1 / sd(log(y)))."""
        return {"sigma": scale_prior(np.log(data["y"]))}

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return mean and standard deviation of log(y) under the identity link, else 0 and 1."""
        return location_scale(self.link, np.log(data["y"]))
