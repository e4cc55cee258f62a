"""k-fold cross-validation: the model fitted again without each fold, and the density of the fold's responses."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...design.table import table
from ...errors import ConvergenceWarning, DataError, ModelError, did_you_mean
from ..arguments import generator
from ..columns import model_columns
from ..posterior.draws import density_pieces, row_pieces, size_of
from ..posterior.predict import group_factors, own_factors, unseen, unseen_own
from .elpd import Elpd, within

if TYPE_CHECKING:
    from ..posterior.base import Drawn


def kfold(fit: Drawn, k: int, folds: Any, group: str | None, seed: int) -> Elpd:
    """Return the density of rows that a refit has not seen; see `Posterior.kfold`."""
    call = fit.recorded_call("`kfold()`")
    design = fit.model.design
    place = _folds(fit, k, folds, group, seed)
    given = table(call.data, what="data", known=design.spec.columns)
    frame = given.frame(given.names, None).iloc[design.rows]
    options = {name: _of_rows(value, given.n, design.rows) for name, value in call.options.items() if name != "subset"}
    elpd, unsure = np.empty(len(place)), 0
    for fold in np.unique(place):
        out = place == fold
        some = {name: value[~out] if isinstance(value, np.ndarray) else value for name, value in options.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # told once, below
            refit = call.function(**{**some, "formula": call.formula, "data": frame[~out], "engine": fit.engine})
        unsure += not refit.converged
        elpd[out] = _held_out(fit, refit, frame[out], np.flatnonzero(out), np.random.default_rng((seed, int(fold))))
    full = np.concatenate([within(d.reshape(-1, d.shape[-1])) for _, d in density_pieces(fit.model, fit.shown)])
    found = pd.DataFrame({"elpd": elpd, "p": full - elpd}, index=design.index)
    many = len(np.unique(place))
    notes = [f"{many} folds" + (f", whole levels of `{group}`." if group is not None else ".")]
    if unsure:
        notes.append(f"{unsure} of the refits did not converge: give the engine more draws.")
    return Elpd("kfold", found, str(fit.formula), int(np.prod(size_of(fit.shown))), tuple(notes), place)


def _of_rows(value: Any, n: int, rows: np.ndarray) -> Any:
    """Return an argument that is an array over the rows of the data as its entries at the rows of the fit."""
    alone = isinstance(value, str) or np.ndim(value) != 1 or len(value) != n
    return value if alone else np.asarray(value)[rows]


def _folds(fit: Drawn, k: Any, folds: Any, group: str | None, seed: int) -> np.ndarray:
    """Return the fold of each row [n]: as given, or drawn of equal size, whole levels of `group` together."""
    n = len(fit.model.design.rows)
    if folds is not None:
        place = np.unique(np.asarray(folds), return_inverse=True)[1].ravel()
        if len(place) != n:
            raise DataError(f"`folds=` has {len(place):,} entries and the fit {n:,} rows; give the fold of each row.")
        if len(np.unique(place)) < 2:
            raise DataError("`folds=` puts all rows into one fold; there have to be two at least.")
        return place
    codes = np.arange(n)
    if group is not None:
        columns = model_columns(fit.model)
        if group not in columns:
            raise ModelError(f"`group=`: no column `{group}`.{did_you_mean(str(group), list(map(str, columns)))}")
        codes = np.unique(columns[group].astype(str), return_inverse=True)[1]
    units = int(codes.max()) + 1
    what = f"levels of `{group}`" if group is not None else "rows"
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or not 2 <= k <= units:
        raise ModelError(f"`k={k!r}`: write a whole number of folds from 2 to {units:,}, the number of {what}.")
    return generator(seed).permutation(np.arange(units) % k)[codes]


def _held_out(fit: Drawn, refit: Any, frame: pd.DataFrame, rows: np.ndarray, rng: np.random.Generator) -> Any:
    """Return the log mean density [m] of rows that a refit has not seen; new levels are drawn."""
    model = refit.model
    new = model.design.on(frame, new_levels="population", groups=True)
    others = {k: d.on(frame, new_levels="population", groups=True) for k, d in model.predictors.items()}
    observed = {name: array[rows] for name, array in fit.model.data["likelihood"].items()}
    factors, beside = group_factors(model.mean, refit.values), own_factors(model, refit.values)
    out = np.empty(len(rows))
    for part, some in row_pieces(new, others, observed, int(np.prod(size_of(refit.shown)))):
        eta = model.predictor_on(some, refit.shown) + unseen(some.groups, factors, rng, every=False)
        own = model.own_on(some.others, refit.shown, more=unseen_own(some.others, beside, rng, every=False))
        density = model.family.log_density(eta, own, some.observed, np)
        out[part] = within(density.reshape(-1, density.shape[-1]))
    return out
