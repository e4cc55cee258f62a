"""Laws: distributions of one number given its location and a few parameters, of which families are made.

A law knows nothing of links, prior weights or rows that were cut off; `of_law.py` makes a family of one, and mixtures,
zero inflation, censoring and truncation are made from laws. Parameters have an axis of rows, [..., 1] or [..., n].
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np

from .base import Array, Data, Values

Texts = Mapping[str, str]

_BELOW_ONE = 1 - 2.0**-53
"""The largest uniform number: beyond it TFP has no density."""


class Slopes(NamedTuple):
    """Log densities of rows and their derivatives: by the location, and by each parameter; all broadcast to [n]."""

    density: np.ndarray
    location: np.ndarray
    own: dict[str, np.ndarray]


class Law(ABC):
    """The distribution of a number.

    Attributes
    ----------
    own : tuple of str
        The parameters beside the location.
    period : float or None
        Of an angle, once around.
    """

    own: ClassVar[tuple[str, ...]] = ()
    period: ClassVar[float | None] = None

    @abstractmethod
    def log_density(self, data: Data, mu: Array, own: Values, xp: Any) -> Array:
        """Return the log density [..., n] of `data["y"]`, every constant included."""

    @abstractmethod
    def slopes(self, data: Data) -> Callable[[np.ndarray, Values], Slopes]:
        """Return the function of location and parameters that gives log densities with derivatives, on NumPy."""

    @abstractmethod
    def tails(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return P(Y <= y) and P(Y > y)."""

    @abstractmethod
    def jumps(self, data: Data) -> np.ndarray | bool:
        """Return which rows' densities are probabilities, where the distribution function jumps."""

    @abstractmethod
    def draw(self, data: Data, mu: np.ndarray, own: Values, rng: np.random.Generator) -> np.ndarray:
        """Return one number for each location [..., n]."""

    @abstractmethod
    def moments(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance."""

    @abstractmethod
    def made(self, data: Data, mu: Array, own: Values, on: Any) -> Any:
        """Return TFP's distribution of n independent numbers, a batch."""

    @abstractmethod
    def text(self, data: Texts, mu: str, own: Texts) -> str:
        """Return the text of TFP's distribution."""


class Continuous(Law, ABC):
    """A law of numbers none of which has a probability."""

    def jumps(self, data: Data) -> bool:
        """Return False."""
        return False


class Counting(Law, ABC):
    """A law of counts."""

    def jumps(self, data: Data) -> bool:
        """Return True."""
        return True


class LawWithTails(Law):
    """A law whose tails have logarithms on any array library: it can be censored and truncated.

    Attributes
    ----------
    positive : bool
        Whether the numbers are above 0: TFP's distribution functions have no value elsewhere.
    """

    positive: ClassVar[bool] = False

    @abstractmethod
    def log_tails(self, y: Array, mu: Array, own: Values, xp: Any) -> tuple[Array, Array]:
        """Return log P(Y <= y) and log P(Y > y)."""

    @abstractmethod
    def moves(self, y: np.ndarray, mu: np.ndarray, own: Values) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return how fast a quantile y moves, by the location and by each parameter.

        The derivative of P(Y <= y) by a parameter is minus the density at y times this; for counts the density is the
        probability of y, and this is what makes it so.
        """

    @abstractmethod
    def quantile(self, lower: np.ndarray, upper: np.ndarray, mu: np.ndarray, own: Values) -> np.ndarray:
        """Return the y of P(Y <= y) = lower, P(Y > y) = upper; the smaller of the two is what counts."""

    @abstractmethod
    def quantile_on(self, made: Any, u: Array, on: Any) -> Array:
        """Return the quantiles of TFP's distribution `made`."""

    @abstractmethod
    def quantile_text(self, made: str, u: str) -> str:
        """Return the text of the quantiles of TFP's distribution."""

    def tails(self, data: Data, mu: np.ndarray, own: Values) -> tuple[np.ndarray, np.ndarray]:
        """Return P(Y <= y) and P(Y > y)."""
        lower, upper = self.log_tails(data["y"], mu, own, np)
        return np.exp(lower), np.exp(upper)


class ContinuousWithTails(LawWithTails, Continuous, ABC):
    """A continuous law with both tails, whose quantiles TFP knows."""

    def quantile_on(self, made: Any, u: Array, on: Any) -> Array:
        """Return TFP's quantiles."""
        return made.quantile(u)

    def quantile_text(self, made: str, u: str) -> str:
        """Return the text of TFP's quantiles."""
        return f"{made}.quantile({u})"


def by_quantile(on: Any, like: Array, quantile: Callable, cdf: Callable, log_density: Callable) -> Any:
    """Return TFP's distribution of what a quantile function makes of a uniform number; `like` [n] has its shape."""
    uniform = on.tfd.Uniform(0 * like, 1 + 0 * like)
    return on.tfd.TransformedDistribution(
        uniform,
        on.tfb.Inline(
            forward_fn=quantile,
            inverse_fn=lambda y: on.xp.maximum(on.xp.minimum(cdf(y), _BELOW_ONE), 0.0),
            inverse_log_det_jacobian_fn=log_density,
            forward_min_event_ndims=0,
            is_increasing=True,
        ),
    )


BY_QUANTILE = (
    "tfd.TransformedDistribution(tfd.Uniform(0 * eta, 1 + 0 * eta), tfp.bijectors.Inline("
    "forward_fn=lambda u: {quantile}, inverse_fn=lambda y: tf.clip_by_value({cdf}, f(0), f(1 - 2.0**-53)), "
    "inverse_log_det_jacobian_fn=lambda y: {log_density}, forward_min_event_ndims=0, is_increasing=True))"
)
"""The text of `by_quantile`."""
