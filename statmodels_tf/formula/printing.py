"""Formulas as text: what was written with R's spacing, and the shortest text of given terms."""

from collections.abc import Iterable, Mapping

from formulaic.parser.types import Token

from ..terms import CommonTerm, Term, Variable
from ..terms.base import written

_TIGHT = frozenset("/:^")


def spaced(tokens: Iterable[Token], labels: Mapping[int, str]) -> str:
    """Return the tokens as R prints them; `labels` has the text of the calls by their first character."""
    parts = []
    for token in tokens:
        if token.kind is Token.Kind.NAME:
            parts.append(written(token.token))
        elif token.kind is Token.Kind.PYTHON:
            parts.append(labels[token.source_start])
        elif token.kind is not Token.Kind.OPERATOR or token.token in _TIGHT:
            parts.append(token.token)
        elif token.token.startswith("unary "):
            parts.append(token.token[-1])
        else:
            parts.append(f" {token.token} ")
    return "".join(parts)


def left_side(response: Variable | None, annotations: Mapping[str, Variable]) -> str:
    """Return the text before the `~`, with a space after it unless it is empty."""
    if response is None:
        return ""
    calls: dict[str, list[str]] = {}
    for key, variable in annotations.items():
        name, _, argument = key.partition(".")
        calls.setdefault(name, []).append(f"{argument} = {variable.text}" if argument else variable.text)
    return " | ".join([response.text, *(f"{name}({', '.join(given)})" for name, given in calls.items())]) + " "


def right_side(terms: Iterable[Term]) -> str:
    """Return the shortest text of the terms: `x + z - 1`."""
    parts = [t.text for t in terms if not (isinstance(t, CommonTerm) and not t.variables)]
    intercept = any(isinstance(t, CommonTerm) and not t.variables for t in terms)
    if not parts:
        return "1" if intercept else "0"
    return " + ".join(parts) + ("" if intercept else " - 1")
