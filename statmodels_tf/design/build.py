"""Build: a formula and a table become a Design."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, did_you_mean
from ..formula import Formula
from ..transforms.base import numeric
from ..transforms.contrasts import as_contrast
from .coding import MAX_COLUMNS, blocks, code_terms
from .complete import kept_rows
from .design import Design
from .functions import own_functions
from .groups import GroupBlock, build_block, effect_columns, group_kind, new_codes, parts
from .rank import aliased_columns
from .read import Read, check_finite, memory_of
from .response import build_response
from .rows import RowNumbers, check_weights, row_numbers, subset_rows, take
from .spec import DesignSpec
from .special import special_blocks
from .table import table
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
    read = Read(formula, given, functions)
    offsets = [] if offset is None else [row_numbers(offset, "offset", given, functions)]
    weight = _weights(weights, read)
    numbers = [*offsets, *([] if weight is None else [weight])]
    computed = [(read.variables[key], value) for key, value in read.values.items()]
    computed += [(number.variable, number.values) for number in numbers]
    kept = kept_rows(given, computed, subset_rows(subset, given, functions), na_action)
    rows = kept.rows
    raw = {key: take(value, rows) for key, value in read.values.items()}
    n = given.n if rows is None else len(rows)
    check_finite(read, raw, rows)

    chosen = _chosen_contrasts(contrasts, formula)
    specs, values = {}, {}
    for variable in _effect_variables(formula):
        specs[variable.key], values[variable.key] = learn(variable.label, raw[variable.key], chosen.get(variable.label))
        _check_levels(read, specs[variable.key], variable)
    made = [build_block(p, specs, values, raw, n, read.error, group_kind(p, given)) for p in parts(formula.groups)]
    groups = tuple(block for block, _ in made)
    specials = special_blocks(formula, lambda variable: raw[variable.key])
    argued = {n.variable.key: n.states for n in numbers if n.variable is not None and n.states}
    states = argued | read.states
    text = offsets[0].text if offsets else None
    offsets = [take(part.values, rows) for part in offsets]
    offsets += [numeric(raw[term.variable.key], "offset()") for term in formula.offsets]
    spec = DesignSpec(
        str(formula),
        specs,
        states,
        tuple((block.label, known) for block, known in made),
        group_kinds=tuple(block.kind for block in groups),
        columns=memory_of(read, numbers),
        offset=text,
        offset_given=offset is not None and text is None,
        weights=None if weight is None else weight.text,
        dropped=kept.dropped,
        missing_by=kept.missing_by,
        undefined_by=kept.undefined_by,
        specials=tuple((block.label, block.state) for block in specials),
    )
    frame = given.frame([name for name in given.names if name in read.columns], rows)
    if weight is not None:
        weight = np.array(check_weights(weight.values, given, rows))
    positions = np.arange(given.n) if rows is None else rows
    return _assemble(read, spec, values, raw, groups, specials, _total(offsets, given, rows), weight, frame, positions)


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


def _weights(weights, read):
    """Return the weights as given [rows of the data]: by the argument, or by `y | weights(w)`."""
    noted = read.formula.annotations.get("weights")
    if noted is not None:
        if weights is not None:
            raise DataError("weights are given twice: by `weights=` and by `| weights(...)` in the formula.")
        return RowNumbers(numeric(read.values[noted.key], "weights()"), noted, read.states.get(noted.key, []))
    return None if weights is None else row_numbers(weights, "weights", read.given, read.functions)


def _chosen_contrasts(contrasts, formula):
    """Return the caller's contrasts by the label of the factor; a name that is no variable is a DataError."""
    labels = [variable.label for variable in _effect_variables(formula)]
    if contrasts is not None and not isinstance(contrasts, Mapping):
        raise DataError(f'`contrasts` is a dict of factors, such as {{"{(labels or ["f"])[0]}": "contr.sum"}}.')
    chosen = {}
    for name, coding in (contrasts or {}).items():
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


def _total(offsets, given, rows):
    """Return the sum of the offsets, all finite, or None."""
    if not offsets:
        return None
    total = np.sum(offsets, axis=0)
    bad = np.flatnonzero(~np.isfinite(total))
    if len(bad):
        row = bad[0] if rows is None else rows[bad[0]]
        raise DataError(f"the offset is infinite in {given.row_name(row)}.")
    return total


def _assemble(read, spec, values, raw, groups, specials, offset, weights, frame, rows):
    formula, n = read.formula, len(rows)
    codings = code_terms(formula.common, spec.variables)
    common = blocks(codings, spec.variables, values, n)
    ends = np.cumsum([0, *(len(coding.columns) for coding in codings)]).tolist()
    response = None
    if formula.response is not None:
        trials = formula.annotations.get("trials")
        trials = None if trials is None else numeric(raw[trials.key], "trials()")
        response = build_response(formula.response.label, raw[formula.response.key], trials)
    used = {v.key: spec.variables[v.key] for term in formula.common for v in term.variables}
    factors = [variable for variable in used.values() if variable.coded]
    return Design(
        formula=formula,
        response=response,
        common=common,
        columns=tuple(name for coding in codings for name in coding.columns),
        terms=tuple((c.label, slice(a, b)) for c, a, b in zip(codings, ends[:-1], ends[1:], strict=True)),
        aliased=aliased_columns(common, weights),
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
