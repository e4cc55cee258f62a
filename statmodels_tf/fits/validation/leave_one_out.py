"""Leave-one-out of a posterior: its density, WAIC, and where each response lies in what the others predict of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...errors import ModelError
from ...families.exponential import on_scale_of_mean
from ..posterior.draws import density_pieces, row_pieces, size_of
from .elpd import Elpd, loo_of, waic_of
from .moments import coordinates, matched
from .pareto import smoothed

if TYPE_CHECKING:
    from ..posterior.base import Drawn


def _pieces(fit: Drawn) -> Iterator[tuple[slice, np.ndarray]]:
    for part, density in density_pieces(fit.model, fit.shown):
        yield part, density.reshape(-1, density.shape[-1])


def loo(fit: Drawn, r_eff: float, moment_match: bool) -> Elpd:
    """Return the leave-one-out density; see `Posterior.loo`."""
    if not 0 < r_eff <= 10:
        raise ModelError(f"`r_eff={r_eff!r}` are effective draws over draws; write a number such as 1 or 0.5.")
    found = loo_of(_pieces(fit), fit.model.design.index, str(fit.formula), r_eff)
    return matched(found, coordinates(fit.model, fit.values)) if moment_match else found


def waic(fit: Drawn) -> Elpd:
    """Return the widely applicable information criterion."""
    return waic_of(_pieces(fit), fit.model.design.index, str(fit.formula))


def loo_pit(fit: Drawn, seed: int) -> pd.Series:
    """Return the probability [n] that a new response lies below the one observed, given all the others.

    Ties of counts are broken by a uniform draw, so that the values are uniform if the model is true.
    """
    model, n = fit.model, len(fit.model.design.rows)
    observed, count = model.data["likelihood"], int(np.prod(size_of(fit.shown)))
    rng, out = np.random.default_rng(seed), np.empty(n)
    for part, rows in row_pieces(model.design, model.predictors, observed, count):
        eta, own = model.predictor_on(rows, fit.shown), model.own_on(rows.others, fit.shown)
        density = model.family.log_density(eta, own, rows.observed, np)
        drawn = model.family.simulate(eta, own, rows.observed, rng)
        weights = np.exp(smoothed(-density.reshape(-1, density.shape[-1]))[0])
        drawn = on_scale_of_mean(model.family, drawn, rows.observed)
        y = on_scale_of_mean(model.family, rows.observed["y"], rows.observed)
        drawn = drawn.reshape(len(weights), *drawn.shape[2:])
        if drawn.ndim > 2:
            raise ModelError(f"a response of the {model.family.name} family has no order, and so no such probability.")
        tied = np.sum(weights * (drawn == y), axis=0)
        out[part] = np.sum(weights * (drawn < y), axis=0) + rng.uniform(size=len(y)) * tied
    return pd.Series(np.clip(out, 0, 1), index=model.design.index, name="loo_pit")
