"""Vectors of coefficients by their priors; those that one prior shrinks together, and their gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ...parameter import Parameter
from ...priors import Elementwise, Shrinkage, together
from .base import Array, Values
from .naming import Naming

if TYPE_CHECKING:
    from ..prior_table import PriorTable

SHARED = {"horseshoe": ("global", "slab"), "R2D2": ("R2",)}
"""The parts that are one number, which summaries show."""


@dataclass(frozen=True, eq=False)
class Shrunk:
    """Some coefficients b of a common effect, under a prior that shrinks them together.

    Attributes
    ----------
    label : str
        Of the vector: `b`.
    prior : Shrinkage
    positions : int array [p]
        The columns they belong to.
    rows : int
        n, for priors that say what they expect of so many rows.
    scale : str or None
        The parameter that they are measured in, the residual standard deviation.
    """

    label: str
    prior: Shrinkage
    positions: np.ndarray
    rows: int
    scale: str | None

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The standard normal z, and what the standard deviations are made of."""
        parts = self.prior.parts(len(self.positions), self.rows)
        return tuple(
            Parameter(self._name(part), prior, ("coefficient",) if prior.shape else ()) for part, prior in parts.items()
        )

    def _name(self, part: str) -> str:
        return f"{part}({self.label})"

    def _parts(self, values: Values) -> dict[str, Array]:
        """Return the parts by their own names."""
        names = self.prior.parts(len(self.positions), self.rows)
        return {part: values[self._name(part)] for part in names}

    def _error(self, values: Values) -> Array:
        """Return what the coefficients are measured in [...]."""
        if self.scale is not None and self.prior.autoscale:
            return values[self.scale]
        return 1.0 + 0.0 * values[self._name("z")][..., 0]

    def coefficients(self, values: Values, xp: Any) -> Array:
        """Return b [..., p]."""
        return self.prior.coefficients(self._parts(values), self._error(values), xp)

    def pullback(self, values: Values, gradient: np.ndarray) -> dict[str, np.ndarray]:
        """Return the gradients by the parameters, the scale among them, given that by b [p]."""
        slopes, by_error = self.prior.pullback(self._parts(values), float(self._error(values)), gradient)
        out = {self._name(part): np.asarray(slope) for part, slope in slopes.items()}
        return {**out, self.scale: np.asarray(by_error)} if self.scale and self.prior.autoscale else out

    def values_of(self, coefficients: np.ndarray) -> dict[str, np.ndarray]:
        """Return parameters near coefficients [..., p]: z is b in units of the standard deviations a priori."""
        parts = self.prior.parts(len(self.positions), self.rows)
        lead = np.shape(coefficients)[:-1]
        out = {}
        for part, prior in parts.items():
            q = np.zeros((*lead, prior.transform.size))
            out[part] = np.asarray(prior.transform.forward(q))
        scales = self.prior.scales(out, np.ones(lead), np)
        out["z"] = np.clip(coefficients / scales, -2.0, 2.0)
        return {self._name(part): value for part, value in out.items()}

    def shown(self, values: Values) -> dict[str, np.ndarray]:
        """Return the parts that are one number: `global(b)`, `R2(b)`."""
        return {self._name(part): np.asarray(values[self._name(part)]) for part in SHARED[self.prior.word]}

    def log_prior(self, values: Values) -> Any:
        """Return the log prior density of all parts [...]; the standard normal z are among them."""
        return sum((p.prior.log_density(values[p.name], np) for p in self.parameters), np.float64(0.0))

    def code(self, keys: Mapping[str, str]) -> str:
        """Return the text of b, given the variables of the parameters."""
        names = self.prior.parts(len(self.positions), self.rows)
        error = keys[self.scale] if self.scale is not None and self.prior.autoscale else "1.0"
        return f"{keys[self._name('z')]} * ({self.prior.scales_code({n: keys[self._name(n)] for n in names}, error)})"


def vectors(
    priors: PriorTable,
    naming: Naming,
    names: Sequence[str],
    positions: np.ndarray,
    sds: np.ndarray,
    rows: int,
    scale: str | None,
) -> tuple[tuple[tuple[str, Elementwise, np.ndarray], ...], Shrunk | None]:
    """Return the coefficients with priors of one kind as vectors, and those that are shrunk together.

    Parameters
    ----------
    priors : PriorTable
    naming : Naming
    names, positions, sds : sequence [p]
        The columns, where they stand in X, and their standard deviations.
    rows : int
    scale : str or None
        The parameter that coefficients shrunk together are measured in.
    """
    kinds: dict[type[Elementwise], list[tuple[Elementwise, int]]] = {}
    joint = []
    for prior, j in zip(priors.slopes(names, sds), positions, strict=True):
        if prior is None:
            joint.append(int(j))
        else:
            kinds.setdefault(type(prior), []).append((prior, int(j)))
    shrinkage, shrunk = priors.shrinkage, None
    if shrinkage is not None and joint:
        shrunk = Shrunk(naming.vector("b"), shrinkage, np.array(joint), rows, scale)
    return (
        tuple(
            (
                naming.vector("b" if i == 0 and shrunk is None else f"b({kind.word})"),
                together([p for p, _ in members]),
                np.array([j for _, j in members]),
            )
            for i, (kind, members) in enumerate(kinds.items())
        ),
        shrunk,
    )
