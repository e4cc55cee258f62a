"""Measure this package and its peers on the same problems, side by side, and write JSON and a table.

Every library runs in a process of its own with one BLAS thread. After a warm-up call the processes take turns, A B C
A B C, and the median of each is kept. Measured is the whole call, from data frame to fit with standard errors, in CPU
seconds.

    python -m benchmarks.mixed [problem ...] [--repeats 5] [--check]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from ctypes.util import find_library
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from benchmarks.mixed_problems import PROBLEMS, Problem
from benchmarks.mixed_table import markdown
from benchmarks.turns import Peer, hardware, in_turns

HERE = Path(__file__).parent

_ALL = tuple(PROBLEMS)
_LME4 = ("Rscript", str(HERE / "peers" / "lme4.R"))
# R as installed may have the reference BLAS, NumPy never has: lme4 is measured on OpenBLAS too, where there is one.
_OPENBLAS = os.environ.get("OPENBLAS_LIBRARY") or find_library("openblas")
PEERS = [
    Peer("statmodels_tf", (sys.executable, "-m", "benchmarks.peers.ours_lmer"), _ALL),
    Peer("lme4", _LME4, _ALL, last=("yes",)),
    Peer("lme4, no derivative check", _LME4, _ALL, last=("no",)),
    Peer("lme4 on OpenBLAS", _LME4, _ALL, last=("yes",), preload=_OPENBLAS),
    Peer(
        "statsmodels",
        (sys.executable, "-m", "benchmarks.peers.statsmodels_mixedlm"),
        problems=("sleepstudy", "pastes"),  # no crossed factors; its users report 41 minutes for 125,000 groups
    ),
]


def missing(peer: Peer) -> str:
    """Return why a peer cannot run on this machine, or an empty string."""
    if "OpenBLAS" in peer.name and not peer.preload:
        return "no OpenBLAS found; OPENBLAS_LIBRARY may name one"
    if peer.command[0] == "Rscript":
        if shutil.which("Rscript") is None:
            return "R is not installed"
        check = 'stopifnot(requireNamespace("lme4", quietly = TRUE), requireNamespace("jsonlite", quietly = TRUE))'
        done = subprocess.run(["Rscript", "-e", check], capture_output=True, check=False)
        return "R lacks lme4 or jsonlite" if done.returncode else ""
    return "statsmodels is not installed" if peer.name == "statsmodels" and find_spec("statsmodels") is None else ""


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
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mixed", description=__doc__.splitlines()[0])
    parser.add_argument("problems", nargs="*", default=list(PROBLEMS), help=f"among {', '.join(PROBLEMS)}")
    parser.add_argument("--repeats", type=int, default=5, help="measured calls of each library (default 5)")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a limit of problems.py is not met")
    parser.add_argument("--out", type=Path, default=HERE / "results", help="folder for the JSON and the table")
    options = parser.parse_args()
    if unknown := set(options.problems) - set(PROBLEMS):
        parser.error(f"no problem {', '.join(sorted(unknown))}; there are {', '.join(PROBLEMS)}")
    skipped = {peer.name: reason for peer in PEERS if (reason := missing(peer))}
    for name, reason in skipped.items():
        print(f"without {name}: {reason}", file=sys.stderr)
    peers = [peer for peer in PEERS if peer.name not in skipped]
    results = {}
    for name in options.problems:
        print(f"{name} ...", file=sys.stderr, flush=True)
        results[name] = compare(PROBLEMS[name], peers, options.repeats)
    now = datetime.now(UTC)
    record = {"date": now.strftime("%Y-%m-%d"), "hardware": hardware(), "repeats": options.repeats, "results": results}
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / f"mixed-{now:%Y-%m-%d}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    table = markdown(record)
    (options.out / "mixed.md").write_text(table, encoding="utf-8")
    print(table)
    short = failures(results)
    print(*short, sep="\n", file=sys.stderr, end="\n" if short else "")
    return 1 if options.check and short else 0


if __name__ == "__main__":
    sys.exit(main())
