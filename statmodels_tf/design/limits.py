"""Limits: which responses are known only to lie in a range, and which range all responses come from."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import DataError
from ..formula import Formula
from ..transforms import Factor
from ..transforms.base import numeric

CODES = {"none": 0.0, "left": -1.0, "right": 1.0, "interval": 2.0}
"""How `cens()` says what is known of a row: y itself, that it is y or less, more than y, or from y to `until`."""


def limits_of(formula: Formula, raw: Mapping[str, Any], y: np.ndarray) -> dict[str, np.ndarray]:
    """Return what `y | cens(c, until)` and `y | trunc(lower, upper)` say of the rows used.

    Parameters
    ----------
    formula : Formula
    raw : mapping
        Variable key -> its value on the rows used.
    y : array [n]

    Returns
    -------
    dict of arrays [n]
        `censored`, the codes, `until` where a row is an interval, `lower` and `upper`: those that there are.
    """
    given = {name: raw[variable.key] for name, variable in formula.annotations.items()}
    out: dict[str, np.ndarray] = {}
    if "cens" in given:
        out["censored"] = _codes(given["cens"], len(y))
        interval = out["censored"] == CODES["interval"]
        if interval.any():
            if "cens.until" not in given:
                raise DataError(
                    "`cens()` says that some rows are intervals, and not where they end: write `cens(c, until)`."
                )
            until = _numbers(given["cens.until"], len(y), "cens(until = )")
            _check(interval & ~(until > y), "an interval ends at or before the response, where it begins")
            out["until"] = np.where(interval, until, y + 1.0)
    for side in ("lower", "upper"):
        if f"trunc.{side}" in given:
            out[side] = _numbers(given[f"trunc.{side}"], len(y), f"trunc({side} = )")
    if "censored" in out and ("lower" in out or "upper" in out):
        raise DataError("a response that is censored and truncated at once is not here; write `cens()` or `trunc()`.")
    if "lower" in out:
        _check(y < out["lower"], "the response is below its lower bound, where `trunc()` says that there is none")
    if "upper" in out:
        _check(y > out["upper"], "the response is above its upper bound, where `trunc()` says that there is none")
    if "lower" in out and "upper" in out:
        _check(out["upper"] <= out["lower"], "the bounds of `trunc()` leave no room")
    return out


def _codes(value: Any, n: int) -> np.ndarray:
    """Return the codes [n] of words, of numbers -1, 0, 1, 2, or of truth values, where true is "right"."""
    if isinstance(value, Factor):
        unknown = [level for level in value.used().levels if level not in CODES]
        if unknown:
            raise DataError(f'`cens()` has "{unknown[0]}"; write "none", "left", "right" or "interval".')
        return np.array([CODES.get(level, np.nan) for level in value.levels])[value.codes]
    codes = _numbers(value, n, "cens()")
    bad = ~np.isin(codes, list(CODES.values()))
    if bad.any():
        raise DataError(
            f"`cens()` has {codes[bad][0]:g}; write 0 (none), -1 (left), 1 (right), 2 (interval) or the words."
        )
    return codes


def _numbers(value: Any, n: int, who: str) -> np.ndarray:
    return np.array(np.broadcast_to(numeric(value, who), (n,)), dtype=float)


def _check(bad: np.ndarray, what: str) -> None:
    if bad.any():
        count = int(np.count_nonzero(bad))
        raise DataError(f"{what}, in {count:,} row{'s' * (count != 1)}, the first of the rows used {np.argmax(bad)}.")
