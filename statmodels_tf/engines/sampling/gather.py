"""Draws of chains as one posterior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...fits.posterior.convergence import verdict
from ...fits.posterior.estimate import Posterior
from .chain import Draws
from .stuck import stuck

if TYPE_CHECKING:
    from ...fits.call import Call
    from ...model import Model
    from ..base import Engine


def together(chains: Sequence[Draws]) -> tuple[np.ndarray, dict[str, np.ndarray], int]:
    """Return q [chains, draws, size], statistics [chains, draws] and how many chains they are of.

    Where a run was cut short chains differ in length: those and so many draws of them are kept that most remain.
    """
    counts = [len(chain.q) for chain in chains]
    length = max(counts, key=lambda count: count * sum(other >= count for other in counts))
    kept = [chain for chain in chains if len(chain.q) >= length > 0]
    if not kept:
        raise KeyboardInterrupt("interrupted during warm-up: there are no draws yet")
    stats = {name: np.stack([chain.stats[name][:length] for chain in kept]) for name in kept[0].stats}
    return np.stack([chain.q[:length] for chain in kept]), stats, len(kept)


def posterior(
    engine: Engine,
    model: Model,
    call: Call | None,
    values: Mapping[str, np.ndarray],
    stats: Mapping[str, np.ndarray],
    about: Mapping[str, Any],
) -> Posterior:
    """Return the posterior, with whether it can be trusted and why not among its diagnostics."""
    converged, message, figures = verdict(model.shown(values), stats)
    found = [*stuck(stats), *([message] if message else [])]
    if about.get("interrupted"):
        found = [*found, "the run was interrupted, and these are the draws until then"]
    diagnostics = {**about, "converged": converged, "message": "; ".join(found), **figures}
    return Posterior(engine=engine, model=model, call=call, values=values, stats=stats, diagnostics=diagnostics)
