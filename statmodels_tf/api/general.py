"""fit: any formula, any family, any engine that can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..engines import Engine
from ..families import Family
from ..fits import Fit
from ..fits.words import spoken
from .run import run


@spoken
def fit(
    formula: str,
    data: Any,
    family: str | Family = "gaussian",
    *,
    link: str | None = None,
    REML: bool = True,
    weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    contrasts: Mapping[str, Any] | None = None,
    engine: str | Engine = "auto",
    priors: Mapping[str, Any] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    progress: bool | None = None,
) -> Fit:
    """Return the fit of any formula with any family by any engine that can.

    Parameters
    ----------
    formula, data
        As `lmer`.
    family : str or Family
        The distribution of the response, as `glm`.
    link : str, optional
        The family's own if left out.
    REML, weights, offset, subset, contrasts, priors, functions, progress
        As `lmer`.
    engine : str or Engine
        "auto" takes the first that supports the model and says in `diagnostics["why"]` why.
    """
    rows = {"weights": weights, "offset": offset, "subset": subset, "contrasts": contrasts, "functions": functions}
    how = {"REML": REML, "engine": engine, "priors": priors, "progress": progress}
    return run(fit, formula, data, {"family": family, "link": link}, rows, how)
