"""The comparison as a Markdown table."""

from benchmarks.problems import PROBLEMS


def _seconds(value: float) -> str:
    return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def markdown(record: dict) -> str:
    """Return a row for each problem: our CPU time, each peer's with its ratio to ours, our criterion less lme4's."""
    machine, results = record["hardware"], record["results"]
    libraries = list(dict.fromkeys(library for peers in results.values() for library in peers))
    versions, blas = {}, {}
    for peers in results.values():
        for library, figures in peers.items():
            blas[library] = figures["versions"].get("BLAS", "")
            versions |= {name: version for name, version in figures["versions"].items() if name != "BLAS"}
    heads = [f"{library} ({blas[library]})" if blas[library] else library for library in libraries]
    lines = [
        f"| problem | {' | '.join(heads)} | criterion − lme4's |",
        f"|---|{'---:|' * (len(heads) + 1)}",
    ]
    for name, peers in results.items():
        ours, theirs = peers["statmodels_tf"], peers.get("lme4")
        cells = [f"`{name}`: {PROBLEMS[name].about}", f"**{_seconds(ours['cpu'])}**"]
        for library in libraries[1:]:
            cpu = peers[library]["cpu"] if library in peers else None
            cells.append("" if cpu is None else f"{_seconds(cpu)} ({cpu / ours['cpu']:.1f}×)")
        cells.append(f"{ours['criterion'] - theirs['criterion']:+.0e}" if theirs else "")
        lines.append(f"| {' | '.join(cells)} |")
    about = (
        "CPU time of the whole call, from data frame to fit with standard errors; in brackets its ratio to ours. "
        f"Measured {record['date']} on {machine['processor']} ({machine['system']}), one BLAS thread, median of "
        f"{record['repeats']} calls taken in turns after a warm-up. Python {machine['python']}, "
        f"{', '.join(f'{name} {version}' for name, version in versions.items())}."
    )
    return "\n".join([*lines, "", about]) + "\n"
