"""NUTS on the marginal density, where importance sampling will not do; everything else is drawn exactly afterwards."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from ..sampling.chain import Plan
from ..sampling.gather import together
from ..sampling.start import Start
from ..sampling.workers import manner, run_chains
from ..threads import processors
from .density import MarginalDensity
from .importance import Sample, drawn
from .mode import Mode

WARMUP = 500
ACCEPT = 0.9
DEPTH = 10
STEPS = 7  # gradients for each draw, to guess how long it takes


def sampled(
    density: MarginalDensity, mode: Mode, seed: int, chains: int, draws: int, report: Callable[[int, int], None]
) -> tuple[Sample, dict[str, np.ndarray]]:
    """Return a sample of `chains` times `draws`, chain after chain, and the statistics [chains, draws] of NUTS."""
    plan = Plan(density, Start(mode.q, mode.root), WARMUP, draws, ACCEPT, DEPTH, seed)
    begun = perf_counter()
    density.value_and_gradient(mode.q)
    seconds = (perf_counter() - begun) * STEPS * chains * (WARMUP + draws)
    how, cores = manner(plan, min(chains, processors()), seconds, False)
    total = chains * (WARMUP + draws)
    runs, _ = run_chains(plan, chains, cores, how, lambda board: report(board.done, total))
    q, stats, count = together(runs)
    rng = np.random.default_rng([seed, count])
    flat = q.reshape(-1, density.size)
    parts = [drawn(density, one, density.evaluate(density.values(one)), rng, 1) for one in flat]
    values = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Sample({**density.values(flat), **values}, stats["lp"].ravel(), {}), stats
