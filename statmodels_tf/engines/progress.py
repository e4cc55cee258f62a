"""The progress of long work, as a line on standard error."""

import sys
from typing import Any


class Progress:
    """A line on standard error that fills up; silent unless asked for or on a terminal."""

    def __init__(self, name: str, wanted: bool | None, total: int):
        self.name = name
        self.shown = sys.stderr.isatty() if wanted is None else wanted
        self.total = total

    def __enter__(self) -> Any:
        self._say(f"{self.name}: compiling")
        return self

    def __call__(self, done: int, phase: str) -> None:
        filled = 30 * done // self.total
        self._say(f"{self.name}: {'━' * filled}{'·' * (30 - filled)} {100 * done // self.total:3d}% {phase}")

    def __exit__(self, *_: object) -> None:
        self._say("")

    def _say(self, text: str) -> None:
        if self.shown:
            sys.stderr.write(f"\r{text:<60}" if text else f"\r{'':<60}\r")
            sys.stderr.flush()
