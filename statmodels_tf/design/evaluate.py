"""Evaluate: what a checked expression of the formula is on the data.

The expression is interpreted, never run: names are columns, operators are NumPy's, calls go to the allow-list or to the
caller's own functions.
"""

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from ..errors import DataError, FormulaError, StatmodelsError, did_you_mean, pointing
from ..terms import Variable
from ..terms.base import CONSTANTS
from ..transforms import REGISTRY, Matrix, Transform
from ..transforms.base import logical, numeric, truth
from ..transforms.contrasts import as_contrast
from .column import rows_of
from .comparison import compare, within
from .own import FAILURES, call_own, reason
from .table import Table, missing_column

ARITHMETIC = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.Mod: np.mod,
    ast.FloorDiv: np.floor_divide,
}


@dataclass(frozen=True)
class Scope:
    """What an expression can see: the data, the caller's functions, and the states of the calls in it.

    Stateful calls draw from `replay` where it is given; otherwise what they learn is added to `learned`, in the order
    of evaluation, which the expression fixes. Where `replay` ends early, `unknown` is called with the transform, the
    arguments and the options of the first call whose state is not known, and raises.
    """

    table: Table
    names: tuple[str, ...] = ()
    functions: Mapping[str, Callable] = field(default_factory=dict)
    replay: Iterator | None = None
    unknown: Callable | None = None
    learned: list = field(default_factory=list)


def evaluate(
    variable: Variable,
    table: Table,
    functions: Mapping[str, Callable],
    states: list | None = None,
    *,
    text: str = "",
    unknown: Callable | None = None,
) -> tuple[Any, list]:
    """Return the value of a variable on the data and the states that repeat it on other rows.

    Parameters
    ----------
    variable : Variable
    table : Table
    functions : mapping of the caller's own functions
    states : list or None
        The states learned before, in the order of evaluation; those that are None or not there are learned here.
    text : str
        The formula, for the message.
    unknown : function of (Transform, arguments, options) that raises, or None
        What to do where `states` are those of the first calls only; see `Scope`.

    Returns
    -------
    value : array [n], Logical, Factor or Matrix
    states : list of dict
    """
    scope = Scope(table, variable.names, functions, None if states is None else iter(states), unknown)
    try:
        with np.errstate(all="ignore"):  # what comes out infinite or not a number is said of the rows, not of a step
            value = _evaluate(variable.node, scope)
    except StatmodelsError as error:
        raise _placed(error, variable, text) from error.__cause__
    except FAILURES as error:
        message = f"`{variable.label}` cannot be computed: {reason(error)}."
        raise _placed(DataError(message), variable, text) from error
    if isinstance(value, (int, float, np.number, bool)):
        value = np.full(table.n, value)
    elif rows_of(value) != table.n:
        message = f"`{variable.label}` is not a column with one value for each of the data's {table.n} rows."
        raise _placed(DataError(message), variable, text)
    return value, scope.learned


def _placed(error, variable, text):
    """Return the error with the place in the formula underlined."""
    message = str(error)
    if text and "\n\n    " not in message:
        message = pointing(message, text, variable.start, variable.end)
    return type(error)(message)


def _evaluate(node, scope):
    handler = HANDLERS.get(type(node))
    if handler is None:
        raise FormulaError(f"`{ast.unparse(node)}` is not something a formula can compute.")
    return handler(node, scope)


def _constant(node, scope):
    return node.value


def _name(node, scope):
    name = node.id
    if scope.table.has(name):
        return scope.table.column(name)
    if name in CONSTANTS and name not in scope.names:
        return CONSTANTS[name]
    if name in REGISTRY and name.startswith("contr."):
        return REGISTRY[name]
    raise DataError(missing_column(name, scope.table))


def _unary(node, scope):
    value = _evaluate(node.operand, scope)
    if isinstance(node.op, ast.Not):
        known = truth(value, "`!`")
        return _truth_value(np.where(known < 0, -1, 1 - known))
    number = numeric(value, "`-`")
    return -number if isinstance(node.op, ast.USub) else number


def _arithmetic(node, scope):
    left, right = _evaluate(node.left, scope), _evaluate(node.right, scope)
    if type(node.op) not in ARITHMETIC:
        raise FormulaError(f"`{ast.unparse(node)}` is not arithmetic that a formula knows: use + - * / ^.")
    who = f"`{ast.unparse(node)}`"
    return ARITHMETIC[type(node.op)](numeric(left, who), numeric(right, who))


def _truth_value(values):
    return logical(values) if np.ndim(values) else bool(values)


def _both(node, scope):
    """Return `&` or `|` with missing values kept only where they decide."""
    parts = [truth(_evaluate(value, scope), "`&` and `|`") for value in node.values]
    decisive = 0 if isinstance(node.op, ast.And) else 1
    result = parts[0]
    for part in parts[1:]:
        decided = (result == decisive) | (part == decisive)
        result = np.where(decided, decisive, np.where((result < 0) | (part < 0), -1, 1 - decisive))
    return _truth_value(result)


def _compare(node, scope):
    values = [_evaluate(part, scope) for part in (node.left, *node.comparators)]
    result = None
    for op, left, right in zip(node.ops, values[:-1], values[1:], strict=True):
        if isinstance(op, (ast.In, ast.NotIn)):
            step = within(left, right)
            step = 1 - step if isinstance(op, ast.NotIn) else step
        else:
            step = compare(op, left, right)
        result = step if result is None else np.minimum(result, step)
    return _truth_value(result)


@cache
def _signature(function):
    return inspect.signature(function)


def _call(node, scope):
    name = node.func.id
    own = scope.functions.get(name)
    transform = Transform(name, own) if own is not None else REGISTRY.get(name)
    if transform is None:
        known = [*scope.functions, *REGISTRY]
        raise FormulaError(f"unknown function `{name}()`.{did_you_mean(name, known)} Give your own with `functions=`.")
    named = []
    if own is None and name == "cbind":  # its arguments may have names: those of the columns
        named = [None] * len(node.args) + [k.arg for k in node.keywords]
        node = ast.Call(node.func, [*node.args, *(k.value for k in node.keywords)], [])
    if own is None and name == "C" and len(node.args) > 1 and isinstance(node.args[1], ast.Name):
        # `C(x, sum)`: contrasts may be named without quotes, and without `contr.`.
        arguments = [_evaluate(node.args[0], scope), as_contrast(node.args[1].id)]
        arguments += [_evaluate(argument, scope) for argument in node.args[2:]]
    else:
        arguments = [_evaluate(argument, scope) for argument in node.args]
    options = {(k.arg or "").replace(".", "_"): _evaluate(k.value, scope) for k in node.keywords}
    if own is not None:
        return call_own(name, own, arguments, options, scope.table.n)
    try:
        _signature(transform.function).bind(*arguments, **options)
    except TypeError as error:
        takes = ", ".join(p for p in _signature(transform.function).parameters if p != "state")
        raise FormulaError(f"{name}(): {error}; it takes ({takes}).") from None
    value = _transformed(transform, node, arguments, options, scope)
    if named:
        labels = [
            label or (a.id if isinstance(a, ast.Name) else str(j + 1))
            for j, (label, a) in enumerate(zip(named, node.args, strict=True))
        ]
        value = Matrix(value.values, tuple(labels)) if len(labels) == len(value.columns) else value
    return value


def _check_finite(transform, node, arguments, scope):
    """Refuse an infinite value that would make all rows infinite or missing."""
    for part, value in zip(node.args, arguments, strict=True):
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and len(value) == scope.table.n:
            infinite = np.flatnonzero(np.isinf(value))
            if len(infinite):
                raise DataError(
                    f"`{ast.unparse(part)}` is infinite in {scope.table.row_name(infinite[0])}, so "
                    f"`{transform.name}()` has no finite value. Leave such rows out of the data, or mend them."
                )


def _transformed(transform, node, arguments, options, scope):
    if not transform.stateful:
        return transform.function(*arguments, **options)
    state = None if scope.replay is None else next(scope.replay, None)
    if transform.finite and state is None:
        _check_finite(transform, node, arguments, scope)
    if scope.unknown is not None and state is None:
        scope.unknown(transform, arguments, options)
    value, state = transform.function(*arguments, **options, state=state)
    scope.learned.append(state)
    return value


HANDLERS = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.UnaryOp: _unary,
    ast.BinOp: _arithmetic,
    ast.BoolOp: _both,
    ast.Compare: _compare,
    ast.Call: _call,
}
