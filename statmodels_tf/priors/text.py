"""Priors as text: `"normal(0, 50)"` becomes a `Normal`; nothing else can be written."""

import ast
from inspect import Parameter, signature
from typing import Any

import numpy as np

from ..errors import ModelError, did_you_mean
from .base import Elementwise
from .improper import Constant
from .words import ELSEWHERE, TRUTHS, WORDS, Spec

_BY_CASE = {word.lower(): word for word in WORDS}


def parse(text: Any) -> Spec:
    """Return the prior that `text` says; a number fixes the parameter, and a prior is itself.

    >>> str(parse("normal(0, 50)")), str(parse("exponential(rate=0.02)")), str(parse(1))
    ('normal(0, 50)', 'exponential(0.02)', 'constant(1)')
    >>> parse("norml(0, 50)")
    Traceback (most recent call last):
        ...
    statmodels_tf.errors.ModelError: no prior `norml` in `norml(0, 50)`. Did you mean `normal`?
    """
    if isinstance(text, Spec):
        return text
    if isinstance(text, int | float | np.number) and not isinstance(text, bool):
        return WORDS["constant"](float(text))
    example = "Write it as text, like `normal(0, 2.5)`."
    try:
        node = ast.parse(str(text).strip(), mode="eval").body
    except SyntaxError:
        raise ModelError(f"the prior `{text}` cannot be read. {example}") from None
    if (number := _value(node)) is not None and not isinstance(number, bool):
        return Constant(number)
    call = ast.Call(node, [], []) if isinstance(node, ast.Name) else node
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise ModelError(f"the prior `{text}` cannot be read. {example}")
    word = _BY_CASE.get(call.func.id.lower())
    if word is None:
        raise ModelError(_unknown(call.func.id, str(text)))
    return _made(word, call, str(text))


def exact(prior: Any) -> str:
    """Return the text that reads back as exactly this prior, whether text, a number or an object.

    >>> exact(1 / 3), exact("normal(0, 1)")
    ('constant(0.3333333333333333)', 'normal(0, 1)')
    """
    if isinstance(prior, str):
        return prior
    made = parse(prior)
    return made.exact() if isinstance(made, Elementwise) else str(made)


def _unknown(word: str, text: str) -> str:
    """Return what to write instead of a word that is none."""
    theirs = ELSEWHERE.get(word.lower())
    if theirs is not None:
        return f"no prior `{word}` in `{text}`. Here it is `{theirs}`: {_usage(theirs)}"
    near = did_you_mean(word, WORDS) or f" Known: {', '.join(WORDS)}."
    return f"no prior `{word}` in `{text}`.{near}"


def _usage(word: str) -> str:
    return f"Write `{word}{_shown(word)}`."


def _shown(word: str) -> str:
    names = list(signature(WORDS[word]).parameters)
    return "(1)" if word == "dirichlet" else f"({', '.join(names)})" if names else ""


def _made(word: str, call: ast.Call, text: str) -> Spec:
    """Return the prior of a call, its arguments numbers and as many as the word takes."""
    takes, usage = signature(WORDS[word]).parameters, _usage(word)
    if any(p.kind is Parameter.VAR_POSITIONAL for p in takes.values()):
        if call.keywords:
            raise ModelError(f"`{text}`: no argument `{call.keywords[0].arg}` left to give. {usage}")
        return WORDS[word](*(_number(a, text) for a in call.args))
    given = {name: _number(a, text, name in TRUTHS) for name, a in zip(takes, call.args, strict=False)}
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg not in takes or keyword.arg in given:
            raise ModelError(f"`{text}`: no argument `{keyword.arg}` left to give. {usage}")
        given[keyword.arg] = _number(keyword.value, text, keyword.arg in TRUTHS)
    missing = [name for name, p in takes.items() if p.default is Parameter.empty and name not in given]
    if missing or len(call.args) > len(takes):
        raise ModelError(f"`{text}` has {'too few' if missing else 'too many'} arguments. {usage}")
    return WORDS[word](**given)


def _value(node: ast.expr) -> float | bool | None:
    """Return the finite number or truth value that is written; None for anything else."""
    try:
        value: Any = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return None
    if isinstance(value, bool):
        return value
    return float(value) if isinstance(value, int | float) and np.isfinite(value) else None


def _number(node: ast.expr, text: str, truth: bool = False) -> float | bool:
    value = _value(node)
    if value is None or isinstance(value, bool) != truth:
        wanted = "True or False" if truth else "a number"
        raise ModelError(f"`{text}`: `{ast.unparse(node)}` is not {wanted}. Write figures only, like `normal(0, 2.5)`.")
    return value
