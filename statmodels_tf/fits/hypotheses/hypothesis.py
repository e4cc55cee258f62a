"""Wald tests of hypotheses about the coefficients, linear or not, one by one and jointly.

A function g of the coefficients with gradient L has the standard error sqrt(L V L'), exact for a linear g and by the
delta method else.

References
----------
Oehlert (1992), A note on the delta method. doi:10.1080/00031305.1992.10475842
Fox & Weisberg (2019), An R Companion to Applied Regression, section 5.3.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ModelError, did_you_mean
from ..answer import Answer, joint_line, rendered
from ..arguments import coverage
from ..outcome.all_parameters import AllParameters
from ..regression.determined import value_of
from ..student import t_p_value, t_quantile
from ..table import Summary
from ..words import spoken
from .coefficient_text import stated
from .linear_function import functions, joint_test


@dataclass(frozen=True, eq=False, repr=False)
class Hypotheses(Answer):
    """Tests of hypotheses about the coefficients.

    Parameters
    ----------
    figures : DataFrame
        estimate, se, statistic, df, p, lower, upper by hypothesis; `null` before the statistic where it is not zero.
    joint : dict
        The test of all of them at once: test ("F" or "Chisq"), statistic, df1, df2, p.
    formula : str
    level : float
    notes : tuple of str
    """

    figures: pd.DataFrame
    joint: Mapping[str, Any]
    formula: str
    level: float
    notes: tuple[str, ...]

    @property
    def table(self) -> pd.DataFrame:
        """The figures, not rounded; `attrs["joint"]` has the test of all hypotheses at once."""
        return self.figures

    @spoken
    def summary(self) -> Summary:
        """Return the tests as they print."""
        several = len(self.figures) > 1
        footers = (joint_line(dict(self.joint)),) if several and self.joint["df1"] else ()
        title = "Wald tests" if several else "Wald test"
        table = rendered(self.figures, "estimate", self.level, "Hypothesis")
        return Summary(title, self.formula, (), (table,), footers, self.notes, self.figures)


def wald_tests(fit: Any, what: Any, rhs: Any, level: float, df: str | None, vcov: Any) -> Hypotheses:
    """Return the tests; see `Estimate.hypothesis`."""
    level = coverage(level)
    if fit.outcome_scales and (isinstance(what, Mapping) or _is_text(what)):
        fit = AllParameters(fit)  # whose names are those of the thresholds too
    labels, values, L, null, linear = _read(fit, what, rhs)
    known = functions(fit, L, vcov, df)
    values = np.where(np.isnan(known.df), np.nan, values)
    se = known.se
    if linear.all():
        shift = values - L @ np.nan_to_num(np.asarray(fit.beta, dtype=float), nan=0.0)
        values = np.where(np.isnan(known.df), np.nan, value_of(fit, L) + shift)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = (values - null) / se
    half = t_quantile(known.df, level) * se
    columns: dict[str, Any] = {"estimate": values, "se": se}
    if np.any(null != 0):
        columns["null"] = null
    columns |= {
        "statistic": statistic,
        "df": known.df,
        "p": t_p_value(statistic, known.df),
        "lower": values - half,
        "upper": values + half,
    }
    table = pd.DataFrame(columns, index=pd.Index(labels, name="hypothesis"))
    tested = np.where(np.isnan(se)[:, None], np.nan, known.L)
    joint = joint_test(fit, tested, values - null, vcov, df)
    table.attrs["joint"] = joint
    notes = [] if linear.all() else ["Standard errors of functions that are not linear are by the delta method."]
    if np.isnan(values).any():
        notes.append("A row without an estimate depends on aliased columns, or on what the data leave open.")
    elif np.isinf(values).any():
        notes.append("An infinite estimate has no standard error; see `fit.check()`.")
    return Hypotheses(table, joint, str(fit.formula), level, tuple(notes))


def _read(fit: Any, what: Any, rhs: Any) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return labels, values [r], Jacobian [r, p], null values [r] and which are linear, of hypotheses in any form."""
    names, coefficients = list(fit.coef().index), np.asarray(fit.beta, dtype=float)
    labels = None
    if isinstance(what, Mapping):
        if not what:
            raise ModelError(_WANTED)
        if all(isinstance(v, (int, float, np.number)) for v in what.values()):
            what = _row(what, names)[None]
        else:
            labels = [str(label) for label in what]
            parts = list(what.values())
            rows = all(isinstance(v, Mapping) for v in parts)
            what = np.array([_row(v, names) for v in parts]) if rows else parts
    if _is_text(what):
        if rhs is not None:
            raise ModelError("`rhs=` goes with a matrix; in text write the number after `=`.")
        texts = [what] if isinstance(what, str) else list(what)
        said = [stated(text, names, coefficients) for text in texts]
        return (
            labels or [one.text for one in said],
            np.array([one.function.value for one in said]),
            np.array([one.function.gradient for one in said]),
            np.array([one.null for one in said]),
            np.array([one.function.linear for one in said]),
        )
    L = _matrix(what, names)
    null = np.zeros(len(L)) if rhs is None else np.array(rhs, dtype=float).ravel()
    null = np.full(len(L), null[0]) if null.size == 1 else null
    if null.shape != (len(L),):
        raise ModelError(f"`rhs=` has {null.size} numbers and the matrix {len(L)} rows; give one for each.")
    values = L @ np.nan_to_num(coefficients, nan=0.0)
    shown = labels or [f"{_written(row, names)} = {b:g}" for row, b in zip(L, null, strict=True)]
    return shown, values, L, null, np.ones(len(L), dtype=bool)


def _is_text(what: Any) -> bool:
    """Return whether hypotheses are given as text."""
    return isinstance(what, str) or (
        isinstance(what, Sequence) and len(what) > 0 and all(isinstance(t, str) for t in what)
    )


_WANTED = 'a hypothesis is text such as `"x = 0"`, a list of them, or a matrix with a column for each coefficient.'


def _matrix(what: Any, names: list[str]) -> np.ndarray:
    """Return a matrix [r, p] as given: an array, or a DataFrame with some of the coefficients as columns."""
    if isinstance(what, pd.DataFrame):
        return np.array([_row(dict(row), names) for _, row in what.iterrows()])
    if isinstance(what, pd.Series):
        return _row(dict(what), names)[None]
    try:
        L = np.atleast_2d(np.array(what, dtype=float))
    except (TypeError, ValueError):
        raise ModelError(_WANTED) from None
    if L.ndim != 2 or not L.size or L.shape[1] != len(names):
        raise ModelError(f"the matrix has the shape {np.shape(what)} and there are {len(names)} coefficients.")
    if not np.isfinite(L).all():
        raise ModelError("the matrix of a hypothesis has entries that are missing or infinite.")
    return L


def _row(weights: Mapping[Any, Any], names: list[str]) -> np.ndarray:
    """Return a row [p] from the coefficients that it names."""
    row = np.zeros(len(names))
    for name, weight in weights.items():
        if name not in names:
            raise ModelError(f"no coefficient `{name}`.{did_you_mean(str(name), names)} See `fit.coef()`.")
        row[names.index(name)] = weight
    return row


def _written(row: np.ndarray, names: list[str]) -> str:
    """Return a linear combination as text.

    >>> _written(np.array([1.0, -2.0, 0.0]), ["a", "b", "c"])
    'a - 2 * b'
    """
    text = ""
    for weight, name in zip(row, names, strict=True):
        if weight:
            sign = "-" if weight < 0 else "+"
            text += f" {sign} " if text else "-" * bool(weight < 0)
            text += name if abs(weight) == 1 else f"{abs(weight):.6g} * {name}"
    return text or "0"
