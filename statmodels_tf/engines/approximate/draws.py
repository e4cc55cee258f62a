"""From an approximation to a posterior: its draws, their densities, and how far both can be trusted."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ...fits.posterior.estimate import Posterior
from ...fits.validation.pareto import good_shape, importance_weights
from ..base import Engine
from ..sampling.choice import density_of
from ..sampling.density import Density
from ..sampling.start import Start, near_mode

if TYPE_CHECKING:
    from ...fits.call import Call
    from ...model import Model

CHAINS = 4


@dataclass(frozen=True)
class Approximation:
    """Draws of an approximation.

    Attributes
    ----------
    q, log_q : array [m, d], array [m]
        Draws and their log densities; None where they have been resampled by their weights.
    figures : dict
        What the diagnostics add; `pareto_k` where the draws do not tell it.
    """

    q: np.ndarray
    log_q: np.ndarray | None
    figures: dict[str, Any]


Method = Callable[[Density, Start, np.random.Generator], Approximation]


def posterior(
    engine: Engine[Posterior], model: Model, call: Call | None, seed: int | None, what: str, method: Method
) -> Posterior:
    """Return the posterior of an approximation.

    Its `diagnostics` hold what it is, and the Pareto k of the importance ratios p / q: below 0.7 `refine()` makes exact
    draws of these, above it they are too far off for that.
    """
    began = perf_counter()
    seed = secrets.randbits(32) if seed is None else seed
    density = density_of(model)
    found = method(density, near_mode(density, model), np.random.default_rng(seed))
    lp = heights(density, found.q)
    k = found.figures["pareto_k"] if found.log_q is None else importance_weights(lp - found.log_q)[1]
    trusted = k < good_shape(len(lp))
    mend = "they are as good as exact" if found.log_q is None else "`refine()` makes them exact"
    advice = mend if trusted else 'sample with engine="nuts" where that matters'
    diagnostics = {
        "approximate": what,
        "pareto_k": k,
        "chains": CHAINS,
        "draws": len(lp) // CHAINS,
        "seed": seed,
        "converged": bool(found.figures.get("settled", True)),
        "message": f"approximate draws ({what}), Pareto k {k:.2f}; {advice}",
        **found.figures,
        "seconds": perf_counter() - began,
    }
    shape = (CHAINS, len(lp) // CHAINS)
    values = {n: a.reshape(*shape, *a.shape[1:]) for n, a in density.values(found.q).items()}
    stats = {"lp": lp.reshape(shape)}
    if found.log_q is not None:
        stats["log_q"] = found.log_q.reshape(shape)
    return Posterior(model, engine, diagnostics, call, values, stats)


def heights(density: Density, q: np.ndarray) -> np.ndarray:
    """Return the log density [m] at each of q [m, d]."""
    return np.array([density.value_and_gradient(x)[0] for x in q])
