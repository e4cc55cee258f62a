"""Arguments checked where users write them: each refusal says what was given and what to write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError, did_you_mean
from .vocabulary import VALUES


def one_of(argument: str, value: str, allowed: Sequence[str], hint: str = "") -> str:
    """Return `value` if it is allowed, or say what is, and what `hint` adds.

    >>> one_of("random", "include", ("include", "exclude"))
    'include'
    """
    if not isinstance(value, str) or value not in allowed:
        listed = ", ".join(f'"{a}"' for a in allowed)
        near = _meant(argument, str(value), allowed) if isinstance(value, str) else ""
        raise ModelError(f"no `{argument}={value!r}`.{near} There is {listed}.{hint}")
    return value


def _meant(argument: str, value: str, allowed: Sequence[str]) -> str:
    """Return what others call so is here, or which value begins so or is near."""
    here = [a for a in VALUES.get(argument, {}).get(value, ()) if a in allowed]
    begun = [a for a in allowed if len(value) > 1 and a.startswith(value)]
    if here or len(begun) == 1:
        return f' Write "{(here or begun)[0]}".'
    return did_you_mean(value, allowed)


def flag(argument: str, value: Any) -> bool:
    """Return a truth value (or 0 or 1) as a bool; a text or None could mean either and is refused.

    >>> flag("REML", 0), flag("se", True)
    (False, True)
    """
    if isinstance(value, (bool, np.bool_)) or (isinstance(value, (int, np.integer)) and value in (0, 1)):
        return bool(value)
    raise ModelError(
        f"`{argument}={value!r}` is neither True nor False; write `{argument}=True` or `{argument}=False`."
    )


def coverage(level: float) -> float:
    """Return the coverage of an interval, or say that it is a number between 0 and 1.

    >>> coverage(0.9)
    0.9
    """
    number = isinstance(level, (int, float, np.integer, np.floating)) and not isinstance(level, bool)
    if number and 0 < level < 1:
        return float(level)
    as_share = f"`level={level / 100:g}`" if number and 1 < level < 100 else "a number between 0 and 1, such as 0.95"
    rows = (
        f' Rows are taken from the table: `.loc[["{level}"]]`.' if isinstance(level, str) and "%" not in level else ""
    )
    raise ModelError(f"`level={level!r}` is no coverage between 0 and 1; write {as_share}.{rows}")


def known_group(group: str, known: Sequence[str]) -> str:
    """Return `group` if it is a grouping factor of the fit, or say which are."""
    if not isinstance(group, str) or group not in known:
        listed = ", ".join(f"`{g}`" for g in known)
        raise ModelError(f"no grouping factor `{group}`.{did_you_mean(str(group), known)} There is {listed}.")
    return group


def generator(seed: Any) -> np.random.Generator:
    """Return the random generator of a seed, or say what a seed is."""
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError):
        raise ModelError(f"`seed={seed!r}` is no seed; write a whole number from 0, such as `seed=1`.") from None


def count_of(function: str, argument: str, value: Any) -> int:
    """Return a whole number from 1, or say that one is needed."""
    number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if number and value >= 1 and int(value) == value:
        return int(value)
    raise ModelError(f"`{function}({argument}={value!r})`: `{argument}` counts; write a whole number from 1.")


def file_path(function: str, path: Any) -> Path:
    """Return the path of a file, or say that one is needed."""
    if isinstance(path, (str, Path)) and str(path) not in ("", "."):
        return Path(path)
    raise ModelError(f'`{function}({path!r})` names no file; write `{function}("model.fit")`.')
