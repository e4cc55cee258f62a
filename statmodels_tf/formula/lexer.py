"""The words of an expression: names, numbers, strings and R's operators, each with its place in the text."""

import re
from dataclasses import dataclass

from ..errors import FormulaError, pointing
from ..terms.base import NAME, WORDS
from .pasted import WORDED

_TOKEN = re.compile(
    rf"""\s*(?:
    (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?L?)(?![\w.])
  | (?P<name>{NAME.pattern})
  | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<quoted>`[^`]+`)
  | (?P<operator>%in%|%/%|%%|::|\*\*|//|&&|\|\||==|!=|<=|>=|[-+*/^&|!<>=:,()\[\]])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its kind (`number name string quoted operator end`), its text, its first and last character."""

    kind: str
    text: str
    start: int
    end: int


def words(text: str, start: int, stop: int) -> list[Word]:
    """Return the words of `text[start:stop]`, closed by one of kind `end`; other characters are an error."""
    found = []
    position = start
    while match := _TOKEN.match(text, position, stop):
        kind = str(match.lastgroup)
        first, position = match.start(kind), match.end()
        word = match[kind]
        if word in WORDS:
            kind = "operator"
        found.append(Word(kind, word, first, position - 1))
    rest = text[position:stop]
    if rest.strip():
        first = position + len(rest) - len(rest.lstrip())
        raise FormulaError(pointing(_odd(text[first:stop]), text, first, first))
    found.append(Word("end", "", stop, stop))
    return found


def _odd(rest: str) -> str:
    """Return what to say of text that starts with no word."""
    if rest[0] in "$@":
        return f"`{rest[0]}` is not known in a formula: columns are written by their name alone."
    if rest[0] in "\"'`":
        return f"The quotation mark {rest[0]} is never closed."
    if rest[0] == "%":
        return "A formula knows the operators `%in%`, `%%` (remainder) and `%/%` (whole quotient)."
    if rest[0] == "~":
        return "A formula has one `~`, outside parentheses."
    if rest[0].isdigit() or rest[0] == ".":
        return "This is neither a number nor a name; put a name that starts with a digit in backticks."
    if rest[0] in WORDED:
        return f"`{rest[0]}` cannot stand in a formula; write {WORDED[rest[0]]} instead."
    return f"`{rest[0]}` cannot stand in a formula."
