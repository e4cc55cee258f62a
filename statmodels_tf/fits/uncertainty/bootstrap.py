"""The bootstrap of linear and generalized linear models: replicates of the coefficients, and intervals from them.

"pairs" draws rows (with `cluster=` whole clusters) with replacement, which holds whatever the variances are;
"parametric" draws responses from the fitted family; "residual", for linear models, adds residuals drawn with
replacement, each divided by the square root of one less its leverage. Replicates are solved together; those that
the batch cannot solve, and all whose family has parameters of its own to estimate, are fitted one by one.

References
----------
Davison & Hinkley (1997), Bootstrap Methods and their Application, chapters 5 and 6.
Efron (1987), Better bootstrap confidence intervals. doi:10.1080/01621459.1987.10478410
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import special

from ...errors import ModelError, StatmodelsError
from ..arguments import count_of, coverage, generator, one_of
from ..frame import headed
from ..regression.blockwise import streamed
from .clusters import cluster_codes, summed_scores
from .replicates import solved_together
from .robust import row_scores

if TYPE_CHECKING:
    from ..regression.base import Regression

KINDS = ("pairs", "parametric", "residual")
INTERVALS = ("percentile", "basic", "normal", "bca")
_ENTRIES = 16_000_000
_COLUMNS = 300
"""Columns from which on replicates are fitted one by one, by the blocks of the design."""


def bootstrap(fit: Regression, nsim: Any, seed: Any, *, kind: str, cluster: Any = None) -> pd.DataFrame:
    """Return the coefficients of each replicate [nsim, p]; infinite where one is separated, NaN where it failed."""
    if streamed(fit):
        raise ModelError(
            "bootstrap replicates draw rows of the whole data again and again, and this fit read them block by block "
            f"({fit.model.design.source.said}). Of so many rows the sandwich tells what drawing them would: write "
            '`fit.confint(vcov="HC3")`, or `vcov={"cluster": ...}` for whole clusters.'
        )
    one_of("kind", kind, KINDS)
    if cluster is not None and kind != "pairs":
        raise ModelError(f'`cluster=` draws whole clusters of rows: it belongs to `kind="pairs"`, not "{kind}".')
    if kind == "residual" and not fit.family.linear:
        raise ModelError('`kind="residual"` is of linear models; write "pairs" or "parametric".')
    if kind == "parametric" and not fit.family.likelihood:
        raise ModelError(f'the {fit.family.name} family has no distribution to draw from; write `kind="pairs"`.')
    size, rng, n = count_of("bootstrap", "nsim", nsim), generator(seed), fit.model.design.n
    draw = _rows_drawn(fit, cluster) if kind == "pairs" else _responses_drawn(fit, kind)
    at_once = max(min(size, _ENTRIES // max(n, fit.rank**2)), 1)
    out = np.full((size, len(fit.beta)), np.nan)
    for begin in range(0, size, at_once):
        block = slice(begin, min(begin + at_once, size))
        drawn = np.array([draw(rng) for _ in range(block.start, block.stop)])
        out[block] = _fitted(fit, drawn, kind)
    table = pd.DataFrame(out, columns=list(fit.names))
    failed = int(np.isnan(out[:, fit.system.estimable]).any(axis=1).sum())
    table.attrs.update(kind=kind, failed=failed, infinite=int(np.isinf(out).any(axis=1).sum()))
    return table


def bootstrap_confint(
    fit: Regression, level: float, *, nsim: Any, seed: Any, kind: str, interval: str, cluster: Any
) -> pd.DataFrame:
    """Return lower and upper of each coefficient; the heading counts the replicates that failed."""
    one_of("interval", interval, INTERVALS)
    if interval == "bca" and kind != "pairs":
        raise ModelError(f'`interval="bca"` takes its acceleration from resampled rows, not from `kind="{kind}"`.')
    tails = np.array([(1 - coverage(level)) / 2, (1 + level) / 2])
    draws = bootstrap(fit, nsim, seed, kind=kind, cluster=cluster)
    pull = _accelerations(fit, cluster) if interval == "bca" else np.zeros(fit.rank)
    out = np.full((len(fit.beta), 2), np.nan)
    for place, j in enumerate(fit.system.estimable):
        values = np.sort(draws.iloc[:, j].dropna().to_numpy())
        if len(values):
            out[j] = _ends(values, fit.estimates[j], tails, interval, float(pull[place]))
    table = pd.DataFrame(out, index=list(fit.names), columns=["lower", "upper"])
    said = [f"{interval} bootstrap of {kind}", f"{len(draws):,} replicates"]
    said += [f"{draws.attrs[what]:,} {what}" for what in ("infinite", "failed") if draws.attrs[what]]
    table.attrs = draws.attrs
    return headed(table, ", ".join(said))


def _rows_drawn(fit: Regression, cluster: Any) -> Callable[[np.random.Generator], np.ndarray]:
    """Return a function that draws how often each row is in a replicate [n]; rows of weight 0 are left out."""
    n, counted = fit.model.design.n, fit.model.design.counted
    if cluster is None:
        return lambda rng: np.bincount(counted[rng.integers(len(counted), size=len(counted))], minlength=n).astype(
            np.int16
        )
    ways = cluster_codes(fit, cluster)
    if len(ways) > 1:
        raise ModelError("whole clusters can be drawn in one way only; name one column in `cluster=`.")
    found, codes = np.unique(ways[0][0][counted], return_inverse=True)

    def draw(rng: np.random.Generator) -> np.ndarray:
        times = np.bincount(rng.integers(len(found), size=len(found)), minlength=len(found))
        out = np.zeros(n, dtype=np.int16)
        out[counted] = times[codes]
        return out

    return draw


def _responses_drawn(fit: Regression, kind: str) -> Callable[[np.random.Generator], np.ndarray]:
    """Return a function that draws responses [n], as the data hold them."""
    y, a = fit.observations
    if kind == "parametric":
        data = {name: array for name, array in fit.data.items() if name != "y"}

        def draw(rng: np.random.Generator) -> np.ndarray:
            with np.errstate(divide="ignore", invalid="ignore"):
                drawn = fit.family.simulate(fit.linear_predictor, fit.values, data, rng)
            # A row of weight 0 has no variance to draw from, and no say in the refit.
            return np.where(np.isfinite(drawn), drawn, fit.data["y"])

        return draw
    rest = 1 - fit.hatvalues().to_numpy()
    used = np.flatnonzero((rest > 1e-10) & (a > 0))
    errors = ((y - fit.means) * np.sqrt(a))[used] / np.sqrt(rest[used])
    errors -= errors.mean()
    spread = np.divide(1.0, np.sqrt(a), out=np.zeros_like(a), where=a > 0)
    return lambda rng: fit.means + errors[rng.integers(len(errors), size=len(y))] * spread


def _fitted(fit: Regression, drawn: np.ndarray, kind: str) -> np.ndarray:
    """Return the coefficients [R, p] of some replicates."""
    out = np.full((len(drawn), len(fit.beta)), np.nan)
    found = np.zeros(len(drawn), dtype=bool)
    if not fit.family.own and not fit.separated and fit.rank <= _COLUMNS:
        counts = drawn if kind == "pairs" else None
        responses = None if kind == "pairs" else np.array([_mean_scale(fit, y) for y in drawn])
        out[:, fit.system.estimable], found = solved_together(fit, counts, responses)
    for b in np.flatnonzero(~found):
        out[b] = _alone(fit, drawn[b], kind)
    return out


def _mean_scale(fit: Regression, y: np.ndarray) -> np.ndarray:
    """Return a response of the data on the scale of its mean."""
    return fit.family.observations({**fit.data, "y": y})[0]


def _alone(fit: Regression, drawn: np.ndarray, kind: str) -> np.ndarray:
    """Return the coefficients [p] of one replicate, fitted by the engine; NaN where it cannot be."""
    design = fit.model.design
    if kind == "pairs":
        changed = replace(design, weights=drawn * (1.0 if design.weights is None else design.weights))
    else:
        response: Any = design.response
        changed = replace(design, response=replace(response, values=drawn))
    try:
        made = fit.engine.fit(replace(fit.model, design=changed))
    except StatmodelsError:
        return np.full(len(fit.beta), np.nan)
    return made.estimates if made.converged or made.separated else np.full(len(fit.beta), np.nan)


def _accelerations(fit: Regression, cluster: Any) -> np.ndarray:
    """Return the acceleration [r] of each coefficient, from the influence of rows or clusters."""
    codes = np.arange(fit.model.design.n) if cluster is None else cluster_codes(fit, cluster)[0][0]
    squares, cubes = np.zeros(fit.rank), np.zeros(fit.rank)
    for sums in summed_scores(fit, row_scores(fit), codes):
        pull = fit.system.solve(sums.T).T
        squares += np.sum(pull**2, axis=0)
        cubes += np.sum(pull**3, axis=0)
    return cubes / (6 * squares**1.5)


def _ends(values: np.ndarray, estimate: float, tails: np.ndarray, interval: str, pull: float) -> list[float]:
    """Return both ends of an interval from sorted replicates."""
    if interval == "normal":
        bias, half = values.mean() - estimate, special.ndtri(tails[1]) * values.std(ddof=1)
        return [estimate - bias - half, estimate - bias + half]
    if interval == "bca":
        share = np.clip(np.mean(values < estimate), 1 / (len(values) + 1), len(values) / (len(values) + 1))
        shift = special.ndtri(share)
        z = shift + special.ndtri(tails)
        tails = special.ndtr(shift + z / (1 - pull * z))
    lower, upper = (_quantile(values, tail) for tail in tails)
    return [2 * estimate - upper, 2 * estimate - lower] if interval == "basic" else [lower, upper]


def _quantile(values: np.ndarray, share: float) -> float:
    """Return the value at (B + 1) share in the order of B sorted values, which may be infinite."""
    at = float(np.clip((len(values) + 1) * share - 1, 0, len(values) - 1))
    low, high = values[int(np.floor(at))], values[int(np.ceil(at))]
    return float(low if low == high else low + (at - np.floor(at)) * (high - low))
