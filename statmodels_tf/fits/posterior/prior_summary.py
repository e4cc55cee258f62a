"""The priors of a model as a table: on the scale of the data, whether given or by default, and by which rule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from ...model import Model


def prior_summary(model: Model) -> pd.DataFrame:
    """Return prior, source and rule of each parameter or group of parameters; see `Fit.prior_summary`."""
    texts, usual = model.prior_texts(), replace(model, priors={}).prior_texts()
    sources = ["default" if usual.get(name) == text else "given" for name, text in texts.items()]
    rules = [_rule(model, name) if source == "default" else "" for name, source in zip(texts, sources, strict=True)]
    return pd.DataFrame({"prior": list(texts.values()), "source": sources, "rule": rules}, index=list(texts))


def _rule(model: Model, name: str) -> str:
    """Return how a default follows from the data; empty where it does not."""
    centre, unit = model.family.default_scale(model.data["likelihood"])
    scaled = (centre, unit) != (0.0, 1.0)
    common = model.common
    if common is not None and name.startswith(common.at_centre) and common.intercept is not None:
        at = "mean(y), 2.5 sd(y)" if model.family.linear else "g(mean(y)), 2.5 sd(y) on the scale of the link"
        return f"normal({at})" if scaled else "normal(0, 2.5)"
    if common is not None and (name in common.names or name.endswith(" coefficients")):
        return f"normal(0, 2.5 {'sd(y) ' if scaled else ''}/ sd(x))"
    if name == model.family.scale and model.family.normal:
        return "exponential(1 / sd(y))"
    return ""
