"""New data: a design's columns on other rows."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..errors import DataError, StatmodelsError
from ..formula.expressions import expression
from ..linalg import LinearMap
from ..transforms import Factor
from ..transforms.base import numeric
from .coding import blocks, shown_terms
from .evaluate import evaluate
from .groups import GroupBlock, effect_columns, new_codes, parts
from .rows import missing_rows
from .special import SpecialBlock, special_blocks
from .table import table
from .variable import recall

NEW_LEVELS = ("error", "population")


@dataclass(frozen=True, eq=False)
class NewDesign:
    """A design's columns on m new rows.

    Attributes
    ----------
    common : LinearMap [m, p]
    groups : tuple of GroupBlock
        Codes are -1 for a level not seen.
    specials : tuple of SpecialBlock
    offset : array [m] or None
    weights : array [m] or None
        The prior weights, where they were a column or an expression and the new rows hold its columns; NaN where
        missing.
    index : Index [m]
    missing : bool array [m]
        Rows in which something is missing: their prediction is NaN.
    """

    common: LinearMap
    groups: tuple[GroupBlock, ...]
    specials: tuple[SpecialBlock, ...]
    offset: np.ndarray | None
    weights: np.ndarray | None
    index: pd.Index
    missing: np.ndarray


def new_design(design, newdata, new_levels, groups):
    """Return the columns of `design` on `newdata`; see `Design.on`."""
    if new_levels not in NEW_LEVELS:
        raise DataError(f'new_levels must be "error" or "population", not {new_levels!r}.')
    given = table(newdata, what="newdata", known=design.spec.columns)
    formula, spec, text = design.formula, design.spec, str(design.formula.text)
    missing = np.zeros(given.n, dtype=bool)
    raw = {}

    def value_of(variable):
        if variable.key not in raw:
            raw[variable.key], _ = evaluate(
                variable, given, design.functions, spec.states.get(variable.key, []), text=text
            )
            holes = missing_rows(raw[variable.key])
            if holes is not None:
                missing[holes] = True
        return raw[variable.key]

    asked = parts(formula.groups) if groups else ()
    terms = (*formula.common, *(effect for part in asked for effect in part.effects))
    variables = {variable.key: variable for term in terms for variable in term.variables}
    for variable in (*variables.values(), *(variable for part in asked for variable in part.variables)):
        value_of(variable)  # all of them first: in a row that is missing anyway a new level does not matter
    values = {
        key: _filled(recall(spec.variables[key], value_of(variable), given.row_name, missing))
        for key, variable in variables.items()
    }
    common = blocks(shown_terms(formula, spec), spec.variables, values, given.n)
    made = []
    for part, (_, known), kind in zip(asked, spec.groups, spec.group_kinds, strict=groups):
        codes = new_codes(part, known, {v.key: value_of(v) for v in part.variables}, new_levels, missing)
        effects, columns = effect_columns(part, spec.variables, values, given.n)
        made.append(GroupBlock(part.label, part.group, codes, known.labels, effects, columns, kind))
    specials = special_blocks(formula, lambda variable: _filled(value_of(variable)), spec.specials)
    offset, weights = _offset(design, value_of), _weights(design, given)
    return NewDesign(common, tuple(made), specials, offset, weights, given.index, missing)


def _weights(design, given):
    """Return the weights of the new rows, or None where they do not hold what the weights were computed of."""
    spec = design.spec
    if spec.weights is None:
        return None
    variable = expression(spec.weights, design.functions)
    if not all(given.has(name) for name in variable.names):
        return None
    value, _ = evaluate(variable, given, design.functions, spec.states.get(variable.key, []), text=spec.weights)
    return numeric(value, "weights")


def _filled(value):
    """Return a factor with missing codes at the first level, so that tables can be looked up; the row is flagged."""
    if isinstance(value, Factor) and (value.codes < 0).any():
        return replace(value, codes=np.maximum(value.codes, 0))
    return value


def _offset(design, value_of):
    """Return the sum of the offsets on the new rows, or None."""
    spec = design.spec
    if spec.offset_given:
        raise DataError(
            "the model was given `offset=` as an array, which new data do not have. "
            'Put it in the data and write `offset(name)` in the formula, or `offset="name"`.'
        )
    parts = [value_of(term.variable) for term in design.formula.offsets]
    if spec.offset is not None:
        try:
            parts.append(value_of(expression(spec.offset, design.functions)))
        except StatmodelsError as error:  # which points into the formula, where it is not
            said = str(error).partition("\n")[0]
            raise type(error)(f'{said} The fit was given `offset="{spec.offset}"`.') from None
    return sum((numeric(part, "an offset") for part in parts[1:]), numeric(parts[0], "an offset")) if parts else None
