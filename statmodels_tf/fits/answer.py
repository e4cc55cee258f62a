"""Tables of estimated quantities that print themselves: hypotheses, marginal means, contrasts, slopes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import pandas as pd

from .table import Heading, Summary, Table, column_format, fixed, grouped, p_value
from .words import no_figure

_RESERVED = ("se", "df", "null", "statistic", "p", "lower", "upper", "pd")


class Answer(ABC):
    """A table of estimates that prints itself; the figures, not rounded, are in `.table`."""

    @property
    @abstractmethod
    def table(self) -> pd.DataFrame:
        """The figures, not rounded."""

    @abstractmethod
    def summary(self) -> Summary:
        """Return the table as it prints."""

    def __repr__(self) -> str:
        return str(self.summary())

    def __getattr__(self, name: str) -> Any:
        """Say where a figure is; reached only by names that are not there."""
        raise AttributeError(name if name.startswith("_") else no_figure(type(self).__name__, name, dir(type(self))))

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    def to_markdown(self) -> str:
        """Return the table in Markdown."""
        return self.summary().to_markdown()

    def to_latex(self) -> str:
        """Return the table in LaTeX."""
        return self.summary().to_latex()


def rendered(table: pd.DataFrame, value: str, level: float, name: str | None = None) -> Table:
    """Return a table of estimates as text cells: labels first, then `value`, se, the statistic and its interval.

    Parameters
    ----------
    table : DataFrame
        The columns before `value` are labels.
    value : str
        The column of the estimates.
    level : float
        The coverage to print over `lower` and `upper`.
    name : str or None
        The heading of the index, where the index is a label too.
    """
    place = list(table.columns).index(value)
    labels, figures = list(table.columns[:place]), list(table.columns[place:])
    cells: list[Sequence[str]] = []
    headings = []
    if name is not None:
        headings.append(Heading(name, left=True))
        cells.append([str(label) for label in table.index])
    for label in labels:
        headings.append(Heading(str(label), left=True))
        cells.append([_level(v) for v in table[label]])
    estimates = column_format([*table["se"].abs().dropna()] or [1.0])
    for column in figures:
        if column == "upper":
            continue
        if column == "lower":
            headings.append(Heading(f"{100 * level:g}% interval", span=2))
            cells += [estimates(list(table["lower"])), estimates(list(table["upper"]))]
        else:
            infinite_df = column == "df" and not (table["df"].dropna() < float("inf")).any()
            if infinite_df:
                continue
            headings.append(Heading(_letter(table) if column == "statistic" else str(column)))
            cells.append(_cells(column, table[column], estimates))
    return Table(tuple(headings), tuple(zip(*cells, strict=True)))


def unknown(endless: bool, missing: bool) -> list[str]:
    """Return the note of figures that are not there: some rest on infinite coefficients, or are not estimable."""
    if endless:
        return ["Some coefficients are infinite; what rests on them has no standard error. See `fit.check()`."]
    return ["What is not estimable depends on cells or columns that the data do not tell apart."] if missing else []


def joint_line(test: dict[str, Any]) -> str:
    """Return a joint test as a line of text."""
    p = p_value(test["p"])
    p = f"p {p}" if p.startswith("<") else f"p = {p}"
    if test["test"] == "Chisq":
        return f"All of them: chi-squared({test['df1']}) = {test['statistic']:.3f}, {p}"
    df2 = grouped(test["df2"], 0 if test["df2"] % 1 == 0 else 1)
    return f"All of them: F({test['df1']}, {df2}) = {test['statistic']:.3f}, {p}"


def _cells(column: str, values: pd.Series, estimates: Any) -> list[str]:
    """Return one column of figures as text."""
    if column == "p":
        return [p_value(v) for v in values]
    if column == "df":
        whole = (values.dropna() % 1 == 0).all()
        return ["" if v != v else "∞" if v == float("inf") else grouped(v, 0 if whole else 1) for v in values]
    if column == "statistic":
        return ["" if v != v else f"{v:.2f}" for v in values]
    if column == "pd":
        return fixed(values.tolist(), 3)
    if column == "null":
        return [f"{v:g}" for v in values]
    return ["not estimable" if v != v and column not in _RESERVED else text
            for v, text in zip(values, estimates(list(values)), strict=True)]  # fmt: skip


def _letter(table: pd.DataFrame) -> str:
    """Return z where all statistics are normal, else t."""
    return "t" if (table["df"].dropna() < float("inf")).any() else "z"


def _level(value: Any) -> str:
    """Return a label as text; a number with at most six digits."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
