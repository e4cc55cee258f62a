"""Which sampler runs where: nutpie on the NumPy gradient, on a compiled one, or TFP's own.

The gradient in NumPy needs no compiler, so a small model is done before a program would be compiled. The time of one
gradient is measured; a compiled one pays where the gradients that a run needs take longer than compiling does and the
compiled ones take together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...errors import EngineError
from ...model import Flat, NumericFlat
from ...substrate import preferred, substrate
from .density import CompiledDensity, Density, evaluation_seconds

if TYPE_CHECKING:
    from ...model import Model
    from .nuts import NUTS

GRADIENTS = 16  # for one iteration, of most models
COMPILING = {"jax": 4.0, "tensorflow": 12.0}  # seconds, loading the library included
CALL = {"jax": 1e-4, "tensorflow": 4e-4}  # seconds to call a compiled program from the host
FASTER = 2.0  # times that a compiled gradient of many rows is faster than NumPy's
WORTH = 30.0  # seconds in NumPy below which nothing is compiled


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
        return _compiled(model, options.substrate, "nutpie on a compiled gradient")
    if reason is not None:
        return _compiled(model, "auto", f"nutpie on a compiled gradient: {reason}")
    density = model.flat_numeric
    one = evaluation_seconds(density, np.zeros(density.size))
    count = GRADIENTS * options.chains * (options.warmup + options.draws)
    total = one * count
    known = preferred()
    other = COMPILING[known] + count * (CALL[known] + one / FASTER)
    shared = total / min(cores, options.chains)
    measured = f"a gradient takes {1e6 * one:,.0f} microseconds, so about {shared:,.1f} s in all"
    if options.substrate == "auto" and shared > WORTH and other < shared:
        return _compiled(
            model, known, f"nutpie on a compiled gradient: in NumPy {measured}; compiled about {other:,.1f} s"
        )
    return Choice("nutpie", density, "numpy", f"nutpie on the gradient in NumPy: {measured}, and no compiler", total)


def _compiled(model: Model, name: str, why: str) -> Choice:
    """Return nutpie on a compiled gradient."""
    on = substrate(name)
    return Choice("nutpie", CompiledDensity(Flat(model, on)), on.name, why)
