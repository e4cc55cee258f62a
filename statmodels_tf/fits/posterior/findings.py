"""What is doubtful about a posterior, in words, and what to do about each of it.

References
----------
Vehtari et al. (2021), doi:10.1214/20-BA1221, for R-hat and effective draws. Betancourt (2016), arXiv:1604.00695, for
the energy. Evans & Moshonov (2006), doi:10.1214/06-BA129, for conflict between prior and data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..check import listed
from ..validation.elpd import doubtful_rows
from .convergence import ess, ess_tail, r_hat
from .draws import size_of
from .prior import prior_shown

if TYPE_CHECKING:
    from .validated import Validated

SINGLE, ENTRIES = 1.01, 1.05
"""The largest R-hat of a single number, and of one of thousands of entries."""
LEAST = 100
"""Effective draws for each chain."""
ENERGY = 0.3
_UNLIKELY = 0.005
_APART = 2.5
_NEAR = 0.1
_TIED = 0.98
_PRIOR = 2000


def posterior_findings(fit: Validated) -> tuple[str, ...]:
    """Return a sentence for each thing that is doubtful, the worst first."""
    return (*_approximate(fit), *_divergences(fit), *_depth(fit), *_chains(fit), *_energy(fit), *_few(fit),
            *_pareto(fit), *_conflict(fit), *_boundary(fit))  # fmt: skip


def _approximate(fit: Validated) -> list[str]:
    """Return that draws come from an approximation, and how far its importance weights say it is off."""
    how, k = fit.diagnostics.get("approximate"), fit.diagnostics.get("pareto_k")
    if not how:
        return []
    off = "" if k is None or k <= 0.7 else f" Its Pareto k is {float(k):.2f}, above 0.7: it is far off."
    return [f"Approximate: the draws are of a {how}, not of the posterior.{off} Compare with `fit.bayes()`."]


def _divergences(fit: Validated) -> list[str]:
    count, total = int(np.sum(fit.stats.get("diverging", 0))), int(np.prod(size_of(fit.shown)))
    if not count:
        return []
    target = getattr(fit.engine, "target_accept", None)
    more = "write target_accept=0.95" if target is None or target < 0.95 else "write target_accept=0.99"
    return [
        f"Divergences: {count:,} of {total:,} draws diverged, so a part of the posterior may be missing: {more} in the "
        "engine, or a tighter prior of the standard deviation of the group with the fewest levels."
    ]


def _depth(fit: Validated) -> list[str]:
    count, total = int(np.sum(fit.stats.get("reached_max_treedepth", 0))), int(np.prod(size_of(fit.shown)))
    if count <= 0.01 * total:
        return []
    return [
        f"Tree depth: {count:,} of {total:,} draws ended at the largest tree; they are right, but slow: centre and "
        "scale numeric columns, or raise `max_treedepth` by 1 or 2."
    ]


def _chains(fit: Validated) -> list[str]:
    """Return where chains disagree."""
    worst = {}
    for name, array in fit.shown.items():
        found = r_hat(array)
        if np.any(np.isfinite(found)) and np.nanmax(found) > (SINGLE if array.ndim == 2 else ENTRIES):
            worst[name] = float(np.nanmax(found))
    if not worst:
        return []
    names = sorted(worst, key=lambda name: -worst[name])
    far = worst[names[0]] > 1.1
    advice = (
        "the chains are in different places: look at `fit.draws()`, write tighter priors, or a simpler model"
        if far
        else "run more draws, and warm-up as long"
    )
    return [f"R-hat: the chains disagree on {listed(names)} (up to {worst[names[0]]:.3f}): {advice}."]


def _energy(fit: Validated) -> list[str]:
    """Return that momentum is not enough to move through the energies, by the share that one transition changes."""
    energy = fit.stats.get("energy")
    if energy is None or np.shape(energy)[1] < 4:
        return []
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.mean(np.diff(energy, axis=1) ** 2, axis=1) / np.var(energy, axis=1)
    low = int(np.sum(share < ENERGY))
    if not low:
        return []
    return [
        f"Energy: E-BFMI is {float(np.nanmin(share)):.2f} in {low} of {len(share)} chains, below {ENERGY:g}: tails are "
        "hardly reached. Write tighter priors of standard deviations, or leave out effects the data do not tell of."
    ]


def _few(fit: Validated) -> list[str]:
    """Return which numbers have too few effective draws for their mean, or for the ends of their interval."""
    chains = size_of(fit.shown)[0]
    least = LEAST * chains
    mean, tail = {}, {}
    for name in fit.names:
        mean[name], tail[name] = float(ess(fit.shown[name])), float(ess_tail(fit.shown[name]))
    few = sorted((n for n, v in mean.items() if v < least), key=lambda n: mean[n])
    ends = sorted((n for n, v in tail.items() if v < least and n not in few), key=lambda n: tail[n])
    out = []
    if few:
        more = np.ceil(least / max(mean[few[0]], 1.0))
        out.append(
            f"Effective draws: {listed(few)} {'has' if len(few) == 1 else 'have'} as few as {mean[few[0]]:,.0f}, below "
            f"{least:,}: run {more:.0f} times as many draws."
        )
    if ends:
        out.append(
            f"Effective draws: the ends of the intervals of {listed(ends)} rest on {tail[ends[0]]:,.0f}, below "
            f"{least:,}: run more draws before quoting them."
        )
    return out


def _pareto(fit: Validated) -> list[str]:
    return [] if fit.loo_if_made is None else doubtful_rows(fit.loo_if_made)


def _conflict(fit: Validated) -> list[str]:
    """Return the parameters of which the prior and the data say different things.

    A coefficient's posterior is taken for the product of two normal densities, the prior's and the data's; they are in
    conflict where the data's mean is far from the prior's, in standard deviations of their difference, or the
    posterior's is, in the prior's. A scale is, where its mean lies in the outermost tail of the prior and is not only
    narrow near zero.
    """
    prior = prior_shown(fit.model, 0, _PRIOR)
    if prior is None:
        return []
    conflicting = []
    for name in fit.names:
        before, after = np.ravel(prior[name]), np.ravel(fit.shown[name])
        m0, v0, m1, v1 = np.mean(before), np.var(before), np.mean(after), np.var(after)
        if name in fit.coefficient_names:
            told = max(1 / v1 - 1 / v0, 0.0)  # the precision of what the data say
            far = told > 0.02 / v0 and abs((m1 / v1 - m0 / v0) / told - m0) > _APART * np.sqrt(v0 + 1 / told)
            if far or abs(m1 - m0) > _APART * np.sqrt(v0):
                conflicting.append(name)
        elif min(np.mean(before > m1), np.mean(before < m1)) < _UNLIKELY and abs(m1 - m0) > 2 * np.sqrt(v0) > 0:
            conflicting.append(name)
    if not conflicting:
        return []
    return [
        f"Prior and data: they say different things of {listed(conflicting)}. If the prior is not meant so strongly, "
        "widen it: the priors stand below the summary."
    ]


def _boundary(fit: Validated) -> list[str]:
    """Return standard deviations that reach zero and correlations that reach one."""
    near, tied = [], []
    for effect in fit.model.groups:
        for name in effect.covariance_names():
            draws = np.ravel(fit.shown[name])
            if name.startswith("cor("):
                if abs(np.mean(draws)) > 0.9 and np.mean(np.abs(draws) > _TIED) > 0.1:
                    tied.append(name)
            elif np.quantile(draws, 0.05) < _NEAR * np.quantile(draws, 0.95):
                near.append(name)
    out = []
    if near:
        out.append(
            f"Boundary: {listed(near)} may be zero; what is left of it is the prior's. Compare with the model without "
            "the term, `st.compare(fit, smaller)`."
        )
    if tied:
        out.append(f"Boundary: {listed(tied)} may be 1 or -1: write `(x || g)` for effects without correlation.")
    return out
