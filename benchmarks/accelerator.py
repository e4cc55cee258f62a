"""Many chains on an accelerator and on the CPU, by JAX alone: a logistic regression, and one with groups.

    python -m benchmarks.accelerator [--rows 1000000] [--group-rows 100000] [--chains 256] [--on device cpu]

Each run is a process of its own: ChEES, all chains one compiled program in 64-bit numbers. Where a run on the CPU would
take longer than `--limit` seconds, by the time of a gradient, it gets fewer chains, then fewer rows, and the table says
how many; what can be compared at any size is how many rows' gradients a second gives. TensorFlow need not be installed.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

import statmodels_tf as st
from benchmarks.board import RESULTS, write
from benchmarks.turns import ROOT, hardware, seconds
from statmodels_tf.design import build
from statmodels_tf.model import Flat, build_model
from statmodels_tf.substrate import substrate

SLOPES = 20
PER_GROUP = 100
LEAST_CHAINS = 16
GUESSED_LEAPFROGS = 25.0
TIMED_ROWS = 20_000


@dataclass(frozen=True)
class Problem:
    """A model, and the table of so many rows that it is fitted to."""

    about: str
    formula: str
    data: Callable[[int], pd.DataFrame]


def columns(rows: int) -> pd.DataFrame:
    """Return 20 standard normal columns and a response of 0 and 1 that depends on all."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((rows, SLOPES))
    eta = -0.5 + X @ np.linspace(-0.5, 0.5, SLOPES)
    return pd.DataFrame({"y": _drawn(rng, eta), **{f"x{j + 1}": x for j, x in enumerate(X.T)}})


def grouped(rows: int) -> pd.DataFrame:
    """Return groups of about 100 rows with intercepts and slopes of their own, and a response of 0 and 1."""
    rng = np.random.default_rng(2)
    count = max(2, rows // PER_GROUP)
    g, x = rng.integers(0, count, rows), rng.standard_normal(rows)
    own = rng.standard_normal((count, 2)) * [0.7, 0.4]
    eta = -0.3 + own[g, 0] + (0.5 + own[g, 1]) * x
    factor = pd.Categorical.from_codes(g, [f"g{k}" for k in range(count)])
    return pd.DataFrame({"y": _drawn(rng, eta), "x": x, "g": factor})


def _drawn(rng: np.random.Generator, eta: np.ndarray) -> np.ndarray:
    return (rng.random(len(eta)) < 1 / (1 + np.exp(-eta))).astype(np.int64)


ALL = " + ".join(f"x{j + 1}" for j in range(SLOPES))
PROBLEMS = {
    "logistic": Problem("logistic regression on 20 columns", f"y ~ {ALL}", columns),
    "groups": Problem("logistic, intercepts and slopes of groups of 100 rows", "y ~ x + (1 + x | g)", grouped),
}


@dataclass(frozen=True)
class Size:
    """What a run is asked for."""

    rows: int
    chains: int
    warmup: int
    draws: int

    @property
    def work(self) -> int:
        """Rows and chains of one step of all trajectories."""
        return self.rows * self.chains

    def within(self, limit: float, rate: float, leapfrogs: float) -> "Size":
        """Return the size that takes at most `limit` seconds at a rate of row gradients per second."""
        size, most = self, limit * rate / ((self.warmup + self.draws) * leapfrogs)
        while size.work > most and size.chains > LEAST_CHAINS:
            size = Size(size.rows, max(LEAST_CHAINS, size.chains // 2), size.warmup, size.draws)
        while size.work > most and size.rows > 1000:
            size = Size(size.rows // 2, size.chains, size.warmup, size.draws)
        return size


def gradient_rate(problem: Problem, size: Size) -> float:
    """Return how many rows' gradients, of all chains, are evaluated in a second: the median of five."""
    flat = Flat(build_model(build(problem.formula, problem.data(size.rows)), family="binomial"), substrate("jax"))
    data = flat.model.data_on(flat.substrate)
    gradient = flat.substrate.jit(
        lambda q, data: flat.substrate.value_and_grad(lambda q: flat.substrate.xp.sum(flat.log_density(q, data)))(q)
    )
    q = flat.substrate.array(0.1 * np.random.default_rng(0).standard_normal((size.chains, flat.size)))
    times = []
    for _ in range(6):
        began = time.perf_counter()
        np.asarray(gradient(q, data)[1])
        times.append(time.perf_counter() - began)
    return size.work / median(times[1:])


def measured(name: str, asked: Size, limit: float | None, leapfrogs: float) -> dict:
    """Return the figures of one run in this process; `limit` makes it smaller where it would take longer."""
    import jax

    problem, size = PROBLEMS[name], asked
    if limit is not None:
        probe = Size(min(asked.rows, TIMED_ROWS), min(asked.chains, LEAST_CHAINS), asked.warmup, asked.draws)
        size = asked.within(limit, gradient_rate(problem, probe), leapfrogs)
    rate = gradient_rate(problem, size)
    engine = st.ChEES(draws=size.draws, warmup=size.warmup, chains=size.chains, seed=1, substrate="jax", progress=False)
    table, began = problem.data(size.rows), time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it warns of is in the figures
        fit = st.fit(problem.formula, table, "binomial", engine=engine)
    wall, about, device = time.perf_counter() - began, fit.diagnostics, jax.devices()[0]
    if "tensorflow" in sys.modules:
        raise SystemExit("TensorFlow was loaded: this benchmark is of JAX alone")
    sampling = about["seconds"] - about["compile_seconds"]
    return {
        "device": hardware()["processor"] if device.platform == "cpu" else device.device_kind,
        "platform": device.platform,
        "rows": size.rows,
        "chains": size.chains,
        "warmup": size.warmup,
        "draws": size.draws,
        "reduced": size != asked,
        "wall": wall,
        "compiling": about["compile_seconds"],
        "sampling": sampling,
        "ess": about["ess"],
        "ess_per_second": about["ess"] / sampling,
        "r_hat": about["r_hat"],
        "divergences": int(about["divergences"]),
        "leapfrogs": float(np.mean(fit.stats["n_steps"])),
        "row_gradients_per_second": rate,
        "versions": {name: version(name) for name in ("jax", "tensorflow-probability", "numpy")},
    }


def apart(where: str, *arguments: str) -> str:
    """Return the last line that this benchmark prints in a process on the CPU, or on what JAX finds."""
    environment = os.environ | ({"JAX_PLATFORMS": "cpu"} if where == "cpu" else {})
    command = [sys.executable, "-m", "benchmarks.accelerator", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, env=environment, cwd=ROOT)
    return done.stdout.strip().splitlines()[-1]


def markdown(record: dict) -> str:
    """Return a row for each problem and device."""
    lines = [
        "| problem | on | rows | chains | whole call | compiling | sampling | smallest ESS | ESS per second | R-hat "
        "| divergences | row gradients per second |",
        f"|---|---|{'---:|' * 10}",
    ]
    versions: dict[str, str] = {}
    for name, runs in record["results"].items():
        for f in runs.values():
            versions |= f["versions"]
            mark = " (fewer)" if f["reduced"] else ""
            cells = [f"`{name}`: {PROBLEMS[name].about}", f["device"], f"{f['rows']:,}", f"{f['chains']}{mark}"]
            cells += [seconds(f[key]) for key in ("wall", "compiling", "sampling")]
            cells += [f"{f['ess']:,.0f}", f"{f['ess_per_second']:,.1f}", f"{f['r_hat']:.3f}", f"{f['divergences']}"]
            cells.append(f"{f['row_gradients_per_second']:.1e}")
            lines.append(f"| {' | '.join(cells)} |")
    about = (
        f"ChEES, {record['warmup']} + {record['draws']} draws of each chain, 64-bit numbers. Sampling is all but "
        f"compiling: the start is found on the CPU. Where a run on the CPU would take more than "
        f"{record['limit']:,.0f} s it has fewer chains or rows, as marked. Measured {record['date']}, host "
        f"{record['hardware']['processor']}, Python {record['hardware']['python']}, "
        f"{', '.join(f'{n} {v}' for n, v in versions.items())}."
    )
    return "\n".join([*lines, "", about]) + "\n"


def main() -> None:
    """Run the comparison from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accelerator", description=__doc__.splitlines()[0])
    parser.add_argument("problems", nargs="*", default=list(PROBLEMS), help=f"among {', '.join(PROBLEMS)}")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the regression")
    parser.add_argument("--group-rows", type=int, default=100_000, help="of the one with groups")
    parser.add_argument("--chains", type=int, default=256)
    parser.add_argument("--warmup", type=int, default=500)
    parser.add_argument("--draws", type=int, default=250)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds that a run on the CPU may take")
    parser.add_argument("--on", nargs="*", choices=("device", "cpu"), help="both, where JAX finds a device")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for the JSON and the table")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--which", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.which:
        import jax

        print(jax.default_backend())
        return
    size = {"logistic": given.rows, "groups": given.group_rows}
    if given.one:
        where, leapfrogs = given.one
        (name,) = given.problems
        asked = Size(size[name], given.chains, given.warmup, given.draws)
        print(json.dumps(measured(name, asked, given.limit if where == "cpu" else None, float(leapfrogs))))
        return
    on = given.on or (["cpu"] if apart("device", "--which") == "cpu" else ["device", "cpu"])
    results: dict[str, dict] = {}
    options = [f"--{key.replace('_', '-')}={getattr(given, key)}" for key in
               ("rows", "group_rows", "chains", "warmup", "draws", "limit")]  # fmt: skip
    for name in given.problems:
        results[name], leapfrogs = {}, GUESSED_LEAPFROGS
        for where in on:
            print(f"{name} on {where} ...", file=sys.stderr, flush=True)
            found = json.loads(apart(where, name, *options, "--one", where, str(leapfrogs)))
            results[name][where], leapfrogs = found, found["leapfrogs"]
    about = {"warmup": given.warmup, "draws": given.draws, "limit": given.limit}
    table = markdown(write("accelerator", {**about, "results": results}, given.out))
    (given.out / "accelerator.md").write_text(table, encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
