"""Which sampler runs where: nutpie on the NumPy gradient, on a compiled one, or TFP's own.

The gradient in NumPy needs no compiler, so a small model is done before a program would be compiled. The time of one
gradient is measured; where a run is expected to take a minute the compiled one is measured too, and taken where it is
faster. On a CPU that is rare: of a logistic regression of 100,000 rows NumPy's took 0.5 ms, JAX's 2.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...errors import EngineError
from ...model import Flat, NumericFlat
from ...substrate import substrate
from .density import CompiledDensity, Density, evaluation_seconds

if TYPE_CHECKING:
    from ...model import Model
    from .nuts import NUTS

GRADIENTS = 16  # for one iteration, of most models
WORTH = 60.0  # seconds of sampling in NumPy from which the compiled gradient is tried
GAIN = 0.7  # of NumPy's time, at most, for which the compiled one is taken


@dataclass(frozen=True)
class Choice:
    """What runs, and why.

    Attributes
    ----------
    sampler : {"nutpie", "tfp"}
    density : Density or None
        What nutpie moves through; None for TFP's samplers.
    on : str
        `numpy`, `jax` or `tensorflow`.
    why : str
    seconds : float
        How long one process is expected to take; NaN where it is not known.
    """

    sampler: str
    density: Density | None
    on: str
    why: str
    seconds: float = float("nan")


def choose(options: NUTS, model: Model, cores: int) -> Choice:
    """Return which sampler runs on which gradient."""
    if options.sampler == "tfp" or (options.sampler == "auto" and options.substrate in ("jax", "tensorflow")):
        if options.substrate == "numpy":
            raise EngineError('NUTS(sampler="tfp", substrate="numpy"): TFP runs on "jax" or "tensorflow".')
        return Choice("tfp", None, substrate(options.substrate).name, "TFP's own sampler, of all chains at once")
    reason = NumericFlat.refusal(model)
    if options.substrate == "numpy" and reason is not None:
        raise EngineError(f'substrate="numpy" cannot take this model: {reason}. Leave `substrate` out.')
    if options.substrate in ("jax", "tensorflow"):
        return _on(_compiled(model, options.substrate), "nutpie on a compiled gradient")
    if reason is not None:
        return _on(_compiled(model, "auto"), f"nutpie on a compiled gradient: {reason}")
    density = model.flat_numeric
    centre = np.zeros(density.size)
    one = evaluation_seconds(density, centre)
    total = one * GRADIENTS * options.chains * (options.warmup + options.draws)
    shared = total / min(cores, options.chains)
    measured = f"a gradient takes {1e6 * one:,.0f} microseconds, so about {shared:,.1f} s in all"
    if options.substrate == "numpy" or shared < WORTH:
        return Choice(
            "nutpie", density, "numpy", f"nutpie on the gradient in NumPy: {measured}, and no compiler", total
        )
    other = _compiled(model, "auto")
    other.value_and_gradient(centre)  # compiled now
    theirs = evaluation_seconds(other, centre)
    both = f"{measured}; compiled by {other.flat.substrate.name} {1e6 * theirs:,.0f}"
    if theirs < GAIN * one:
        return _on(other, f"nutpie on a compiled gradient: in NumPy {both}")
    return Choice("nutpie", density, "numpy", f"nutpie on the gradient in NumPy: {both}", total)


def density_of(model: Model) -> Density:
    """Return the flat density in NumPy, or compiled where it has no closed form."""
    return model.flat_numeric if NumericFlat.refusal(model) is None else _compiled(model, "auto")


def _compiled(model: Model, name: str) -> CompiledDensity:
    """Return the density of a model on a substrate."""
    return CompiledDensity(Flat(model, substrate(name)))


def _on(density: CompiledDensity, why: str) -> Choice:
    """Return nutpie on a compiled gradient."""
    return Choice("nutpie", density, density.flat.substrate.name, why)
