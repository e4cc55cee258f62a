"""Tables of tests and intervals as pandas tables that print in the house style."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd

from .table import Heading, Summary, Table, column_format, fixed, grouped, p_value

_WIDTH = 80
_GAPS = ("   ", "  ")
"""What stands between columns; the second where only that fits."""
_SHOWN = 10
_MANY = 24
_NOISE = 1e-10
"""What of the largest number of a column's kind is rounding error."""
_EXPONENTS = 7
"""The decimals from which on a number is easier to read with an exponent."""

# Columns of one unit, so that they have the same decimals, and what is rounding error in one is measured by all.
_UNITS = (
    {"Sum Sq", "Sum of Sq", "Mean Sq", "RSS", "Deviance", "Resid. Dev"},
    {"AIC", "BIC", "logLik", "deviance", "2 x log-lik.", "Cp"},
)
_STATISTICS = {
    "F", "F value", "LRT", "Chisq", "LR Chisq", "LR stat.", "Rao", "Rao score", "scaled dev.", "scaled Rao sc.",
    "statistic", "z", "t",
}  # fmt: skip
_MEASURES = {"dffit", "cov.r", "cook.d", "hat", "r_hat"}
_ESTIMATES = {"estimate", "mean", "se", "sd", "lower", "upper"}


class Frame(pd.DataFrame):
    """A DataFrame whose text and HTML are in the house style: the figures stay whole, and a part of it is plain pandas.

    `attrs["heading"]` is printed above it, then `attrs["lines"]`, a tuple; `attrs["labels"]`, a tuple as long as the
    table, are printed for the labels of its rows where those are too long.

    >>> Frame(pd.DataFrame({"Df": [1, 29], "Pr(>F)": [1e-9, np.nan]}, index=["wt", "Residuals"]))
                Df   Pr(>F)
    wt           1   <0.001
    Residuals   29
    """

    def __repr__(self) -> str:
        tries = [(printed(self, _WIDTH, len(gap)), gap) for gap in _GAPS]
        shown, gap = next((one for one in tries if len(one[0].tables) == 1), tries[0])
        head = [line for line in (shown.title, *shown.lines) if line]
        blocks = ["\n".join(_wrapped(head)), *(table.text(gap) for table in shown.tables), *shown.footers]
        return "\n\n".join(block for block in blocks if block)

    def _repr_html_(self) -> str:
        return printed(self, None)._repr_html_()


def headed(
    table: pd.DataFrame,
    heading: str,
    *,
    counts: tuple[str, ...] = ("Df",),
    lines: tuple[str, ...] = (),
    labels: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Return the table as one that prints under a heading, with whole numbers as such.

    Parameters
    ----------
    table : DataFrame [m, ...]
    heading : str
    counts : tuple of str
        The columns of whole numbers, where they are there.
    lines : tuple of str
        What is printed under the heading.
    labels : tuple of str [m], optional
        Printed for the labels of the rows.
    """
    out = Frame(table.astype({name: "Int64" for name in counts if name in table}))
    out.attrs.update(table.attrs, heading=heading)
    out.attrs.update({name: said for name, said in (("lines", lines), ("labels", labels)) if said})
    return out


def printed(frame: pd.DataFrame, width: int | None, gap: int = 3) -> Summary:
    """Return the parts of a table as text, those of a wide one below each other where `width` limits it.

    Degrees of freedom that are all infinite are left out.
    """
    many = len(frame) > _MANY
    half = _SHOWN // 2
    part = pd.DataFrame(frame).iloc[[*range(half), *range(len(frame) - half, len(frame))]] if many else frame
    given = frame.attrs.get("labels", ())
    labels = [str(label) for label in (given if len(given) == len(frame) else frame.index)]
    labels = [*labels[:half], "…", *labels[-half:]] if many else labels
    columns = []
    for name, cells in _cells(frame, part).items():
        columns.append((name, [*cells[:half], "…", *cells[half:]] if many else cells))
    footers = (f"{len(frame):,} rows, {frame.shape[1]} columns",) if many else ()
    heading = str(frame.attrs.get("heading", ""))
    return Summary(
        title=heading[:1].upper() + heading[1:],
        formula="",
        lines=tuple(frame.attrs.get("lines", ())),
        tables=tuple(
            _table(labels, block, width and width - gap * len(block)) for block in _blocks(labels, columns, width, gap)
        ),
        footers=footers,
    )


def _cells(frame: pd.DataFrame, part: pd.DataFrame) -> dict[str, list[str]]:
    """Return each column of a part of the table as text, by what is in the whole."""
    numbers = {c: frame[c].to_numpy(dtype=float, na_value=np.nan) for c in frame if _is_number(frame[c])}
    estimates = _estimates(numbers)
    out = {}
    for column in frame:
        name, values = str(column), part[column]
        if name == "df" and not np.isfinite(numbers[column]).any():
            continue
        if values.dtype == bool:
            out[name] = ["yes" if v else "" for v in values]
        elif column not in numbers:
            out[name] = ["" if v is None or v != v else str(v) for v in values]
        else:
            show = estimates if column in _ESTIMATES else _format(name, numbers)
            out[name] = show(list(values.to_numpy(dtype=float, na_value=np.nan)))
    return out


def _format(name: str, numbers: dict[Any, np.ndarray]) -> Callable[[Sequence[float]], list[str]]:
    """Return the function that writes the numbers of a column, one of several in the table."""
    if name == "p" or name.startswith("Pr("):
        return lambda shown: [p_value(v) for v in shown]
    own = numbers[name][np.isfinite(numbers[name])]
    if name == "ess" or not np.any(own % 1):
        return lambda shown: fixed(shown, 0)
    if name in ("df", "DenDF"):
        return lambda shown: ["" if v != v else "∞" if v == np.inf else grouped(v) for v in shown]
    unit = next((unit for unit in _UNITS if name in unit), {name})
    sizes = np.abs(np.concatenate([values for column, values in numbers.items() if column in unit]))
    sizes = sizes[np.isfinite(sizes)]
    # A statistic has no unit: it is nothing where it is next to nothing.
    noise = _NOISE * max(float(sizes.max()), 100.0 if name in _STATISTICS else 0.0)
    sizes = sizes[sizes > noise]
    if not len(sizes):
        return lambda shown: ["" if v != v else "0" for v in shown]
    powers = np.floor(np.log10(sizes))
    # Four digits of the smallest, but no more than seven of the largest.
    decimals = int(min(3 - powers.min(), max(6 - powers.max(), 1)))
    if decimals > _EXPONENTS:
        return lambda shown: ["" if v != v else f"{v:.4g}" if abs(v) > noise else "0" for v in shown]
    least = 2 if name in _UNITS[1] else 1  # what counts is the difference of two criteria
    most = 2 if name == "statistic" else 3 if name in _STATISTICS | _MEASURES or name.startswith("dfb.") else _EXPONENTS
    return lambda shown: fixed([0.0 if abs(v) <= noise else v for v in shown], int(np.clip(decimals, least, most)))


def _estimates(numbers: dict[Any, np.ndarray]) -> Callable[[Sequence[float]], list[str]]:
    """Return the function that writes estimates and intervals: by the standard errors, or quarters of intervals."""
    for spread in ("se", "sd"):
        if spread in numbers:
            return column_format(np.abs(numbers[spread]))
    if "lower" in numbers and "upper" in numbers:
        with np.errstate(invalid="ignore"):
            return column_format((numbers["upper"] - numbers["lower"]) / 4)
    return column_format(np.abs(numbers.get("estimate", np.ones(1))))


def _is_number(column: pd.Series) -> bool:
    """Return whether a column holds numbers, truth values apart."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _blocks(
    labels: list[str], columns: list[tuple[str, list[str]]], width: int | None, gap: int
) -> list[list[tuple[str, list[str]]]]:
    """Return the columns in blocks that fit into `width` beside the labels."""
    if width is None or not columns:
        return [columns]
    blocks: list[list[tuple[str, list[str]]]] = [[]]
    wide = [max(map(len, (name, *cells))) + gap for name, cells in columns]
    first = min(max(map(len, labels), default=0), max(width - sum(wide), width // 4))
    left = width - first
    for column, size in zip(columns, wide, strict=True):
        if blocks[-1] and size > left:
            blocks.append([])
            left = width - first
        blocks[-1].append(column)
        left -= size
    return blocks


def _table(labels: list[str], columns: list[tuple[str, list[str]]], width: int | None) -> Table:
    """Return some columns beside the labels, which are broken where they are too long for what `width` leaves."""
    headings = (Heading(""), *(Heading(name) for name, _ in columns))
    used = sum(max(map(len, (name, *cells))) for name, cells in columns)
    rows = []
    for i, label in enumerate(labels):
        parts = [label] if width is None else wrap(label, max(width - used, width // 4), subsequent_indent="  ")
        figures = [cells[i] for _, cells in columns]
        blank = [""] * len(figures)
        # The figures stand beside the last line of the label.
        rows += [(part, *blank) for part in parts[:-1]] + [(parts[-1] if parts else "", *figures)]
    return Table(headings, tuple(rows))


def _wrapped(lines: Sequence[str]) -> list[str]:
    """Return lines no wider than the page."""
    return [part for line in lines for part in wrap(line, _WIDTH, subsequent_indent="   ", break_long_words=False)]
