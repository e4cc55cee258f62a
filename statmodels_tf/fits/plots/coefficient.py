"""Coefficients with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...terms import INTERCEPT
from ..regression.modelled import mean_name
from .interval import intervals
from .style import response

if TYPE_CHECKING:
    from ..base import Fit


def coefficients(fit: Fit, level: float, ax: Any) -> Any:
    """Draw estimates and intervals of the coefficients; the intercept only if there is nothing else."""
    table = fit.coef_table(level).rename(columns={"mean": "estimate"}).dropna(subset=["estimate"])
    plain = [name for name in table.index if name != INTERCEPT and not name.endswith(f":{INTERCEPT}")]
    table = table.loc[plain] if plain else table
    title = f"Coefficients and {100 * level:g}% intervals"
    labels = list(map(str, table.index))
    return intervals(labels, table["estimate"], table["lower"], table["upper"], title, _unit(fit), ax, 0.0)


def _unit(fit: Fit) -> str:
    """Return what coefficients change: the response, or its mean on the scale of the link."""
    if not fit.family.has_mean:
        outcomes = " and ".join(fit.family.outcomes(fit.model.design.response, None)[:1])
        odds = f"change in the log odds of each {response(fit)} against {outcomes}"
        return odds if fit.family.by_outcome else f"shift of {response(fit)} on its latent scale"
    link, name = fit.family.link.name, mean_name(fit, response(fit))
    return f"change in {name}" if link == "identity" else f"change in the {link} of {name}"
