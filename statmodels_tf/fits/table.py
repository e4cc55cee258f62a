"""One renderer for every result: a heading, aligned tables and footers, as text, HTML, Markdown and LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from ..errors import ModelError
from .css import CSS
from .words import no_figure

_GAP = "   "
_DECIMALS, _LARGE, _SPREAD, _SMALLER, _NOTHING = 7, 7, 5, 2, 6
"""The most decimals; the digits before the point, and the powers of ten between numbers, from which on numbers have
exponents; how many more decimals than half of the numbers ask are given; the power of ten that is nothing beside 1."""
_LATEX = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", "·": r"\textperiodcentered{}",
    **{c: "\\" + c for c in "&%$#_{}"},
}  # fmt: skip


@dataclass(frozen=True)
class Heading:
    """The heading of one column, or of `span` columns side by side; `left` aligns the cells."""

    text: str
    span: int = 1
    left: bool = False


@dataclass(frozen=True)
class Table:
    """Text cells under headings; the first heading names the table.

    >>> print(Table((Heading("Fixed effects"), Heading("estimate")), (("Intercept", "3.28"), ("x", "-0.09"))).text())
    Fixed effects   estimate
    Intercept           3.28
    x                  -0.09
    """

    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]

    def _left(self) -> list[bool]:
        """Return for each column whether it is aligned to the left."""
        return [h.left or i == 0 for i, h in enumerate(self.headings) for _ in range(h.span)]

    def text(self, gap: str = _GAP) -> str:
        """Return the table as aligned text, `gap` between its columns."""
        left = self._left()
        width = [max((len(row[j]) for row in self.rows), default=0) for j in range(len(left))]
        head, j = [], 0
        for i, heading in enumerate(self.headings):
            here = range(j, j + heading.span)
            missing = len(heading.text) - sum(width[c] for c in here) - len(gap) * (heading.span - 1)
            width[j if left[j] or heading.span > 1 else here[-1]] += max(0, missing)
            total = sum(width[c] for c in here) + len(gap) * (heading.span - 1)
            head.append(heading.text.ljust(total) if heading.left or i == 0 else heading.text.rjust(total))
            j += heading.span
        lines = [head] + [
            [c.ljust(w) if to_left else c.rjust(w) for c, w, to_left in zip(row, width, left, strict=True)]
            for row in self.rows
        ]
        return "\n".join(gap.join(line).rstrip() for line in lines)

    def html(self) -> str:
        """Return the table as an HTML table."""
        left = self._left()
        head, j = "", 0
        for heading in self.headings:
            kind = "left" if left[j] else "pair" if heading.span > 1 else ""
            head += f'<th class="{kind}" colspan="{heading.span}">{escape(heading.text)}</th>'
            j += heading.span
        body = "".join(
            "<tr>"
            + "".join(f'<td class="{"left" if lf else ""}">{escape(c)}</td>' for c, lf in zip(row, left, strict=True))
            + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def markdown(self) -> str:
        """Return the table in GitHub's Markdown; a heading over several columns stands over the first."""
        left = self._left()
        head = [t for h in self.headings for t in (h.text, *[""] * (h.span - 1))]
        rule = [":---" if lf else "---:" for lf in left]
        lines = [head, rule, *self.rows]
        return "\n".join("| " + " | ".join(_cell(c) for c in line) + " |" for line in lines)

    def latex(self) -> str:
        """Return the table as a LaTeX `tabular`, which needs no package."""
        left = self._left()
        head, j = [], 0
        for h in self.headings:
            align = "l" if left[j] else "c" if h.span > 1 else "r"
            head.append(rf"\multicolumn{{{h.span}}}{{{align}}}{{{latex_escape(h.text)}}}")
            j += h.span
        lines = [" & ".join(head) + r" \\ \hline"]
        lines += [" & ".join(latex_escape(c) for c in row) + r" \\" for row in self.rows]
        columns = "".join("l" if lf else "r" for lf in left)
        return "\n".join([rf"\begin{{tabular}}{{{columns}}} \hline", *lines, r"\hline", r"\end{tabular}"])


@dataclass(frozen=True, eq=False)
class Summary:
    """A result that prints: `str()`, HTML in a notebook, `.to_markdown()`, `.to_latex()`, and the figures in `.table`.

    Parameters
    ----------
    title, formula : str
        The first line: what was fitted, and to what.
    lines : tuple of str
        What stands under it: rows, levels, engine.
    tables : tuple of Table
    footers : tuple of str
        Fit statistics.
    notes : tuple of str
        What the reader must know: singular, aliased, not converged; with the remedy.
    table : DataFrame
        The figures of the first table, not rounded.
    """

    title: str
    formula: str
    lines: tuple[str, ...]
    tables: tuple[Table, ...]
    footers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    table: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __str__(self) -> str:
        tables = [t.text() for t in self.tables]
        width = max((len(line) for t in tables for line in t.splitlines()), default=0)
        gap = max(width - len(self.title) - len(self.formula), 4)
        fits = len(self.title) + gap + len(self.formula) <= max(width, 88)
        head = self.title + (" " * gap if fits else "\n") + self.formula
        blocks = ["\n".join([head, *_wrap(self.lines, max(width, 88))]), *tables]
        blocks += ["\n".join(_wrap(part, max(width, 88))) for part in (self.footers, self.notes) if part]
        return "\n\n".join(blocks)

    __repr__ = __str__

    def __getattr__(self, name: str) -> Any:
        """Say where a figure is; reached only by names that are not there."""
        raise AttributeError(name if name.startswith("_") else no_figure("Summary", name, ()))

    def __getitem__(self, key: object) -> Any:
        """Say where a figure is, to those who index."""
        raise ModelError(no_figure("Summary", str(key), ()))

    def _repr_html_(self) -> str:
        def block(kind: str, lines: Iterable[str]) -> str:
            return "".join(f'<div class="{kind}">{escape(line)}</div>' for line in lines)

        return (
            f'<div class="statmodels"><style>{CSS}</style>'
            f'<div class="head"><b>{escape(self.title)}</b><span>{escape(self.formula)}</span></div>'
            + block("quiet", self.lines)
            + "".join(t.html() for t in self.tables)
            + block("", self.footers)
            + block("note", self.notes)
            + "</div>"
        )

    def to_markdown(self) -> str:
        """Return the summary in Markdown."""
        head = f"**{self.title}** `{self.formula}`"
        parts = [head, "  \n".join(self.lines), *(t.markdown() for t in self.tables)]
        parts += ["  \n".join(p) for p in (self.footers, self.notes) if p]
        return "\n\n".join(parts)

    def to_latex(self) -> str:
        """Return the summary in LaTeX; it needs no package beyond the standard class."""
        head = rf"\noindent\textbf{{{latex_escape(self.title)}}} \texttt{{{latex_escape(self.formula)}}}"
        parts = ["\\\\\n".join([head, *map(latex_escape, self.lines)]), *(t.latex() for t in self.tables)]
        parts += ["\\\\\n".join(map(latex_escape, p)) for p in (self.footers, self.notes) if p]
        return "\n\n\\medskip\\noindent\n".join(parts)


def latex_escape(text: str) -> str:
    """Return `text` with LaTeX's special characters escaped.

    >>> latex_escape("y ~ x_1 + (1|g)")
    'y \\\\textasciitilde{} x\\\\_1 + (1\\\\textbar{}g)'
    """
    return "".join(_LATEX.get(c, c) for c in text)


def fixed(values: Sequence[float], decimals: int) -> list[str]:
    """Return numbers with the same count of decimals; a missing one is empty, a huge one has an exponent.

    >>> fixed([1234.5, -0.0, float("nan"), 6.12e20], 2)
    ['1234.50', '0.00', '', '6.12e+20']
    """
    return ["" if v != v else _one(v, f".{decimals}f") for v in map(float, values)]


def grouped(value: float, decimals: int = 1) -> str:
    """Return a number with thousands apart, a huge one with an exponent.

    >>> grouped(1743.628), grouped(6.12e20)
    ('1,743.6', '6.12e+20')
    """
    return _one(value, f",.{decimals}f")


def decimals_for(scales: Iterable[float], digits: int = 3) -> int | None:
    """Return the decimals that show each positive number in `scales` with at least `digits` significant digits.

    A few that are far smaller than most do not count. None when the numbers differ so much in size, or are so large or
    small, that one count of decimals would not read well.

    >>> decimals_for([6.8, 1.5]), decimals_for([0.0188, 0.0133]), decimals_for([1e-9, 1e5]), decimals_for([2e9])
    (2, 4, None, None)
    """
    need = sorted(digits - 1 - _exponent(s) for s in scales if s == s and 0 < s < float("inf"))
    if not need:
        return digits
    middle, edge = need[len(need) // 2], len(need) // 10
    decimals = min(need[-1], middle + _SMALLER)
    if decimals > _DECIMALS or decimals < digits - _LARGE or need[-1 - edge] - need[edge] > _SPREAD:
        return None
    return max(0, decimals)


def column_format(scales: Iterable[float], digits: int = 3) -> Callable[[Sequence[float]], list[str]]:
    """Return a function that formats a column whose precision is that of `scales`.

    A number that would show fewer than two significant digits gets three, so that its sign is not lost, unless it is
    next to nothing.
    """
    decimals = decimals_for(scales, digits)
    if decimals is None:
        return lambda values: ["" if v != v else f"{v:.4g}" for v in map(float, values)]

    def one(value: float) -> str:
        if value != value:
            return ""
        size = abs(value)
        if 10.0 ** -(decimals + _NOTHING) < size < 9.5 * 10.0**-decimals:
            return _one(value, f".{max(2 - _exponent(size), decimals)}f")
        return _one(value, f".{decimals}f")

    return lambda values: list(map(one, map(float, values)))


def p_value(value: float) -> str:
    """Return a p-value to three decimals, `<0.001` below.

    >>> p_value(0.04), p_value(1e-9), p_value(float("nan"))
    ('0.040', '<0.001', '')
    """
    return "" if value != value else "<0.001" if value < 0.001 else f"{value:.3f}"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> plural(73421, "row"), plural(1, "row")
    ('73,421 rows', '1 row')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _one(value: float, form: str) -> str:
    """Return one number in a format; from 1e15 on a double has no decimals to show, so it has an exponent."""
    return f"{value:.2e}" if abs(value) >= 1e15 else re.sub(r"^-(0(\.0*)?)$", r"\1", f"{value:{form}}")


def _exponent(value: float) -> int:
    """Return the power of ten of a positive number."""
    return int(f"{value:e}".split("e")[1])


def _cell(text: str) -> str:
    """Return a Markdown cell, with the characters escaped that would end or style it."""
    return re.sub(r"([|*_\\\[\]<])", r"\\\1", text)


def _wrap(lines: Iterable[str], width: int) -> list[str]:
    """Return lines no wider than `width`, broken at ` · ` or at a space."""
    out = []
    for line in lines:
        while len(line) > width:
            cut = max(line.rfind(" · ", 0, width), 0) or line.rfind(" ", 0, width)
            if cut <= 0:
                break
            out.append(line[:cut])
            line = line[cut:].removeprefix(" · ").strip()
        out.append(line)
    return out
