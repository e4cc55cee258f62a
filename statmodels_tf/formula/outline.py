"""The brackets and quotation marks of a formula, and the place of its `~`: all that is settled before it is read."""

import re
from dataclasses import dataclass

from ..errors import FormulaError, pointing

MAX_NESTING = 50
"""The deepest parentheses: reading an expression takes five of Python's stack frames for each."""

_MARK = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|[()\[\]{}~"'`]""")
_CLOSES = {")": "(", "]": "[", "}": "{"}
_PERCENT = re.compile(r"%in%|%")


@dataclass(frozen=True)
class Outline:
    """Where a formula's `~` stands (-1 if there is none), and its text with all that is quoted masked."""

    tilde: int
    masked: str


def outline(text: str) -> Outline:
    """Return the outline of a formula whose brackets and quotation marks all close."""
    stack: list[int] = []
    tilde = -1
    masked = list(text)
    for match in _MARK.finditer(text):
        mark, at = match[0], match.start()
        if len(mark) > 1:
            before = text[at - 1 : at]
            if mark[0] in "\"'" and (before.isalnum() or before in tuple("_.)]}\"'`")):
                message = "Text stands by itself in a formula: an operator or a comma is missing before it."
                raise FormulaError(pointing(message, text, at, match.end() - 1))
            masked[at + 1 : match.end() - 1] = "_" * (len(mark) - 2)
            if mark == "``":
                raise FormulaError(pointing("There is no name between these backticks.", text, at, at + 1))
        elif mark in "([{":
            stack.append(at)
            if len(stack) > MAX_NESTING:
                message = f"The formula nests more than {MAX_NESTING} parentheses; leave out those that do nothing."
                raise FormulaError(pointing(message, text, at, at))
        elif mark in _CLOSES:
            if not stack or text[stack[-1]] != _CLOSES[mark]:
                message = f"This `{mark}` closes nothing: a `{_CLOSES[mark]}` is missing before it."
                raise FormulaError(pointing(message, text, at, at))
            stack.pop()
        elif mark != "~":
            raise FormulaError(pointing(f"The quotation mark {mark} is never closed.", text, at, at))
        elif stack or tilde >= 0:
            raise FormulaError(pointing("A formula has one `~`, outside parentheses.", text, at, at))
        else:
            tilde = at
    if stack:
        close = {v: k for k, v in _CLOSES.items()}[text[stack[-1]]]
        message = f"This `{text[stack[-1]]}` is never closed: a `{close}` is missing after it."
        raise FormulaError(pointing(message, text, stack[-1], stack[-1]))
    # formulaic takes any two percent signs for quotation marks; only `%in%` may reach it
    return Outline(tilde, _PERCENT.sub(lambda m: m[0] if m[0] == "%in%" else "!", "".join(masked)))
