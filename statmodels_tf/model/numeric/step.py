"""One evaluation of the flat density and its gradient, with everything that does not depend on q made beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .bound import Bound, bound
from .layout import Layout
from .prior import PriorWork, prior_work
from .work import Gradients, Work, work_of

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
    works : tuple of Work
    kernel : callable
        Of the family, on the data.
    rows : int
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
    works: tuple[Work, ...]
    kernel: Callable[..., Any]
    rows: int

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
        for name, part, one in self.others:
            values[name], kept = one.forward(q[part])
            bounds.append(kept)
        density, gradient = self.priors.begin(q, at, grown)

        forward = [work.forward(x, values) for work in self.works]
        own = {name: values[name][None] if place is None else x[place] for name, place in self.own}
        score = self.kernel(self._eta(forward), own)

        by_x = np.zeros(self.size)
        found: Gradients = {}
        for name, place in self.own:
            if place is None:
                found[name] = score.own[name].sum(axis=0)
            else:
                by_x[place] = score.own[name].sum()
        for work, (_, kept) in zip(self.works, forward, strict=True):
            work.backward(score.eta, kept, values, by_x, found)
        density += score.density + self.priors.add(x, by_x)
        for (name, part, one), kept in zip(self.others, bounds, strict=True):
            more, gradient[part] = one.backward(q[part], kept, found.pop(name, 0.0))
            density += more
        for name, some in found.items():
            by_x[self.parts[name]] += np.ravel(some)
        by_x *= self.scale
        by_x[positive] *= x[positive]
        gradient += by_x
        return density, gradient

    def _eta(self, forward: list[tuple[np.ndarray, Any]]) -> np.ndarray:
        """Return the sum of the parts."""
        if not forward:
            return np.zeros(self.rows)
        eta = forward[0][0]
        for part, _ in forward[1:]:
            eta = eta + part
        return eta


def step(model: Model, where: Layout) -> Step:
    """Return the evaluation of a model whose parameters stand in a layout."""
    own = set(model.family_parameters)
    data = model.data["likelihood"]
    return Step(
        size=where.size,
        scale=where.scale,
        loc=where.loc,
        positive=where.positive,
        unit=where.unit,
        views=tuple((s.name, s.part if s.parameter.shape else s.part.start, s.parameter.shape) for s in where.simple),
        parts={s.name: s.part for s in where.simple},
        others=tuple((s.name, s.part, bound(s.parameter.prior)) for s in where.other),
        own=tuple((s.name, None if s.parameter.shape else s.part) for s in where.slots if s.name in own),
        priors=prior_work(where),
        works=tuple(work_of(effect, where) for effect in model.effects),
        kernel=model.family.kernel(data),
        rows=len(data["y"]),
    )
