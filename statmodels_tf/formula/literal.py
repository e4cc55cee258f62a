"""Literals: vectors, text, and the value of an expression without columns."""

import ast
import re
from collections.abc import Iterable
from typing import Any


def vector(values: Iterable[ast.expr]) -> ast.expr:
    """Return `c(...)` of the values."""
    return ast.Call(ast.Name("c", ast.Load()), list(values), [])


_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "`": "`"}


def text_value(text: str) -> str | None:
    r"""Return what a string literal says, or None if an escape in it means nothing.

    >>> text_value(r'"a\\b"')
    'a\\b'
    """
    if any(len(e) == 1 and e not in _ESCAPED for e in _ESCAPE.findall(text[1:-1])):
        return None
    return _ESCAPE.sub(lambda m: _ESCAPED[m[1]] if len(m[1]) == 1 else chr(int(m[1][1:], 16)), text[1:-1])


def double_quoted(text: str) -> str:
    """Return a string literal with double quotes, as R prints it."""
    plain = text[0] == "'" and '"' not in text and "\\" not in text
    return f'"{text[1:-1]}"' if plain else text


def literal_value(node: ast.expr) -> tuple[bool, Any]:
    """Return whether the expression is a literal, and its value."""
    if isinstance(node, ast.Constant):
        return True, node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        literal, value = literal_value(node.operand)
        number = literal and type(value) in (int, float)
        return number, -value if number else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "c" and not node.keywords:
        values = [literal_value(argument) for argument in node.args]
        return all(literal for literal, _ in values), tuple(value for _, value in values)
    return False, None
