"""The progress of long work, as a line on standard error."""

import sys
from typing import Any


def bar(done: int, total: int) -> str:
    """Return a bar that is filled by the share that is done, and the share.

    >>> bar(1, 2)
    '━━━━━━━━━━━━━━━···············  50%'
    """
    filled = 30 * done // total
    return f"{'━' * filled}{'·' * (30 - filled)} {100 * done // total:3d}%"


class Line:
    """A line on standard error that is written over; silent unless asked for or on a terminal."""

    def __init__(self, name: str, wanted: bool | None):
        self.name = name
        self.shown = sys.stderr.isatty() if wanted is None else wanted

    def say(self, text: str) -> None:
        """Write `text` in place of what stood there; an empty one clears the line."""
        if self.shown:
            sys.stderr.write(f"\r{f'{self.name}: {text}':<70}" if text else f"\r{'':<70}\r")
            sys.stderr.flush()


class Progress:
    """A bar that fills up once, over the iterations of a sampler."""

    def __init__(self, name: str, wanted: bool | None, total: int):
        self.line = Line(name, wanted)
        self.total = total

    def __enter__(self) -> Any:
        self.line.say("compiling")
        return self

    def __call__(self, done: int, phase: str) -> None:
        self.line.say(f"{bar(done, self.total)} {phase}")

    def __exit__(self, *_: object) -> None:
        self.line.say("")


class Passes:
    """A bar that fills up in each pass over the data, with what the pass is for."""

    def __init__(self, name: str, wanted: bool | None):
        self.line = Line(name, wanted)

    def __call__(self, label: str, done: int, total: int) -> None:
        self.line.say(f"{bar(done, total)} {label}" if done < total else "")
