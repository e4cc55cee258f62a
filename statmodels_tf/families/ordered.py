"""What families of ordered categories have in common: thresholds less a location, in units of a scale.

Row i has the K-1 cuts c_k = (theta_k + nominal_ik - eta_i) / scale_i, and a family says how probabilities follow from
them. Derivatives by all that cuts are made of follow from those by the cuts.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from ..errors import ModelError, article, did_you_mean
from ..priors import Prior, StudentT
from .base import Array, Data, Values
from .latent import LATENT
from .links import Link, ProbabilityLink, as_link
from .outcome import OutcomeFamily
from .score import Score

_MIRRORED = {"logit": "logit", "probit": "probit", "cauchit": "cauchit", "cloglog": "loglog", "loglog": "cloglog"}
"""The link whose inverse at -x is one less that of another at x."""
OWN_LINKS: Mapping[str, str] = MappingProxyType({"nominal": "identity", "scale": "log"})


class OrderedFamily(OutcomeFamily):
    """Categories in an order, told apart by `threshold` [..., 1 or n, K-1].

    `nominal` [..., n, K-1] is added to the thresholds and `scale` [..., n] divides, where the model has predictors of
    them.
    """

    predictors: ClassVar[Mapping[str, str]] = MappingProxyType({"nominal": "kept", "scale": "implied"})
    own_links: ClassVar[Mapping[str, str]] = OWN_LINKS
    scored: ClassVar[bool] = True
    link: Any

    @abstractmethod
    def log_of_cuts(self, cut: Array, xp: Any) -> Array:
        """Return the log probability [..., n, K] of each outcome from the cuts [..., n, K-1]."""

    @abstractmethod
    def log_chosen_of_cuts(self, cut: Array, y: Array, xp: Any) -> Array:
        """Return the log probability [..., n] of the outcomes y [n] from the cuts [..., n, K-1]."""

    @abstractmethod
    def rates(self, y: np.ndarray, count: int) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """Return the function of cuts [n, K-1] to the log probability [n] of the outcomes and its derivatives by them.

        Parameters
        ----------
        y : int array [n]
        count : int
            K-1.
        """

    @abstractmethod
    def probabilities_code(self) -> str:
        """Return the arguments of TFP's categorical distribution as text, F and 1 - F = S at the cuts in scope."""

    def log_probabilities(self, eta: Array, values: Values, xp: Any) -> Array:
        """Return the log probability [..., n, K] of each outcome at the location."""
        return self.log_of_cuts(cuts(eta, values), xp)

    def log_chosen(self, eta: Array, values: Values, y: Array, xp: Any) -> Array:
        """Return the log probability [..., n] of the outcomes y [n]."""
        return self.log_chosen_of_cuts(cuts(eta, values), y, xp)

    def kernel(self, data: Data) -> Callable[[np.ndarray, Values], Score]:
        """Return the function of eta [n] and the parameters to the log-likelihood and its derivatives.

        With g = d log p / d cut and s the scale: -Σ g / s by eta, g / s by the thresholds, -Σ g c / s by s.
        """
        of_cuts, weights = cache(lambda count: self.rates(data["y"], count)), data.get("weights")

        def score(eta: np.ndarray, values: Values) -> Score:
            cut = cuts(eta, values)
            density, slope = of_cuts(cut.shape[-1])(cut)
            if weights is not None:
                density, slope = weights * density, weights[:, None] * slope
            own: dict[str, np.ndarray] = {}
            if "scale" in values:
                slope = slope / values["scale"][..., None]
                own["scale"] = -np.einsum("ij,ij->i", slope, cut)
            own["threshold"] = slope
            if "nominal" in values:
                own["nominal"] = slope
            return Score(float(density.sum()), -slope.sum(axis=1), own)

        return score

    def code(self, name: str, keys: Mapping[str, str], data: Mapping[str, str]) -> str:
        """Return the text of TFP's distribution of the response."""
        theta = keys["threshold"] + (f" + {keys['nominal']}" if "nominal" in keys else "")
        cut = f"{theta} - eta[..., tf.newaxis]"
        if "scale" in keys:
            cut = f"({cut}) / {keys['scale']}[..., tf.newaxis]"
        tails = f"{self.link.code('cut')}, {as_link(_MIRRORED[self.link.name]).code('(-cut)')}"
        made = f"(lambda F, S: tfd.Categorical({self.probabilities_code()}))({tails})"
        return f'tfd.Independent((lambda cut: {made})({cut}), 1, name="{name}")'


def cuts(eta: Array, values: Values) -> Array:
    """Return the thresholds less the location, in units of the scale [..., n, K-1]."""
    theta = values["threshold"] + values["nominal"] if "nominal" in values else values["threshold"]
    cut = theta - eta[..., None]
    return cut / values["scale"][..., None] if "scale" in values else cut


def ordered_link(family: str, link: Link | str) -> ProbabilityLink:
    """Return the link of a model of ordered categories, or say which there are."""
    name = link.strip().lower() if isinstance(link, str) else link.name
    if name not in LATENT:
        listed = ", ".join(f'"{known}"' for known in LATENT)
        raise ModelError(
            f"{article(family)} {family} model has no link `{name}`.{did_you_mean(name, LATENT)} There is {listed}."
        )
    made: Any = as_link(link)
    return made


def free_thresholds(data: Data) -> dict[str, Prior]:
    """Return threshold ~ student_t(3, 0, 2.5), each by itself."""
    return {"threshold": StudentT(3.0, 0.0, 2.5).spread((int(np.max(data["y"])),))}
