"""Measure `glm` and its peers on the same problems, side by side, and write JSON and a table.

Every library runs in a process of its own with one BLAS thread. After a warm-up call the processes take turns, A B C
A B C, and the median of each is kept, in CPU seconds. Ours is the whole call, from formula and data frame to fit with
standard errors; glum, statsmodels and R's `glm.fit` are handed the ready matrix.

    python -m benchmarks.glm [problem ...] [--repeats 3] [--check]
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.board import run
from benchmarks.glm_problems import GLM_PROBLEMS, GLMProblem
from benchmarks.glm_table import markdown
from benchmarks.peers.columns import write
from benchmarks.turns import Peer, in_turns

HERE = Path(__file__).parent
EQUAL = 1e-8
"""How far two libraries' coefficients may be apart, absolutely or relatively."""

_DENSE = ("binomial_tall", "poisson_tall", "binomial_wide", "poisson_wide")
_R = ("Rscript", str(HERE / "peers" / "glm_fit.R"))
PEERS = [
    Peer("statmodels_tf", (sys.executable, "-m", "benchmarks.peers.ours_glm"), tuple(GLM_PROBLEMS)),
    Peer(
        "glum",
        (sys.executable, "-m", "benchmarks.peers.glum_glm"),
        (*_DENSE, "factors"),
        needs=("glum",),
        least=dict.fromkeys(_DENSE, 3.0) | {"factors": 10.0},
    ),
    Peer("R glm.fit", _R, _DENSE, last=("matrix",), needs=("jsonlite",), least=dict.fromkeys(_DENSE, 8.0)),
    Peer(
        "statsmodels",
        (sys.executable, "-m", "benchmarks.peers.statsmodels_glm"),
        (*_DENSE, "mtcars"),
        needs=("statsmodels",),
        least=dict.fromkeys(_DENSE, 20.0),
    ),
    Peer(
        "formulaic + statsmodels",
        (sys.executable, "-m", "benchmarks.peers.formulaic_glm"),
        ("interactions", "mtcars"),
        needs=("formulaic", "statsmodels"),
        least={"interactions": 4.0},
    ),
    Peer("R glm", _R, ("mtcars",), last=("formula",), needs=("jsonlite",)),
]
HALF = "formulaic + statsmodels"
"""The peer of whose memory ours may take half at most."""


def compare(problem: GLMProblem, peers: list[Peer], repeats: int) -> dict[str, dict]:
    """Return the figures of each peer that can run the problem; `off` is how far its coefficients are from ours."""
    with tempfile.TemporaryDirectory() as folder:
        write(problem.data(), Path(folder))
        arguments = [folder, problem.formula, problem.family, str(problem.number)]
        turns = min(repeats, problem.turns or repeats)
        results = in_turns([peer for peer in peers if problem.name in peer.problems], arguments, turns)
    ours = np.array(results["statmodels_tf"]["coef"])
    for figures in results.values():
        theirs = np.array(figures.pop("coef"))
        figures["off"] = float(np.max(np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs))))
    return results


def failures(results: dict[str, dict]) -> list[str]:
    """Return what falls short of the problems' and the peers' limits."""
    found = []
    for name, figures in results.items():
        ours, problem = figures["statmodels_tf"], GLM_PROBLEMS[name]
        if problem.limit is not None and ours["cpu"] > problem.limit:
            found.append(f"{name}: {ours['cpu']:.4f} s a call, more than {problem.limit} s")
        if problem.memory is not None and ours["peak"] > problem.memory:
            found.append(f"{name}: {ours['peak']:.0f} MiB, more than {problem.memory:.0f}")
        for peer in PEERS:
            theirs, least = figures.get(peer.name), peer.least.get(name)
            if theirs is None:
                continue
            if least is not None and theirs["cpu"] < least * ours["cpu"]:
                found.append(
                    f"{name}: {theirs['cpu'] / ours['cpu']:.1f} times {peer.name}'s speed, less than {least:g}"
                )
            if theirs["off"] > EQUAL:
                found.append(f"{name}: coefficients of {peer.name} are {theirs['off']:.1e} from ours")
            if peer.name == HALF and name == "interactions" and 2 * ours["peak"] > theirs["peak"]:
                found.append(f"{name}: {ours['peak']:.0f} MiB, more than half of {theirs['peak']:.0f}")
    return found


def main() -> int:
    """Run the comparison from the command line."""
    return run("glm", GLM_PROBLEMS, PEERS, compare=compare, failures=failures, markdown=markdown, repeats=3)


if __name__ == "__main__":
    sys.exit(main())
