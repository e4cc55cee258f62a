"""Measure this package and its peers on the same problems, side by side, and write JSON and a table.

Every library runs in a process of its own with one BLAS thread. After a warm-up call the processes take turns, A B C
A B C, and the median of each is kept. Measured is the whole call, from data frame to fit with standard errors, in CPU
seconds.

    python -m benchmarks.mixed [problem ...] [--repeats 5] [--check]
"""

import json
import os
import sys
import tempfile
from ctypes.util import find_library
from pathlib import Path

from benchmarks.board import run
from benchmarks.mixed_problems import PROBLEMS, Problem
from benchmarks.mixed_table import markdown
from benchmarks.turns import Peer, in_turns

HERE = Path(__file__).parent

_ALL = tuple(PROBLEMS)
_LME4 = ("Rscript", str(HERE / "peers" / "lme4.R"))
_NEEDS = ("lme4", "jsonlite")
# R as installed may have the reference BLAS, NumPy never has: lme4 is measured on OpenBLAS too, where there is one.
_OPENBLAS = os.environ.get("OPENBLAS_LIBRARY") or find_library("openblas")
PEERS = [
    Peer("statmodels_tf", (sys.executable, "-m", "benchmarks.peers.ours_lmer"), _ALL),
    Peer("lme4", _LME4, _ALL, last=("yes",), needs=_NEEDS),
    Peer("lme4, no derivative check", _LME4, _ALL, last=("no",), needs=_NEEDS),
    Peer(
        "lme4 on OpenBLAS",
        _LME4,
        _ALL,
        last=("yes",),
        preload=_OPENBLAS,
        needs=_NEEDS,
        absent="" if _OPENBLAS else "no OpenBLAS found; OPENBLAS_LIBRARY may name one",
    ),
    Peer(
        "statsmodels",
        (sys.executable, "-m", "benchmarks.peers.statsmodels_mixedlm"),
        problems=("sleepstudy", "pastes"),  # no crossed factors; its users report 41 minutes for 125,000 groups
        needs=("statsmodels",),
    ),
]


def compare(problem: Problem, peers: list[Peer], repeats: int) -> dict[str, dict]:
    """Return the figures of each peer that can run the problem, measured in turns."""
    with tempfile.TemporaryDirectory() as folder:
        frame = problem.data()
        data, levels = f"{folder}/data.csv", f"{folder}/levels.json"
        frame.to_csv(data, index=False)
        factors = frame.select_dtypes("category")
        Path(levels).write_text(json.dumps({name: list(factors[name].cat.categories) for name in factors}))
        arguments = [data, levels, problem.formula, "REML" if problem.REML else "ML", str(problem.number)]
        return in_turns([peer for peer in peers if problem.name in peer.problems], arguments, repeats)


def failures(results: dict[str, dict]) -> list[str]:
    """Return what falls short of the problems' own limits."""
    found = []
    for name, peers in results.items():
        ours, theirs, problem = peers["statmodels_tf"], peers.get("lme4"), PROBLEMS[name]
        if problem.limit is not None and ours["cpu"] > problem.limit:
            found.append(f"{name}: {ours['cpu']:.4f} s a call, more than {problem.limit} s")
        if theirs and theirs["cpu"] < problem.least * ours["cpu"]:
            found.append(f"{name}: {theirs['cpu'] / ours['cpu']:.1f} times lme4's speed, less than {problem.least}")
        if theirs and ours["criterion"] > theirs["criterion"] + 1e-6:
            found.append(f"{name}: criterion above lme4's by {ours['criterion'] - theirs['criterion']:.2g}")
    return found


def main() -> int:
    """Run the comparison from the command line."""
    return run("mixed", PROBLEMS, PEERS, compare=compare, failures=failures, markdown=markdown, repeats=5)


if __name__ == "__main__":
    sys.exit(main())
