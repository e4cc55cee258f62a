"""The columns of the data that a model reads, those of its other predictors included, and rows of them made anew."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..errors import ModelError, did_you_mean

if TYPE_CHECKING:
    from ..model import Model

_FACTOR_CALLS = frozenset({"factor", "as.factor", "ordered", "as.ordered", "C", "relevel", "interaction"})


def model_columns(model: Model) -> pd.DataFrame:
    """Return the columns that the formulas of a model read, the rows used only."""
    frame = model.design.frame
    for other in model.predictors.values():
        more = [name for name in other.frame.columns if name not in frame.columns]
        frame = pd.concat([frame, other.frame[more]], axis=1) if more else frame
    return frame


def columns_of(fit: Any) -> list[str]:
    """Return the columns that the common terms of all predictors read, in order."""
    frame = model_columns(fit.model)
    return [name for name in dict.fromkeys(n for _, v in _variables(fit) for n in v.names) if name in frame]


def term_columns(fit: Any) -> list[frozenset[str]]:
    """Return for each common term the columns it reads."""
    terms = (term for design in _designs(fit) for term in design.formula.common)
    return [frozenset(n for v in term.variables for n in v.names) for term in terms]


def coerced(fit: Any) -> set[str]:
    """Return the numeric columns that a formula makes factors of, as `factor(x)`; `x > 3` and `cut(x, 3)` do not."""
    return {n for design, v in _variables(fit) if _is_factor(design, v) for n in v.names}


def check_columns(fit: Any, names: Sequence[str], what: str) -> list[str]:
    """Return names as columns, `factor(x)` as `x`; refuse one that is none of the common terms', with the nearest."""
    known, out = columns_of(fit), []
    for name in names:
        column = name if name in known else _inside(fit, name)
        if column is None:
            listed = ", ".join(f"`{k}`" for k in known) or "none"
            raise ModelError(
                f"{what}: no column `{name}` among the common terms.{did_you_mean(str(name), known)} There is {listed}."
            )
        out.append(column)
    return out


def is_numeric(column: pd.Series) -> bool:
    """Return whether a column holds numbers; truth values are not."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def values_of(column: pd.Series) -> list[Any]:
    """Return the values of a column in their order, those that occur."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        present = set(column.cat.codes.unique())
        return [level for i, level in enumerate(column.cat.categories) if i in present]
    return sorted(v.item() if isinstance(v, np.generic) else v for v in column.dropna().unique())


def values_at(fit: Any, at: Mapping[str, Any] | None) -> dict[str, list[Any]]:
    """Return the values that `at=` gives of columns, each a list; levels are those that the data have."""
    if at is None:
        return {}
    if not isinstance(at, Mapping):
        raise ModelError(f'`at={at!r}`: write a dict of columns, such as `at={{"x": [1, 2]}}`.')
    frame, factors, out = model_columns(fit.model), coerced(fit), {}
    for name, given in zip(check_columns(fit, list(at), "`at=`"), at.values(), strict=True):
        values = list(given) if isinstance(given, (list, tuple, np.ndarray, pd.Series, range)) else [given]
        if not values:
            raise ModelError(f"`at=` gives no value of `{name}`.")
        if not is_numeric(frame[name]) or name in factors:
            values = _known_levels(name, values, values_of(frame[name]))
        out[name] = values
    return out


def rows_with(frame: pd.DataFrame, count: int, values: Mapping[str, Any]) -> pd.DataFrame:
    """Return `count` rows in which columns have the values given, one or a list; the rest is as in the first row."""
    new = frame.iloc[np.zeros(count, dtype=int)].reset_index(drop=True)
    return changed(new, values)


def changed(frame: pd.DataFrame, values: Mapping[str, Any]) -> pd.DataFrame:
    """Return rows with columns set to one value, or to a list or Series of them; a factor keeps its levels."""
    new = {}
    for name, value in values.items():
        dtype = None if is_numeric(frame[name]) else frame[name].dtype
        several = isinstance(value, (list, np.ndarray, pd.Series))
        new[name] = pd.Series(list(value) if several else [value] * len(frame), index=frame.index, dtype=dtype)
    return frame.assign(**new)


def repeatable(design: Any) -> tuple[Any, float]:
    """Return the design without an offset that was an array, which new rows cannot have, and that offset's mean."""
    if not design.spec.offset_given:
        return design, 0.0
    return replace(design, spec=replace(design.spec, offset_given=False)), float(np.mean(design.offset))


def _designs(fit: Any) -> tuple[Any, ...]:
    return (fit.model.design, *fit.model.predictors.values())


def _variables(fit: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the variables of the common terms with their designs."""
    for design in _designs(fit):
        for term in design.formula.common:
            for variable in term.variables:
                yield design, variable


def _is_factor(design: Any, variable: Any) -> bool:
    """Return whether a variable makes a factor of a column."""
    node = variable.node
    call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FACTOR_CALLS
    return call and design.spec.variables[variable.key].coded


def _inside(fit: Any, label: Any) -> str | None:
    """Return the column that a variable such as `factor(x)` makes a factor of, by its label, or None."""
    plain = str(label).replace(" ", "")
    found = (v for d, v in _variables(fit) if _is_factor(d, v) and v.label.replace(" ", "") == plain)
    return next((v.names[0] for v in found if len(v.names) == 1), None)


def _known_levels(name: str, values: list[Any], known: list[Any]) -> list[Any]:
    """Return levels as the column has them, or say which it has."""
    by_text = {str(k): k for k in known}
    for value in values:
        if value not in known and str(value) not in by_text:
            listed = ", ".join(f'"{k}"' for k in known[:10]) + (", ..." if len(known) > 10 else "")
            raise ModelError(
                f'`at=`: `{name}` has no level "{value}".{did_you_mean(str(value), by_text)} It has {listed}.'
            )
    return [value if value in known else by_text[str(value)] for value in values]
