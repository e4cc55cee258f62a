"""The zero-one-inflated beta family: shares between 0 and 1, some of them exactly 0 or 1."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.special import betainc, betaincc, gammaln, psi

from ..priors import Beta, Gamma, Prior
from ..substrate import special
from .base import Array, Data, Values, family, not_numbers, out_of_range
from .law import Law, Slopes, Texts
from .links import Link, as_link
from .of_law import OfLaw


class ZeroOneLaw(Law):
    """0 or 1 with probability `zoi`, of these 1 with probability `coi`; else beta of mean mu and precision `phi`."""

    own = ("phi", "zoi", "coi")

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return log(zoi (1 - coi)) at 0, log(zoi coi) at 1, log(1 - zoi) plus the beta log density between."""
        y, phi, log_gamma = data["y"], own["phi"], special(xp).gammaln
        zero, one = y <= 0, y >= 1
        inside = xp.where(zero | one, 0.5 * xp.ones_like(y), y)
        a, b = mu * phi, (1 - mu) * phi
        beta = (a - 1) * xp.log(inside) + (b - 1) * xp.log1p(-inside) + log_gamma(phi) - log_gamma(a) - log_gamma(b)
        ends = xp.log(own["zoi"]) + xp.where(one, xp.log(own["coi"]), xp.log1p(-own["coi"]))
        return xp.where(zero | one, ends, xp.log1p(-own["zoi"]) + beta)

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return the beta law's slopes between 0 and 1, and those of both probabilities."""
        y = data["y"]
        one, end = y >= 1, (y <= 0) | (y >= 1)
        between = ~end
        inside = np.where(end, 0.5, y)
        up, down = np.log(inside), np.log1p(-inside)

        def find(mu: np.ndarray, own: Values) -> Slopes:
            phi, zoi, coi = own["phi"], own["zoi"], own["coi"]
            a, b = mu * phi, (1 - mu) * phi
            beta = (a - 1) * up + (b - 1) * down + gammaln(phi) - gammaln(a) - gammaln(b)
            by_a, by_b = up - psi(a), down - psi(b)
            ends = np.log(zoi) + np.where(one, np.log(coi), np.log1p(-coi))
            slopes = {
                "phi": between * (psi(phi) + mu * by_a + (1 - mu) * by_b),
                "zoi": np.where(end, 1 / zoi, -1 / (1 - zoi)),
                "coi": end * np.where(one, 1 / coi, -1 / (1 - coi)),
            }
            return Slopes(np.where(end, ends, np.log1p(-zoi) + beta), between * phi * (by_a - by_b), slopes)

        return find

    def tails(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return P(Y <= y) and P(Y > y), both atoms counted."""
        y, phi, zoi, coi = data["y"], own["phi"], own["zoi"], own["coi"]
        shapes = mu * phi, (1 - mu) * phi
        lower = zoi * (1 - coi) + (1 - zoi) * betainc(*shapes, y) + zoi * coi * (y >= 1)
        return lower, (1 - zoi) * betaincc(*shapes, y) + zoi * coi * (y < 1)

    def jumps(self, data: Data) -> np.ndarray:
        """Return which responses are 0 or 1."""
        return (data["y"] <= 0) | (data["y"] >= 1)

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return shares, some of them 0 or 1."""
        a, b = np.broadcast_arrays(mu * own["phi"], (1 - mu) * own["phi"])
        beta = np.clip(rng.beta(a, b), np.finfo(float).tiny, 1 - 2.0**-53)
        end, one = rng.uniform(size=(2, *np.shape(a)))
        return np.where(end < own["zoi"], np.where(one < own["coi"], 1.0, 0.0), beta)

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return zoi coi + (1 - zoi) mu, and the variance of the mixture."""
        zoi, coi = own["zoi"], own["coi"]
        mean = zoi * coi + (1 - zoi) * mu
        square = zoi * coi + (1 - zoi) * (mu * mu + mu * (1 - mu) / (1 + own["phi"]))
        return mean, square - mean * mean

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's mixtures of two points and a beta distribution, which is kept from having a density at them."""
        xp, tfd = on.xp, on.tfd
        zoi, coi, rest = own["zoi"] + 0 * mu, own["coi"] + 0 * mu, 0 * mu + 0 * own["phi"]
        shares = xp.stack([zoi * (1 - coi) + rest, zoi * coi + rest, 1 - zoi + rest], axis=-1)
        between = on.tfb.Inline(
            forward_fn=lambda y: y,
            inverse_fn=lambda y: xp.where((y > 0) & (y < 1), y, 0.5 * xp.ones_like(y)),
            inverse_log_det_jacobian_fn=lambda y: xp.where((y > 0) & (y < 1), xp.zeros_like(y), -np.inf),
            forward_min_event_ndims=0,
        )
        beta = tfd.TransformedDistribution(tfd.Beta(mu * own["phi"], (1 - mu) * own["phi"]), between)
        return tfd.Mixture(tfd.Categorical(probs=shares), [tfd.Deterministic(rest), tfd.Deterministic(rest + 1), beta])

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of those mixtures."""
        return _TEXT.format(mu=mu, **{name: f"{own[name]} + 0 * eta" for name in self.own})


_TEXT = (
    "(lambda mu, phi, zoi, coi: tfd.Mixture("
    "tfd.Categorical(probs=tf.stack([zoi * (1 - coi), zoi * coi, 1 - zoi], axis=-1)), "
    "[tfd.Deterministic(0 * mu), tfd.Deterministic(1 + 0 * mu), tfd.TransformedDistribution("
    "tfd.Beta(mu * phi, (1 - mu) * phi), tfp.bijectors.Inline(forward_fn=lambda y: y, "
    "inverse_fn=lambda y: tf.where((y > 0) & (y < 1), y, f(0.5)), "
    "inverse_log_det_jacobian_fn=lambda y: tf.where((y > 0) & (y < 1), f(0), f(-np.inf)), "
    "forward_min_event_ndims=0))]))({mu}, {phi}, {zoi}, {coi})"
)


@family("zero_one_inflated_beta")
@dataclass(frozen=True)
class ZeroOneInflatedBeta(OfLaw):
    """Shares that are 0 or 1 with probability `zoi` (of these 1 with probability `coi`), else beta, as brms.

    mu and `phi` are mean and precision of the shares between 0 and 1. Priors: zoi and coi ~ beta(1, 1), as brms;
    phi ~ gamma(0.01, 0.01) there puts most of its mass near zero, and is gamma(1, 0.05) here.

    >>> ZeroOneInflatedBeta().link.name
    'logit'

    References
    ----------
    Ospina & Ferrari (2012), A general class of zero-or-one inflated beta regression models,
    doi:10.1016/j.csda.2011.10.005.
    """

    link: Link = field(default_factory=lambda: as_link("logit"))

    own_links = MappingProxyType({"phi": "log", "zoi": "logit", "coi": "logit"})

    @property
    def law(self) -> Law:
        """The law of two points and a beta distribution."""
        return ZeroOneLaw()

    def refuses(self, response: Any) -> str | None:
        """Return which responses are not from 0 to 1, or None."""
        y, needs = response.values, "a zero_one_inflated_beta model needs numbers from 0 to 1"
        return not_numbers(self, response) or out_of_range(response, ~((y >= 0) & (y <= 1)), needs)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return phi ~ gamma(1, 0.05), zoi ~ beta(1, 1) and coi ~ beta(1, 1)."""
        return {"phi": Gamma(1.0, 0.05), "zoi": Beta(1.0, 1.0), "coi": Beta(1.0, 1.0)}

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return 0 and 1."""
        return 0.0, 1.0
