"""The laws of counts: Poisson, negative binomial and binomial."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import betainc, gammainc, gammaincc, gammaln, psi

from ..substrate import special
from .base import Array, Data, Values
from .law import Counting, LawWithTails, Slopes, Texts

_LEAST = 1e-290
"""Probabilities below are found as logarithms, by continued fractions of so many levels."""
_LEVELS = 20


class PoissonLaw(LawWithTails, Counting):
    """Counts of mean mu."""

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return y log(mu) - mu - log(y!)."""
        y = data["y"]
        return y * xp.log(mu) - mu - special(xp).gammaln(y + 1)

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return y / mu - 1."""
        y = data["y"]
        constant = gammaln(y + 1)
        return lambda mu, own: Slopes(y * np.log(mu) - mu - constant, y / mu - 1, {})

    def log_tails(self, y: Array, mu: Array, own: Values, xp: Any) -> tuple[Array, Array]:
        """Return the logarithms of the incomplete gamma functions of y + 1 at mu; nothing is below 0."""
        inside = y > -0.5
        shape = xp.where(inside, y, xp.zeros_like(y)) + 1.0 + 0 * mu
        mu = mu + 0 * shape
        lower, upper = special(xp).gammaincc(shape, mu), special(xp).gammainc(shape, mu)
        lower = _logarithm(lower, lambda far: _far_below(shape, xp.where(far, mu, 2 * shape + 1), xp), xp)
        upper = _logarithm(upper, lambda far: _far_above(shape, xp.where(far, mu, shape / 2), xp), xp)
        return xp.where(inside, lower, -np.inf), xp.where(inside, upper, xp.zeros_like(upper))

    def moves(self, y: np.ndarray, mu: np.ndarray, own: Values) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return 1: the derivative of P(Y <= y) is minus the probability of y."""
        return np.ones_like(y + mu), {}

    def quantile(self, lower: np.ndarray, upper: np.ndarray, mu: np.ndarray, own: Values) -> np.ndarray:
        """Return the least count y with P(Y <= y) >= lower, or P(Y > y) <= upper where that is the smaller."""
        low = lower <= upper
        y = np.zeros(np.broadcast_shapes(np.shape(lower), np.shape(mu)))
        top = np.maximum(np.ceil(mu + 40 * np.sqrt(mu) + 100), 1.0) + y
        while np.any(beyond := ~low & (gammainc(top + 1, mu) > upper)):
            top = np.where(beyond, 2 * top, top)
        while np.any(top - y > 0):
            middle = np.floor((y + top) / 2)
            enough = np.where(low, gammaincc(middle + 1, mu) >= lower, gammainc(middle + 1, mu) <= upper)
            y, top = np.where(enough, y, middle + 1), np.where(enough, middle, top)
        return y

    def quantile_on(self, made: Any, u: Array, on: Any) -> Array:
        """Return the least counts of at least that probability, of which the continuous root is less than one below."""
        root = on.tfp.math.find_root_chandrupatla(
            lambda y: on.special.gammaincc(y + 1, made.rate + 0 * y) - u,
            -0.999999 + 0 * u,
            made.rate + 40 * on.xp.sqrt(made.rate) + 100 + 0 * u,
        )
        return on.xp.ceil(root.estimated_root)

    def quantile_text(self, made: str, u: str) -> str:
        """Return the text of those counts."""
        return (
            "(lambda rate, u: tf.math.ceil(tfp.math.find_root_chandrupatla("
            "lambda y: tf.math.igammac(y + 1, rate) - u, "
            f"-0.999999 + 0 * u, rate + 40 * tf.sqrt(rate) + 100 + 0 * u).estimated_root))({made}.rate, {u})"
        )

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return Poisson counts."""
        return rng.poisson(mu).astype(float)

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return mu twice."""
        return mu, mu

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's Poisson distributions."""
        return on.tfd.Poisson(mu)

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of TFP's Poisson distributions."""
        return f"tfd.Poisson({mu})"


def _logarithm(share: Array, found: Callable[[Array], Array], xp: Any) -> Array:
    """Return log(share), and what is `found` where that is too small for a number."""
    far = share < _LEAST
    near = xp.log(xp.where(far, xp.ones_like(share), share))
    return near if xp is np and not np.any(far) else xp.where(far, found(far), near)


def _far_below(shape: Array, mu: Array, xp: Any) -> Array:
    """Return log Q(shape, mu), mu far above the shape (DLMF 8.9.2)."""
    fraction = mu + 2 * _LEVELS + 1 - shape
    for k in range(_LEVELS, 0, -1):
        fraction = mu + 2 * k - 1 - shape + k * (shape - k) / fraction
    return shape * xp.log(mu) - mu - special(xp).gammaln(shape) - xp.log(fraction)


def _far_above(shape: Array, mu: Array, xp: Any) -> Array:
    """Return log P(shape, mu), mu far below the shape (DLMF 8.9.1)."""
    fraction = shape + 2 * _LEVELS
    for k in range(_LEVELS, 0, -1):
        fraction = shape + 2 * k - 2 - (shape + k - 1) * mu / (shape + 2 * k - 1 + k * mu / fraction)
    return shape * xp.log(mu) - mu - special(xp).gammaln(shape) - xp.log(fraction)


class NegativeBinomialLaw(Counting):
    """Counts of mean mu and variance mu + mu² / theta."""

    own = ("theta",)

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return log Γ(y + θ) - log Γ(θ) - log(y!) + y log(mu / θ) - (y + θ) log(1 + mu / θ)."""
        y, theta, log_gamma = data["y"], own["theta"], special(xp).gammaln
        each = log_gamma(y + theta) - log_gamma(theta) - log_gamma(y + 1)
        return each + y * (xp.log(mu) - xp.log(theta)) - (y + theta) * xp.log1p(mu / theta)

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return y / mu - (y + θ) / (mu + θ), and ψ(y + θ) - ψ(θ) - log(1 + mu / θ) + (mu - y) / (mu + θ)."""
        y = data["y"]
        constant = gammaln(y + 1)

        def find(mu: np.ndarray, own: Values) -> Slopes:
            theta = own["theta"]
            both, log = y + theta, np.log1p(mu / theta)
            density = gammaln(both) - gammaln(theta) - constant + y * (np.log(mu) - np.log(theta)) - both * log
            by_theta = psi(both) - psi(theta) - log + (mu - y) / (mu + theta)
            return Slopes(density, y / mu - both / (mu + theta), {"theta": by_theta})

        return find

    def tails(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return both tails by the incomplete beta function."""
        y, theta = np.rint(data["y"]), own["theta"]
        return betainc(theta, y + 1, theta / (theta + mu)), betainc(y + 1, theta, mu / (theta + mu))

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return Poisson counts of gamma rates."""
        theta = np.broadcast_to(own["theta"], np.shape(mu))
        return rng.poisson(mu * rng.standard_gamma(theta) / theta).astype(float)

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return mu and mu + mu² / theta."""
        return mu, mu + mu * mu / own["theta"]

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's negative binomials."""
        theta = own["theta"] + 0 * mu
        return on.tfd.NegativeBinomial(theta, logits=on.xp.log(mu) - on.xp.log(theta))

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of TFP's negative binomials."""
        theta = own["theta"]
        return f"tfd.NegativeBinomial({theta} + 0 * eta, logits=tf.math.log({mu}) - tf.math.log({theta}))"


class BinomialLaw(Counting):
    """Successes in `trials`, each with probability mu."""

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return y log(mu) + (m - y) log(1 - mu) + log C(m, y)."""
        y, m, log_gamma = data["y"], data["trials"], special(xp).gammaln
        constant = log_gamma(m + 1) - log_gamma(y + 1) - log_gamma(m - y + 1)
        return y * xp.log(mu) + (m - y) * xp.log1p(-mu) + constant

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return y / mu - (m - y) / (1 - mu)."""
        y, m = data["y"], data["trials"]
        rest, constant = m - y, gammaln(m + 1) - gammaln(y + 1) - gammaln(m - y + 1)

        def find(mu: np.ndarray, own: Values) -> Slopes:
            density = y * np.log(mu) + rest * np.log1p(-mu) + constant
            return Slopes(density, y / mu - rest / (1 - mu), {})

        return find

    def tails(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return both tails by the incomplete beta function."""
        y, m = np.rint(data["y"]), np.rint(data["trials"])
        all_of_them, some = y >= m, np.maximum(m - y, 1)
        lower, upper = betainc(some, y + 1, 1 - mu), betainc(y + 1, some, mu)
        return np.where(all_of_them, 1.0, lower), np.where(all_of_them, 0.0, upper)

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return numbers of successes; a row not observed has one trial."""
        return rng.binomial(np.rint(data.get("trials", 1)).astype(np.int64), mu).astype(float)

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return m mu and m mu (1 - mu)."""
        m = data.get("trials", 1.0)
        return m * mu, m * mu * (1 - mu)

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's binomials."""
        return on.tfd.Binomial(data["trials"] + 0 * mu, probs=mu)

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of TFP's binomials."""
        return f"tfd.Binomial({data['trials']} + 0 * eta, probs={mu})"
