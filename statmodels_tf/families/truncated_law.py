"""Responses seen only where they lie between bounds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr

from ..errors import ModelError
from ..priors import LOG_2PI
from .base import Array, Data, Values
from .censored_law import moved
from .law import BY_QUANTILE, Law, LawWithTails, Slopes, Texts, by_quantile
from .tailed import log_between

_STEP = 0.5
_TINY = 1e-300
"""What stands for 0 where TFP wants a positive number."""


@dataclass(frozen=True)
class TruncatedLaw(Law):
    """A law within bounds, both of which counts may be.

    Attributes
    ----------
    inner : LawWithTails
    lower, upper : float or None
        Where all rows have the same, for rows whose data do not say them.
    by_row : bool
        Whether the bounds are not the same in all rows.
    """

    inner: LawWithTails
    lower: float | None = None
    upper: float | None = None
    by_row: bool = False

    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return log f(y) - log(F(upper) - F(lower))."""
        return self.inner.log_density(data, mu, own, xp) - self._log_share(data, mu, own, xp)

    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return the law's slopes less those of the logarithm of its share within the bounds."""
        law, find_inner = self.inner, self.inner.slopes(data)
        ends = [(end, sign) for end, sign in zip(self._ends(data), (-1.0, 1.0), strict=True) if end is not None]

        def find(mu: np.ndarray, own: Values) -> Slopes:
            density, location, slopes = find_inner(mu, own)
            share = self._log_share(data, mu, own, np)
            for end, sign in ends:
                lower, upper = law.log_tails(end, mu, own, np)
                inside = (lower > -np.inf) & (upper > -np.inf)
                y: Any = np.where(inside, end, data["y"])
                by_mu, by_own = moved(law, y, share, sign, mu, own)
                location = location + np.where(inside, by_mu, 0.0)
                slopes = {name: slope + np.where(inside, by_own[name], 0.0) for name, slope in slopes.items()}
            return Slopes(density - share, location, slopes)

        return find

    def tails(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return the shares within the bounds up to y and beyond."""
        y, (low, high) = data["y"], self._ends(data)
        share = np.exp(self._log_share(data, mu, own, np))
        lower, upper = np.exp(self.inner.log_tails(y, mu, own, np))
        before = 0.0 if low is None else np.exp(self.inner.log_tails(low, mu, own, np)[0])
        after = 0.0 if high is None else np.exp(self.inner.log_tails(high, mu, own, np)[1])
        return np.clip((lower - before) / share, 0.0, 1.0), np.clip((upper - after) / share, 0.0, 1.0)

    def jumps(self, data: Data) -> np.ndarray | bool:
        """Return what the law says."""
        return self.inner.jumps(data)

    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return quantiles of uniform numbers between those of the bounds."""
        u = rng.uniform(size=np.shape(mu))
        return self._quantile(data, mu, own)(u, 1 - u)

    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance: averages over quantiles at normal scores, of counts over all that matter."""
        mean, square = np.zeros(np.shape(mu)), np.zeros(np.shape(mu))
        if self._counts:
            low = self._ends(data)[0]
            largest = float(np.max(np.maximum(mu, 0.0 if low is None else low), initial=0.0))
            for k in np.arange(largest + 12 * np.sqrt(largest) + 30):
                log_weight = self.log_density({**data, "y": k + 0.0 * mu}, mu, own, np)
                weight = np.exp(np.where(self._within(data, k), log_weight, -np.inf))
                mean, square = mean + weight * k, square + weight * k * k
            return mean, square - mean * mean
        quantile = self._quantile(data, mu, own)
        for z in np.arange(-6.5, 6.51, _STEP):
            weight = _STEP * np.exp(-0.5 * z * z - 0.5 * LOG_2PI)
            y = quantile(ndtr(z), ndtr(-z))
            mean, square = mean + weight * y, square + weight * y * y
        return mean, square - mean * mean

    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's distribution by the quantile function."""
        d, (low, high) = self.inner.made({}, mu, own, on), self._ends(data)
        if low is not None and self.inner.positive:
            low = on.xp.maximum(low, _TINY)
        before = 0.0 if low is None else d.cdf(low)
        share = (1.0 if high is None else d.cdf(high)) - before
        return by_quantile(
            on,
            0.0 * (mu + sum(own[name] for name in self.inner.own)),
            lambda u: self.inner.quantile_on(d, before + u * share, on),
            lambda y: (d.cdf(y) - before) / share,
            lambda y: self.log_density({**data, "y": y}, mu, own, on.xp),
        )

    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of that distribution."""
        low = data.get("lower", "")
        low = f"{low} - 1" if self._counts else f"tf.maximum({low}, f({_TINY}))" if self.inner.positive else low
        before = f"d.cdf({low})" if "lower" in data else "f(0)"
        until = f"d.cdf({data['upper']})" if "upper" in data else "f(1)"
        made = BY_QUANTILE.format(
            quantile=self.inner.quantile_text("d", "before + u * share"),
            cdf="(d.cdf(y) - before) / share",
            log_density="d.log_prob(y) - tf.math.log(share)",
        )
        inner = self.inner.text({}, mu, own)
        return f"(lambda d: (lambda before, share: {made})({before}, {until} - {before}))({inner})"

    @property
    def _counts(self) -> bool:
        return self.inner.jumps({}) is True

    def _quantile(self, data: Data, mu: np.ndarray, own: Values) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        """Return the function of both tails within the bounds that gives y."""
        low, high = self._ends(data)
        nothing, all_of_it = np.full(np.shape(mu), -np.inf), np.zeros(np.shape(mu))
        at_low = (nothing, all_of_it) if low is None else self.inner.log_tails(low, mu, own, np)
        at_high = (all_of_it, nothing) if high is None else self.inner.log_tails(high, mu, own, np)
        (before, rest), (until, after) = (tuple(map(np.exp, at)) for at in (at_low, at_high))
        return lambda u, left: self.inner.quantile(
            before + u * (until - before), after + left * (rest - after), mu, own
        )

    def _within(self, data: Data, k: float) -> np.ndarray:
        """Return whether a count is within the bounds."""
        low, high = self._ends(data)
        return (np.array(True) if low is None else k > low) & (np.array(True) if high is None else k <= high)

    def _ends(self, data: Data) -> tuple[Array | None, Array | None]:
        """Return the bounds, of counts one below the lower one, which they may be."""
        low, high = data.get("lower", self.lower), data.get("upper", self.upper)
        if self.by_row and low is None and high is None:
            raise ModelError(
                "the bounds of new rows are not known: they are another number in each row. Predict with "
                '`type="link"`, or give one number to `trunc()`.'
            )
        return (low - 1 if low is not None and self._counts else low), high

    def _log_share(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return log(F(upper) - F(lower))."""
        low, high = self._ends(data)
        if low is not None and high is not None:
            return log_between(self.inner, low, high, mu, own, xp)
        return self.inner.log_tails(low, mu, own, xp)[1] if high is None else self.inner.log_tails(high, mu, own, xp)[0]
