"""The comparison of `glm` as a Markdown table."""

from benchmarks.glm_problems import GLM_PROBLEMS
from benchmarks.turns import seconds


def markdown(record: dict) -> str:
    """Return a row for each problem: our CPU time and memory, each peer's CPU time with its ratio to ours."""
    machine, results = record["hardware"], record["results"]
    libraries = list(dict.fromkeys(library for peers in results.values() for library in peers))
    versions = {}
    for peers in results.values():
        for figures in peers.values():
            versions |= {name: version for name, version in figures["versions"].items() if name != "BLAS"}
    lines = [
        f"| problem | {' | '.join(libraries)} | memory | largest difference |",
        f"|---|{'---:|' * (len(libraries) + 2)}",
    ]
    for name, peers in results.items():
        ours = peers["statmodels_tf"]
        cells = [f"`{name}`: {GLM_PROBLEMS[name].about}", f"**{seconds(ours['cpu'])}**"]
        for library in libraries[1:]:
            cpu = peers[library]["cpu"] if library in peers else None
            cells.append("" if cpu is None else f"{seconds(cpu)} ({cpu / ours['cpu']:.1f}×)")
        others = [
            f"{library} {figures['peak']:,.0f}" for library, figures in peers.items() if library != "statmodels_tf"
        ]
        cells.append(f"**{ours['peak']:,.0f} MiB**; {', '.join(others)}")
        cells.append(f"{max(figures['off'] for figures in peers.values()):.0e}")
        lines.append(f"| {' | '.join(cells)} |")
    about = (
        "CPU time: ours of the whole call, from formula and data frame to fit with standard errors; glum's, "
        "statsmodels' and `glm.fit`'s from the ready matrix. In brackets its ratio to ours. Memory is the most that "
        "the process held, data included. The difference is the largest between two libraries' coefficients, relative "
        f"where they exceed one. Measured {record['date']} on {machine['processor']} ({machine['system']}), one BLAS "
        f"thread, median of {record['repeats']} calls taken in turns after a warm-up. Python {machine['python']}, "
        f"{', '.join(f'{name} {version}' for name, version in versions.items())}."
    )
    return "\n".join([*lines, "", about]) + "\n"
