"""Refining: draws of an approximation made draws of the posterior, by importance resampling."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...errors import ModelError
from ..validation.pareto import good_shape, importance_weights
from ..validation.resample import systematic
from .convergence import ess

if TYPE_CHECKING:
    from .estimate import Posterior


def refined(fit: Posterior, seed: int) -> Posterior:
    """Return the posterior resampled by its smoothed importance weights; see `Posterior.refine`.

    Copies of a draw stand side by side, so that effective sample sizes tell how many different ones there are.
    """
    if "log_q" not in fit.stats:
        raise ModelError(
            f'`refine()` is for draws of an approximation whose density is known, such as engine="vi"; those of '
            f"{fit.diagnostics.get('engine', 'this engine')} are as good as they are."
        )
    shape = fit.stats["lp"].shape
    log_weights, k = importance_weights((fit.stats["lp"] - fit.stats["log_q"]).ravel())
    size = len(log_weights)
    picked = np.repeat(np.arange(size), systematic(np.exp(log_weights), size, np.random.default_rng(seed)))

    def taken(draws: np.ndarray) -> np.ndarray:
        return draws.reshape(-1, *draws.shape[2:])[picked].reshape(draws.shape)

    effective = 1 / float(np.sum(np.exp(2 * log_weights)))
    trusted = k < good_shape(size)
    message = (
        f"resampled from an approximation ({fit.diagnostics['approximate']}), Pareto k {k:.2f}, "
        f"{effective:,.0f} of {size:,} draws' worth"
    )
    if not trusted:
        message += '; k is too large for the weights to be trusted: sample with engine="nuts"'
    stats = {"lp": taken(fit.stats["lp"])}
    about = {**fit.diagnostics, "pareto_k": k, "effective_draws": effective, "converged": trusted, "message": message}
    about["approximate"] = f"{fit.diagnostics['approximate']}, resampled by importance"
    made = replace(
        fit,
        values={name: taken(array) for name, array in fit.values.items()},
        stats=stats,
        diagnostics={**about, "chains": shape[0], "draws": shape[1]},
    )
    least = min(float(ess(array)) for name, array in made.shown.items() if array.ndim == 2)
    return replace(made, diagnostics={**made.diagnostics, "ess": least})
