"""Priors as text: `"normal(0, 50)"` becomes a `Normal`; nothing else can be written."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any

import numpy as np

from ..errors import ModelError, did_you_mean
from .base import Elementwise
from .univariate import Cauchy, Exponential, Gamma, HalfCauchy, HalfNormal, HalfStudentT, Laplace, Normal, StudentT


@dataclass(frozen=True)
class Decov:
    """rstanarm's prior of a group's covariance matrix, relative to the residual variance.

    For `l` effects, tau ~ Gamma(shape, rate 1 / scale) is the root mean square of their relative standard deviations;
    the trace l tau² is split by a simplex pi ~ Dirichlet(concentration), so sd_k = sigma tau sqrt(l pi_k); the
    correlation matrix is LKJ(regularization).

    References
    ----------
    Goodrich, Gabry, Ali & Brilleman, rstanarm, "Priors": `decov`.
    """

    regularization: float = 1.0
    concentration: float = 1.0
    shape: float = 1.0
    scale: float = 1.0

    def __str__(self) -> str:
        return f"decov({self.regularization:g}, {self.concentration:g}, {self.shape:g}, {self.scale:g})"


@dataclass(frozen=True)
class LKJ:
    """`lkj(eta)`: the prior of a correlation matrix; 1 is flat, more draws towards no correlation."""

    eta: float = 1.0

    def __str__(self) -> str:
        return f"lkj({self.eta:g})"


Spec = Elementwise | Decov | LKJ

# The words a prior may start with, the arguments in the order they are written.
WORDS: dict[str, Callable[..., Spec]] = {
    "normal": lambda loc, scale: Normal(loc, scale),
    "student_t": lambda df, loc, scale: StudentT(df, loc, scale),
    "cauchy": lambda loc, scale: Cauchy(loc, scale),
    "laplace": lambda loc, scale: Laplace(loc, scale),
    "exponential": lambda rate: Exponential(rate),
    "gamma": lambda shape, rate: Gamma(shape, rate),
    "half_normal": lambda scale: HalfNormal(scale),
    "half_cauchy": lambda scale: HalfCauchy(scale),
    "half_student_t": lambda df, scale: HalfStudentT(df, scale),
    "decov": lambda regularization=1.0, concentration=1.0, shape=1.0, scale=1.0: Decov(
        regularization, concentration, shape, scale
    ),
    "lkj": lambda eta=1.0: LKJ(eta),
}
ANY_SIGN = {"loc"}


def parse(text: str) -> Spec:
    """Return the prior that `text` says.

    >>> str(parse("normal(0, 50)")), str(parse("exponential(rate=0.02)"))
    ('normal(0, 50)', 'exponential(0.02)')
    >>> parse("norml(0, 50)")
    Traceback (most recent call last):
        ...
    statmodels_tf.errors.ModelError: no prior `norml` in `norml(0, 50)`. Did you mean `normal`?
    """
    if isinstance(text, Spec):
        return text
    example = "Write it as text, like `normal(0, 2.5)`."
    try:
        node = ast.parse(str(text).strip(), mode="eval").body
    except SyntaxError:
        raise ModelError(f"the prior `{text}` cannot be read. {example}") from None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        raise ModelError(f"the prior `{text}` cannot be read. {example}")
    word = node.func.id
    if word not in WORDS:
        near = did_you_mean(word, WORDS) or f" Known: {', '.join(WORDS)}."
        raise ModelError(f"no prior `{word}` in `{text}`.{near}")
    takes = signature(WORDS[word]).parameters
    usage = f"Write `{word}({', '.join(takes)})`."
    given = dict(zip(takes, (_number(a, text) for a in node.args), strict=False))
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg not in takes or keyword.arg in given:
            raise ModelError(f"`{text}`: no argument `{keyword.arg}` left to give. {usage}")
        given[keyword.arg] = _number(keyword.value, text)
    missing = [name for name, p in takes.items() if p.default is Parameter.empty and name not in given]
    if missing or len(node.args) > len(takes):
        raise ModelError(f"`{text}` has {'too few' if missing else 'too many'} arguments. {usage}")
    for name, value in given.items():
        if name not in ANY_SIGN and value <= 0:
            raise ModelError(f"`{text}`: `{name}` must be positive, not {value:g}.")
    return WORDS[word](**given)


def _number(node: ast.expr, text: str) -> float:
    try:
        value: Any = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise ModelError(f"`{text}`: `{ast.unparse(node)}` is not a number. Write figures only, like `normal(0, 2.5)`.")
    return float(value)
