"""What marginal means are asked for: `"tension"`, `["a", "b"]`, `"~ tension | wool"`, `"pairwise ~ tension"`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...errors import ModelError


@dataclass(frozen=True)
class Specs:
    """The columns to show, those to group by, and the contrast asked for at once.

    >>> read_specs("pairwise ~ tension | wool", None)
    Specs(columns=('tension',), by=('wool',), contrast='pairwise')
    """

    columns: tuple[str, ...]
    by: tuple[str, ...]
    contrast: str | None = None


def read_specs(specs: Any, by: Any) -> Specs:
    """Return what `specs` and `by` ask for."""
    contrast = None
    if isinstance(specs, str):
        left, tilde, right = specs.partition("~")
        contrast = left.strip() or None if tilde else None
        shown, bar, grouped = (right if tilde else left).partition("|")
        columns = _names(shown)
        if bar:
            if by is not None:
                raise ModelError(f"`by=` and `|` in `{specs}` both group; write one of them.")
            by = _names(grouped)
    else:
        columns = _listed("specs", specs)
    groups = _listed("by", by)
    twice = [name for name in columns if name in groups]
    if twice:
        raise ModelError(f"`{twice[0]}` is both shown and in `by=`; write it in one of them.")
    return Specs(columns, groups, contrast)


def _names(text: str) -> tuple[str, ...]:
    """Return the columns in text such as `wool * tension`; `1` is none."""
    parts = (part.strip().strip("`") for part in re.split(r"[*+:]", text))
    return tuple(dict.fromkeys(part for part in parts if part not in ("", "1")))


def _listed(argument: str, given: Any) -> tuple[str, ...]:
    """Return names given as one text or several."""
    if given is None:
        return ()
    if isinstance(given, str):
        return _names(given)
    names = list(given) if isinstance(given, Iterable) else [given]
    if all(isinstance(name, str) for name in names):
        return tuple(dict.fromkeys(names))
    raise ModelError(f'`{argument}={given!r}`: write a column or a list of them, such as `"tension"` or `"~ a | b"`.')
