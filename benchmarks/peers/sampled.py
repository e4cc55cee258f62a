"""The loop that a Python peer of the posterior benchmark runs, and the figures of its draws."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from benchmarks.peers.protocol import load
from statmodels_tf.fits.posterior.convergence import ess, r_hat


def figures(draws: Mapping[str, np.ndarray], diverged: int, sampling: float, compiling: float) -> dict:
    """Return what is compared: the least bulk ESS and the largest R-hat of all numbers [chains, draws, ...]."""
    sizes = np.concatenate([np.ravel(ess(array)) for array in draws.values()])
    hats = np.concatenate([np.ravel(r_hat(array)) for array in draws.values()])
    return {
        "ess": float(np.nanmin(sizes)),
        "r_hat": float(np.nanmax(hats)),
        "divergences": int(diverged),
        "sampling": sampling,
        "compiling": compiling,
    }


def serve(sample: Callable[[str, pd.DataFrame, int], dict], versions: dict[str, str]) -> None:
    """Measure `sample(problem, data, seed)` once for each line of standard input, after one call to warm up."""
    name, data, levels = sys.argv[1:4]
    frame = load(data, levels)
    sample(name, frame, 1)
    print(json.dumps({"versions": versions}), flush=True)
    for count, _ in enumerate(sys.stdin):
        cpu, wall = used(), time.perf_counter()
        answer = sample(name, frame, 2 + count)
        print(json.dumps({"cpu": used() - cpu, "wall": time.perf_counter() - wall, **answer}), flush=True)


def used() -> float:
    """Return the CPU seconds of this process and of the children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
