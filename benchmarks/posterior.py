"""Measure posteriors by this package and its peers on the same problems, side by side, and write JSON and a table.

Every library runs in a process of its own, with two cores for its chains. After a call to warm up the processes take
turns, and the median of each is kept: of the wall time of the whole call, from data frame to draws with their
diagnostics, and of effective draws per second of sampling, compilation left out.

    python -m benchmarks.posterior [problem ...] [--repeats 3] [--check]

bambi and numpyro may live in an environment of their own: POSTERIOR_PEERS names its python.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.board import run
from benchmarks.posterior_problems import CHAINS, DRAWS, PROBLEMS, WARMUP, Problem
from benchmarks.turns import Peer, in_turns, seconds

HERE = Path(__file__).parent
_ALL = tuple(PROBLEMS)
_PYTHON = os.environ.get("POSTERIOR_PEERS", sys.executable)
_APART = () if "POSTERIOR_PEERS" in os.environ else ("bambi",)
_OURS = (sys.executable, "-m", "benchmarks.peers.ours_posterior")
PEERS = [
    Peer("statmodels_tf", _OURS, _ALL, last=("nuts",)),
    Peer("statmodels_tf, effects integrated out", _OURS, ("radon",), last=("marginal",)),
    Peer("bambi + nutpie", (_PYTHON, "-m", "benchmarks.peers.bambi_posterior"), _ALL, needs=_APART),
    Peer("numpyro", (_PYTHON, "-m", "benchmarks.peers.numpyro_posterior"), _ALL, needs=_APART and ("numpyro",)),
    Peer("rstanarm", ("Rscript", str(HERE / "peers" / "rstanarm.R")), _ALL, needs=("rstanarm", "jsonlite")),
]


def compare(problem: Problem, peers: list[Peer], repeats: int) -> dict[str, dict]:
    """Return the figures of each peer, measured in turns."""
    with tempfile.TemporaryDirectory() as folder:
        frame = problem.data()
        data, levels = f"{folder}/data.csv", f"{folder}/levels.json"
        frame.to_csv(data, index=False)
        factors = frame.select_dtypes("category")
        Path(levels).write_text(json.dumps({name: list(factors[name].cat.categories) for name in factors}))
        of_r = [data, levels, problem.rstanarm, problem.family, *map(str, (CHAINS, WARMUP, DRAWS))]
        out: dict[str, dict] = {}
        peers = [p for p in peers if problem.name in p.problems]
        for chosen, arguments in (
            ([p for p in peers if p.command[0] != "Rscript"], [problem.name, data, levels]),
            ([p for p in peers if p.command[0] == "Rscript"], of_r),
        ):
            out |= in_turns(chosen, arguments, repeats)
        return out


def failures(results: dict[str, dict]) -> list[str]:
    """Return what falls short."""
    found = []
    for name, peers in results.items():
        ours = peers["statmodels_tf"]
        if ours["wall"] > PROBLEMS[name].limit:
            found.append(f"{name}: {ours['wall']:.1f} s a call, more than {PROBLEMS[name].limit} s")
        if ours["divergences"] or ours["r_hat"] > 1.01:
            found.append(f"{name}: {ours['divergences']} divergences, R-hat {ours['r_hat']:.3f}")
        for peer, theirs in peers.items():
            if not peer.startswith("statmodels_tf") and theirs["wall"] < ours["wall"]:
                found.append(f"{name}: {peer} takes {theirs['wall']:.1f} s, ours {ours['wall']:.1f} s")
    return found


def markdown(record: dict) -> str:
    """Return a row for each problem and library."""
    lines = [
        "| problem | library | whole call | CPU | ESS per second of sampling | smallest ESS | R-hat | divergences |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    versions = {}
    for name, peers in record["results"].items():
        for library, f in peers.items():
            versions |= f["versions"]
            wall = f"**{seconds(f['wall'])}**" if library.startswith("statmodels_tf") else seconds(f["wall"])
            cells = [f"`{name}`: {PROBLEMS[name].about}", library, wall, seconds(f["cpu"])]
            cells += [
                f"{f['ess'] / f['sampling']:,.0f}",
                f"{f['ess']:,.0f}",
                f"{f['r_hat']:.3f}",
                f"{f['divergences']}",
            ]
            lines.append(f"| {' | '.join(cells)} |")
    machine = record["hardware"]
    about = (
        f"{CHAINS} chains of {WARMUP:,} + {DRAWS:,} draws on two cores, in a process that has sampled the model once. "
        f"Measured {record['date']} on {machine['processor']} ({machine['system']}), median of {record['repeats']} "
        f"calls taken in turns. Python {machine['python']}, {', '.join(f'{n} {v}' for n, v in versions.items())}."
    )
    return "\n".join([*lines, "", about]) + "\n"


def main() -> int:
    """Run the comparison from the command line."""
    return run("posterior", PROBLEMS, PEERS, compare=compare, failures=failures, markdown=markdown, repeats=3)


if __name__ == "__main__":
    sys.exit(main())
