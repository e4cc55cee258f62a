"""The comparison as a Markdown table."""

from benchmarks.problems import PROBLEMS


def _seconds(value: float) -> str:
    return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def markdown(record: dict) -> str:
    """Return a row for each problem and library, with CPU time, its ratio to ours and the gap of the criterion."""
    machine = record["hardware"]
    versions = {
        name: v
        for peers in record["results"].values()
        for peer in peers.values()
        for name, v in peer["versions"].items()
        if name != "BLAS"
    }
    lines = [
        f"Measured {record['date']} on {machine['processor']} ({machine['system']}), Python {machine['python']};",
        f"one BLAS thread, median of {record['repeats']} calls taken in turns after a warm-up; "
        + ", ".join(f"{name} {v}" for name, v in versions.items())
        + ".",
        "",
        "| problem | library | CPU time | times ours | criterion − lme4's |",
        "|---|---|---:|---:|---:|",
    ]
    for name, peers in record["results"].items():
        ours = peers["statmodels_tf"]["cpu"]
        best = peers.get("lme4", {}).get("criterion")
        for i, (library, figures) in enumerate(peers.items()):
            gap = "" if best is None or library == "statsmodels" else f"{figures['criterion'] - best:+.1e}"
            blas = f" ({figures['versions']['BLAS']})" if "BLAS" in figures["versions"] else ""
            ratio = "" if library == "statmodels_tf" else f"{figures['cpu'] / ours:.1f}"
            about = f"`{name}`: {PROBLEMS[name].about}" if i == 0 else ""
            lines.append(f"| {about} | {library}{blas} | {_seconds(figures['cpu'])} | {ratio} | {gap} |")
    return "\n".join(lines) + "\n"
