"""Families of contrasts between k means, by emmeans' names: a label and k coefficients each.

>>> labels, C = coefficients("pairwise", ["a", "b", "c"], False, None)
>>> labels, C.tolist()
(['a - b', 'a - c', 'b - c'], [[1.0, -1.0, 0.0], [1.0, 0.0, -1.0], [0.0, 1.0, -1.0]])
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from ...errors import ModelError, did_you_mean
from ...transforms.contrasts import polynomial

_DEGREES = ("linear", "quadratic", "cubic", "quartic")
# The adjustment that goes with each family unless another is asked for.
DEFAULT_ADJUST = {
    "pairwise": "tukey",
    "revpairwise": "tukey",
    "trt.vs.ctrl": "mvt",
    "trt.vs.ctrl1": "mvt",
    "trt.vs.ctrlk": "mvt",
    "consec": "mvt",
    "mean_chg": "mvt",
    "eff": "fdr",
    "del.eff": "fdr",
    "poly": "none",
    "identity": "none",
}
_Made = list[tuple[str, np.ndarray]]


def coefficients(
    method: str | Mapping[str, Any], names: Sequence[str], ratio: bool, ref: Any
) -> tuple[list[str], np.ndarray]:
    """Return the labels and the coefficients [r, k] of contrasts between means of these names.

    Parameters
    ----------
    method : str or mapping of label to k coefficients, or to coefficients by name
    names : sequence of str
    ratio : bool
        Whether differences are shown as ratios, `a / b`.
    ref : str, int or None
        The control, by name or position; the first if left out.
    """
    k = len(names)
    if isinstance(method, Mapping):
        made = [(str(label), _own(label, weights, names)) for label, weights in method.items()]
    elif not isinstance(method, str) or method not in _FAMILIES:
        listed = ", ".join(f'"{name}"' for name in _FAMILIES)
        near = did_you_mean(str(method), _FAMILIES)
        raise ModelError(
            f"no contrasts {method!r}.{near} There is {listed}; or write a dict, such as "
            f'`{{"first - last": [{", ".join(["1", *["0"] * (k - 2), "-1"])}]}}`.'
        )
    else:
        shown = [f"({n})" if re.search(r"[-+*/]", n) and method in _PAIRED else n for n in names]
        made = _FAMILIES[method](shown, " / " if ratio else " - ", _position(ref, names))
    return [label for label, _ in made], np.array([row for _, row in made], dtype=float).reshape(len(made), k)


def _own(label: Any, weights: Any, names: Sequence[str]) -> np.ndarray:
    """Return the coefficients [k] that the caller gives one contrast."""
    if isinstance(weights, Mapping):
        row = np.zeros(len(names))
        for name, weight in weights.items():
            row[_position(name, names)] = weight
        return row
    row = np.array(weights, dtype=float)
    if row.shape != (len(names),):
        raise ModelError(
            f"the contrast {label!r} has {row.size} coefficients and there are {len(names)} means: {', '.join(names)}."
        )
    return row


def _position(ref: Any, names: Sequence[str]) -> int:
    if ref is None:
        return 0
    if isinstance(ref, (int, np.integer)) and not isinstance(ref, bool):
        if -len(names) <= ref < len(names):
            return int(ref) % len(names)
    elif str(ref) in names:
        return list(names).index(str(ref))
    raise ModelError(f"no mean {ref!r}.{did_you_mean(str(ref), names)} There is {', '.join(names)}.")


def _difference(names: Sequence[str], i: int, j: int, minus: str) -> tuple[str, np.ndarray]:
    eye = np.eye(len(names))
    return f"{names[i]}{minus}{names[j]}", eye[i] - eye[j]


def _pairwise(names: Sequence[str], minus: str, ref: int) -> _Made:
    return [_difference(names, i, j, minus) for i, j in combinations(range(len(names)), 2)]


def _reversed(names: Sequence[str], minus: str, ref: int) -> _Made:
    return [_difference(names, i, j, minus) for i in range(len(names)) for j in range(i)]


def _control(names: Sequence[str], minus: str, ref: int) -> _Made:
    return [_difference(names, i, ref, minus) for i in range(len(names)) if i != ref]


def _last_control(names: Sequence[str], minus: str, ref: int) -> _Made:
    return _control(names, minus, len(names) - 1)


def _consecutive(names: Sequence[str], minus: str, ref: int) -> _Made:
    return [_difference(names, i + 1, i, minus) for i in range(len(names) - 1)]


def _effects(names: Sequence[str], minus: str, ref: int) -> _Made:
    k = len(names)
    return [(f"{name} effect", row) for name, row in zip(names, np.eye(k) - 1 / k, strict=True)]


def _deleted(names: Sequence[str], minus: str, ref: int) -> _Made:
    k = len(names)
    rows = np.eye(k) * (1 + 1 / (k - 1)) - 1 / (k - 1) if k > 1 else np.zeros((1, 1))
    return [(f"{name} effect", row) for name, row in zip(names, rows, strict=True)]


def _changes(names: Sequence[str], minus: str, ref: int) -> _Made:
    k = len(names)
    place = np.arange(k)
    rows = [np.where(place < i, -1 / i, 1 / (k - i)) for i in range(1, k)]
    return [(f"{names[i]}|{names[i + 1]}", row) for i, row in enumerate(rows)]


def _polynomials(names: Sequence[str], minus: str, ref: int) -> _Made:
    k = len(names)
    table = polynomial(tuple(names))[0][:, : min(k - 1, 6)]
    labels = [*_DEGREES, "degree 5", "degree 6"]
    return [(label, _whole(column)) for label, column in zip(labels, table.T, strict=False)]


def _whole(column: np.ndarray) -> np.ndarray:
    """Return a column scaled to the smallest whole numbers, where they are small."""
    size = np.abs(column)
    unit = column / size[size > 1e-9 * size.max()].min()
    for factor in range(1, 61):
        scaled = factor * unit
        if np.allclose(scaled, np.round(scaled), rtol=0, atol=1e-6 * factor):
            return np.round(scaled)
    return unit


def _identity(names: Sequence[str], minus: str, ref: int) -> _Made:
    return list(zip(names, np.eye(len(names)), strict=True))


_FAMILIES: dict[str, Callable[[Sequence[str], str, int], _Made]] = {
    "pairwise": _pairwise,
    "revpairwise": _reversed,
    "trt.vs.ctrl": _control,
    "trt.vs.ctrl1": _control,
    "trt.vs.ctrlk": _last_control,
    "consec": _consecutive,
    "mean_chg": _changes,
    "eff": _effects,
    "del.eff": _deleted,
    "poly": _polynomials,
    "identity": _identity,
}
_PAIRED = ("pairwise", "revpairwise", "trt.vs.ctrl", "trt.vs.ctrl1", "trt.vs.ctrlk", "consec")
