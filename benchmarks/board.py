"""Board: a comparison from the command line: which problems and peers, what falls short, the JSON and the table."""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.turns import Peer, hardware

RESULTS = Path(__file__).parent / "results"


def missing(peer: Peer) -> str:
    """Return why a peer cannot run on this machine, or an empty string."""
    if peer.absent:
        return peer.absent
    if peer.command[0] != "Rscript":
        lacking = [name for name in peer.needs if find_spec(name) is None]
        return f"{lacking[0]} is not installed" if lacking else ""
    if shutil.which("Rscript") is None:
        return "R is not installed"
    check = "; ".join(f'stopifnot(requireNamespace("{name}", quietly = TRUE))' for name in peer.needs)
    done = subprocess.run(["Rscript", "-e", check], capture_output=True, check=False)
    return f"R lacks {' or '.join(peer.needs)}" if done.returncode else ""


def run(
    name: str,
    problems: Mapping[str, Any],
    peers: list[Peer],
    *,
    compare: Callable[[Any, list[Peer], int], dict[str, dict]],
    failures: Callable[[dict[str, dict]], list[str]],
    markdown: Callable[[dict], str],
    repeats: int,
) -> int:
    """Run a comparison from the command line, write `name-date.json` and `name.md`, and return the exit code.

    Parameters
    ----------
    compare : function of (problem, peers, repeats) -> figures by peer
    failures : function of results -> what falls short
    markdown : function of the record -> the table
    repeats : int
        The default of `--repeats`.
    """
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}")
    parser.add_argument("problems", nargs="*", default=list(problems), help=f"among {', '.join(problems)}")
    parser.add_argument("--repeats", type=int, default=repeats, help=f"measured calls of each (default {repeats})")
    parser.add_argument("--peers", nargs="*", help=f"only these, among {', '.join(p.name for p in peers)}")
    parser.add_argument("--check", action="store_true", help="exit with 1 where a limit is not met")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for the JSON and the table")
    options = parser.parse_args()
    if unknown := set(options.problems) - set(problems):
        parser.error(f"no problem {', '.join(sorted(unknown))}; there are {', '.join(problems)}")
    wanted = [p for p in peers if options.peers is None or p.name in ("statmodels_tf", *options.peers)]
    skipped = {peer.name: reason for peer in wanted if (reason := missing(peer))}
    for peer, reason in skipped.items():
        print(f"without {peer}: {reason}", file=sys.stderr)
    found = [peer for peer in wanted if peer.name not in skipped]
    results = {}
    for problem in options.problems:
        print(f"{problem} ...", file=sys.stderr, flush=True)
        results[problem] = compare(problems[problem], found, options.repeats)
    results = earlier(name, options.out) | results
    record = {"repeats": options.repeats, "results": {key: results[key] for key in problems if key in results}}
    table = markdown(write(name, record, options.out))
    (options.out / f"{name}.md").write_text(table, encoding="utf-8")
    print(table)
    short = failures(results)
    print(*short, sep="\n", file=sys.stderr, end="\n" if short else "")
    return 1 if options.check and short else 0


def earlier(name: str, folder: Path) -> dict[str, dict]:
    """Return the figures of the problems measured earlier on the same day; those measured again replace theirs."""
    path = folder / f"{name}-{_today()}.json"
    return json.loads(path.read_text(encoding="utf-8"))["results"] if path.exists() else {}


def _today() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d")


def write(name: str, record: dict, folder: Path) -> dict:
    """Return a record with date and hardware, written as JSON to `name-date.json`."""
    date = _today()
    record = {"date": date, "hardware": hardware(), **record}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}-{date}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return record
