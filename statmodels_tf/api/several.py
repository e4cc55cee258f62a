"""compare, average_predictions, compare_estimates: several fits at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..fits.side_by_side import SideBySide, compared_estimates
from ..fits.validation import several
from ..fits.validation.comparison import Comparison
from ..fits.words import spoken


@spoken
def compare(*fits: Any, names: Sequence[str] | None = None, by: Any = "loo", weights: str = "stacking") -> Comparison:
    """Return posteriors of the same rows, the best first, by their expected log predictive density.

    Parameters
    ----------
    *fits : Posterior, or one dict of name to Posterior
    names : list of str, optional
        Their formulas if left out.
    by : {"loo", "waic", "kfold"} or list
        How the density is found; or what `loo(moment_match=True)` or `kfold(...)` of each fit returned.
    weights : {"stacking", "pseudo-bma", "equal"}
        How the weights of an average of their predictions are found.

    Returns
    -------
    Comparison
        `.table`: elpd, se, p, difference, se_difference, p_worse, weight; `.weights`, `.plot()`.

    References
    ----------
    Yao, Vehtari, Simpson & Gelman (2018), doi:10.1214/17-BA1091.
    """
    return several.compare(_one_or_many(fits), names, by, weights)


@spoken
def average_predictions(
    *fits: Any,
    weights: Any = "stacking",
    newdata: Any = None,
    random: str = "include",
    new_levels: str = "error",
    interval: str = "confidence",
    level: float = 0.95,
    draws: bool = False,
    seed: int = 0,
) -> Any:
    """Return the predictions of several posteriors as one, a mixture in which each has a weight.

    Parameters
    ----------
    *fits : Posterior, or one dict of name to Posterior
    weights : {"stacking", "pseudo-bma", "equal"}, Comparison, or numbers
        Found by leave-one-out, or given.
    newdata : table, optional
        Rows to predict; those of the fits if left out.
    random, new_levels, level, seed
        As in `predict`.
    interval : {"confidence", "prediction"}
        Of the mean, or of a new observation.
    draws : bool
        Return draws of the mixture in place of the table.

    Returns
    -------
    DataFrame
        mean, se, lower, upper for each row, of categories for each outcome; `attrs["weights"]`.
    """
    return several.average_predictions(
        _one_or_many(fits), weights, newdata, random=random, new_levels=new_levels, interval=interval, level=level,
        draws=draws, seed=seed,
    )  # fmt: skip


@spoken
def compare_estimates(*fits: Any, names: Sequence[str] | None = None, level: float = 0.95) -> SideBySide:
    """Return the parameters of several fits in one table: maximum likelihood beside the posterior, and the like.

    Parameters
    ----------
    *fits : Fit, or one dict of name to Fit
        As in `st.compare_estimates(fit, fit.bayes())`.
    names : list of str, optional
        Their engines or formulas if left out.
    level : float
        Of the intervals.

    Returns
    -------
    SideBySide
        `.table`: estimate, se, lower, upper of each fit; `.shift`, how far others lie from the first; `.plot()`.
    """
    return compared_estimates(_one_or_many(fits), names, level)


def _one_or_many(fits: tuple[Any, ...]) -> Any:
    """Return what was given, or the one collection that was."""
    return fits[0] if len(fits) == 1 and isinstance(fits[0], dict | list | tuple) else fits
