"""What is said of a word that is not one here: R's word translated, or the nearest that there is."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

from ..errors import ModelError, article, did_you_mean
from .accessors import ABSENT, ACCESSORS, FIGURES, PLUMBING, SUMMARY
from .vocabulary import ARGUMENTS

P = ParamSpec("P")
T = TypeVar("T")


def spoken(function: Callable[P, T], name: str | None = None) -> Callable[P, T]:
    """Return `function`, made to answer arguments that it does not take with what to write instead.

    `name` is what messages call it, if not by its own.

    >>> @spoken
    ... def predict(newdata=None, *, se=False):
    ...     return se
    >>> predict(se_fit=True)
    Traceback (most recent call last):
    statmodels_tf.errors.ModelError: `predict` has no argument `se_fit`: write `se=True`.
    """
    signature = inspect.signature(function)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            raise ModelError(_refusal(name or function.__name__, signature, len(args), kwargs, str(error))) from None
        return function(*args, **kwargs)

    return call


def no_argument(function: str, name: str, known: Iterable[str]) -> str:
    """Return the message that `function` has no argument `name`: R's word translated, or the nearest that it takes."""
    known = list(known)
    word = name.lower().replace(".", "_")
    said = ARGUMENTS.get(f"{function}.{word}", ARGUMENTS.get(word))
    # A translation is shown only where it holds: `n=` says nothing to a function that has no `n`.
    if said is not None and all(part.split("=")[0] in known for part in _written(said)):
        return f"`{function}` has no argument `{name}`: {said}."
    listed = f"It takes {', '.join(f'`{k}`' for k in known)}." if known else "It takes none."
    return f"`{function}` has no argument `{name}`.{did_you_mean(name, known)} {listed}"


def no_attribute(kind: str, name: str, known: Iterable[str]) -> str:
    """Return the message that a class has no attribute `name`, with R's word translated or the nearest one.

    >>> no_attribute("MixedEstimate", "logLik", ["loglik", "coef"])
    'a MixedEstimate has no `logLik`: write `fit.loglik`.'
    >>> no_attribute("OrdinalEstimate", "bptest", ["vcov"])[:60]
    'an OrdinalEstimate has no `bptest`: `fit.plot_diagnostics()`'
    """
    known = [k for k in known if not k.startswith("_")]
    what = f"{article(kind)} {kind}"
    said = ACCESSORS.get(name)
    if said is not None and re.split(r"[(`.\[]", said)[0] in known:
        return f"{what} has no `{name}`: write `fit.{said}`."
    absent = ABSENT.get(name.lower().replace("_", "")) or ABSENT.get(name.lower())
    if absent is not None:
        return f"{what} has no `{name}`: {absent}."
    return f"{what} has no `{name}`.{did_you_mean(name, shown(known))}"


def no_figure(kind: str, name: str, known: Iterable[str]) -> str:
    """Return the message that a table that prints itself has no attribute `name`, and where the figures are.

    >>> no_figure("Summary", "sigma", ["table"])
    'a Summary has no `sigma`: it is text, and its figures are in `.table`; the fit itself has `fit.sigma`.'
    >>> no_figure("MarginalMeans", "to_frame", ["table"])
    'a MarginalMeans has no `to_frame`: its figures are in `.table`.'
    """
    what = f"{article(kind)} {kind} has no `{name}`"
    if kind == "Summary":
        of_fit = SUMMARY.get(name, name)
        return f"{what}: it is text, and its figures are in `.table`; the fit itself has `fit.{of_fit}`."
    if name in FIGURES:
        return f"{what}: {FIGURES[name]}."
    return f"{what}.{did_you_mean(name, [k for k in known if not k.startswith('_')])} Its figures are in `.table`."


def shown(names: Iterable[str]) -> list[str]:
    """Return the names that users call, those that fits use among themselves left out."""
    return sorted(name for name in names if name not in PLUMBING)


def _written(said: str) -> list[str]:
    """Return the arguments that a translation tells to write, as `n=`."""
    return [part for part in said.split("`")[1::2] if part.split("=")[0].isidentifier() and "=" in part][:1]


def _refusal(function: str, signature: inspect.Signature, places: int, named: Iterable[str], error: str) -> str:
    """Return what is wrong with the arguments of a call."""
    parameters = [p for p in signature.parameters.values() if p.name != "self" and p.kind is not p.VAR_KEYWORD]
    known = [p.name for p in parameters]
    for name in named:
        if name not in known:
            return no_argument(function, name, [p.name for p in parameters if p.kind is not p.VAR_POSITIONAL])
    by_place = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
    if "multiple values" in error:
        name = next((name for name in known if f"'{name}'" in error), known[0])
        order = ", ".join(by_place)
        return f"`{function}` is given `{name}` twice, by its place and by its name: the order is {order}."
    if "too many positional" in error:
        listed = ", ".join(f"`{name}`" for name in by_place) or "none"
        return f"`{function}` takes {listed} by place; name the others, as in `{known[-1] if known else 'x'}=...`."
    lacking = [p.name for p in parameters if p.default is p.empty and p.kind is not p.VAR_POSITIONAL]
    lacking = [name for name in lacking if f"'{name}'" in error]
    if lacking and "missing" in error:
        wanted = ", ".join(p.name for p in parameters if p.default is p.empty)
        return f"`{function}` needs `{lacking[0]}`: write `{function}({wanted})`."
    return f"`{function}`: {error}."
