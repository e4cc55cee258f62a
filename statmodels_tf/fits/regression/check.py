"""What is doubtful about a model without group terms, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from ...families.base import fractional
from ..check import Findings, aliased, far_out, listed, not_converged, rows_said
from ..table import grouped, plural
from .blockwise import streamed

if TYPE_CHECKING:
    from .estimate import RegressionEstimate

UNDETERMINED = "Ask for sums and differences that are (`hypothesis()`), or leave terms out."
_OVER = 1.5
_PERFECT = 1e-24
_POOLED, _TRIALS = 100_000, 5
"""The most rows that are pooled by their means, and the fewest trials that a mean must have to judge it by."""
_ENDLESS = 1e7
"""A theta from which on the variance is that of Poisson's but for a part in millions."""


def regression_findings(fit: RegressionEstimate) -> Findings:
    """Return all that is doubtful about a fit: the problems, then what deserves a thought."""
    by_row = () if streamed(fit) else (*_leverage(fit), *_outliers(fit))
    return Findings((*problems(fit), *_fractions(fit), *_few_rows(fit), *by_row))


def problems(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return what the summary must say: not converged, separated, constant, aliased, nothing left, overdispersed.

    Where the iterations have not converged the figures say nothing more.
    """
    if not fit.converged:
        return (*not_converged(fit), *aliased(fit.names, fit.beta))
    return (
        *_separation(fit), *_boundary(fit), *_constant(fit), *aliased(fit.names, fit.beta), *_saturated(fit),
        *_overdispersed(fit), *_no_overdispersion(fit),
    )  # fmt: skip


def _separation(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the sentence of estimates that are infinite."""
    if not fit.separated or _is_constant(fit):
        return ()
    columns, index = fit.model.design.columns, fit.model.design.index
    names = listed([columns[j] for j in np.flatnonzero(fit.infinite)])
    open_ = [columns[j] for j in np.flatnonzero(fit.undetermined)]
    others = (
        f"Not determined: the rows that are not fitted without error say too little of {listed(open_)}, so "
        f"{'they have' if len(open_) > 1 else 'it has'} no estimate, finite or infinite. {UNDETERMINED}",
    )
    if not names:
        return others
    many = np.count_nonzero(fit.infinite) > 1
    rows = [str(index[i]) for i in fit.diagnostics.get("separated_rows", ())[:3]]
    where = f" (rows such as {', '.join(rows)} are fitted without error)" if rows else ""
    what = "{} successes from failures" if fit.family.shares else "{} rows without a count from the others"
    them = "them priors" if many else "it a prior"
    if fit.diagnostics.get("separation", {}).get("kind") != "complete":
        remedy = f"Report the other coefficients, or give {them} (`.bayes()`)."
    elif np.count_nonzero(fit.infinite) == fit.rank:
        remedy = f"Nothing is left to report but that: give {them} (`.bayes()`), or leave out what separates."
    else:
        remedy = f"Every row is fitted without error, so the others are not known either: give {them} (`.bayes()`)."
    return (
        f"Separation: {names} {what.format('tell' if many else 'tells')} perfectly{where}, so "
        f"{'their estimates are' if many else 'its estimate is'} infinite. {remedy}",
        *(others if open_ else ()),
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
    remedy = fit.family.overdispersed
    if remedy is None or fit.separated:
        return ()
    pearson, freedom = _pooled(fit) if _truth_values(fit) else (fit.totals.pearson, fit.df_residual)
    if freedom < 10:
        return ()
    ratio = pearson / freedom
    if not (ratio > _OVER and special.chdtrc(freedom, pearson) < 1e-3):
        return ()
    return (
        f"Overdispersed: the response varies {grouped(ratio)} times as much as the {fit.family.name} family says "
        f"(Pearson's statistic {grouped(pearson)} on {freedom:,} degrees of freedom), so standard "
        f"errors are {grouped(np.sqrt(ratio))} times too small. Use {remedy}.",
    )


def _truth_values(fit: RegressionEstimate) -> bool:
    """Return whether each row of shares is all successes or all failures: single trials, or counts of equal ones.

    A single trial has no other variance than p (1 - p), and a count of equal ones stands for as many single trials.
    """
    if not fit.family.shares or streamed(fit) or fit.model.design.response.trials is not None:
        return False
    y = fit.observations[0]
    return bool(((y == 0) | (y == 1)).all())


def _pooled(fit: RegressionEstimate) -> tuple[float, int]:
    """Return Pearson's statistic of rows of equal means taken together, and its degrees of freedom.

    None are left where there are too many rows to sort, or too few trials to a mean.
    """
    (y, a), eta = fit.observations, fit.linear_predictor
    if len(y) > _POOLED:
        return 0.0, 0
    size = max(float(np.abs(eta).max(initial=0.0)), 1.0)
    _, first, place = np.unique(np.round(eta / size, 10), return_index=True, return_inverse=True)
    trials, successes = np.bincount(place, a), np.bincount(place, a * y)
    mu, used = fit.means[first], trials > 0
    expected = (trials * np.minimum(mu, 1 - mu))[used]
    if not used.any() or np.mean(expected) < _TRIALS:
        return 0.0, 0
    left = (successes - trials * mu)[used]
    return float(np.sum(left**2 / (trials * mu * (1 - mu))[used])), int(np.count_nonzero(used)) - fit.rank


def _no_overdispersion(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the sentence of a theta so large that the counts are Poisson's."""
    if not theta_unbounded(fit):
        return ()
    return (
        "No overdispersion: theta is at the end of its range, so the counts vary no more than Poisson's and its "
        'standard error means nothing. Use `family="poisson"`.',
    )


def theta_unbounded(fit: RegressionEstimate) -> bool:
    """Return whether the theta of a negative binomial model was estimated and ended at its bound."""
    return "theta" in fit.family.own and fit.family.values["theta"] >= _ENDLESS


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
    if _says_nothing(fit):
        return ()
    cook = fit.cooks_distance()
    far = cook[special.fdtr(fit.rank, fit.df_residual, cook.fillna(0.0)) > 0.5].sort_values(ascending=False)
    whole = fit.hatvalues()
    exact = whole.index[whole == 1]
    said = []
    if len(far):
        said.append(
            f"Influential: {rows_said(far.index)} would change the coefficients much if left out (Cook's distance "
            f"{'up to ' if len(far) > 1 else ''}{far.iloc[0]:.2g}); see `influence()`."
        )
    if len(exact):
        said.append(
            f"Leverage one: {rows_said(exact)} {'has' if len(exact) == 1 else 'have'} a coefficient alone, so the "
            "fitted value is the response whatever it is."
        )
    return tuple(said)


def _outliers(fit: RegressionEstimate) -> tuple[str, ...]:
    """Return the sentence of residuals farther out than a normal sample of this size would have."""
    if _says_nothing(fit) or not fit.family.likelihood:
        return ()
    return far_out(fit, "quantile residuals", "from zero")


def _says_nothing(fit: RegressionEstimate) -> bool:
    """Return whether single rows cannot be judged: nothing is left over, or each stands for many equal trials."""
    if fit.df_residual <= 0 or fit.separated or not fit.converged or fit.deviance == 0:
        return True
    return fit.model.design.weights is not None and _truth_values(fit) and float(np.max(fit.observations[1])) > 1
