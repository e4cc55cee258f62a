"""What a posterior says of how well it predicts: leave-one-out, k-fold, comparisons, predictive checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from .. import plots
from ..arguments import flag
from ..validation.comparison import Comparison
from ..validation.elpd import Elpd
from ..validation.kfold import kfold
from ..validation.leave_one_out import loo, loo_pit, waic
from ..validation.several import compare
from ..words import spoken
from .base import Drawn
from .sensitivity import DELTA, SENSITIVE, Sensitivity, sensitivity


@dataclass(frozen=True, eq=False, repr=False)
class Validated(Drawn):
    """Draws of which one asks how well they predict what was left out."""

    @spoken
    def loo(self, *, moment_match: bool = False, r_eff: float = 1.0) -> Elpd:
        """Return the expected log predictive density by leave-one-out, from the draws of this one fit.

        Parameters
        ----------
        moment_match : bool
            Move the draws to the posterior without the row, for rows whose Pareto k is too large.
        r_eff : float
            Effective draws over draws: how long a tail is smoothed.

        Returns
        -------
        Elpd
            `.elpd`, `.se`, `.p`, `.pareto_k`, `.pointwise`, `.table`, `.plot()`.

        References
        ----------
        Vehtari, Gelman & Gabry (2017), doi:10.1007/s11222-016-9696-4. Paananen et al. (2021),
        doi:10.1007/s11222-020-09982-2.
        """
        if not flag("moment_match", moment_match):
            return self._loo if r_eff == 1 else loo(self, r_eff, False)
        return self._matched if r_eff == 1 else loo(self, r_eff, True)

    @spoken
    def sensitivity(
        self, priors: Iterable[str] | str | None = None, *, delta: float = DELTA, threshold: float = SENSITIVE
    ) -> Sensitivity:
        """Return how far each number depends on the prior and on the likelihood, by raising either to a power.

        Parameters
        ----------
        priors : str or list of str, optional
            Whose priors are scaled: coefficients, `sigma`, `sd(g)`; all if left out.
        delta : float
            How far the power is from one.
        threshold : float
            From where on a number is called sensitive.

        Returns
        -------
        Sensitivity
            `.table` holds prior, likelihood and diagnosis.

        References
        ----------
        Kallioinen, Paananen, Bürkner & Vehtari (2024), doi:10.1007/s11222-023-10366-5.
        """
        return sensitivity(self, priors, delta, threshold)

    def waic(self) -> Elpd:
        """Return the widely applicable information criterion; `loo()` says where it cannot be trusted, and this not."""
        return waic(self)

    @spoken
    def loo_pit(self, seed: int = 0) -> pd.Series:
        """Return where each response lies in its leave-one-out predictive distribution: uniform if the model is true.

        Parameters
        ----------
        seed : int
            Of new responses, and of what breaks the ties of counts.
        """
        return loo_pit(self, seed)

    @spoken
    def kfold(self, k: int = 10, *, folds: Any = None, group: str | None = None, seed: int = 0) -> Elpd:
        """Return the expected log predictive density of rows that a refit has not seen.

        The model is fitted again k times. Levels of group factors that a refit has not seen are drawn from the
        distribution of levels.

        Parameters
        ----------
        k : int
            The number of folds.
        folds : array [nobs], optional
            The fold of each row of the fit.
        group : str, optional
            A column whose levels stay whole, as for new levels; `k` can be as many as there are.
        seed : int
            Of the folds.
        """
        return kfold(self, k, folds, group, seed)

    @spoken
    def compare(self, *others: Any, by: str = "loo", weights: str = "stacking") -> Comparison:
        """Return this fit beside others of the same rows, by expected log predictive density; see `st.compare`."""
        return compare((self, *others), None, by, weights)

    @spoken
    def pp_check(
        self,
        kind: str = "auto",
        *,
        stat: Any = "mean",
        group: str | None = None,
        draws: int = 50,
        seed: int = 0,
        ax: Any = None,
    ) -> Any:
        """Draw the responses beside new ones drawn from the posterior; return the Axes.

        Parameters
        ----------
        kind : {"auto", "density", "bars", "stat", "intervals", "pit"}
            Densities of new data sets over that of the data; the frequency of each count, outcome or answer with the
            interval of new ones; a statistic; each row's interval; or leave-one-out probabilities. "auto" is "bars" for
            counts and categories, else "density".
        stat : str or callable
            "mean", "sd", "min", "max", "median", "zeros" (their share), or a function of a data set [n].
        group : str, optional
            A column: a panel for each of its levels, twelve at most.
        draws : int
            New data sets of "density"; the other kinds take 400 at least.
        seed : int
        """
        return plots.predictive_check(self, kind, stat, group, draws, seed, ax)

    @cached_property
    def _loo(self) -> Elpd:
        return loo(self, 1.0, False)

    @cached_property
    def _matched(self) -> Elpd:
        return loo(self, 1.0, True)

    @property
    def loo_if_made(self) -> Elpd | None:
        """The last leave-one-out that was asked for, or None."""
        return vars(self).get("_matched", vars(self).get("_loo"))
