"""Build: a formula and a table become a Design."""

from dataclasses import dataclass, field

import numpy as np

from ..errors import DataError, did_you_mean, pointing
from ..formula import Formula
from ..transforms.base import numeric
from ..transforms.contrasts import as_contrast
from .coding import MAX_COLUMNS, blocks, code_terms
from .design import Design
from .evaluate import evaluate
from .groups import GroupBlock, build_block, effect_columns, new_codes, parts
from .rank import aliased_columns
from .response import build_response
from .rows import check_weights, infinite_row, missing_rows, row_numbers, subset_rows, take
from .spec import DesignSpec
from .special import special_blocks
from .table import Table, table
from .variable import learn, recall

NA_ACTIONS = ("omit", "fail")


def build(
    formula,
    data,
    *,
    weights=None,
    offset=None,
    subset=None,
    contrasts=None,
    functions=None,
    na_action="omit",
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
        Functions of the caller that the formula may call.
    na_action : str
        `"omit"` drops rows in which anything used is missing; `"fail"` makes them a DataError.

    Returns
    -------
    Design
    """
    given, functions = table(data), dict(functions or {})
    if na_action not in NA_ACTIONS:
        raise DataError(f'na_action must be "omit" or "fail", not {na_action!r}.')
    if not isinstance(formula, Formula):
        formula = Formula.parse(formula, columns=given.names, functions=frozenset(functions))
    if given.n == 0:
        raise DataError("the data have no rows.")
    read = _Read(formula, given, functions)
    offsets = [] if offset is None else [row_numbers(offset, "offset", given, functions)]
    weight = _weights(weights, read)
    rows, dropped = _rows(read, subset_rows(subset, given, functions), [*offsets, weight], na_action)
    raw = {key: take(value, rows) for key, value in read.values.items()}
    n = given.n if rows is None else len(rows)
    _check_finite(read, raw, rows)

    chosen = _chosen_contrasts(contrasts, formula)
    specs, values = {}, {}
    for variable in _effect_variables(formula):
        specs[variable.key], values[variable.key] = learn(variable.label, raw[variable.key], chosen.get(variable.label))
        _check_levels(read, specs[variable.key], variable)
    groups = tuple(build_block(p, specs, values, raw, n, read.error) for p in parts(formula.groups))
    specials = special_blocks(formula, lambda variable: raw[variable.key])
    offsets = [take(part, rows) for part in offsets]
    offsets += [numeric(raw[term.variable.key], "offset()") for term in formula.offsets]
    spec = DesignSpec(
        str(formula),
        specs,
        read.states,
        tuple((block.label, block.levels) for block in groups),
        offset if isinstance(offset, str) else None,
        offset is not None and not isinstance(offset, str),
        dropped,
        tuple((block.label, block.state) for block in specials),
    )
    frame = given.frame([name for name in given.names if name in read.columns], rows)
    if weight is not None:
        weight = np.array(check_weights(weight, given, rows))
    positions = np.arange(given.n) if rows is None else rows
    return _assemble(read, spec, values, raw, groups, specials, _total(offsets, given, rows), weight, frame, positions)


def restore(spec, frame, *, weights=None, offset=None, functions=None) -> Design:
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
    given, functions = table(frame), dict(functions or {})
    formula = Formula.parse(spec.formula, functions=frozenset(functions))
    read = _Read(formula, given, functions, spec.states)
    raw, values = read.values, {}
    for variable in _effect_variables(formula):
        values[variable.key] = recall(spec.variables[variable.key], raw[variable.key], given.row_name)
    groups = []
    for part, (_, levels) in zip(parts(formula.groups), spec.groups, strict=True):
        effects, columns = effect_columns(part, spec.variables, values, given.n)
        codes = new_codes(part, levels, raw, "error")
        groups.append(GroupBlock(part.label, part.group, codes, levels, effects, columns))
    specials = special_blocks(formula, lambda variable: raw[variable.key], spec.specials)
    return _assemble(
        read, spec, values, raw, tuple(groups), specials, offset, weights, given.frame(frame.columns, None), np.arange(given.n)
    )


@dataclass(frozen=True)
class _Read:
    """All variables of a formula, evaluated on the data."""

    formula: Formula
    given: Table
    functions: dict
    known: dict | None = None
    values: dict = field(init=False)
    states: dict = field(init=False)
    variables: dict = field(init=False)

    def __post_init__(self):
        values, states, variables = {}, {}, {}
        for variable in self.formula.variables:
            if variable.key in values:
                continue
            before = None if self.known is None else self.known.get(variable.key, [])
            value, learned = evaluate(variable, self.given, self.functions, before, text=self.formula.text)
            values[variable.key], variables[variable.key] = value, variable
            if learned:
                states[variable.key] = learned
        for name, value in (("values", values), ("states", states), ("variables", variables)):
            object.__setattr__(self, name, value)

    @property
    def columns(self):
        """The columns of the data that were read."""
        return self.given.read_names

    def error(self, variable, message):
        """Return a DataError that points at the variable in the formula."""
        return DataError(pointing(message, self.formula.text, variable.start, variable.end))


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
        return numeric(read.values[noted.key], "weights()")
    return None if weights is None else row_numbers(weights, "weights", read.given, read.functions)


def _rows(read, subset, numbers, na_action):
    """Return the positions of the rows kept (None: all) and how many were dropped as incomplete."""
    given = read.given
    if subset is not None and not subset.any():
        raise DataError("`subset` keeps no row of the data.")
    missing, worst = None, None
    for key, value in [*read.values.items(), *((None, v) for v in numbers if v is not None)]:
        holes = missing_rows(value)
        if holes is None:
            continue
        if na_action == "fail":
            where = given.row_name(np.flatnonzero(holes)[0])
            name = read.variables[key].label if key else "weights or offset"
            raise DataError(f'`{name}` is missing in {where}. Use na_action="omit" to leave such rows out.')
        count = int(holes.sum())
        if key and (worst is None or count > worst[0]):
            worst = count, read.variables[key]
        missing = holes if missing is None else missing | holes
    if missing is None:
        return (None if subset is None else np.flatnonzero(subset)), 0
    kept = ~missing if subset is None else subset & ~missing
    if not kept.any():
        among = given.n if subset is None else int(subset.sum())
        message = f"no row is complete: something is missing in each of the {among} rows"
        raise DataError(message + (f"; `{worst[1].label}` in {worst[0]} of them." if worst else "."))
    total = given.n if subset is None else int(subset.sum())
    return np.flatnonzero(kept), total - int(kept.sum())


def _check_finite(read, raw, rows):
    for key, value in raw.items():
        at = infinite_row(value)
        if at is not None:
            variable = read.variables[key]
            row = at if rows is None else rows[at]
            raise read.error(
                variable,
                f"`{variable.label}` is infinite in {read.given.row_name(row)}. Leave such rows out with `subset=`, or "
                "mend the data.",
            )


def _chosen_contrasts(contrasts, formula):
    """Return the caller's contrasts by the label of the factor; a name that is no variable is a DataError."""
    labels = [variable.label for variable in _effect_variables(formula)]
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
        levels={factor.label: factor.levels for factor in factors},
        contrasts={factor.label: factor.contrast.name for factor in factors},
        spec=spec,
        frame=frame,
        functions=read.functions,
    )
