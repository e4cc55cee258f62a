"""What is doubtful about a model without group terms, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from ..families.base import fractional
from .blockwise import streamed
from .check import Findings, aliased
from .table import grouped, plural

if TYPE_CHECKING:
    from .regression import RegressionEstimate

_SHOWN = 5
_OVER = 1.5
_PERFECT = 1e-24
_REMEDY = {
    "poisson": '`family="negative_binomial"` or `"quasipoisson"`',
    "binomial": '`family="quasibinomial"`, or a group term for what the rows share',
}


def regression_findings(fit: RegressionEstimate) -> Findings:
    """Return all that is doubtful about a fit: the problems, then what deserves a thought."""
    by_row = () if streamed(fit) else (*_leverage(fit), *_outliers(fit))
    return Findings((*problems(fit), *_fractions(fit), *_few_rows(fit), *by_row))


def problems(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return what the summary must say: not converged, separated, constant, aliased, nothing left, overdispersed."""
    return (
        *_not_converged(fit), *_separation(fit), *_boundary(fit), *_constant(fit), *aliased(fit), *_saturated(fit),
        *_overdispersed(fit),
    )  # fmt: skip


def _not_converged(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the sentence of a fit that ended short of its tolerance."""
    if fit.converged:
        return ()
    reason = str(fit.diagnostics.get("message", "")).rstrip(".") or "the tolerance was not met"
    return (
        f"Not converged: {reason}. The estimates may be off: centre and scale the numeric columns, or "
        f"{fit.engine.remedy}.",
    )


def _separation(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the sentence of estimates that are infinite."""
    if not fit.separated or _is_constant(fit):
        return ()
    columns, index = fit.model.design.columns, fit.model.design.index
    names = _listed([columns[j] for j in np.flatnonzero(fit.infinite)])
    many = np.count_nonzero(fit.infinite) > 1
    rows = [str(index[i]) for i in fit.diagnostics.get("separated_rows", ())[:3]]
    where = f" (rows such as {', '.join(rows)} are fitted without error)" if rows else ""
    shares = fit.family.name in ("binomial", "quasibinomial")
    what = "{} successes from failures" if shares else "{} rows without a count from the others"
    them = "them priors" if many else "it a prior"
    if fit.diagnostics.get("separation", {}).get("kind") == "complete":
        remedy = f"Every row is fitted without error, so the others are not known either: give {them} (`.bayes()`)."
    else:
        remedy = f"Report the other coefficients, or give {them} (`.bayes()`)."
    return (
        f"Separation: {names} {what.format('tell' if many else 'tells')} perfectly{where}, so "
        f"{'their estimates are' if many else 'its estimate is'} infinite. {remedy}",
    )


def _boundary(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the sentence of means that lie on the edge of their range."""
    said = fit.diagnostics.get("boundary")
    if not said:
        return ()
    what = said if isinstance(said, str) else "fitted means lie on the edge of their range"
    return (
        f"Boundary: {what.rstrip('.')}. Standard errors and tests do not hold there: take a link that keeps means "
        "inside, or leave the term out that drives them there.",
    )


def _constant(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the sentence of a response that does not vary."""
    if not _is_constant(fit):
        return ()
    name, value = fit.model.design.response.name, fit.observations[0][0]
    beyond = "; the estimates would be infinite" if fit.separated else ""
    return (f"Constant: the response `{name}` is {value:g} in every row, so nothing can be learned from it{beyond}.",)


def _is_constant(fit: RegressionEstimate) -> bool:
    """Return whether the response is the same in every row."""
    return bool(np.ptp(fit.observations[0]) == 0)


def _saturated(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the sentence of a fit that leaves no degree of freedom, or no residual."""
    if fit.df_residual <= 0:
        return (
            f"Saturated: {plural(fit.rank, 'coefficient')} for {plural(fit.nobs, 'row')}, so every row is fitted "
            "exactly and nothing is left to judge the fit by. Leave terms out, or take more rows.",
        )
    if fit.family.normal and fit.null_deviance > 0 and fit.deviance < _PERFECT * fit.null_deviance:
        return (
            "Perfect fit: nothing but rounding is left for the residuals, so standard errors and tests mean nothing. "
            "Look for a response that was computed from the columns.",
        )
    return ()


def _fractions(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the sentence of numbers of successes, or counts, that are no whole numbers."""
    said = fractional(fit.family, fit.data)
    return () if said is None else (f"Not whole: {said}",)


def _overdispersed(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the sentence of counts that vary more than their family says."""
    remedy = _REMEDY.get(fit.family.name)
    if remedy is None or fit.df_residual < 10 or fit.separated:
        return ()
    if fit.family.name == "binomial" and np.max(fit.observations[1]) <= 1:
        return ()  # a single trial has no other variance than p (1 - p)
    ratio = fit.totals.pearson / fit.df_residual
    if not (ratio > _OVER and special.chdtrc(fit.df_residual, fit.totals.pearson) < 1e-3):
        return ()
    return (
        f"Overdispersed: the response varies {grouped(ratio)} times as much as the {fit.family.name} family says "
        f"(Pearson's statistic {grouped(fit.totals.pearson)} on {fit.df_residual:,} degrees of freedom), so standard "
        f"errors are {grouped(np.sqrt(ratio))} times too small. Use {remedy}.",
    )


def _few_rows(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the sentence of a fit with hardly more rows than coefficients."""
    if fit.df_residual <= 0 or fit.nobs >= 3 * fit.rank:
        return ()
    return (
        f"Few rows: {plural(fit.nobs, 'row')} for {plural(fit.rank, 'coefficient')}; estimates will change with "
        "every row. Leave terms out, or shrink them with priors (`.bayes()`).",
    )


def _leverage(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the sentence of rows that alone move the fit: Cook's distance beyond the median of F(p, n - p)."""
    if fit.df_residual <= 0 or fit.separated or fit.deviance == 0:
        return ()
    cook = fit.cooks_distance()
    far = cook[special.fdtr(fit.rank, fit.df_residual, cook.fillna(0.0)) > 0.5].sort_values(ascending=False)
    whole = fit.hatvalues()
    exact = whole.index[whole == 1]
    said = []
    if len(far):
        said.append(
            f"Influential: {_some(list(far.index))} would change the coefficients much if left out (Cook's distance "
            f"{'up to ' if len(far) > 1 else ''}{far.iloc[0]:.2g}); see `influence()`."
        )
    if len(exact):
        said.append(
            f"Leverage one: {_some(list(exact))} {'has' if len(exact) == 1 else 'have'} a coefficient alone, so the "
            "fitted value is the response whatever it is."
        )
    return tuple(said)


def _outliers(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the sentence of residuals farther out than a normal sample of this size would have."""
    if fit.df_residual <= 0 or fit.separated or fit.deviance == 0 or not fit.family.likelihood:
        return ()
    scaled = fit.residuals("quantile")
    # The chance that any of n normal residuals lies beyond this is below one in a thousand.
    bound = np.sqrt(2 * np.log(1000.0 * max(fit.nobs, 1)))
    far = scaled[scaled.abs() > bound]
    if far.empty:
        return ()
    worst: pd.Index = far.abs().sort_values(ascending=False).index
    return (
        f"Far out: {len(far):,} of {fit.nobs:,} quantile residuals more than {bound:.1f} from zero, of "
        f"{_some(list(worst))}; see `plot_diagnostics()`.",
    )


def _listed(names: list[str]) -> str:
    """Return names in backticks, the first few."""
    said = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    return f"{said} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else said


def _some(labels: list[object]) -> str:
    """Return the labels of rows, the first few."""
    more = f" and {len(labels) - 3:,} more" if len(labels) > 3 else ""
    return f"row{'' if len(labels) == 1 else 's'} {', '.join(map(str, labels[:3]))}{more}"
