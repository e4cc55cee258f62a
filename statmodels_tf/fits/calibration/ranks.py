"""Ranks of true values among posterior draws, which are uniform where posteriors are right.

References
----------
Talts, Betancourt, Simpson, Vehtari & Gelman (2018), Validating Bayesian inference algorithms with simulation-based
calibration, arXiv:1804.06788.
Säilynoja, Bürkner & Vehtari (2022), Graphical test for discrete uniformity, doi:10.1007/s11222-022-10090-6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc, kolmogorov

from .. import plots
from ..arguments import one_of
from ..frame import Frame, headed
from ..margins.multiplicity import holm
from ..words import spoken

EXPECTED = 10
"""Ranks that a bin of the test is to hold."""
MOST_BINS = 20


@dataclass(frozen=True, eq=False, repr=False)
class Calibration:
    """Ranks of the values that data were simulated with, among draws from the posteriors of those data.

    Attributes
    ----------
    ranks : DataFrame [data sets, quantities]
        From 0 to `draws`: how many draws lie below the true value.
    draws : int
        Draws of each posterior, thinned so that they are nearly independent.
    about : dict
        Engine, data sets asked for and those that could not be fitted, with the first reason; divergences, largest
        R-hat.
    """

    ranks: pd.DataFrame
    draws: int
    about: dict[str, Any]

    @cached_property
    def table(self) -> pd.DataFrame:
        """Two tests of each quantity's uniformity, by bins and by the largest deviation of the distribution function.

        Columns: chi2, df, ks (the deviation), p (twice the smaller of the two, at most 1), p_adjusted (Holm).
        """
        bins = int(np.clip(len(self.ranks) // EXPECTED, 2, min(MOST_BINS, self.draws + 1)))
        edges = np.ceil(np.linspace(0, self.draws + 1, bins + 1))
        expected = len(self.ranks) * np.diff(edges) / (self.draws + 1)
        rows = []
        for name in self.ranks:
            count, _ = np.histogram(self.ranks[name] + 0.5, edges)
            chi2 = float(np.sum((count - expected) ** 2 / expected))
            ks = _deviation((self.ranks[name].to_numpy() + 0.5) / (self.draws + 1))
            p = 2 * min(float(chdtrc(bins - 1, chi2)), float(kolmogorov(np.sqrt(len(self.ranks)) * ks)))
            rows.append((chi2, bins - 1, ks, min(p, 1.0)))
        table = pd.DataFrame(rows, index=list(self.ranks), columns=["chi2", "df", "ks", "p"])
        table["p_adjusted"] = holm(table["p"].to_numpy())
        return headed(Frame(table), f"Ranks of {len(self.ranks):,} simulated data sets among {self.draws} draws")

    @property
    def uniform(self) -> bool:
        """Whether no quantity's ranks differ from uniform ones at 0.01, adjusted for how many quantities there are."""
        return bool((self.table["p_adjusted"] > 0.01).all())

    @spoken
    def plot(self, kind: str = "ecdf") -> Any:
        """Return matplotlib Axes with each quantity's ranks: where they leave the band, the posterior is wrong.

        Parameters
        ----------
        kind : {"ecdf", "hist"}
            The distribution function of the ranks less that of uniform ones, with a band that 95 % of uniform samples
            stay inside; or histograms.
        """
        return plots.ranks(self, one_of("kind", kind, ("ecdf", "hist")))

    def __repr__(self) -> str:
        failed = self.about.get("failed", 0)
        left = f"; {failed} could not be fitted: {self.about.get('reason')}" if failed else ""
        said = "uniform" if self.uniform else "NOT UNIFORM: draws do not come from the posterior of this model"
        return f"{self.table}\n\n{said} ({self.about.get('engine')}{left})"


def _deviation(share: np.ndarray) -> float:
    """Return the largest distance of the distribution function of some numbers from the uniform one."""
    x, n = np.sort(share), len(share)
    return float(max(np.max(np.arange(1, n + 1) / n - x), np.max(x - np.arange(n) / n)))
