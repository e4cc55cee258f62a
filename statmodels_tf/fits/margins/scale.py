"""The scale of the response: what takes a linear predictor to it, and what differences become on it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ModelError
from ...families.links import Link, as_link

_BACK = {"log": "log", "sqrt": "sqrt"}


@dataclass(frozen=True, eq=False)
class Scale:
    """How estimates on the scale of the linear predictor are shown on that of the response.

    Attributes
    ----------
    link : Link
    name : str
        What a mean on the response scale is called: prob, rate or response.
    ratio : str or None
        What the exponential of a difference is called, where it means something: odds.ratio or ratio.
    what : str
        In words: `logit`, `log(y)`.
    """

    link: Link
    name: str
    ratio: str | None
    what: str

    @property
    def identity(self) -> bool:
        """Whether both scales are the same."""
        return self.link.name == "identity"

    def mean(self, eta: np.ndarray) -> np.ndarray:
        """Return the mean at a linear predictor: at an infinite one the end of its range."""
        with np.errstate(all="ignore"):
            mean = np.asarray(self.link.inverse(eta, np))
        return np.where(np.isinf(eta), np.round(mean, 12), mean)

    def slope(self, eta: np.ndarray) -> np.ndarray:
        """Return d mean / d eta: zero where an infinite linear predictor has a finite mean."""
        with np.errstate(all="ignore"):
            slope = np.asarray(self.link.derivative(eta, np))
        return np.where(np.isinf(eta) & np.isfinite(self.mean(eta)), 0.0, slope)

    def curvature(self, eta: np.ndarray) -> np.ndarray:
        """Return d² mean / d eta², by central differences of the slope, of fourth order."""
        if self.identity:
            return np.zeros_like(eta)
        h = 2e-3 * np.maximum(np.abs(eta), 0.5)

        def difference(step: np.ndarray) -> np.ndarray:
            return (self.slope(eta + step) - self.slope(eta - step)) / (2 * step)

        return (4 * difference(h) - difference(2 * h)) / 3


def scale_of(fit: Any) -> Scale:
    """Return the scale of the family's link, or of a transformed response, `log(y)` or `sqrt(y)`, of a linear model.

    That of an ordinal model is the latent one, on which thresholds cut: its location is what differs.
    """
    link = fit.family.link
    if fit.family.by_outcome:
        raise ModelError(
            f"the {fit.family.name} family has a linear predictor for each outcome; marginal means and slopes are of "
            "one. Ask `predict(newdata)` for the probabilities at chosen values, or test coefficients by "
            "`hypothesis()`."
        )
    if not fit.family.has_mean:
        return Scale(as_link("identity"), "location", None, "location")
    if link.name == "identity":
        return _transformed(fit) or Scale(link, "response", None, "identity")
    ratio = "odds.ratio" if link.name == "logit" else "ratio" if link.name == "log" else None
    return Scale(link, fit.family.mean_name, ratio, link.name)


def _transformed(fit: Any) -> Scale | None:
    """Return the scale behind a response `log(y)` or `sqrt(y)`, or None."""
    response = fit.formula.response
    node = getattr(response, "node", None)
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1):
        return None
    if node.func.id not in _BACK:
        return None
    name = _BACK[node.func.id]
    return Scale(as_link(name), "response", "ratio" if name == "log" else None, response.label)
