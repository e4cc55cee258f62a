"""The errors a user can meet: each says what was found, where, and what to write instead."""

from collections.abc import Iterable
from difflib import get_close_matches


class StatmodelsError(ValueError):
    """The base of every error this package raises on purpose; also a `ValueError`."""


class FormulaError(StatmodelsError):
    """The formula cannot be read, or may not be run."""


class DataError(StatmodelsError):
    """The data do not fit the formula: a column, a level, a row or a type is wrong."""


class ModelError(StatmodelsError):
    """The model makes no sense or cannot answer the question asked of it."""


class EngineError(StatmodelsError):
    """The engine asked for cannot fit this model; the message names one that can."""


class ConvergenceWarning(UserWarning):
    """A fit ended without meeting its tolerance; the message names the remedy."""


class DataWarning(UserWarning):
    """The data can be fitted and are unlikely to be what was meant; the message says what was found."""


def article(noun: str) -> str:
    """Return "a" or "an", whichever goes before the noun.

    >>> article("OrdinalEstimate"), article("GLMEstimate")
    ('an', 'a')
    """
    return "an" if noun[:1].lower() in "aeio" else "a"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean `x`?` for the nearest known name, or an empty string.

    >>> did_you_mean("studnt", ["student", "rating"])
    ' Did you mean `student`?'
    >>> did_you_mean("zzz", ["student"])
    ''
    """
    known = [str(k) for k in known]
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    if not near:
        folded = {k.casefold(): k for k in known}
        near = [folded[k] for k in get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)]
    return f" Did you mean `{near[0]}`?" if near else ""


def pointing(message: str, text: str, start: int, end: int) -> str:
    """Return `message` with `text` shown below it and the characters `start` to `end` (inclusive) underlined.

    >>> print(pointing("no column `b`.", "a ~ b", 4, 4))
    no column `b`.
    <BLANKLINE>
        a ~ b
            ^
    """
    if len(text) > 400:
        shift = max(0, start - 40)
        text, start, end = text[shift : shift + 120], start - shift, min(end - shift, 119)
    return f"{message}\n\n    {text}\n    {' ' * start}{'^' * max(1, end - start + 1)}"
