"""Libraries measured side by side: each in a process of its own with one BLAS thread, taking turns A B C A B C."""

import json
import math
import os
import platform
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "BLIS")}


@dataclass(frozen=True)
class Peer:
    """A library to compare.

    `command` starts it and `last` is put behind the arguments of the problem; `preload` names a library put in place
    of one that the program was linked with; `needs` are packages of Python, or of R where it is R that runs; `absent`
    is why the peer cannot run here, if so; `least` are ratios of CPU times, this library to ours, by problem, below
    which `--check` fails.
    """

    name: str
    command: tuple[str, ...]
    problems: tuple[str, ...]
    last: tuple[str, ...] = ()
    preload: str | None = None
    needs: tuple[str, ...] = ()
    absent: str = ""
    least: dict[str, float] = field(default_factory=dict)


class Running:
    """A peer's process on one problem, started with the problem's arguments."""

    def __init__(self, peer: Peer, arguments: list[str]):
        command = [*peer.command, *arguments, *peer.last]
        environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT)}
        if peer.preload:
            environment["LD_PRELOAD"] = peer.preload
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)
        self.versions = self._line()["versions"]
        self.answers: list[dict] = []

    def _line(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} ended with code {self.process.wait()}")
        return json.loads(line)

    def measure(self) -> None:
        """Ask for one more measured fit."""
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        self.answers.append(self._line())

    def close(self) -> dict:
        """End the process; return the medians, every time measured, and the last answer."""
        self.process.stdin.close()
        self.process.wait()
        times = {key: [answer[key] for answer in self.answers] for key in ("cpu", "wall")}
        rest = {key: value for key, value in self.answers[-1].items() if key not in times}
        return {
            **{key: median(values) for key, values in times.items()},
            "all": times,
            **rest,
            "versions": self.versions,
        }


def in_turns(peers: list[Peer], arguments: list[str], repeats: int) -> dict[str, dict]:
    """Return the figures of each peer, measured in turns `repeats` times."""
    running = {peer.name: Running(peer, arguments) for peer in peers}
    for _ in range(repeats):
        for process in running.values():
            process.measure()
    return {name: process.close() for name, process in running.items()}


def seconds(value: float) -> str:
    """Return a time in the unit that reads well."""
    return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def hardware() -> dict:
    """Return what the machine is, as far as it tells."""
    info = Path("/proc/cpuinfo")
    models = (
        [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        if info.exists()
        else []
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else math.nan
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "memory_GiB": round(memory, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
