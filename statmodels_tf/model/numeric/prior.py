"""The priors of all entrywise parameters at once, by the unconstrained numbers.

A normal prior is standard normal in q. A gamma or exponential prior of x = unit exp(q) has, with the Jacobian, the log
density a q - r exp(q) + constant. These are most priors there are, and take a few operations on whole vectors; of the
rest, those of one kind are put together and evaluated at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...priors import Elementwise, Exponential, Gamma, Normal
from .layout import Layout, Slot


@dataclass(frozen=True, eq=False)
class PriorWork:
    """log p(x(q)) + log |dx/dq| of entrywise parameters, and its gradient.

    Attributes
    ----------
    normal : array [size]
        One where the prior is normal, else zero.
    power, rate : array [m]
        a and r of the positive numbers; (1, 0) leaves the Jacobian to those whose prior is among `rest`.
    rest : tuple of (prior, places)
        Priors of other kinds, the places an array or a slice of x.
    constant : float
    """

    normal: np.ndarray
    positive: np.ndarray
    power: np.ndarray
    rate: np.ndarray
    rest: tuple[tuple[Elementwise, Any], ...]
    constant: float

    def begin(self, q: np.ndarray, at: np.ndarray, grown: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the density but of `rest`, and its gradient by q [size]; `at` is q and `grown` exp(q) at positives."""
        gradient = q * self.normal
        density = self.constant - 0.5 * float(gradient.dot(q))
        np.negative(gradient, out=gradient)
        if len(at):
            falling = self.rate * grown
            density += float(self.power.dot(at)) - float(falling.sum())
            gradient[self.positive] = self.power - falling
        return density, gradient

    def add(self, x: np.ndarray, by_x: np.ndarray) -> float:
        """Return the density of `rest`, and add its gradient by x to `by_x` [size]."""
        density = 0.0
        for prior, places in self.rest:
            some = x[places]
            density += float(prior.entries(some, np).sum())
            by_x[places] += prior.gradient(some)
        return density


def prior_work(where: Layout) -> PriorWork:
    """Return the work of the entrywise priors of a layout."""
    normal = np.zeros(where.size)
    power, rate = np.zeros(where.size), np.zeros(where.size)
    power[where.positive] = 1.0
    unit = np.ones(where.size)
    unit[where.positive] = where.unit
    constant, rest = where.log_jacobian, []
    for slot in where.simple:
        if slot.centred:
            continue  # its density is that of the group's effect
        prior = slot.parameter.prior
        absorb = _ABSORBED.get(type(prior))
        if absorb is None:
            rest.append(slot)
        else:
            constant += absorb(prior, slot.part, unit, normal, power, rate)
    positive = where.positive
    return PriorWork(normal, positive, power[positive], rate[positive], tuple(_together(rest)), constant)


def _absorb_normal(prior: Any, part: slice, unit: Any, normal: Any, power: Any, rate: Any) -> float:
    """Put a normal prior among the standard normals; return its constant."""
    normal[part] = 1.0
    return float(prior.log_density(prior.transform.loc, np))


def _absorb_gamma(prior: Any, part: slice, unit: Any, normal: Any, power: Any, rate: Any) -> float:
    """Put a gamma prior among the powers and rates; return its constant."""
    given = prior.arguments()
    shape, by = np.ravel(given.get("concentration", np.ones(prior.shape))), np.ravel(given["rate"])
    power[part], rate[part] = shape, by * unit[part]
    at = unit[part].reshape(prior.shape)
    return float(prior.log_density(at, np) + np.sum(by * unit[part]))


_ABSORBED: dict[type, Callable[..., float]] = {
    Normal: _absorb_normal,
    Gamma: _absorb_gamma,
    Exponential: _absorb_gamma,
}


def _spread(prior: Any) -> Elementwise:
    """Return an entrywise prior with arguments as large as its draws."""
    spread: Elementwise = prior.spread(prior.shape)
    return spread


def _together(slots: Iterable[Slot]) -> Iterable[tuple[Elementwise, Any]]:
    """Yield one prior for all of one kind, with their places."""
    kinds: dict[type, list[Slot]] = {}
    for slot in slots:
        kinds.setdefault(type(slot.parameter.prior), []).append(slot)
    for kind, some in kinds.items():
        arguments = [[np.ravel(v) for v in _spread(s.parameter.prior).values()] for s in some]
        places = np.concatenate([np.arange(s.part.start, s.part.stop) for s in some])
        run = slice(int(places[0]), int(places[-1]) + 1)
        contiguous = len(places) == run.stop - run.start
        yield kind(*(np.concatenate(column) for column in zip(*arguments, strict=True))), run if contiguous else places
