"""Functions that take factors apart into numbers or text: `as.numeric(f)`, `as.character(f)`, `dummy(f, "a")`.

The numbers of levels are those of the data fitted, whatever order or part of the levels new rows come with.
"""

import numpy as np

from ..errors import DataError, did_you_mean
from .base import Factor, Matrix, Transform, numeric, texts
from .factor import as_factor


def as_numeric(x, who, *, state=None):
    """Return numbers: the codes 1, 2, ... of a factor, the numbers written in a text, the days of a date."""
    if isinstance(x, Factor) and x.text:
        try:
            values = np.array([*(float(level) for level in x.levels), np.nan])
        except ValueError as error:
            raise DataError(
                f"{who}() cannot read the text {str(error).rsplit(':', 1)[-1].strip()} as a number. "
                f"For the codes of its levels write `{who}(factor(...))`."
            ) from None
        return values[x.codes], {}
    return unclass(x, who, state=state)


def as_integer(x, who, *, state=None):
    """Return numbers cut to whole ones, or the codes of a factor."""
    values, state = as_numeric(x, who, state=state)
    return np.trunc(values), state


def unclass(x, who, *, state=None):
    """Return the codes 1, 2, ... of a factor, the days since 1970-01-01 of a date, or the numbers themselves."""
    if not isinstance(x, Factor):
        return numeric(x, f"{who}()"), {}
    if x.days is not None:
        return np.append(x.days, np.nan)[x.codes], {}
    levels = x.levels if state is None else tuple(state["levels"])
    known = x.recoded(levels)
    if len(known.levels) > len(levels):
        new = ", ".join(f'"{level}"' for level in known.levels[len(levels) :][:10])
        raise DataError(
            f"{who}() has no number for the level{'s' * (len(known.levels) > len(levels) + 1)} {new}, which the data "
            f"fitted did not have. The levels are {', '.join(levels[:10])}{', ...' if len(levels) > 10 else ''}."
        )
    return np.where(known.codes < 0, np.nan, known.codes + 1.0), {"levels": list(levels)}


def as_character(x):
    """Return the labels as plain text, which as a term has its levels sorted by code point."""
    given = as_factor(x)
    order = sorted(range(len(given.levels)), key=given.levels.__getitem__)
    place = np.append(np.argsort(order), -1).astype(np.int32) if order else np.array([-1], dtype=np.int32)
    return Factor(place[given.codes], tuple(given.levels[i] for i in order), text=True)


def dummy(x, levels=None, *, state=None):
    """Return an indicator of each of `levels`, all but the first where none are named, as lme4's `dummy`."""
    given = as_factor(x)
    if state is None:
        used = given.used().levels
        chosen = used[1:] if levels is None else texts(levels, "dummy()")
        for level in chosen:
            if level not in given.levels:
                raise DataError(
                    f'dummy() knows no level "{level}".{did_you_mean(level, used)} The levels are '
                    f"{', '.join(used[:12])}{', ...' if len(used) > 12 else ''}."
                )
        state = {"levels": list(chosen)}
    labels = np.array([*given.levels, ""], dtype=object)[:, None] == np.array(state["levels"], dtype=object)
    table = labels.astype(float)
    table[-1] = np.nan
    return Matrix(table[given.codes], tuple(state["levels"])), state


def _numbering(name, function):
    return Transform(name, lambda x, *, state=None: function(x, name, state=state), True, by_level=True)


NUMBERINGS = {"as.numeric": as_numeric, "as.double": as_numeric, "as.integer": as_integer, "unclass": unclass}
CODES = [
    *(_numbering(name, function) for name, function in NUMBERINGS.items()),
    Transform("as.character", as_character),
    Transform("dummy", dummy, True),
]
