"""Effects on the mean of the response: slopes, comparisons of levels, and predictions, averaged or row by row.

Standard errors are by the delta method, from the Jacobian of the average itself.

References
----------
Arel-Bundock, Greifer & Heiss (2024), How to interpret statistical models using marginaleffects for R and Python.
doi:10.18637/jss.v111.i09
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..answer import Answer, rendered, unknown
from ..arguments import coverage, flag, one_of
from ..columns import changed, check_columns, coerced, columns_of, is_numeric, model_columns, values_of
from ..hypotheses.linear_function import functions
from ..plots.interval import intervals, labelled_rows
from ..regression.limit import limit_of
from ..student import t_p_value, t_quantile
from ..table import Summary
from ..words import spoken
from .effect_rows import Asked, EffectRows, asked_rows
from .quantity import End, averaged

COMPARISONS = ("difference", "ratio", "lnratio", "oddsratio", "lnoddsratio")
_WHAT = ("term", "contrast")
LEVELS = ("reference", "pairwise", "sequential")
Ask = Callable[[slice, pd.DataFrame], Any]
Made = tuple[dict[str, Any], list[Ask], Any]


@dataclass(frozen=True, eq=False, repr=False)
class Effects(Answer):
    """Slopes, comparisons or predictions with their standard errors.

    Parameters
    ----------
    figures : DataFrame
        The labels, then estimate, se, df, statistic, p, lower, upper.
    title, formula : str
    said : str
        What was averaged, on which scale.
    level : float
    null : float
        The value that p-values test: 0, or 1 for ratios.
    notes : tuple of str
        What is not known of some of the figures.
    """

    figures: pd.DataFrame
    title: str
    formula: str
    said: str
    level: float
    null: float
    notes: tuple[str, ...]

    @property
    def table(self) -> pd.DataFrame:
        """The figures, not rounded."""
        return self.figures

    @spoken
    def summary(self) -> Summary:
        """Return the effects as they print: the first 20 of many rows."""
        shown = self.figures.head(20)
        notes = [f"{len(self.figures):,} rows; `.table` has them all."] if len(self.figures) > len(shown) else []
        notes += self.notes
        by_row = len(self.figures.index.names) == 1 and self.figures.index.name == "row"
        table = rendered(shown, "estimate", self.level, "row" if by_row else None)
        return Summary(self.title, self.formula, (self.said,), (table,), (), tuple(notes), self.figures)

    def plot(self, ax: Any = None) -> Any:
        """Draw the effects with their intervals."""
        frame = self.figures.head(60)
        columns = list(frame.columns[: list(frame.columns).index("estimate")])
        texts = [
            ", ".join(part for part in parts if part)
            for parts in zip(
                [" ".join(map(str, row)) for row in frame[[c for c in columns if c in _WHAT]].itertuples(index=False)],
                labelled_rows(frame, [c for c in columns if c not in _WHAT]) or [""] * len(frame),
                strict=True,
            )
        ]
        title = f"{self.title} and {100 * self.level:g}% intervals"
        return intervals(texts, frame["estimate"], frame["lower"], frame["upper"], title, "estimate", ax, self.null)


def slopes(fit: Any, x: Any, asked: Asked) -> Effects:
    """Return slopes in numeric columns and differences from the reference of factors; see `Estimate.slopes`."""
    rows = asked_rows(fit, asked)
    return _answer(fit, rows, asked, slope_makers(fit, rows, x), "difference", "slopes")


def slope_makers(fit: Any, rows: EffectRows, x: Any) -> list[Made]:
    """Return for each slope or difference its labels and what is asked of the rows."""
    makers: list[Made] = []
    for name in _columns(fit, x, "slopes"):
        column = model_columns(fit.model)[name]
        if is_numeric(column) and name not in coerced(fit):
            spread = float(column.std()) if len(column) > 1 else 1.0
            label = {"term": name, "contrast": "slope"}
            makers += [({**own, **label}, [_slope(at, name, spread)], at) for own, at in rows.each]
        else:
            makers += _pairs(rows, fit, name, "reference", 1.0)
    return makers


def comparisons(fit: Any, x: Any, comparison: str, levels: str, step: Any, asked: Asked) -> Effects:
    """Return comparisons of the means at values of a column; see `Estimate.comparisons`."""
    check_comparison(comparison, levels, asked)
    rows = asked_rows(fit, asked)
    return _answer(fit, rows, asked, comparison_makers(fit, rows, x, levels, step), comparison, "comparisons")


def check_comparison(comparison: str, levels: str, asked: Asked) -> None:
    """Say what comparisons there are, and on which scale."""
    hint = ' Write "difference" for "differenceavg", "ratio" for "ratioavg".' if "avg" in str(comparison) else ""
    one_of("comparison", comparison, COMPARISONS, hint)
    one_of("levels", levels, LEVELS)
    if comparison != "difference" and asked.type == "link":
        raise ModelError(f'`comparison="{comparison}"` is of means on the response scale; leave `type="link"` out.')


def comparison_makers(fit: Any, rows: EffectRows, x: Any, levels: str, step: Any) -> list[Made]:
    """Return for each pair of values its labels and what is asked of the rows."""
    return [made for name in _columns(fit, x, "comparisons") for made in _pairs(rows, fit, name, levels, step)]


def predictions(fit: Any, asked: Asked) -> Effects:
    """Return mean predictions; see `Estimate.predictions`."""
    rows = asked_rows(fit, asked)
    return _answer(fit, rows, asked, [(own, [at.mean], at) for own, at in rows.each], "difference", "predictions")


def _columns(fit: Any, x: Any, what: str) -> list[str]:
    """Return the columns asked for; all of the common terms if none is named."""
    if x is None:
        return columns_of(fit)
    names = [x] if isinstance(x, str) else list(x)
    return check_columns(fit, names, what)


def _slope(rows: Any, name: str, spread: float) -> Ask:
    return lambda part, frame: rows.slope(part, frame, name, spread)


def _at(rows: Any, name: str, value: Any, relative: bool) -> Ask:
    """Return the means with a column set to a value, or moved by it."""
    return lambda part, frame: rows.mean(part, changed(frame, {name: frame[name] + value if relative else value}))


def _pairs(rows: EffectRows, fit: Any, name: str, levels: str, step: Any) -> list[Made]:
    """Return for each pair of values of a column its labels, and the means at the higher and at the lower one."""
    column = model_columns(fit.model)[name]
    pairs: Sequence[tuple[str, Any, Any]]
    relative = False
    if is_numeric(column) and name not in coerced(fit):
        if isinstance(step, (tuple, list)) and len(step) == 2:
            low, high = step
            pairs = [(f"{high} - {low}", high, low)]
        else:
            width = float(column.std()) if step == "sd" else step
            if isinstance(width, bool) or not isinstance(width, (int, float, np.number)) or not width:
                raise ModelError(f'`step={step!r}`: write a number, "sd", or two values such as `(0, 10)`.')
            pairs, relative = [("+sd" if step == "sd" else f"+{width:g}", width, 0)], True
    else:
        pairs = [(f"{high} - {low}", high, low) for low, high in _level_pairs(fit, name, values_of(column), levels)]
    return [
        ({**own, "term": name, "contrast": said}, [_at(at, name, end, relative) for end in (high, low)], at)
        for own, at in rows.each
        for said, high, low in pairs
    ]


def _level_pairs(fit: Any, name: str, values: list[Any], levels: str) -> list[tuple[Any, Any]]:
    """Return the pairs of levels of a factor that are compared, the lower one first."""
    if len(values) < 2:
        raise ModelError(f"`{name}` has one value, so there is nothing to compare.")
    if levels == "reference":
        first = _reference(fit, name, values)
        return [(first, v) for v in values if v != first]
    return list(combinations(values, 2)) if levels == "pairwise" else list(pairwise(values))


def _reference(fit: Any, name: str, values: list[Any]) -> Any:
    """Return the reference level of a column, the first of the design's."""
    first = fit.model.design.levels.get(name, (None,))[0]
    return next((v for v in values if str(v) == first), values[0])


def _answer(fit: Any, rows: EffectRows, asked: Asked, makers: list[Made], comparison: str, what: str) -> Effects:
    """Return the table of the quantities."""
    each, labels, index, partly = [], [], [], False
    average = flag("average", asked.average)
    for label, asks, at in makers:
        if average:
            ends = [averaged(at, ask, rows.codes, len(rows.labels), rows.weights) for ask in asks]
            each.append(_combined(rows.asked, asked, ends, comparison))
            edge = np.min([end.known for end in ends], axis=0) < 1
            partly |= bool((edge & each[-1]["se"].notna()).any())
            own = rows.labels
        else:
            each.append(_by_row(rows.asked, asked, at, asks, comparison))
            own = rows.every
            index.append(at.frame.index)
        labels.append(labelled(label, own, comparison))
    table = pd.concat([pd.concat(labels, ignore_index=True), pd.concat(each, ignore_index=True)], axis=1)
    if not average:
        table.index = pd.Index(np.concatenate(index), name="row")
    ratio = comparison in ("ratio", "oddsratio")
    if what == "predictions":
        table = table.drop(columns=["statistic", "p"])
    title = f"Average {what}" if average else what.capitalize()
    notes = _notes(rows.asked, table, partly)
    return Effects(table, title, str(fit.formula), rows.said, coverage(asked.level), float(ratio), notes)


def labelled(label: dict[str, Any], own: pd.DataFrame, comparison: str) -> pd.DataFrame:
    """Return the labels of a quantity beside those of its rows."""
    shown = {"difference": lambda s: s}.get(comparison, lambda s: s.replace(" - ", " / "))
    columns = {k: [shown(v) if k == "contrast" else v] * len(own) for k, v in label.items()}
    return pd.concat([pd.DataFrame(columns, index=own.index), own], axis=1)


def _notes(fit: Any, table: pd.DataFrame, partly: bool) -> tuple[str, ...]:
    """Return what is to be said of figures that are not there, or leave rows at the edge of their range out of se."""
    missing = table["estimate"].isna()
    notes = unknown(bool((table["se"].isna() & ~missing).any()), False)
    if missing.any() and limit_of(fit) is not None:
        notes.append("What is not estimable rests on means that infinite coefficients leave open. See `fit.check()`.")
    elif missing.any():
        notes += unknown(False, bool(np.isnan(fit.beta).any()))
    if partly:
        notes.append("Means at the edge of their range, where coefficients are infinite, count as known without error.")
    return tuple(notes)


def _combined(fit: Any, asked: Asked, ends: list[End], comparison: str) -> pd.DataFrame:
    """Return estimates from means and their Jacobians: one, or a comparison of two."""
    if len(ends) == 1:
        return _figures(fit, asked, ends[0], False)
    high, low = (end.values for end in ends)
    J1, J0 = (end.jacobian for end in ends)
    known = np.maximum(*(end.known for end in ends))
    with np.errstate(invalid="ignore", divide="ignore"):
        if comparison == "difference":
            return _figures(fit, asked, End(high - low, J1 - J0, known), False)
        if "odds" in comparison:
            d1, d0 = 1 / (high * (1 - high)), 1 / (low * (1 - low))
            value = np.log(high / (1 - high)) - np.log(low / (1 - low))
        else:
            d1, d0 = 1 / high, 1 / low
            value = np.log(high / low)
        J = np.where(np.isfinite(value)[:, None], d1[:, None] * J1 - d0[:, None] * J0, 0.0)
    return _figures(fit, asked, End(value, J, known), not comparison.startswith("ln"))


def _figures(fit: Any, asked: Asked, end: End, ratio: bool) -> pd.DataFrame:
    """Return estimate, se, df, statistic, p and interval; of a ratio from those of its logarithm."""
    known = functions(fit, end.jacobian, asked.vcov, asked.df)
    value = np.where(np.isnan(known.df), np.nan, end.values)
    se = np.where(np.isfinite(value) & (end.known > 0), known.se, np.nan)
    half = t_quantile(known.df, asked.level) * se
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = value / se
    lower, upper = value - half, value + half
    p = t_p_value(statistic, known.df)
    if ratio:
        value, lower, upper = np.exp(value), np.exp(lower), np.exp(upper)
        se = value * se
    return pd.DataFrame(
        {"estimate": value, "se": se, "df": known.df, "statistic": statistic, "p": p, "lower": lower, "upper": upper}
    )


def _by_row(fit: Any, asked: Asked, at: Any, asks: list[Ask], comparison: str) -> pd.DataFrame:
    """Return the figures of every row, in chunks."""
    out = []
    for part, frame in at.chunks():
        pieces = [ask(part, frame) for ask in asks]
        ends = [End(piece.values, piece.jacobian(), piece.known.astype(float)) for piece in pieces]
        out.append(_combined(fit, asked, ends, comparison))
    return pd.concat(out, ignore_index=True)
