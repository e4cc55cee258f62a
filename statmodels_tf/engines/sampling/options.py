"""What all samplers ask of their options and of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import EngineError, did_you_mean

if TYPE_CHECKING:
    from ...model import Model

REMEDY = "see its message: run more draws, raise `target_accept`, or write other priors"


def check_counts(engine: Any, names: Sequence[str]) -> None:
    """Refuse options that count and are no whole number from 1."""
    for name in names:
        value = getattr(engine, name)
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
            said = type(engine).__name__
            raise EngineError(f"{said}({name}={value!r}): `{name}` counts; write a whole number from 1.")


def check_acceptance(engine: Any) -> None:
    """Refuse an acceptance that is not between 0 and 1."""
    if not 0 < engine.target_accept < 1:
        said = type(engine).__name__
        raise EngineError(f"{said}(target_accept={engine.target_accept!r}): write a number between 0 and 1, like 0.8.")


def check_choice(engine: Any, name: str, values: Sequence[str]) -> None:
    """Refuse a value of an option that is not among its values."""
    value = getattr(engine, name)
    if value not in values:
        listed = ", ".join(f'"{v}"' for v in values)
        raise EngineError(
            f"{type(engine).__name__}({name}={value!r}):{did_you_mean(str(value), values)} There is {listed}."
        )


def refusal(name: str, model: Model) -> str | None:
    """Return why no sampler can fit a model, or None."""
    if model.family.unsampled is not None:
        return f"{name} cannot fit the {model.family.name} family: {model.family.unsampled}."
    weights = model.design.weights
    if weights is not None and not np.all(weights > 0):
        return f"{name} cannot fit rows of weight 0, which have no density. Leave them out with `subset=`."
    return None
