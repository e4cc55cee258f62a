"""Build: a formula and a table become a Design."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, did_you_mean
from ..formula import Formula
from ..transforms.base import numeric
from ..transforms.contrasts import as_contrast
from .coding import MAX_COLUMNS, blocks, shown_terms
from .design import Design
from .functions import own_functions
from .groups import GroupBlock, build_block, effect_columns, group_kind, new_codes, parts
from .limits import limits_of
from .read import Read, check_sizes, memory_of
from .response import build_response
from .spec import DesignSpec
from .special import special_blocks
from .table import table
from .used import Given, used_rows
from .variable import learn, recall

NA_ACTIONS = ("omit", "fail")


def build(
    formula: str | Formula,
    data: Any,
    *,
    weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    contrasts: Mapping[str, Any] | None = None,
    functions: Mapping[str, Callable] | None = None,
    na_action: str = "omit",
    states: Mapping[str, list] | None = None,
) -> Design:
    """Return the design of a formula on a table.

    A row counts as incomplete when a variable of any remaining term is missing in it; unlike R, a variable taken out
    again (`. - x`) does not matter.

    Parameters
    ----------
    formula : str or Formula
    data : pandas, polars or pyarrow table, or dict of columns
    weights, offset : str or array [rows of the data]
        A column's name, an expression as text, or numbers. `offset` adds to the formula's `offset()` terms.
    subset : str or array
        A condition as text, truth values, or row positions.
    contrasts : dict
        Factor -> `"contr.treatment"`, `"contr.sum"`, `"contr.helmert"`, `"contr.poly"` or a matrix [levels, columns].
    functions : dict
        Functions of the caller that the formula may call, by names that formulas do not know already. Each gets
        columns as arrays (labels where they are levels) and returns one value for each row, or a matrix of columns.
    na_action : str
        `"omit"` drops rows in which anything used is missing; `"fail"` makes them a DataError.
    states : dict
        Variable key -> what its stateful calls learned of more rows than these; None in its place learns here.

    Returns
    -------
    Design
    """
    given, functions = table(data), own_functions(functions)
    if na_action not in NA_ACTIONS:
        raise DataError(f'na_action must be "omit" or "fail", not {na_action!r}.')
    if not isinstance(formula, Formula):
        formula = Formula.parse(formula, columns=given.names, functions=frozenset(functions))
    if given.n == 0:
        raise DataError("the data have no rows.")
    used = used_rows(formula, given, Given(weights, offset, subset, functions, states), na_action=na_action)
    read, raw, kept, rows, n = used.read, used.raw, used.kept, used.kept.rows, used.n
    check_sizes(read, raw)

    chosen = _chosen_contrasts(contrasts, formula)
    specs, values = {}, {}
    for variable in _effect_variables(formula):
        specs[variable.key], values[variable.key] = learn(variable.label, raw[variable.key], chosen.get(variable.label))
        _check_levels(read, specs[variable.key], variable)
    made = [build_block(p, specs, values, raw, n, read.error, group_kind(p, given)) for p in parts(formula.groups)]
    groups = tuple(block for block, _ in made)
    specials = special_blocks(formula, lambda variable: raw[variable.key])
    argued = {n.variable.key: n.states for n in used.numbers if n.variable is not None and n.states}
    text = used.offsets[0].text if used.offsets else None
    spec = DesignSpec(
        str(formula),
        specs,
        argued | read.states,
        tuple((block.label, known) for block, known in made),
        group_kinds=tuple(block.kind for block in groups),
        columns=memory_of(read, used.numbers),
        offset=text,
        offset_given=offset is not None and text is None,
        weights=None if used.weight is None else used.weight.text,
        dropped=kept.dropped,
        missing_by=kept.missing_by,
        undefined_by=kept.undefined_by,
        specials=tuple((block.label, block.state) for block in specials),
    )
    frame = given.frame([name for name in given.names if name in read.columns], rows)
    positions = np.arange(given.n) if rows is None else rows
    return _assemble(read, spec, values, raw, groups, specials, used.offset(), used.weights(), frame, positions)


def restore(
    spec: DesignSpec,
    frame: pd.DataFrame,
    *,
    weights: np.ndarray | None = None,
    offset: np.ndarray | None = None,
    functions: Mapping[str, Callable] | None = None,
) -> Design:
    """Return the design that `spec` and `frame` of another design describe; it is the same design.

    Parameters
    ----------
    spec : DesignSpec
    frame : DataFrame [n, ...]
        Its `frame`: the columns read, on the rows used.
    weights, offset : array [n] or None
        Its `weights` and `offset`, as they were.
    functions : dict
        The caller's own functions, which a specification cannot hold.
    """
    given, functions = table(frame, known=spec.columns), own_functions(functions)
    formula = Formula.parse(spec.formula, functions=frozenset(functions))
    read = Read(formula, given, functions, spec.states)
    raw, values = read.values, {}
    for variable in _effect_variables(formula):
        values[variable.key] = recall(spec.variables[variable.key], raw[variable.key], given.row_name)
    groups = []
    for part, (_, known), kind in zip(parts(formula.groups), spec.groups, spec.group_kinds, strict=True):
        effects, columns = effect_columns(part, spec.variables, values, given.n)
        codes = new_codes(part, known, raw, "error")
        groups.append(GroupBlock(part.label, part.group, codes, known.labels, effects, columns, kind))
    specials = special_blocks(formula, lambda variable: raw[variable.key], spec.specials)
    return _assemble(
        read,
        spec,
        values,
        raw,
        tuple(groups),
        specials,
        offset,
        weights,
        given.frame(frame.columns, None),
        np.arange(given.n),
    )


def _effect_variables(formula):
    """Return the variables of common terms and of group effects, each once."""
    terms = (*formula.common, *(effect for term in formula.groups for effect in term.effects))
    return tuple({v.key: v for term in terms for v in term.variables}.values())


def _chosen_contrasts(contrasts, formula):
    """Return the caller's contrasts by the label of the factor; a name that is no variable is a DataError."""
    variables = _effect_variables(formula)
    labels = [variable.label for variable in variables]
    inside = {v.names[0]: v.label for v in variables if len(v.names) == 1 and isinstance(v.node, ast.Call)}
    if contrasts is not None and not isinstance(contrasts, Mapping):
        raise DataError(f'`contrasts` is a dict of factors, such as {{"{(labels or ["f"])[0]}": "contr.sum"}}.')
    chosen = {}
    for name, coding in (contrasts or {}).items():
        name = name if name in labels else inside.get(name, name)  # `x` for `factor(x)`
        if name not in labels:
            raise DataError(f"`contrasts` names `{name}`, which is no term's factor.{did_you_mean(str(name), labels)}")
        chosen[name] = as_contrast(coding, "contrasts=")
    return chosen


def _check_levels(read, spec, variable):
    """Refuse a factor that cannot be coded."""
    if spec.kind == "factor" and len(spec.levels) < 2:
        raise read.error(
            variable,
            f'`{variable.label}` has one level, "{spec.levels[0]}", in the rows used; contrasts need two or more. '
            "Leave it out of the formula.",
        )
    if spec.coded and spec.width(False) <= MAX_COLUMNS:
        try:
            spec.table(False)
        except DataError as error:
            raise read.error(variable, f"`{variable.label}`: {error}") from None


def _assemble(read, spec, values, raw, groups, specials, offset, weights, frame, rows):
    formula, n = read.formula, len(rows)
    codings = shown_terms(formula, spec)
    common = blocks(codings, spec.variables, values, n, read.given.lent)
    ends = np.cumsum([0, *(len(coding.columns) for coding in codings)]).tolist()
    response = None
    if formula.response is not None:
        trials = formula.annotations.get("trials")
        trials = None if trials is None else numeric(raw[trials.key], "trials()")
        response = build_response(formula.response.label, raw[formula.response.key], trials)
        response = replace(response, index=frame.index, limits=limits_of(formula, raw, response.values))
    used = {v.key: spec.variables[v.key] for term in formula.common for v in term.variables}
    factors = [variable for variable in used.values() if variable.coded]
    return Design(
        formula=formula,
        response=response,
        common=common,
        columns=tuple(name for coding in codings for name in coding.columns),
        terms=tuple((c.label, slice(a, b)) for c, a, b in zip(codings, ends[:-1], ends[1:], strict=True)),
        groups=groups,
        specials=specials,
        offset=offset,
        weights=weights,
        index=frame.index,
        rows=rows,
        dropped=spec.dropped,
        missing_by=spec.missing_by,
        undefined_by=spec.undefined_by,
        levels={factor.label: factor.levels for factor in factors},
        contrasts={factor.label: factor.contrast.name for factor in factors},
        spec=spec,
        frame=frame,
        functions=read.functions,
    )
