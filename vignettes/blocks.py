"""Run the Python blocks of a page in one namespace, and compare or renew what the page says they print.

A block fenced as `python` is code. A block fenced as `text` right after it is what that code prints; as `text drawn`,
what it prints but for the numbers, which come of random draws that the last digit of any number before can change.

    python vignettes/blocks.py vignettes/mixed_models.md    # writes what they print and draw into the page
"""

import re
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

_BLOCK = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:\n```text(?P<drawn> drawn)?\n(?P<prints>.*?)^```\n)?", re.MULTILINE | re.DOTALL
)
# Times differ from run to run.
_TIME = re.compile(r"\b\d+(\.\d+)? m?s\b")
_NUMBER = re.compile(r"[-+−]?\d[\d,.]*(e[-+]?\d+)?")


@dataclass(frozen=True)
class Block:
    """One block of code, what the page says it prints (None where it says nothing), and what it printed.

    `drawn` is whether its numbers come of random draws.
    """

    number: int
    code: str
    expected: str | None
    printed: str
    drawn: bool = False

    def agrees(self) -> bool:
        """Return whether the page tells the truth, times and blanks apart."""
        return self.expected is None or self.comparable(self.expected) == self.comparable(self.printed)

    def comparable(self, text: str) -> list[str]:
        """Return `text` without what may differ between two runs: times, blanks that align columns, numbers drawn."""
        text = _TIME.sub("_ s", text.strip())
        if self.drawn:  # the lengths of numbers decide where lines are broken
            return _NUMBER.sub("#", text).split()
        return [" ".join(line.split()) for line in text.splitlines()]


def run(page: Path, folder: Path) -> Iterator[Block]:
    """Run the blocks of `page` in order, in one namespace, with `folder` as the working directory."""
    space = {"__name__": "__vignette__"}
    for number, found in enumerate(_BLOCK.finditer(page.read_text(encoding="utf-8")), 1):
        out = StringIO()
        with chdir(folder), redirect_stdout(out):
            exec(compile(found["code"], f"{page.name}, block {number}", "exec"), space)
        yield Block(number, found["code"], found["prints"], out.getvalue(), found["drawn"] is not None)


def renew(page: Path) -> None:
    """Write what the blocks print into the page, and what they draw beside it."""
    pictures = Path(__file__).parent / "pictures"
    pictures.mkdir(exist_ok=True)
    blocks = iter(list(run(page, pictures)))

    def replaced(_: re.Match) -> str:
        block = next(blocks)
        printed = "\n".join(line.rstrip() for line in block.printed.strip("\n").splitlines())
        kind = "text drawn" if block.drawn else "text"
        return f"```python\n{block.code}```\n" + (f"\n```{kind}\n{printed}\n```\n" if printed else "")

    page.write_text(_BLOCK.sub(replaced, page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        renew(Path(name))
