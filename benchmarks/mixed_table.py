"""The comparison as a Markdown table."""

import re

from benchmarks.mixed_problems import PROBLEMS
from benchmarks.turns import seconds


def _blas(file: str) -> tuple[str, str]:
    """Return the name and the version of the BLAS that a library's file holds.

    >>> _blas("libblas.so.3.11.0"), _blas("libopenblasp-r0.3.21.so"), _blas("")
    (('reference BLAS', '3.11.0'), ('OpenBLAS', '0.3.21'), ('', ''))
    """
    version = re.search(r"\d+(\.\d+)+", file)
    name = "OpenBLAS" if "openblas" in file.lower() else "reference BLAS" if file.startswith("libblas") else file
    return name, version.group() if version else ""


def markdown(record: dict) -> str:
    """Return a row for each problem: our CPU time, each peer's with its ratio to ours, our criterion less lme4's."""
    machine, results = record["hardware"], record["results"]
    libraries = list(dict.fromkeys(library for peers in results.values() for library in peers))
    versions, heads = {}, {}
    for peers in results.values():
        for library, figures in peers.items():
            found = dict(figures["versions"])
            blas, version = _blas(found.pop("BLAS", ""))
            heads[library] = f"{library.removesuffix(f' on {blas}')}, {blas}" if blas else library
            versions |= found | ({blas: version} if blas else {})
    heads = list(heads.values())
    lines = [
        f"| problem | {' | '.join(heads)} | criterion − lme4's |",
        f"|---|{'---:|' * (len(heads) + 1)}",
    ]
    for name, peers in results.items():
        ours, theirs = peers["statmodels_tf"], peers.get("lme4")
        cells = [f"`{name}`: {PROBLEMS[name].about}", f"**{seconds(ours['cpu'])}**"]
        for library in libraries[1:]:
            cpu = peers[library]["cpu"] if library in peers else None
            cells.append("" if cpu is None else f"{seconds(cpu)} ({cpu / ours['cpu']:.1f}×)")
        cells.append(f"{ours['criterion'] - theirs['criterion']:+.0e}" if theirs else "")
        lines.append(f"| {' | '.join(cells)} |")
    about = (
        "CPU time of the whole call, from data frame to fit with standard errors; in brackets its ratio to ours. "
        f"Measured {record['date']} on {machine['processor']} ({machine['system']}), one BLAS thread, median of "
        f"{record['repeats']} calls taken in turns after a warm-up. Python {machine['python']}, "
        f"{', '.join(f'{name} {version}' for name, version in versions.items())}."
    )
    return "\n".join([*lines, "", about]) + "\n"
