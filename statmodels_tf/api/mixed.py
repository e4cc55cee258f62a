"""lmer: linear mixed models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..engines import Engine
from ..fits import Fit
from ..fits.words import spoken
from .ask import Ask
from .run import run


@spoken
def lmer(
    formula: str,
    data: Any,
    *,
    REML: bool = True,
    weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    na_action: str = "omit",
    contrasts: Mapping[str, Any] | None = None,
    engine: str | Engine = "pls",
    priors: Mapping[str, Any] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    progress: bool | None = None,
    **own: str | float,
) -> Fit:
    """Return the fit of a linear mixed model, as lme4's `lmer`.

    Parameters
    ----------
    formula : str
        For example `"rating ~ service + (1 | student) + (1 + service | instructor)"`.
    data : table
        pandas, polars, pyarrow, or a dict of columns.
    REML : bool
        Restricted maximum likelihood, or maximum likelihood.
    weights, offset, subset : str or array, optional
        A column, an expression of columns as text, or an array. The variance of a row is sigma^2 / weight.
    na_action : {"omit", "fail"}
        Drop rows that lack a value and count them, or say which columns lack one.
    contrasts : mapping, optional
        For example `{"arm": "contr.sum"}`.
    engine : str or Engine
        "pls" (penalised least squares), "nuts" or "marginal" (a posterior), "vi", "pathfinder" or "laplace_posterior"
        (approximate), or an engine with options, as `NUTS(draws=2000, seed=1)`.
    priors : mapping or "flat", optional
        Priors by name, as in `{"b": "normal(0, 2.5)"}`, for engines that sample; "flat" for none.
    functions : mapping, optional
        Functions of yours that the formula calls, by name.
    progress : bool, optional
        Show a progress bar; by default on a terminal only.
    own : str or number
        The family's own parameters by name: `sigma="~ x"` models one, on the scale of its link; `sigma=1` fixes it.
        Engines that sample take them.

    Returns
    -------
    MixedEstimate, or Posterior from an engine that samples

    References
    ----------
    Bates, Maechler, Bolker & Walker (2015). doi:10.18637/jss.v067.i01
    """
    ask = Ask(
        entry=lmer, formula=formula, data=data, REML=REML, weights=weights, offset=offset, subset=subset,
        na_action=na_action, contrasts=contrasts, engine=engine, priors=priors, functions=functions, progress=progress,
        own=own,
    )  # fmt: skip
    return run(ask, groups="must")
