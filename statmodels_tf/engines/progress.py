"""The progress of long work, as a line on standard error, or in a notebook's cell."""

from __future__ import annotations

import html
import sys
from time import perf_counter
from typing import Any


def bar(done: int, total: int) -> str:
    """Return a bar that is filled by the share that is done, and the share.

    >>> bar(1, 2)
    '━━━━━━━━━━━━━━━···············  50%'
    """
    filled = 30 * done // total
    return f"{'━' * filled}{'·' * (30 - filled)} {100 * done // total:3d}%"


def clock(seconds: float) -> str:
    """Return a time in words.

    >>> clock(75.2), clock(7300)
    ('1:15', '2:01:40')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


class Line:
    """A line that is written over; silent unless asked for, on a terminal, or in a notebook."""

    def __init__(self, name: str, wanted: bool | None):
        self.name = name
        self.cell = _notebook()
        self.shown = (self.cell is not None or sys.stderr.isatty()) if wanted is None else wanted
        self._handle: Any = None

    def say(self, text: str) -> None:
        """Write `text` in place of what stood there; an empty one clears the line."""
        if not self.shown:
            return
        if self.cell is None:
            sys.stderr.write(f"\r{f'{self.name}: {text}':<90}" if text else f"\r{'':<90}\r")
            sys.stderr.flush()
            return
        shown = self.cell.HTML(f"<pre>{html.escape(f'{self.name}: {text}' if text else '')}</pre>")
        if self._handle is None:
            self._handle = self.cell.display(shown, display_id=True)
        else:
            self._handle.update(shown)


def _notebook() -> Any:
    """Return IPython's display where this process is the kernel of a notebook; it has loaded IPython then."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return sys.modules["IPython.display"] if type(shell).__name__ == "ZMQInteractiveShell" else None


class Progress:
    """A bar that fills up once, over the iterations of a sampler: what it does, divergences, and the time left."""

    def __init__(self, name: str, wanted: bool | None, total: int = 1):
        self.line = Line(name, wanted)
        self.total = total
        self._begun: tuple[float, int] | None = None

    def __enter__(self) -> Any:
        self.line.say("beginning")
        return self

    def __call__(self, done: int, phase: str, diverged: int = 0) -> None:
        now = perf_counter()
        if self._begun is None:  # what came before was compiling, or saved by an earlier run
            self._begun = now, done
        since, first = self._begun
        left = f" · {clock((now - since) * (self.total - done) / (done - first))} left" if done > first else ""
        found = f" · {diverged:,} divergence{'' if diverged == 1 else 's'}" if diverged else ""
        self.line.say(f"{bar(min(done, self.total), self.total)} {phase}{found}{left}")

    def __exit__(self, *_: object) -> None:
        self.line.say("")


class Passes:
    """A bar that fills up in each pass over the data, with what the pass is for."""

    def __init__(self, name: str, wanted: bool | None):
        self.line = Line(name, wanted)

    def __call__(self, label: str, done: int, total: int) -> None:
        self.line.say(f"{bar(done, total)} {label}" if done < total else "")
