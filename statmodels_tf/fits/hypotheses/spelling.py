"""How coefficients are written in a hypothesis: by this package's spelling or by R's; what was meant if by neither."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ...errors import did_you_mean


def spellings(names: Sequence[str]) -> list[tuple[re.Pattern[str], int, int]]:
    """Return for each coefficient patterns of its name, with 0 for its own spelling and 1 for R's.

    R's spelling is without the brackets around levels; one that two coefficients share is left out.
    """
    in_r = [re.sub(r"\[([^\[\]]*)\]", r"\1", name) for name in names]
    in_r = ["(Intercept)" if name == "Intercept" else name for name in in_r]
    out = [(_pattern(name), 0, j) for j, name in enumerate(names)]
    return out + [(_pattern(name), 1, j) for j, name in enumerate(in_r) if in_r.count(name) == 1 and name != names[j]]


def _pattern(name: str) -> re.Pattern[str]:
    """Return a pattern of a name in which spaces and backticks are free, and powers are written `^` or `**`."""
    parts = re.findall(r"\w+|\*\*|[^\w\s]", name)
    text = ""
    for i, part in enumerate(parts):
        if i:
            both = re.match(r"\w", part) and re.match(r"\w", parts[i - 1])
            text += r"[\s`]+" if both else r"[\s`]*"
        text += r"(?:\*\*|\^)" if part in ("**", "^") else re.escape(part)
    last = r"(?![\w.(\[])" if parts and re.match(r"\w", parts[-1]) else ""
    return re.compile(rf"`?{text}`?{last}(?!:)")


def near(word: str, names: Sequence[str]) -> str:
    """Return the nearest coefficient, by its own name, or the part of it that was meant."""
    plain = {re.sub(r"[\[\]`]", "", name): name for name in names}
    bare = re.sub(r"[\[\]`]", "", word)
    starting = [name for name in names if name.startswith((f"{bare}[", f"{bare}("))]
    if starting:
        return f" `{bare}` has the coefficients {listed(starting)}."
    if said := did_you_mean(word, names):
        return said
    if meant := re.search(r"`(.*)`", did_you_mean(bare, plain)):
        return f" Did you mean `{plain[meant[1]]}`?"
    return ""


def listed(names: Sequence[Any], most: int = 12) -> str:
    """Return names in backticks, the first few."""
    return ", ".join(f"`{name}`" for name in names[:most]) + (", ..." if len(names) > most else "")
