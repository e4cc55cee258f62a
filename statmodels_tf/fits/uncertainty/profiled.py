"""Profiles of the deviance as they print and are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from .. import plots
from ..answer import Answer
from ..frame import Frame, printed
from ..table import Summary


@dataclass(frozen=True, eq=False, repr=False)
class Profiled(Answer):
    """The profile of the deviance over each coefficient.

    Parameters
    ----------
    figures : DataFrame
        term, value, z (the signed root of the deviance added, over the dispersion's), deviance.
    ends : DataFrame
        estimate, lower, upper by term: the profile interval.
    formula : str
    level : float
        The coverage of the interval.
    quantile : float
        What z is at its ends.
    """

    figures: pd.DataFrame
    ends: pd.DataFrame
    formula: str
    level: float
    quantile: float

    @property
    def table(self) -> pd.DataFrame:
        """The points of the profile, not rounded: term, value, z, deviance."""
        return self.figures

    def summary(self) -> Summary:
        """Return the estimates with their profile intervals, as they print."""
        points = len(self.figures) // max(len(self.ends), 1)
        lines = (
            f"{100 * self.level:g}% intervals, where the signed root of the deviance is ±{self.quantile:.2f}",
            f"{points} points on each profile are in `.table`; `.plot()` draws them",
        )
        (table,) = printed(Frame(self.ends), None).tables
        return Summary("Profile of the deviance", self.formula, lines, (table,), table=self.figures)

    def plot(self) -> Any:
        """Draw the signed root over the value of each coefficient, with its interval; return the Axes."""
        return plots.profiles(self)
