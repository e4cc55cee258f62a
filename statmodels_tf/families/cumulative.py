"""The cumulative family: P(Y <= k) = F((theta_k - eta) / exp(s)), for outcomes in an order."""

from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from ..errors import ModelError, did_you_mean
from .base import Values, family
from .latent import LATENT, Latent
from .links import Link, as_link
from .outcome import OutcomeFamily
from .thresholds import check_structure


@family("cumulative")
@dataclass(frozen=True)
class Cumulative(OutcomeFamily):
    """Ordered categories that cut a latent variable at thresholds.

    A positive coefficient moves a row to the later levels of the response. Its levels are taken in their order,
    whether or not it is an ordered factor.

    Parameters
    ----------
    link : {"logit", "probit", "cloglog", "loglog", "cauchit"}
        F is its inverse.
    threshold : {"flexible", "symmetric", "symmetric2", "equidistant"}
        How the thresholds are tied to each other; see `threshold_map`.

    >>> Cumulative(link="probit").link.name
    'probit'
    """

    link: Link = field(default_factory=lambda: as_link("logit"))
    threshold: str = "flexible"

    predictors = MappingProxyType({"nominal": "kept", "scale": "implied"})
    unsampled = "priors of ordered thresholds are not there yet"

    def __post_init__(self) -> None:
        name = self.link.strip().lower() if isinstance(self.link, str) else self.link.name
        if name not in LATENT:
            listed = ", ".join(f'"{known}"' for known in LATENT)
            raise ModelError(f"a cumulative model has no link `{name}`.{did_you_mean(name, LATENT)} There is {listed}.")
        object.__setattr__(self, "link", as_link(self.link))
        check_structure(self.threshold)

    @property
    def latent(self) -> Latent:
        """The distribution of the latent variable."""
        return LATENT[self.link.name]

    def probabilities(self, eta: np.ndarray, values: Values) -> np.ndarray:
        """Return the probability [n, K] of each outcome.

        Parameters
        ----------
        eta : array [n]
            The location.
        values : mapping
            `threshold` [K-1] or [n, K-1] and, where there is a scale model, `log_scale` [n].
        """
        theta = np.broadcast_to(values["threshold"], (len(eta), np.shape(values["threshold"])[-1]))
        cut = (theta - eta[:, None]) / np.exp(np.asarray(values.get("log_scale", 0.0)))[..., None]
        ends = np.full((len(eta), 1), np.inf)
        with np.errstate(all="ignore"):
            return np.exp(self.latent.log_interval(np.hstack([cut, ends]), np.hstack([-ends, cut])))
