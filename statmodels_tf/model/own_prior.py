"""Priors of a family's own parameters: what the caller wrote, held against what the parameter is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import ModelError
from ..priors import (
    Constant,
    Dirichlet,
    Elementwise,
    Flat,
    HalfFlat,
    Ordered,
    Positive,
    Prior,
    Real,
    Shares,
    Spec,
    Uniform,
    together,
)

TAKES = {
    "real": "a number of any sign, like `normal(0, 2.5)`",
    "positive": "a positive number, like `exponential(1)` or `half_normal(10)`",
    "interval": "a number between {low:g} and {high:g}, like `uniform({low:g}, {high:g})`",
    "ordered": "numbers of any sign, like `normal(0, 2.5)`",
    "simplex": "shares, like `dirichlet(1)`",
}


def own_prior(
    name: str, given: Mapping[str, Spec], default: Prior, labels: Sequence[str] = (), flat: bool = False
) -> Any:
    """Return the prior of one of the family's own parameters.

    Parameters
    ----------
    name : str
    given : mapping of key to Spec
        What the caller wrote: under the name, and under the label of an entry.
    default : Prior
        It says what the parameter is, too.
    labels : sequence of str
        Of the entries of a vector.
    flat : bool
        Whether what is not given has no prior.
    """
    start = flat_like(default) if flat else default
    made = fitting(name, given[name], default) if name in given else start
    if not any(label in given for label in labels):
        return made
    entries = [
        _entry(fitting(label, given[label], default) if label in given else made, k) for k, label in enumerate(labels)
    ]
    if len({type(entry) for entry in entries}) > 1:
        kinds = ", ".join(f"`{label}`: {entry}" for label, entry in zip(labels, entries, strict=True))
        raise ModelError(f"the numbers of `{name}` take priors of one kind; got {kinds}.")
    vector: Any = together(entries)
    return Ordered(vector, len(labels)) if isinstance(default, Ordered) else vector


def fitting(key: str, given: Spec, default: Prior) -> Prior:
    """Return what was given as the prior of a parameter like the default, or say what it may be.

    >>> from statmodels_tf.priors import Normal
    >>> str(fitting("sigma", Normal(0, 1), HalfFlat()))
    Traceback (most recent call last):
        ...
    statmodels_tf.errors.ModelError: the prior of `sigma` is `normal(0, 1)`; it must be one of a positive number, like
    `exponential(1)` or `half_normal(10)`. Its positive half is `half_normal(1)`.
    """
    if isinstance(default, Dirichlet):
        if isinstance(given, Shares):
            return given.of(default.size, key)
    elif isinstance(given, Elementwise) and _inside(given, default):
        return _like(given, default)
    low, high = _bounds(default)
    takes = TAKES[default.support if default.support in TAKES else "real"].format(low=low, high=high)
    raise ModelError(f"the prior of `{key}` is `{given}`; it must be one of {takes}.{_half(given, default)}")


def flat_like(default: Prior) -> Prior:
    """Return no prior for a parameter like the default, on the scale of the default."""
    if isinstance(default, Ordered):
        each: Any = flat_like(default.each)
        return Ordered(each, default.size)
    if isinstance(default, Real):
        return Flat(*default.standard())
    if isinstance(default, Positive):
        return HalfFlat(default.size())
    if isinstance(default, Dirichlet):
        return Dirichlet(default.size, 1.0)
    return Uniform(*_bounds(default))


def ordinary(given: Any, default: Elementwise) -> Any:
    """Return a flat prior on the scale of the default, anything else as it is.

    >>> from statmodels_tf.priors import Normal
    >>> ordinary(Flat(), Normal(3.0, 2.0)).scale
    2.0
    """
    flat = type(given) is type(flat_like(default)) and isinstance(given, Flat | HalfFlat)
    return flat_like(default) if flat else given


def _inside(given: Elementwise, default: Prior) -> bool:
    """Return whether all that a prior gives can be the parameter."""
    if isinstance(default, Ordered):
        return isinstance(given, Real)
    low, high = _bounds(default)
    least, most = given.bounds
    strict = isinstance(given, Constant)
    inside = least >= low and most <= high
    return inside and not (strict and (least == low or most == high) and np.isfinite(least))


def _like(given: Elementwise, default: Prior) -> Prior:
    """Return a prior in the shape of the default."""
    if isinstance(default, Ordered):
        each: Any = ordinary(given, default.each)
        return Ordered(each, default.size)
    if isinstance(default, Elementwise):
        given = ordinary(given, default)
    return given.spread(default.shape) if default.shape else given


def _entry(prior: Any, k: int) -> Elementwise:
    """Return the prior of one entry of a vector."""
    whole: Any = prior.spread if isinstance(prior, Ordered) else prior
    one: Elementwise = type(whole)(*(np.asarray(v)[k] for v in whole.values()))
    return one


def _bounds(default: Prior) -> tuple[float, float]:
    return default.bounds if isinstance(default, Elementwise) else (-np.inf, np.inf)


def _half(given: Spec, default: Prior) -> str:
    """Return what a prior centred at zero becomes on the positive numbers."""
    if not isinstance(default, Positive) or not isinstance(given, Real) or getattr(given, "loc", 1) != 0:
        return ""
    word = f"half_{getattr(given, 'word', '')}"
    figures = ", ".join(f"{v:g}" for v in (getattr(given, "df", None), getattr(given, "scale", None)) if v is not None)
    known = word in {"half_normal", "half_cauchy", "half_student_t"}
    return f" Its positive half is `{word}({figures})`." if known else ""
