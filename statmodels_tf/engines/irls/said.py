"""Said: what the diagnostics of a fit say of trouble, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ...families.exponential import ExponentialFamily
    from ...model import Model
    from .fit import Answer

_PROBABILITY, _RATE = ("logit", "probit", "cloglog", "cauchit"), ("log", "sqrt", "identity")
_USUAL = {"logit": _PROBABILITY, "log": _RATE, "inverse": ("inverse", "log", "identity")}
"""The usual links of families by their canonical one."""

SHOWN = 5
"""Rows named of those that are fitted without error."""


def no_start(family: ExponentialFamily) -> str:
    """Return that no coefficients to start from give means in the family's range, and what to do."""
    usual = _USUAL.get(family.canonical, ())
    if usual and family.link.name not in usual:
        listed = ", ".join(f'"{name}"' for name in usual)
        return (
            f"the {family.link.name} link does not give means in the range of the {family.name} family; its usual "
            f"links are {listed}, and link={usual[0]!r} is what it takes if not told."
        )
    safe = family.canonical or "log"
    other = f'take a link that keeps them there (link="{safe}"), or ' if family.link.name != safe else ""
    return (
        f"no coefficients were found at which all means of the {family.name} family with link {family.link.name} lie "
        f"in its range; {other}centre the columns, and choose units in which they and the offset are not huge."
    )


def said(answer: Answer, model: Model, aliased: np.ndarray) -> dict[str, Any]:
    """Return what the diagnostics add about separation, the boundary, too few rows and failure."""
    out: dict[str, Any] = {}
    fitted, design, family = answer.fitted, model.design, model.family
    messages = []
    if answer.directions:
        out |= _separated(answer, design)
        messages.append(out["separation"]["message"])
    if fitted.boundary:
        out["boundary"] = (
            f"fitted means lie on the edge of the range of the {family.name} family under link {family.link.name}, "
            + ("where the likelihood is largest within it" if fitted.sought else "where the iterations stopped")
        )
        messages.append(out["boundary"])
    elif not fitted.converged:
        messages.append(f"{fitted.iterations} passes did not meet the tolerance")
    if answer.undecided:
        messages.append(f"estimates may be infinite, but {answer.undecided}")
    if fitted.sums.n < len(design.columns) and len(aliased):
        messages.append(f"{fitted.sums.n} rows cannot tell {len(design.columns)} columns apart")
    if messages:
        out["message"] = "; ".join(messages)
    return out


def _separated(answer: Answer, design: Any) -> dict[str, Any]:
    columns = tuple(design.columns[j] for j in np.flatnonzero(answer.infinite))
    system = answer.fitted.last.system
    open_ = tuple(design.columns[j] for j in np.flatnonzero(system.open.any(axis=1) & (answer.infinite == 0)))
    kind = "quasi" if answer.remaining else "complete"
    parts = [f"the estimates of {_named(columns)} are infinite"] if columns else []
    parts += [f"those of {_named(open_)} are not determined"] if open_ else []
    message = f"{kind}{'-complete' if kind == 'quasi' else ''} separation: {' and '.join(parts)}"
    shown = tuple(np.flatnonzero(system.leaving(design.common))[:SHOWN].tolist())
    about = {"kind": kind, "columns": columns, "undetermined": open_, "rows": shown, "message": message}
    return {"separation": about, "separated_rows": shown}


def _named(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in columns)
