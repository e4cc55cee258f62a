"""From an approximation to a posterior: its draws, their densities, and how far both can be trusted."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import EngineError
from ...fits.posterior.estimate import Posterior
from ...fits.validation.pareto import good_shape, smoothed
from ...model import Flat, NumericFlat
from ...substrate import substrate
from ..base import Engine
from ..sampling.density import CompiledDensity, Density
from ..sampling.start import Start, near_mode

if TYPE_CHECKING:
    from ...fits.call import Call
    from ...model import Model

CHAINS = 4
LOWEST = -700.0  # log weight, relative to the largest, below which a draw has none


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


def density_of(model: Model) -> Density:
    """Return the flat density in NumPy, or compiled where it has no closed form."""
    if NumericFlat.refusal(model) is None:
        return NumericFlat(model)
    return CompiledDensity(Flat(model, substrate("auto")))


def refuses(engine: Engine[Posterior], model: Model) -> str | None:
    """Return why no posterior can be approximated, or None."""
    if model.family.unsampled is not None:
        return f"{engine.name} cannot fit the {model.family.name} family: {model.family.unsampled}."
    weights = model.design.weights
    if weights is not None and not np.all(weights > 0):
        return f"{engine.name} cannot fit rows of weight 0, which have no density. Leave them out with `subset=`."
    return None


def checked_count(engine: str, name: str, value: Any) -> None:
    """Say that an option counts."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise EngineError(f"{engine}({name}={value!r}): `{name}` counts; write a whole number from 1.")


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
    k = found.figures["pareto_k"] if found.log_q is None else weighed(lp, found.log_q)[1]
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


def weighed(lp: np.ndarray, log_q: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the smoothed log importance weights [m] of draws, and the shape k of their tail."""
    ratios = np.where(np.isfinite(lp), lp - log_q, -np.inf)
    ratios = np.maximum(ratios - np.max(ratios), LOWEST)
    if np.ptp(ratios) < 1e-9:  # the approximation is the posterior
        return np.full(len(ratios), -np.log(len(ratios))), -np.inf
    weights, shapes = smoothed(ratios[:, None])
    return weights[:, 0], float(shapes[0])
