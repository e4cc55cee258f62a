"""Groups: the levels each row belongs to and the columns whose coefficients vary by level."""

import ast
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import DataError
from ..terms import INTERCEPT, CommonTerm
from ..transforms import Factor, Logical, Matrix
from ..transforms.base import describe
from ..transforms.factor import as_factor
from .coding import blocks, code_terms
from .combination import UNSEEN, Combinations, combined, row_label

MAX_EFFECTS = 1_000
"""The most effects of one block: their covariance then has half a million parameters."""


@dataclass(frozen=True, eq=False)
class GroupBlock:
    """One grouping factor and the effects that vary by it.

    Attributes
    ----------
    label : str
        As written, `1 + Days | Subject`; the parts of `(x || g)` are blocks of their own, `1 | g` and `0 + x | g`.
    group : str
        `Subject`, `cask:batch`.
    codes : int32 array [n]
        The level of each row; -1 only on new data, for a level not seen.
    levels : tuple of str
        Names of the levels, no two alike; `a:A` for a combination.
    effects : tuple of str
        Names of the columns: `Intercept`, `Days`.
    columns : array [n, l] or None
        Their values; None is one column of ones.
    kind : str
        What the levels were in the data: `text`, `integer`, `number` or `logical`; combinations are text.
    """

    label: str
    group: str
    codes: np.ndarray
    levels: tuple[str, ...]
    effects: tuple[str, ...]
    columns: np.ndarray | None
    kind: str = "text"

    @property
    def values(self) -> pd.Index:
        """The levels as the data had them, an Index [L]: the integers 308, 309, ... where the column held integers."""
        return pd.Index([_LEVEL[self.kind](level) for level in self.levels], dtype=_DTYPE[self.kind], name=self.group)


_LEVEL: dict[str, Callable] = {"text": str, "integer": int, "number": float, "logical": "True".__eq__}
_DTYPE = {"text": object, "integer": np.int64, "number": np.float64, "logical": bool}


@dataclass(frozen=True)
class GroupPart:
    """What one block is made of: its label, its group's variables and its effects."""

    label: str
    group: str
    variables: tuple
    effects: tuple[CommonTerm, ...]


def parts(terms):
    """Return the blocks that group terms ask for: one each, or one for each effect where they are uncorrelated."""
    found = []
    for term in terms:
        if term.correlated:
            found.append(GroupPart(term.label, term.group_label, term.group, term.effects))
            continue
        for effect in term.effects:
            label = f"{effect.text if effect.variables else '1'} | {term.group_label}"
            if effect.variables:
                label = f"0 + {label}"
            found.append(GroupPart(label, term.group_label, term.group, (effect,)))
    return tuple(found)


def group_kind(part, given):
    """Return what the levels of a part are in the data, which is text unless the group is one column of another type.

    Parameters
    ----------
    part : GroupPart
    given : Table
    """
    if len(part.variables) > 1:
        return "text"
    (variable,) = part.variables
    node = variable.node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("factor", "as.factor"):
        node = node.args[0] if len(node.args) == 1 and not node.keywords else node
    if not isinstance(node, ast.Name):
        return "text"
    value = given.column(node.id)
    if isinstance(value, Factor):
        categories = getattr(given.series(node.id).dtype, "categories", None)
        return "text" if categories is None else _KINDS.get(categories.dtype.kind, "text")
    if isinstance(value, Logical):
        return "logical"
    if value.dtype.kind == "f" and (np.isnan(value) | ((value == np.round(value)) & (np.abs(value) < 1e15))).all():
        return "integer"
    return _KINDS[value.dtype.kind]


_KINDS = {"i": "integer", "u": "integer", "f": "number", "b": "logical"}


def _group_factor(variable, value):
    if isinstance(value, Matrix):
        raise DataError(f"`{variable.label}` cannot group rows: it is {describe(value)}.")
    return as_factor(value).used()


def build_block(part, specs, values, raw, n, where, kind) -> tuple[GroupBlock, Combinations]:
    """Return the block of one part on the rows fitted, and its combinations; a group of one level is a DataError.

    Parameters
    ----------
    part : GroupPart
    specs, values : dict variable key -> VariableSpec, coded value: of the effects
    raw : dict variable key -> value as evaluated: of the group
    n : int
    where : function of a Variable and a message -> DataError pointing at it
    kind : str
        What the levels are in the data, by `group_kind`.
    """
    codes, known = combined([_group_factor(variable, raw[variable.key]) for variable in part.variables])
    if len(known.labels) < 2:
        raise where(
            part.variables[0],
            f'`{part.group}` has one level, "{known.labels[0]}", in the {n} rows used; a group needs two or more. '
            f"Leave `({part.label})` out of the formula.",
        )
    effects, columns = effect_columns(part, specs, values, n)
    return GroupBlock(part.label, part.group, codes, known.labels, effects, columns, kind), known


def effect_columns(part, specs, values, n):
    """Return the names of a part's effects and their columns [n, l], None for an intercept alone."""
    codings = code_terms(part.effects, specs)
    names = tuple(name for coding in codings for name in coding.columns)
    if names == (INTERCEPT,):
        return names, None
    if len(names) > MAX_EFFECTS:
        raise DataError(
            f"`({part.label})` has {len(names):,} effects that vary by `{part.group}`, and {MAX_EFFECTS:,} is the most."
            " A factor of many levels belongs on the right of the bar, as `(1 | a) + (1 | b)` or `(1 | a:b)`."
        )
    return names, blocks(codings, specs, values, n).dense()


def new_codes(part, known, raw, new_levels, missing=False) -> np.ndarray:
    """Return the codes [m] of new rows among the combinations `known`, -1 for one not seen where it may be new.

    A missing group is -1 too, as is any of the rows that the caller says are `missing` [m].

    Parameters
    ----------
    part : GroupPart
    known : Combinations
    raw : dict variable key -> value as evaluated
    new_levels : str
        `"error"` or `"population"`.
    """
    factors = [as_factor(raw[variable.key]) for variable in part.variables]
    missing = np.any([factor.codes < 0 for factor in factors], axis=0) | missing
    codes = np.where(missing, np.int32(-1), known.codes(factors))
    unseen = np.flatnonzero(codes == UNSEEN)
    if len(unseen) and new_levels == "error":
        names = list(dict.fromkeys(row_label(factors, row) for row in unseen.tolist()))
        shown = ", ".join(f'"{name}"' for name in names[:10]) + (", ..." if len(names) > 10 else "")
        raise DataError(
            f"`{part.group}` has {'levels' if len(names) > 1 else 'the level'} {shown} that the data fitted did not "
            'have. Use new_levels="population" to predict such rows without the effects of their group.'
        )
    return np.maximum(codes, -1)
