"""Loading a saved fit: the call's design again, and its engine at the factors that were found, or fitting again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_type_hints

from .api import fit, glm, lm, lmer
from .api.predictors import designs
from .api.run import check_response
from .engines import ENGINES, Engine
from .errors import DataError
from .families import as_family
from .fits import Call, Fit
from .fits.stored.call_options import is_number
from .fits.stored.storage import Stored, loading, read_fit
from .fits.words import spoken
from .model import build_model

__all__ = ["load"]

_ENTRIES: dict[str, Callable[..., Fit]] = {"lm": lm, "glm": glm, "lmer": lmer, "fit": fit}
_SAME = 1e-6
"""How far the criterion may be from the one stored, relative: other machines round otherwise."""

_MOST = 100_000
"""The most iterations that a file may ask for: what comes from anyone ends in time."""


@spoken
def load(path: str | Path) -> Fit:
    """Return the fit that `fit.save(path)` wrote: its design made again, its engine evaluated once where it was found.

    A model without group terms is fitted again, which takes a few passes over the data.

    The file may come from anyone: nothing in it is executed, and one that is damaged, or made to do harm, is a
    DataError.
    """
    with loading(path):
        return _restored(read_fit(path))


def _restored(stored: Stored) -> Fit:
    if stored.function not in _ENTRIES:
        raise DataError(f"it was fitted by `{stored.function}`, unknown to this release")
    options: dict[str, Any] = {
        k: _engine(*v) if k == "engine" and isinstance(v, tuple) else v for k, v in stored.options.items()
    }
    family = as_family(options.get("family", "gaussian"))
    rows = {k: options.get(k) for k in ("weights", "offset", "subset", "contrasts")}
    own = options.pop("own", {})
    texts = {name: value for name, value in own.items() if isinstance(value, str)}
    others = {**{name: options.get(name) for name in ("nominal", "scale")}, **texts}
    design, predictors = designs(family, stored.formula, stored.data, rows, others)
    check_response(design, family)
    model = build_model(design, family=family, priors=_priors(options, own), predictors=predictors)
    options |= own
    engine: Any = _engine(stored.engine, stored.engine_options)
    refusal = engine.supports(model)
    if refusal is not None:
        raise DataError(refusal)
    if engine.sampling or (design.groups and not hasattr(engine, "at")):
        raise DataError(f"{stored.engine!r} makes no fits that are saved")
    if [factor.shape for factor in stored.factors] != [(len(block.effects),) * 2 for block in design.groups]:
        raise DataError("its factors are not those of its formula")
    call = Call(_ENTRIES[stored.function], stored.formula, stored.data, options)
    again: Any = engine.at(model, stored.factors, call=call) if design.groups else engine.fit(model, call=call)
    was, found = stored.criterion, again.criterion if design.groups else again.deviance
    if was is not None and not abs(found - was) <= _SAME * max(1.0, abs(was)):
        raise DataError(f"its criterion was {was:.8g} and is {found:.8g} with the data and factors it holds")
    return replace(again, diagnostics={**again.diagnostics, **_found(again, stored.diagnostics)})


def _priors(options: Mapping[str, Any], own: Mapping[str, Any]) -> Any:
    """Return the priors of a call, with the numbers that parameters are fixed at."""
    fixed = {name: value for name, value in own.items() if not isinstance(value, str)}
    return {**(options.get("priors") or {}), **fixed} if fixed else options.get("priors")


def _found(again: Fit, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to take over of how the fit was found; a file can doubt a fit, and not vouch for it."""
    kept = {name: value for name, value in found.items() if name not in ("converged", "message")}
    kept["converged"] = again.converged and found.get("converged", True)
    if not kept["converged"] and not found.get("converged", True):
        kept["message"] = found.get("message", "")
    return kept


def _engine(name: str, options: Mapping[str, Any]) -> Engine:
    """Return an engine by name with options whose types are those of its fields."""
    if name not in ENGINES:
        raise DataError(f"it was fitted by the engine {name!r}, unknown to this release")
    types = get_type_hints(ENGINES[name])
    for option, value in options.items():
        if option.startswith("max_") and is_number(value) and value > _MOST:
            raise DataError(f"it asks for up to {value:,.0f} passes by `{option}`, and a file may for {_MOST:,}")
        wanted = types.get(option)
        if wanted is float and type(value) is int:
            continue
        if wanted is None or not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise DataError(f"the engine {name!r} has no option `{option}={value!r}`")
    return ENGINES[name](**options)
