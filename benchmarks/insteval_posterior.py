"""Measure the joint posterior of InstEval by exact marginalisation, and hold it against a long run of NUTS.

    python -m benchmarks.insteval_posterior            # the marginal engine: CPU seconds, effective draws, agreement
    python -m benchmarks.insteval_posterior --nuts     # makes the long run again first: minutes

The long run moves through all 4,105 coordinates at once, by NUTS on the flat density: nothing is integrated out, so the
two share only the model. Means and standard deviations of every number shown are kept, with their Monte Carlo errors.
"""

import argparse
import json
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

import statmodels_tf as st
from benchmarks.turns import hardware
from statmodels_tf.engines import NUTS, Marginal
from statmodels_tf.fits.posterior.convergence import ess, r_hat

FORMULA = "rating ~ service + (1 | student) + (1 | instructor)"
RESULTS = Path(__file__).parent / "results"
LONG = RESULTS / "insteval-nuts.json"
OURS = RESULTS / "insteval-marginal.json"
CPU_LIMIT, FEWEST = 15.0, 400  # seconds of the whole call, effective draws of every parameter


def measured(engine: Any) -> dict[str, Any]:
    """Return a fit's figures: time of the whole call, from data frame to posterior, and moments of every number."""
    table = st.load_dataset("insteval")
    begun, used = perf_counter(), _cpu()
    fit = st.lmer(FORMULA, table, engine=engine)
    wall, cpu = perf_counter() - begun, _cpu() - used
    draws = {name: np.asarray(array) for name, array in fit.shown.items()}
    parameters = [np.asarray(array) for array in fit.values.values()]
    about = {k: v for k, v in fit.diagnostics.items() if isinstance(v, str | int | float | bool)}
    return {
        "engine": repr(engine),
        "date": datetime.now(UTC).date().isoformat(),
        "hardware": hardware(),
        "cpu_seconds": round(cpu, 2),
        "wall_seconds": round(wall, 2),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
        "smallest_ess": round(float(min(np.min(ess(array)) for array in parameters))),
        "largest_r_hat": round(float(max(np.max(r_hat(array)) for array in parameters)), 4),
        "diagnostics": about,
        "moments": {name: _moments(array) for name, array in draws.items()},
    }


def agreement(one: dict[str, dict], other: dict[str, dict]) -> dict[str, float]:
    """Return how far two sets of moments are apart: means in Monte Carlo errors of their difference, sds as ratios."""
    away, ratio = [], []
    for name, moments in one.items():
        a, b = ({k: np.atleast_1d(v) for k, v in m.items()} for m in (moments, other[name]))
        away.append((a["mean"] - b["mean"]) / np.hypot(a["sd"] / np.sqrt(a["ess"]), b["sd"] / np.sqrt(b["ess"])))
        ratio.append(a["sd"] / b["sd"])
    z, r = np.concatenate(away), np.concatenate(ratio)
    return {
        "numbers": len(z),
        "root_mean_square": round(float(np.sqrt(np.mean(z**2))), 3),
        "share_beyond_2": round(float(np.mean(np.abs(z) > 2)), 4),
        "largest": round(float(np.abs(z).max()), 2),
        "largest_of_single_numbers": round(max(float(np.abs(x[0])) for x in away if len(x) == 1), 2),
        "mean_ratio_of_sds": round(float(r.mean()), 4),
        "least_ratio_of_sds": round(float(r.min()), 3),
        "largest_ratio_of_sds": round(float(r.max()), 3),
    }


def failures(figures: dict[str, Any]) -> list[str]:
    """Return what falls short."""
    found = []
    if figures["cpu_seconds"] > CPU_LIMIT:
        found.append(f"{figures['cpu_seconds']} CPU seconds, more than {CPU_LIMIT}")
    if figures["smallest_ess"] < FEWEST:
        found.append(f"{figures['smallest_ess']} effective draws of some parameter, fewer than {FEWEST}")
    apart = figures.get("agreement", {})
    if apart.get("largest", 0.0) > 5 or apart.get("largest_of_single_numbers", 0.0) > 4:
        found.append("means are further from the long run's than Monte Carlo error")
    return found


def main() -> int:
    """Run from the command line; 1 where something falls short."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nuts", action="store_true", help="make the long run again")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.nuts:
        LONG.write_text(json.dumps(measured(NUTS(draws=1000, warmup=700, seed=20))) + "\n")
    figures = measured(Marginal(seed=options.seed))
    moments = figures.pop("moments")
    if LONG.exists():
        figures["agreement"] = agreement(moments, json.loads(LONG.read_text())["moments"])
    OURS.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))
    short = failures(figures)
    for text in short:
        print(text, file=sys.stderr)
    return int(bool(short))


def _cpu() -> float:
    """Return the CPU seconds of this process and of those it began."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _moments(draws: np.ndarray) -> dict[str, Any]:
    """Return mean, standard deviation and effective draws of draws [chains, draws, ...], to six figures."""
    found = {"mean": draws.mean((0, 1)), "sd": draws.std((0, 1), ddof=1), "ess": np.round(ess(draws))}
    return {k: np.vectorize(lambda x: float(f"{x:.6g}"))(v).tolist() for k, v in found.items()}


if __name__ == "__main__":
    raise SystemExit(main())
