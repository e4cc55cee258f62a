"""One evaluation of the flat density and its gradient, with everything that does not depend on q made beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .bound import Bound, bound
from .layout import Layout
from .line import Line, line
from .prior import PriorWork, prior_work
from .work import Gradients

if TYPE_CHECKING:
    from ..model import Model

Place = tuple[str, Any, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Step:
    """What one evaluation needs.

    Attributes
    ----------
    size : int
    scale, loc : array [size]
        x = scale q + loc.
    positive : array
        The places where x = unit exp(q) instead.
    unit : array
    views : tuple of (name, place, shape)
        Entrywise parameters that are read by name; the place of one number is an index.
    parts : mapping of name to slice
        Of all entrywise parameters.
    others : tuple of (name, slice, Bound)
        Parameters mapped one by one.
    own : tuple of (name, slice or None)
        The family's own parameters, with their places where they are one number.
    priors : PriorWork
    mean : Line
    modelled : tuple of Line
        The predictors of other parameters.
    kernel : callable
        Of the family, on the data.
    """

    size: int
    scale: np.ndarray
    loc: np.ndarray
    positive: np.ndarray
    unit: np.ndarray
    views: tuple[Place, ...]
    parts: dict[str, slice]
    others: tuple[tuple[str, slice, Bound], ...]
    own: tuple[tuple[str, slice | None], ...]
    priors: PriorWork
    mean: Line
    modelled: tuple[Line, ...]
    kernel: Callable[..., Any]

    def evaluate(self, q: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the log density at q [size], and its gradient [size]."""
        positive = self.positive
        x = q * self.scale
        x += self.loc
        at = q[positive]
        grown = np.exp(at)
        x[positive] = grown * self.unit
        values: dict[str, Any] = {
            name: x[place].reshape(shape) if shape else x[place] for name, place, shape in self.views
        }
        bounds = []
        for name, part, single in self.others:
            values[name], memory = single.forward(q[part])
            bounds.append(memory)
        density, gradient = self.priors.begin(q, at, grown)

        eta, kept = self.mean.forward(x, values)
        own = {name: values[name][None] if place is None else x[place] for name, place in self.own}
        lines = []
        for one in self.modelled:
            lines.append((one, *one.forward(x, values)))
            own[one.predictor.name] = one.predictor.parameter(lines[-1][1], np)
        score = self.kernel(eta, own)

        by_x = np.zeros(self.size)
        found: Gradients = {}
        for name, place in self.own:
            if place is None:
                found[name] = score.own[name].sum(axis=0)
            else:
                by_x[place] = score.own[name].sum()
        density += self.mean.backward(score.eta, kept, values, by_x, found)
        for one, at_eta, memory in lines:
            density += one.backward(one.slope(at_eta, score.own[one.predictor.name]), memory, values, by_x, found)
        density += score.density + self.priors.add(x, by_x)
        for (name, part, single), memory in zip(self.others, bounds, strict=True):
            more, gradient[part] = single.backward(q[part], memory, found.pop(name, 0.0))
            density += more
        for name, some in found.items():
            by_x[self.parts[name]] += np.ravel(some)
        by_x *= self.scale
        by_x[positive] *= x[positive]
        gradient += by_x
        return density, gradient


def step(model: Model, where: Layout) -> Step:
    """Return the evaluation of a model whose parameters stand in a layout."""
    family: Any = model.family
    own, simple = set(model.family_parameters), {slot.name for slot in where.simple}
    return Step(
        size=where.size,
        scale=where.scale,
        loc=where.loc,
        positive=where.positive,
        unit=where.unit,
        views=tuple((s.name, s.part if s.parameter.shape else s.part.start, s.parameter.shape) for s in where.simple),
        parts={s.name: s.part for s in where.simple},
        others=tuple((s.name, s.part, bound(s.parameter.prior)) for s in where.other),
        own=tuple(
            (s.name, s.part if s.name in simple and not s.parameter.shape else None)
            for s in where.slots
            if s.name in own
        ),
        priors=prior_work(where),
        mean=line(model.mean, where),
        modelled=tuple(line(predictor, where) for predictor in model.modelled),
        kernel=family.kernel(model.data["likelihood"]),
    )
