"""Draws as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...errors import ModelError, did_you_mean
from ...families.exponential import on_scale_of_mean
from ..arguments import coverage, one_of
from ..mixed.random_effects import level_index
from .convergence import ess, r_hat
from .predict import fitted_mean

if TYPE_CHECKING:
    from ...model import Effect
    from .estimate import Posterior


def interval(draws: np.ndarray, level: float, method: str) -> tuple[float, float]:
    """Return an interval of probability `level`: of equal tails, or the shortest one that some draws span.

    >>> interval(np.linspace(0, 1, 101), 0.9, "eti")
    (0.05, 0.95)
    """
    one_of("method", method, ("eti", "hdi"))
    level = coverage(level)
    draws = np.sort(np.ravel(draws))
    if method == "eti":
        lower, upper = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
        return float(lower), float(upper)
    inside = max(1, int(np.floor(level * len(draws))))
    widths = draws[inside:] - draws[: len(draws) - inside]
    k = int(np.argmin(widths))
    return float(draws[k]), float(draws[k + inside])


def draws(fit: Posterior, names: Sequence[str]) -> pd.DataFrame:
    """Return draws by shown name, one row for each chain and draw, one column for each entry of a vector."""
    columns: dict[str, np.ndarray] = {}
    for name in names:
        if name not in fit.shown:
            raise ModelError(f"no draws of `{name}`.{did_you_mean(name, fit.shown)}")
        array = fit.shown[name]
        if array.ndim == 2:
            columns[name] = array.ravel()
            continue
        labels = fit.model.places()[name].labels
        columns |= {f"{name}[{label}]": array[..., k].ravel() for k, label in enumerate(labels)}
    shape = next(iter(fit.shown.values())).shape[:2]
    index = pd.MultiIndex.from_product([range(shape[0]), range(shape[1])], names=["chain", "draw"])
    return pd.DataFrame(columns, index=index)


def residuals(fit: Posterior, kind: str) -> np.ndarray:
    """Return the residuals [nobs] from the posterior mean; the family's own parameters at theirs."""
    family, data, mean = fit.family, fit.model.data["likelihood"], fit.fitted().to_numpy()
    mu = fitted_mean(fit, location=True) if hasattr(family, "expected") else mean
    own = fit.model.family_values({name: np.mean(draws, axis=(0, 1)) for name, draws in fit.values.items()})
    y = on_scale_of_mean(family, data["y"], data)
    return {
        "response": lambda: y - mean,
        "working": lambda: (y - mean) / family.link.derivative(family.link.link(mu, np), np),
        "pearson": lambda: family.pearson_residuals(mu, own, data),
        "deviance": lambda: family.deviance_residuals(mu, own, data),
        "quantile": lambda: family.quantile_residuals(mu, own, data, np.random.default_rng(0)),
    }[kind]()


def shown_names(fit: Posterior, effect: Effect) -> list[str]:
    """Return the names of what is shown of one effect."""
    return list(effect.shown({name: array[:1, :1] for name, array in fit.values.items()}))


def by_column(fit: Posterior, function: Callable[[np.ndarray], float], name: str) -> pd.Series:
    """Return a figure of each coefficient's draws, in the order of the design's columns; NaN where aliased."""
    columns = list(fit.coefficient_names)
    values = [float(function(fit.shown[c])) if c in fit.shown else np.nan for c in columns]
    return pd.Series(values, index=columns, name=name)


def covariance(fit: Posterior) -> pd.DataFrame:
    """Return the covariance matrix of the coefficients; NaN rows and columns where aliased."""
    columns = list(fit.coefficient_names)
    known = [c for c in columns if c in fit.shown]
    found = np.atleast_2d(np.cov([fit.shown[c].ravel() for c in known]))
    return pd.DataFrame(found, index=known, columns=known).reindex(index=columns, columns=columns)


def table(fit: Posterior, names: Sequence[str], level: float, method: str) -> pd.DataFrame:
    """Return mean, sd, lower, upper, ess and r_hat of single numbers; NaN for a name without draws."""
    rows = []
    for name in names:
        if name not in fit.shown:
            rows.append((np.nan,) * 6)
            continue
        x = fit.shown[name]
        bounds = interval(x, level, method)
        rows.append((float(np.mean(x)), float(np.std(x, ddof=1)), *bounds, float(ess(x)), float(r_hat(x))))
    columns = ["mean", "sd", "lower", "upper", "ess", "r_hat"]
    return pd.DataFrame(rows, index=list(names), columns=columns, dtype=float)


def ranef(fit: Posterior, se: bool) -> dict[str, pd.DataFrame]:
    """Return for each grouping factor the means of the effects [levels, effects], and their standard deviations."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for effect, block in zip(fit.model.groups, fit.model.design.groups, strict=True):
        draws = {e: fit.shown[name] for e, name in zip(effect.effects, effect.names(), strict=True)}
        columns = {e: np.mean(x, axis=(0, 1)) for e, x in draws.items()}
        if se:
            columns |= {f"se({e})": np.std(x, axis=(0, 1), ddof=1) for e, x in draws.items()}
        index = level_index(block)
        parts.setdefault(block.group, []).append(pd.DataFrame(columns, index=index))
    merged = {group: pd.concat(tables, axis=1) for group, tables in parts.items()}
    return {g: t[sorted(t.columns, key=lambda c: str(c).startswith("se("))] for g, t in merged.items()}


def varcorr(fit: Posterior) -> pd.DataFrame:
    """Return posterior means of the variances, then the covariances, of each group term, and of the residual last."""
    rows: list[tuple[str, str | None, str | None, float, float]] = []
    for effect, block in zip(fit.model.groups, fit.model.design.groups, strict=True):
        factor = effect.factor(fit.values, np)
        sigma = np.mean(factor @ np.swapaxes(factor, -1, -2), axis=(0, 1))
        means = [float(np.mean(fit.shown[name])) for name in effect.covariance_names()]
        pairs = [(k, k) for k in range(len(effect.effects))] + effect.pairs()
        for (i, j), mean in zip(pairs, means, strict=True):
            second = None if i == j else effect.effects[j]
            rows.append((block.group, effect.effects[i], second, sigma[i, j], mean))
    if fit.model.family.scale is not None:
        residual = fit.values[fit.model.family.scale]
        rows.append(("Residual", None, None, float(np.mean(residual**2)), float(np.mean(residual))))
    return pd.DataFrame(rows, columns=["group", "term1", "term2", "vcov", "sdcor"])


def tidy(fit: Posterior, level: float) -> pd.DataFrame:
    """Return one row for each single number, with broom.mixed's columns."""
    found = table(fit, fit.names, level, "eti").reset_index(names="term")
    names = {"mean": "estimate", "sd": "std.error", "lower": "conf.low", "upper": "conf.high", "r_hat": "rhat"}
    found = found.rename(columns=names)
    varying = {name for effect in fit.model.effects if effect.varies for name in shown_names(fit, effect)}
    varying |= set(fit.model.family_parameters)
    found.insert(0, "effect", ["ran_pars" if term in varying else "fixed" for term in found["term"]])
    return found


def glance(fit: Posterior) -> pd.DataFrame:
    """Return one row of figures about the sample."""
    chains, count = next(iter(fit.shown.values())).shape[:2]
    row = {
        "nobs": fit.nobs,
        "sigma": np.nan if fit.model.family.scale is None else fit.sigma,
        "chains": chains,
        "draws": count,
        "divergences": fit.diagnostics.get("divergences"),
        "rhat": fit.diagnostics.get("r_hat"),
        "ess": fit.diagnostics.get("ess"),
    }
    return pd.DataFrame([row])
