"""R's operators inside functions: how tightly each binds, what it builds, and how R prints it."""

import ast
from collections.abc import Callable

OR, AND, NOT, COMPARE, SUM, PRODUCT, PERCENT, RANGE, SIGN, POWER = range(1, 11)

_Build = Callable[[ast.expr, ast.expr], ast.expr]


def _binary(operator: type[ast.operator]) -> _Build:
    return lambda left, right: ast.BinOp(left, operator(), right)


def _compare(operator: type[ast.cmpop]) -> _Build:
    return lambda left, right: ast.Compare(left, [operator()], [right])


def _logic(operator: type[ast.boolop]) -> _Build:
    return lambda left, right: ast.BoolOp(operator(), [left, right])


NO_OPERATOR: tuple[int, None, str] = (0, None, "")
INFIX: dict[str, tuple[int, _Build | None, str]] = {
    "|": (OR, _logic(ast.Or), " | "),
    "||": (OR, _logic(ast.Or), " || "),
    "or": (OR, _logic(ast.Or), " or "),
    "&": (AND, _logic(ast.And), " & "),
    "&&": (AND, _logic(ast.And), " && "),
    "and": (AND, _logic(ast.And), " and "),
    "==": (COMPARE, _compare(ast.Eq), " == "),
    "!=": (COMPARE, _compare(ast.NotEq), " != "),
    "<": (COMPARE, _compare(ast.Lt), " < "),
    "<=": (COMPARE, _compare(ast.LtE), " <= "),
    ">": (COMPARE, _compare(ast.Gt), " > "),
    ">=": (COMPARE, _compare(ast.GtE), " >= "),
    "in": (COMPARE, _compare(ast.In), " in "),
    "+": (SUM, _binary(ast.Add), " + "),
    "-": (SUM, _binary(ast.Sub), " - "),
    "*": (PRODUCT, _binary(ast.Mult), " * "),
    "/": (PRODUCT, _binary(ast.Div), "/"),
    "//": (PRODUCT, _binary(ast.FloorDiv), " // "),
    "%in%": (PERCENT, _compare(ast.In), " %in% "),
    "%%": (PERCENT, _binary(ast.Mod), "%%"),
    "%/%": (PERCENT, _binary(ast.FloorDiv), "%/%"),
    ":": (RANGE, None, ":"),
    "^": (POWER, _binary(ast.Pow), "^"),
    "**": (POWER, _binary(ast.Pow), " ** "),
}
PREFIX: dict[str, tuple[int, type[ast.unaryop], str]] = {
    "-": (SIGN, ast.USub, "-"),
    "+": (SIGN, ast.UAdd, "+"),
    "!": (NOT, ast.Not, "!"),
    "not": (NOT, ast.Not, "not "),
}
