"""What may stand after a bar on the left of `~`: `y | trials(n)`, `y | cens(c)`, `y | trunc(lower = 0)`."""

from collections.abc import Iterable
from typing import TypeVar

from ..errors import FormulaError

ANNOTATIONS = {"trials": ("",), "weights": ("",), "cens": ("", "until"), "trunc": ("lower", "upper")}
"""What may stand there, and what its arguments are called; the one without a name must be given."""

_ARGUMENTS = {"lb": "lower", "ub": "upper", "y2": "until"}
"""What brms calls these arguments."""

T = TypeVar("T")


def arguments_of(name: str, given: Iterable[tuple[str | None, T]]) -> dict[str, T]:
    """Return the arguments of one annotation by key: `trials`, `cens`, `cens.until`, `trunc.lower`.

    Parameters
    ----------
    name : str
        One of `ANNOTATIONS`.
    given : pairs of keyword, or None, and argument
    """
    left, found = list(ANNOTATIONS[name]), dict[str, T]()
    for keyword, value in given:
        slot = _ARGUMENTS.get(keyword, keyword) if keyword else next(iter(left), None)
        if slot not in left:
            takes = " and ".join(f"`{argument}=`" if argument else "one argument" for argument in ANNOTATIONS[name])
            raise FormulaError(f"`{name}()` takes {takes}.")
        left.remove(slot)
        found[f"{name}.{slot}" if slot else name] = value
    if not found or "" in left:
        raise FormulaError(f"`{name}()` is given nothing.")
    return found
