"""The entry points: arguments to a design, a model and an engine, and the engine's fit."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from .dataset import datasets, load_dataset
from .design import Design, build
from .engines import ENGINES, Engine
from .errors import ConvergenceWarning, DataError, EngineError, ModelError, did_you_mean
from .families import Family, as_family
from .fits import Call, Fit, anova
from .fits.arguments import flag
from .fits.words import spoken
from .model import Model, build_model

__all__ = ["anova", "datasets", "fit", "lmer", "load_dataset"]


@spoken
def lmer(
    formula: str,
    data: Any,
    *,
    REML: bool = True,
    weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    contrasts: Mapping[str, Any] | None = None,
    engine: str | Engine = "pls",
    priors: Mapping[str, Any] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    progress: bool | None = None,
) -> Fit:
    """Return the fit of a linear mixed model, as lme4's `lmer`.

    Parameters
    ----------
    formula : str
        For example `"rating ~ service + (1 | student) + (1 + service | instructor)"`.
    data : table
        pandas, polars, pyarrow, or a dict of columns. Rows that lack a value are dropped and counted.
    REML : bool
        Restricted maximum likelihood, or maximum likelihood.
    weights, offset, subset : str or array, optional
        A column, an expression of columns as text, or an array. The variance of a row is sigma^2 / weight.
    contrasts : mapping, optional
        For example `{"arm": "contr.sum"}`.
    engine : str or Engine
        "pls" (penalised least squares), "nuts" (a posterior), or an engine with options.
    priors : mapping, optional
        Priors by name, for engines that sample.
    functions : mapping, optional
        Functions of yours that the formula calls, by name.
    progress : bool, optional
        Show a progress bar; by default on a terminal only.

    Returns
    -------
    MixedEstimate, or Posterior from an engine that samples

    References
    ----------
    Bates, Maechler, Bolker & Walker (2015). doi:10.18637/jss.v067.i01
    """
    rows = {"weights": weights, "offset": offset, "subset": subset, "contrasts": contrasts, "functions": functions}
    how = {"REML": REML, "engine": engine, "priors": priors, "progress": progress}
    return _run(lmer, formula, data, {}, rows, how)


@spoken
def fit(
    formula: str,
    data: Any,
    family: str = "gaussian",
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
    family : str
        The distribution of the response.
    link : str, optional
        The family's own if left out.
    REML, weights, offset, subset, contrasts, priors, functions, progress
        As `lmer`.
    engine : str or Engine
        "auto" takes the first that supports the model and says in `diagnostics["why"]` why; a formula
        without group terms is sampled, since no other engine takes it yet.
    """
    rows = {"weights": weights, "offset": offset, "subset": subset, "contrasts": contrasts, "functions": functions}
    how = {"REML": REML, "engine": engine, "priors": priors, "progress": progress}
    return _run(fit, formula, data, {"family": family, "link": link}, rows, how)


def _run(
    entry: Callable[..., Fit],
    formula: str,
    data: Any,
    response: dict[str, Any],
    rows: dict[str, Any],
    how: dict[str, Any],
) -> Fit:
    """Return the fit that an entry point asks for.

    Parameters
    ----------
    entry : callable
        The entry point, for `update` and `save`.
    response, rows, how : dict of str to value
        Its arguments about the family, about the design, and about the engine.
    """
    how["REML"] = flag("REML", how["REML"])
    _check_mappings(contrasts=rows["contrasts"], priors=how["priors"], functions=rows["functions"])
    family = as_family(response.get("family", "gaussian"), response.get("link"))
    design = build(formula, data, **rows)
    check_response(design, family)
    if entry is lmer:
        check_mixed(design)
    model = build_model(design, family=family, priors=how["priors"])
    chosen, why = choose_engine(how["engine"], model, REML=how["REML"], progress=how["progress"])
    defaults = inspect.signature(entry).parameters
    given = {k: v for k, v in {**response, **rows, **how}.items() if v is not defaults[k].default}
    return _fitted(chosen, why, model, Call(entry, str(formula), data, given))


def check_response(design: Design, family: Family) -> None:
    """Say what makes the response impossible: there is none, or not one that the family has, or it is constant."""
    if design.response is None:
        raise ModelError(
            f"the formula `{design.formula}` has no response; write one on the left, `y {design.formula}`."
        )
    refusal = family.refuses(design.response)
    if refusal is not None:
        raise DataError(refusal)
    y = design.response.values
    if np.ptp(y) == 0:
        raise ModelError(f"the response `{design.response.name}` is constant ({y[0]:g} in all {len(y):,} rows).")


def check_mixed(design: Design) -> None:
    """Say that a mixed model needs a group term, where there is none."""
    if not design.groups:
        raise ModelError(
            f"the formula `{design.formula}` has no random effects; add a group term, such as "
            f"`{design.formula} + (1 | g)` with `g` a grouping column of the data."
        )


def choose_engine(engine: str | Engine, model: Model, *, REML: bool, progress: bool | None) -> tuple[Engine, str]:
    """Return the engine asked for, with the call's options, and why it was chosen."""
    if isinstance(engine, type) and issubclass(engine, Engine):
        engine = engine()
    if isinstance(engine, Engine):
        chosen, why = engine, "asked for"
    elif engine == "auto":
        reasons = {}
        for name in sorted(ENGINES, key=lambda name: (ENGINES[name].sampling, name)):
            kind = ENGINES[name]
            reasons[name] = kind().supports(model)
            if reasons[name] is None:
                over = "".join(f"; {other}: {said}" for other, said in reasons.items() if said is not None)
                chosen, why = kind(), f"the first engine that supports this {model.family.name} model{over}"
                break
        else:
            said = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
            raise EngineError(f"no engine can fit this model ({said}).")
    elif isinstance(engine, str) and engine in ENGINES:
        chosen, why = ENGINES[engine](), "asked for"
    else:
        listed = ", ".join(f'"{name}"' for name in ENGINES)
        raise EngineError(f'no engine {engine!r}.{did_you_mean(str(engine), ENGINES)} There is {listed} and "auto".')
    reason = chosen.supports(model)
    if reason is not None:
        raise EngineError(reason)
    if not REML and not hasattr(chosen, "REML"):
        raise EngineError(f"`REML=False`: {chosen.name} maximises no likelihood; leave it out.")
    changes = {} if REML else {"REML": False}
    return _with_options(chosen, changes | ({} if progress is None else {"progress": progress})), why


def _check_mappings(**given: Any) -> None:
    """Say that contrasts, priors and functions come by name, and functions can be called."""
    examples = {"contrasts": '{"arm": "contr.sum"}', "priors": '{"b": "normal(0, 10)"}', "functions": '{"f": f}'}
    for argument, value in given.items():
        if value is None:
            continue
        if not isinstance(value, Mapping):
            raise ModelError(
                f"`{argument}={value!r}` is a {type(value).__name__}, and a dict by name is needed: write "
                f"`{argument}={examples[argument]}`."
            )
        for name, member in value.items() if argument == "functions" else ():
            if not callable(member):
                raise ModelError(f"`functions` holds {member!r} as `{name}`, which is no function.")


def _with_options(engine: Any, options: Mapping[str, Any]) -> Any:
    """Return the engine with those of the options that are fields of it."""
    known = {f.name for f in fields(engine)}
    changes = {k: v for k, v in options.items() if k in known}
    return replace(engine, **changes) if changes else engine


def _fitted(engine: Engine, why: str, model: Model, call: Call) -> Fit:
    """Return the engine's fit, with one warning if it did not converge."""
    result = engine.fit(model, call=call)
    result = replace(result, diagnostics={**result.diagnostics, "why": why})
    if not result.converged:
        # What stands first among a fit's findings is why it did not converge.
        warnings.warn(next(iter(result.check()), "Not converged."), ConvergenceWarning, stacklevel=5)
    return result
