"""lm and glm: models of common terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..engines import Engine
from ..families import Family
from ..fits import Fit
from ..fits.words import spoken
from .run import run


@spoken
def lm(
    formula: str,
    data: Any,
    *,
    weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    contrasts: Mapping[str, Any] | None = None,
    engine: str | Engine = "qr",
    priors: Mapping[str, Any] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    progress: bool | None = None,
) -> Fit:
    """Return the fit of a linear model, as R's `lm`.

    Parameters
    ----------
    formula : str
        For example `"mpg ~ wt + factor(cyl)"`.
    data, weights, offset, subset, contrasts, functions, progress
        As `lmer`.
    engine : str or Engine
        "qr" (least squares), "nuts" (a posterior), or an engine with options.
    priors : mapping, optional
        Priors by name, for engines that sample.

    Returns
    -------
    LinearEstimate, or Posterior from an engine that samples
    """
    rows = {"weights": weights, "offset": offset, "subset": subset, "contrasts": contrasts, "functions": functions}
    return run(lm, formula, data, {}, rows, {"engine": engine, "priors": priors, "progress": progress})


@spoken
def glm(
    formula: str,
    data: Any,
    family: str | Family = "gaussian",
    *,
    link: str | None = None,
    weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    contrasts: Mapping[str, Any] | None = None,
    engine: str | Engine = "auto",
    priors: Mapping[str, Any] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    progress: bool | None = None,
) -> Fit:
    """Return the fit of a generalized linear model, as R's `glm`.

    Parameters
    ----------
    formula : str
        For example `"cbind(ncases, ncontrols) ~ agegp + alcgp"`.
    data, weights, offset, subset, contrasts, functions, progress
        As `lmer`; `weights` are prior weights, the numbers of trials of a proportion.
    family : str or Family
        "gaussian", "binomial", "poisson", ..., or a family with options.
    link : str, optional
        The family's own if left out.
    engine : str or Engine
        "auto" takes the one made for the family; "nuts" gives a posterior.
    priors : mapping, optional
        Priors by name, for engines that sample.

    Returns
    -------
    GLMEstimate, or Posterior from an engine that samples

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models.
    """
    rows = {"weights": weights, "offset": offset, "subset": subset, "contrasts": contrasts, "functions": functions}
    how = {"engine": engine, "priors": priors, "progress": progress}
    return run(glm, formula, data, {"family": family, "link": link}, rows, how)
