"""fit: any formula, any family, any engine that can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..engines import Engine
from ..families import Family
from ..fits import Fit
from ..fits.words import spoken
from .ask import Ask
from .run import run


@spoken
def fit(
    formula: str,
    data: Any,
    family: str | Family = "gaussian",
    *,
    link: str | None = None,
    nominal: str | None = None,
    scale: str | None = None,
    REML: bool = True,
    weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    na_action: str = "omit",
    contrasts: Mapping[str, Any] | None = None,
    engine: str | Engine = "auto",
    priors: Mapping[str, Any] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    runner: Any = None,
    block_rows: int | None = None,
    progress: bool | None = None,
    **own: str | float,
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
    nominal, scale, runner, block_rows
        As `glm`.
    REML, weights, offset, subset, na_action, contrasts, priors, functions, progress
        As `lmer`.
    engine : str or Engine
        "auto" takes the first that supports the model and says in `diagnostics["why"]` why.
    own : str or number
        The family's own parameters by name: `sigma="~ x"` models one, on the scale of its link; `sigma=1` fixes it.
        Engines that sample take them.
    """
    ask = Ask(
        entry=fit, formula=formula, data=data, family=family, link=link, nominal=nominal, scale=scale, REML=REML,
        weights=weights, offset=offset, subset=subset, na_action=na_action, contrasts=contrasts, engine=engine,
        priors=priors, functions=functions, runner=runner, block_rows=block_rows, progress=progress, own=own,
    )  # fmt: skip
    return run(ask)
