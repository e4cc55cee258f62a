"""The caller's own functions, checked before a formula is read with them."""

from collections.abc import Callable, Mapping

from ..errors import DataError
from ..terms import SPECIALS
from ..terms.base import CONSTANTS, NAME, WORDS, internal
from ..transforms import REGISTRY


def own_functions(functions: Mapping[str, Callable] | None) -> dict[str, Callable]:
    """Return the caller's functions by name.

    A name has one meaning: one that a formula knows already, as a function, a term or a word, is refused, so that
    `log(x)` says the same in every formula.
    """
    if functions is None:
        return {}
    if not isinstance(functions, Mapping):
        raise DataError(
            f'`functions` is a dict of names and functions, such as {{"half": half}}, not {type(functions).__name__}.'
        )
    for name, function in functions.items():
        if not isinstance(name, str) or not NAME.fullmatch(name) or name in CONSTANTS or name in WORDS:
            raise DataError(f"`functions` names {name!r}, which a formula cannot write as a function's name.")
        if internal(name):
            raise DataError(f"`functions` names `{name}`, which may not be used in a formula.")
        if name in SPECIALS or name in REGISTRY:
            kind = "term" if name in SPECIALS else "function"
            raise DataError(
                f"`functions` names `{name}`, and `{name}()` is a {kind} that formulas have already. "
                f'Give yours another name: `functions={{"my.{name}": ...}}`.'
            )
        if not callable(function):
            raise DataError(f"`functions` has {type(function).__name__} for `{name}`, which cannot be called.")
    return dict(functions)
