"""Priors of rising numbers: thresholds, and the means of a mixture's components."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import gammaln

from ..errors import ModelError
from .base import Array, Elementwise, Prior, Real
from .joint_transform import Ascending

TRIES = 1000


@dataclass(frozen=True, eq=False)
class Ordered(Prior):
    """`size` numbers in rising order: independent draws of one prior, sorted.

    Where the prior differs from number to number, its entries are independent given that they rise, and the density is
    not normalised.

    Attributes
    ----------
    each : Real
        The prior of one number, or of `size` numbers.
    size : int
    """

    each: Real
    size: int
    support = "ordered"

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one draw."""
        return (self.size,)

    @cached_property
    def spread(self) -> Elementwise:
        """The prior of the numbers before they are put in order."""
        return self.each.spread(self.shape)

    @cached_property
    def _alike(self) -> bool:
        """Whether each number has the same prior."""
        return all(np.ptp(value) == 0 for value in self.spread.values())

    @cached_property
    def _orders(self) -> float:
        """The log of the number of orders."""
        return float(gammaln(self.size + 1)) if self._alike else 0.0

    def log_density(self, x: Array, xp: Any) -> Array:
        """Return the sum of the entries' log densities, and log K! for the orders that are one."""
        return self.spread.log_density(x, xp) + self._orders

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """Return the derivatives of the entries' log densities."""
        return self.spread.gradient(x)

    @cached_property
    def transform(self) -> Ascending:
        """The first number and the logs of the steps; zero is even steps over the middle of the prior, in NumPy."""
        map = self.each.transform
        middle, scale = float(np.mean(map.forward(np.zeros(map.size)))), 1.0
        if map.size:
            ends = map.forward(np.stack([-np.ones(map.size), np.ones(map.size)]))
            scale = float(np.mean(ends[1] - ends[0])) / 2
        step = 2 * scale / max(self.size - 1, 1)
        return Ascending(self.size, middle - (scale if self.size > 1 else 0.0), step)

    def bijector(self, tfb: Any) -> Any:
        """Return the first number and the logs of the steps; zero is even steps over the middle of the prior."""
        return tfb.Chain([tfb.Shift(np.float64(self.transform.loc)), tfb.Scale(self._units), tfb.Ascending()])

    @property
    def _units(self) -> np.ndarray:
        """The unit of each number, all alike: TFP counts the Jacobian by them."""
        return np.full(self.size, self.transform.scale)

    def distribution(self, on: Any, name: str) -> Any:
        """Return TFP's distribution of sorted draws on a Substrate."""
        self._refuse_unalike()
        tfb, xp = on.tfb, on.xp
        sort = tfb.Inline(
            forward_fn=lambda x: xp.sort(x, axis=-1),
            inverse_fn=lambda x: x,
            inverse_log_det_jacobian_fn=lambda x: on.array(self._orders),
            forward_min_event_ndims=1,
            name="sort",
        )
        return on.tfd.TransformedDistribution(self.spread.distribution(on, name), sort, name=name)

    def sample(self, rng: np.random.Generator, lead: tuple[int, ...]) -> np.ndarray:
        """Return independent draws [*lead, size]: sorted, or tried again until they rise."""
        if self._alike:
            return np.sort(self.spread.sample(rng, lead), axis=-1)
        out = self.spread.sample(rng, lead)
        for _ in range(TRIES):
            wrong = np.any(np.diff(out, axis=-1) <= 0, axis=-1)
            if not np.any(wrong):
                return out
            out[wrong] = self.spread.sample(rng, (int(np.count_nonzero(wrong)),))
        raise ModelError(f"the prior `{self}` hardly ever rises. Give priors whose centres are in rising order.")

    def code(self, name: str) -> str:
        """Return the text of TFP's distribution of sorted draws."""
        self._refuse_unalike()
        return (
            f"tfd.TransformedDistribution({self.spread.code(name)}, tfp.bijectors.Inline(\n"
            "        forward_fn=lambda x: tf.sort(x, axis=-1), inverse_fn=lambda x: x, forward_min_event_ndims=1,\n"
            f"        inverse_log_det_jacobian_fn=lambda x: tf.constant(f({self._orders!r})), name='sort'), "
            f'name="{name}")'
        )

    def _refuse_unalike(self) -> None:
        if not self._alike:
            raise ModelError(
                f"rising numbers with priors of their own, `{self}`, are no distribution of TFP. Give all of them one."
            )

    def __str__(self) -> str:
        return str(self.each)
