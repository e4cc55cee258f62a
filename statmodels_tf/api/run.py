"""What the entry points share: arguments to a design, a model and an engine, and the engine's fit."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from ..design import Design
from ..engines import ENGINES, Engine
from ..errors import ConvergenceWarning, DataError, DataWarning, EngineError, ModelError, did_you_mean
from ..families import Family, as_family, fractional, refusal
from ..fits import Call, Fit
from ..fits.regression.modelled import lumped
from ..fits.summary import dropped_rows
from ..model import Model, build_model
from ..sources import as_source
from .ask import Ask
from .predictors import designs
from .streamed import in_memory, streamed_design

POSTERIOR = "posterior"
"""As a name of an engine: the first that samples and supports the model."""


def run(ask: Ask, *, groups: str = "may") -> Fit:
    """Return the fit that an entry point asks for.

    Parameters
    ----------
    ask : Ask
    groups : {"may", "must", "sampled"}
        Whether the formula may have group terms, must have one, or may have them where the engine samples.
    """
    family = as_family(ask.family, ask.link)
    ask.check_own(family)
    source = as_source(ask.data)
    if source is None:
        in_memory(ask)
        design, predictors = designs(family, ask.formula, ask.data, ask.rows, ask.others)
    else:
        design, predictors = streamed_design(ask, family, source), {}
    check_response(design, family)
    if family.whole and (told := fractional(family, family.data(design.response, design.weights))) is not None:
        warnings.warn(told, DataWarning, stacklevel=4)
    if (told := lumped(family, design.response)) is not None:
        warnings.warn(told, DataWarning, stacklevel=4)
    if ask.na_action == "fail" and design.dropped:
        found = dropped_rows(design).replace(" dropped", "")
        raise DataError(f'{found}, and `na_action="fail"` asks for none. Fill or drop them first.')
    if groups == "must":
        check_mixed(design)
    model = build_model(design, family=family, priors=ask.every_prior, predictors=predictors)
    if groups == "sampled" and design.groups and not sampling(ask.engine):
        raise ModelError(_group_refusal(ask.name, design, family))
    chosen, why = choose_engine(ask.engine, model, REML=bool(ask.REML), progress=ask.progress, sampled=bool(ask.own))
    if ask.own and not chosen.sampling:
        name, value = next(iter(ask.own.items()))
        raise ModelError(
            f'`{name}={value!r}` is for engines that sample, and {chosen.name} does not: write `engine="nuts"`, or '
            "leave it out."
        )
    if ask.priors and not chosen.sampling:
        raise ModelError(
            f"`priors=` is for engines that sample, and {chosen.name} does not: write "
            '`engine="nuts"`, or leave the priors out.'
        )
    if ask.untold and ask.engine != "auto":
        why = f"what `{ask.name}` takes if not told"
    return _fitted(chosen, why, model, ask.call())


def check_response(design: Design, family: Family) -> None:
    """Say what makes the response impossible: there is none, or not one that the family has.

    A constant one has nothing to tell of groups, and is refused where there are any.
    """
    if design.response is None:
        raise ModelError(
            f"the formula `{design.formula}` has no response; write one on the left, `y {design.formula}`."
        )
    reason = refusal(family, design.response)
    if reason is not None:
        raise DataError(reason)
    y = design.response.values
    if design.groups and np.ptp(y) == 0:
        raise ModelError(f"the response `{design.response.name}` is constant ({y[0]:g} in all {len(y):,} rows).")


def check_mixed(design: Design) -> None:
    """Say that a mixed model needs a group term, where there is none."""
    if not design.groups:
        raise ModelError(
            f"the formula `{design.formula}` has no random effects; add a group term, such as "
            f"`{design.formula} + (1 | g)` with `g` a grouping column of the data."
        )


def sampling(engine: Any) -> bool:
    """Return whether an engine, or a name of one, samples."""
    if isinstance(engine, str):
        return engine == POSTERIOR or (engine in ENGINES and ENGINES[engine].sampling)
    return bool(getattr(engine, "sampling", False))


def _group_refusal(entry: str, design: Design, family: Family) -> str:
    """Return that an entry point takes no group terms, and which does."""
    label = design.groups[0].label
    if entry == "lm" or family.linear:
        return f"`{entry}` takes no group terms, and `({label})` is one: write `lmer({str(design.formula)!r}, data)`."
    if family.unsampled is not None:
        return f"`{entry}` takes no group terms in a {family.name} model, and `({label})` is one: leave it out."
    return (
        f"`{entry}` estimates no group terms yet, and `({label})` is one. Sample the model: "
        f'`{entry}(..., engine="nuts")`.'
    )


def choose_engine(
    engine: str | Engine | type[Engine], model: Model, *, REML: bool, progress: bool | None, sampled: bool = False
) -> tuple[Engine, str]:
    """Return the engine asked for, with the call's options, and why it was chosen.

    Parameters
    ----------
    engine, model, REML, progress
    sampled : bool
        Whether only engines that sample can take the model.
    """
    if isinstance(engine, type) and issubclass(engine, Engine):
        engine = engine()
    if isinstance(engine, Engine):
        chosen, why = engine, "asked for"
    elif engine in ("auto", POSTERIOR):
        chosen, why = _first_engine(model, sampled or engine == POSTERIOR)
    elif isinstance(engine, str) and engine in ENGINES:
        chosen, why = ENGINES[engine](), "asked for"
    else:
        listed = ", ".join(f'"{name}"' for name in ENGINES)
        near = did_you_mean(str(engine), (*ENGINES, POSTERIOR))
        raise EngineError(f'no engine {engine!r}.{near} There is {listed}, "{POSTERIOR}" and "auto".')
    reason = chosen.supports(model)
    if reason is not None:
        raise EngineError(reason)
    if not REML and not hasattr(chosen, "REML"):
        raise EngineError(f"`REML=False`: {chosen.name} maximises no likelihood; leave it out.")
    changes = {} if REML else {"REML": False}
    return _with_options(chosen, changes | ({} if progress is None else {"progress": progress})), why


def _first_engine(model: Model, sampled: bool) -> tuple[Engine, str]:
    """Return the first engine that supports the model, and why; sampling comes last, and then why nothing else did."""
    reasons: dict[str, str | None] = {}
    names = [name for name, kind in ENGINES.items() if not kind.by_name and (kind.sampling or not sampled)]
    for name in sorted(names, key=lambda name: (ENGINES[name].sampling, name)):
        reasons[name] = ENGINES[name]().supports(model)
        if reasons[name] is None:
            over = [f"; {other}: {said}" for other, said in reasons.items() if ENGINES[name].sampling and said]
            return ENGINES[name](), f"the first engine that supports this {model.family.name} model{''.join(over)}"
    said = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
    raise EngineError(f"no engine can fit this model ({said}).")


def _with_options(engine: Any, options: Mapping[str, Any]) -> Any:
    """Return the engine with those of the options that are fields of it."""
    known = {f.name for f in fields(engine)}
    changes = {k: v for k, v in options.items() if k in known}
    return replace(engine, **changes) if changes else engine


def _fitted(engine: Engine, why: str, model: Model, call: Call) -> Fit:
    """Return the engine's fit, with one warning if it did not converge."""
    result = engine.fit(model, call=call, why=why)
    if not result.converged:
        # What stands first among a fit's findings is why it did not converge.
        warnings.warn(next(iter(result.check()), "Not converged."), ConvergenceWarning, stacklevel=5)
    return result
