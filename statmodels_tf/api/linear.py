"""lm and glm: models of common terms."""

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
def lm(
    formula: str,
    data: Any,
    *,
    weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    na_action: str = "omit",
    contrasts: Mapping[str, Any] | None = None,
    engine: str | Engine = "qr",
    priors: Mapping[str, Any] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    runner: Any = None,
    block_rows: int | None = None,
    progress: bool | None = None,
) -> Fit:
    """Return the fit of a linear model, as R's `lm`.

    Parameters
    ----------
    formula : str
        For example `"mpg ~ wt + factor(cyl)"`.
    data : table, or path
        pandas, polars, pyarrow, or a dict of columns. A path, a glob, a folder or a list of files (Parquet, Feather,
        CSV), a pyarrow Dataset, a DuckDB relation or a Dask DataFrame is read block by block and need not fit in
        memory; `weights`, `offset` and `subset` are then text.
    weights : str or array, optional
        A column, an expression of columns as text, or an array: the variance of a row is sigma^2 / weight. A row of
        weight 0 has a fitted value and is not counted.
    offset : str or array, optional
        Added to the mean as it is, besides the `offset()` terms of the formula.
    subset : str or array, optional
        Which rows to use: a condition as text, truth values, or positions.
    na_action : {"omit", "fail"}
        Drop rows that lack a value and count them, or say which columns lack one.
    contrasts : mapping, optional
        For example `{"arm": "contr.sum"}`.
    engine : str or Engine
        "qr" (least squares), "nuts" (a posterior), or an engine with options, as `NUTS(draws=2000, seed=1)`.
    priors : mapping or "flat", optional
        Priors by name, as in `{"b": "normal(0, 2.5)"}`, for engines that sample; "flat" for none.
    functions, progress
        As `lmer`.
    runner : str, int or distributed.Client, optional
        Who works through data that are read block by block: "threads", a number of them, "serial", or the client of a
        Dask cluster.
    block_rows : int, optional
        How many rows such data have in a block.

    Returns
    -------
    LinearEstimate, or Posterior from an engine that samples

    Examples
    --------
    >>> import statmodels_tf as st
    >>> st.lm("mpg ~ wt", st.load_dataset("mtcars")).coef().round(3).to_dict()
    {'Intercept': 37.285, 'wt': -5.344}
    """
    ask = Ask(
        entry=lm, formula=formula, data=data, weights=weights, offset=offset, subset=subset, na_action=na_action,
        contrasts=contrasts, engine=engine, priors=priors, functions=functions, runner=runner, block_rows=block_rows,
        progress=progress,
    )  # fmt: skip
    return run(ask, groups="sampled")


@spoken
def glm(
    formula: str,
    data: Any,
    family: str | Family = "gaussian",
    *,
    link: str | None = None,
    nominal: str | None = None,
    scale: str | None = None,
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
    """Return the fit of a generalized linear model, as R's `glm`.

    Parameters
    ----------
    formula : str
        For example `"cbind(ncases, ncontrols) ~ agegp + alcgp"`.
    data, subset, na_action, contrasts, functions, runner, block_rows, progress
        As `lm`.
    family : str or Family
        "gaussian", "binomial", "poisson", "Gamma", ..., R's `'binomial(link = "probit")'`, or an object such as
        `st.families.Binomial(link="probit")`. The response of a binomial model is 0 and 1, truth values, a factor (its
        first level is failure), `cbind(successes, failures)`, `successes | trials(n)`, or a share with its numbers of
        trials as weights. "cumulative" models the order of a factor's levels, "categorical" their odds.
    link : str, optional
        The family's own if left out.
    nominal, scale : str, optional
        Of a cumulative model: `"~ x"`, the terms whose effect differs between thresholds (partial proportional odds),
        and those that change the scale: P(Y <= k) = F((theta_k - eta) / exp(s)), as R's `ordinal::clm`.
    weights : str or array, optional
        Prior weights: the variance of a row is dispersion V(mu) / weight. Those of a share are its numbers of trials,
        and a whole number counts a row so often in the likelihood, as in R.
    offset : str or array, optional
        Added to the linear predictor as it is, such as `"log(exposure)"`.
    engine : str or Engine
        "auto" takes the one made for the family and says why in `fit.diagnostics`; "nuts" gives a posterior.
    priors : mapping or "flat", optional
        Priors by name, as in `{"b": "normal(0, 2.5)"}`, for engines that sample; "flat" for none.
    own : str or number
        The family's own parameters by name: `sigma="~ x"` models one, on the scale of its link; `sigma=1` fixes it.
        Engines that sample take them.

    Returns
    -------
    GLMEstimate, OrdinalEstimate, CategoricalEstimate, or Posterior from an engine that samples

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models.

    Examples
    --------
    >>> import statmodels_tf as st
    >>> st.glm("am ~ wt", st.load_dataset("mtcars"), "binomial").coef().round(3).to_dict()
    {'Intercept': 12.04, 'wt': -4.024}
    """
    ask = Ask(
        entry=glm, formula=formula, data=data, family=family, link=link, nominal=nominal, scale=scale, weights=weights,
        offset=offset, subset=subset, na_action=na_action, contrasts=contrasts, engine=engine, priors=priors,
        functions=functions, runner=runner, block_rows=block_rows, progress=progress, own=own,
    )  # fmt: skip
    return run(ask, groups="sampled")
