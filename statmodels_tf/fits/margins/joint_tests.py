"""Joint tests of the factors that marginal means show, and of their interactions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..answer import Answer
from ..table import Heading, Summary, Table, p_value
from ..words import spoken


@dataclass(frozen=True, eq=False, repr=False)
class JointTests(Answer):
    """Joint tests of terms: what `joint_tests` returns.

    Parameters
    ----------
    figures : DataFrame
        The groups, then term, test, statistic, df1, df2, p.
    formula, said : str
    """

    figures: pd.DataFrame
    formula: str
    said: str

    @property
    def table(self) -> pd.DataFrame:
        """The figures, not rounded."""
        return self.figures

    @spoken
    def summary(self) -> Summary:
        """Return the tests as they print."""
        frame = self.figures
        labels = [name for name in frame.columns if name not in ("test", "statistic", "df1", "df2", "p")]
        normal = bool(len(frame)) and (frame["test"] == "Chisq").all()
        headings = [Heading(name, left=True) for name in labels]
        headings += [Heading(h) for h in ("df1", *(() if normal else ("df2",)), "chi-squared" if normal else "F", "p")]
        rows = [
            (
                *(str(row[name]) for name in labels),
                str(row["df1"]),
                *(() if normal else (f"{row['df2']:.6g}",)),
                f"{row['statistic']:.3f}",
                p_value(row["p"]),
            )
            for _, row in frame.iterrows()
        ]
        lines = (self.said,) if self.said else ()
        return Summary("Joint tests", self.formula, lines, (Table(tuple(headings), tuple(rows)),), (), (), frame)


def interaction(labels: pd.DataFrame, factors: list[str], term: tuple[str, ...]) -> np.ndarray:
    """Return contrasts [r, m] of a term between the means of a group, averaged over the factors not in it."""
    out = np.ones((1, len(labels)))
    for name in factors:
        levels = list(dict.fromkeys(labels[name]))
        codes = np.array([levels.index(v) for v in labels[name]])
        k = len(levels)
        C = np.eye(k)[1:] - np.eye(k)[:-1] if name in term else np.full((1, k), 1 / k)
        out = (out[:, None, :] * C[None][:, :, codes]).reshape(-1, len(labels))
    return out
