"""Families by name: as written here, as R writes them, and with their arguments as text."""

import ast
import inspect
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from ..errors import ModelError, did_you_mean
from .base import FAMILIES, Family
from .links import Link

_OTHER_NAMES = {
    "asym_laplace": "asymmetric_laplace",
    "scat": "student",
    "skewnormal": "skew_normal",
    "student_t": "student",
    "vonmises": "von_mises",
    "zero_inflated_negbinomial": "zero_inflated_negative_binomial",
    "zinb": "zero_inflated_negative_binomial",
    "zip": "zero_inflated_poisson",
    "zoib": "zero_one_inflated_beta",
    "acat": "adjacent",
    "bernoulli": "binomial",
    "beta_family": "beta",
    "betar": "beta",
    "betareg": "beta",
    "clm": "cumulative",
    "inversegaussian": "inverse_gaussian",
    "multinom": "categorical",
    "nb": "negative_binomial",
    "nbinom": "negative_binomial",
    "nbinom2": "negative_binomial",
    "neg_binomial_2": "negative_binomial",
    "negativebinomial": "negative_binomial",
    "negbin": "negative_binomial",
    "negbinomial": "negative_binomial",
    "normal": "gaussian",
    "ordinal": "cumulative",
    "polr": "cumulative",
    "sratio": "sequential",
    "tw": "tweedie",
}
_LINKS_OF_SHARES = {"logistic": "logit", "logit": "logit", "probit": "probit", "cloglog": "cloglog"}
_OTHER_ARGUMENTS = {"init_theta": "theta", "var_power": "power", "variance_name": "variance"}
_DOT = re.compile(r"(?<=[A-Za-z])[.](?=[A-Za-z])")


def as_family(family: str | Family | type[Family], link: str | Link | None = None) -> Family:
    """Return the family of that name, with its default link or the one asked for.

    Parameters
    ----------
    family : str, Family or class
        A name, as here or as in R (`"Gamma"`, `"inverse.gaussian"`), or a call of one as text.
    link : str or Link, optional

    >>> as_family("gaussian").link.name
    'identity'
    >>> as_family('binomial(link = "probit")').link.name, as_family("quasi(log, mu)").link.name
    ('probit', 'log')
    >>> as_family("negative.binomial(2)").theta
    2
    """
    if isinstance(family, Family):
        if link is not None:
            written = f"{type(family).__name__}(link=...)"
            raise ModelError(f"`link=` and a family object: write the link inside, `{written}`.")
        return family
    if isinstance(family, type) and issubclass(family, Family):
        made: Callable[..., Family] = family
        return made() if link is None else made(link=link)
    if not isinstance(family, str):
        raise ModelError(
            f"`family={family!r}` is no family; write its name, such as {_listed()}, or a family of "
            "`statmodels_tf.families`."
        )
    name, positional, named = _read(family)
    made = FAMILIES[name]
    known = list(inspect.signature(made).parameters)
    if len(positional) > len(known):
        raise ModelError(f"`{family}`: the {name} family has the arguments {', '.join(known)}.")
    given = dict(zip(known, positional, strict=False))
    for argument, value in [*named, *([] if link is None else [("link", link)])]:
        if argument in given:
            raise ModelError(f"`{family}`: the {argument} is given twice.")
        if argument not in known:
            near = did_you_mean(argument, known)
            raise ModelError(f"`{family}`: the {name} family has no `{argument}`.{near} It has {', '.join(known)}.")
        given[argument] = value
    return made(**given)


def family_text(family: Any) -> str:
    """Return a family as text from which `as_family` makes an equal one.

    >>> family_text(as_family("negative_binomial(2)"))
    'negative_binomial(theta=2, link="log", reached=1.0)'
    """
    given = []
    for name in (field.name for field in fields(family)):
        value = getattr(family, name)
        if isinstance(value, Link):
            given.append(f'{name}="{value.name}"')
        elif value is not None:
            given.append(f"{name}={value!r}")
    return f"{family.name}({', '.join(given)})"


def _read(text: str) -> tuple[str, list[Any], list[tuple[str, Any]]]:
    """Return name, positional and named arguments of a family written as a name or as a call."""
    plain = _DOT.sub("_", text.strip()).replace("quasi-", "quasi")
    name, bracket, _ = plain.partition("(")
    name = re.sub(r"\s+", "_", name.strip()).lower()
    name = _OTHER_NAMES.get(name, name)
    if name not in FAMILIES:
        near = did_you_mean(name, [*FAMILIES, *_OTHER_NAMES])
        if name in _LINKS_OF_SHARES:
            near = f' Write family="binomial", link="{_LINKS_OF_SHARES[name]}".'
        raise ModelError(f"this release has no family {text!r}.{near} There is {_listed()}.")
    if not bracket:
        return name, [], []
    try:
        call = ast.parse(f"f({plain.partition('(')[2]}", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        call = None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise ModelError(f'`{text}` is no call of a family; write it like `binomial(link = "probit")`.')
    if any(isinstance(part, ast.Starred) for part in call.args) or any(k.arg is None for k in call.keywords):
        raise ModelError(f"`{text}`: a family's arguments are words and numbers.")
    named = [(_OTHER_ARGUMENTS.get(str(k.arg), str(k.arg)), _value(k.value)) for k in call.keywords]
    return name, [_value(part) for part in call.args], named


def _value(node: ast.expr) -> Any:
    """Return a number or a text as it is, and anything else (`probit`, `1/mu^2`) as its text: nothing is evaluated."""
    negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    inside = node.operand if isinstance(node, ast.UnaryOp) and negative else node
    if isinstance(inside, ast.Constant):
        value = inside.value
        if negative and isinstance(value, int | float):
            return -value
        if not negative:
            return value
    return ast.unparse(node).replace(" ", "")


def _listed() -> str:
    return ", ".join(f'"{known}"' for known in sorted(FAMILIES))
