"""Functions that make or recode factors and remember their levels: `factor(x)`, `relevel(f, "b")`, `cut(x, 4)`."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..errors import DataError, did_you_mean
from .base import (
    Contrast,
    Factor,
    Logical,
    Matrix,
    Transform,
    count,
    describe,
    flag,
    number_label,
    numeric,
    texts,
    truth,
)
from .contrasts import as_contrast, contrast_matrix
from .learning import OfExtremes

MOST_CUTS = 10_000
"""The most intervals that a formula asks for by number."""


def factor(x, levels=None, labels=None, ordered=None, exclude=np.nan, *, state=None):
    """Return `x` as a factor; its levels are the sorted values unless `levels` says otherwise.

    Numbers sort as numbers and text by code point; a factor keeps its order without the unused levels. Values in
    `exclude` are missing.
    """
    given = as_factor(x)
    was_ordered = given.ordered if ordered is None else flag(ordered, "`ordered` of factor()")
    left_out = _excluded(exclude)
    if state is None:
        used = given.used()
        source = [v for v in (used.levels if levels is None else texts(levels, "factor()")) if v not in left_out]
        shown = source if labels is None else list(texts(labels, "factor()"))
        if len(shown) != len(source):
            raise DataError(
                f"factor() has {len(source)} levels ({', '.join(source[:6])}) and {len(shown)} labels; "
                "give one label for each level."
            )
        state = {"source": source, "levels": shown}
    closed = levels is not None
    return _recode(given, state["source"], state["levels"], was_ordered, left_out, closed=closed), state


def _excluded(exclude):
    """Return the values that `exclude` takes out; missing ones are out anyway."""
    if exclude is None:
        raise DataError("factor() has no level for missing values, which `exclude = NULL` asks for; name them first.")
    values = (exclude,) if np.ndim(exclude) == 0 else exclude
    return texts(tuple(v for v in values if isinstance(v, str) or not np.isnan(v)), "`exclude` of factor()")


def _recode(given, source, shown, ordered, left_out, *, closed):
    """Return a factor with levels `shown`, where `source` held the values.

    Other values are missing when the caller listed the levels (`closed`), as in R; else they stay as extra levels at
    the end, for the design to judge.
    """
    levels = list(dict.fromkeys(shown))
    place = {value: levels.index(label) for value, label in zip(source, shown, strict=True)}
    extra = [] if closed else [level for level in given.used().levels if level not in {*place, *left_out}]
    place |= {level: len(levels) + i for i, level in enumerate(extra)}
    lookup = np.array([*(place.get(level, -1) for level in given.levels), -1], dtype=np.int32)
    return Factor(lookup[given.codes], (*levels, *extra), ordered, given.contrast)


def as_factor(x):
    """Return `x` as a factor with every value a level."""
    if isinstance(x, Factor):
        return replace(x, text=False, days=None)
    if isinstance(x, Logical) or (isinstance(x, np.ndarray) and x.dtype.kind == "b"):
        return Factor(truth(x).astype(np.int32), ("False", "True"))
    if isinstance(x, Matrix) or not isinstance(x, np.ndarray):
        raise DataError(f"factor() needs a column, not {describe(x)}.")
    return code_numbers(x)


def code_numbers(x):
    """Return numbers [n] as a factor, levels in numerical order, by counting when they are integers close together."""
    if x.dtype.kind in "iu" and len(x):
        low, high = int(x.min()), int(x.max())
        if high - low < 4 * len(x) + 1000:
            offsets = x - x.dtype.type(low) if low >= 0 else x.astype(np.int64) - low
            counts = np.bincount(offsets, minlength=high - low + 1)
            used = np.flatnonzero(counts)
            if len(used) == len(counts):
                return Factor(offsets.astype(np.int32), tuple(map(str, range(low, high + 1))))
            lookup = np.cumsum(counts > 0, dtype=np.int32) - np.int32(1)
            return Factor(lookup[offsets], tuple(map(str, (used + low).tolist())))
    present = ~np.isnan(x) if x.dtype.kind == "f" else np.ones(len(x), dtype=bool)
    values, inverse = np.unique(x[present], return_inverse=True)
    labels = list(map(number_label, values.tolist()))
    distinct = list(dict.fromkeys(labels))
    if len(distinct) < len(labels):  # numbers that print alike are one level, as in R
        place = {label: i for i, label in enumerate(distinct)}
        inverse = np.array([place[label] for label in labels])[inverse]
    codes = np.full(len(x), -1, dtype=np.int32)
    codes[present] = inverse
    return Factor(codes, tuple(distinct))


def ordered(x, levels=None, labels=None, *, state=None):
    """Return `x` as an ordered factor, which polynomial contrasts code."""
    return factor(x, levels, labels, True, state=state)


def droplevels(x, *, state=None):
    """Return the factor without the levels that no row has."""
    if state is None:
        used = as_factor(x).used()
        return used, {"levels": list(used.levels)}
    return as_factor(x).recoded(tuple(state["levels"])), state


def relevel(x, ref, *, state=None):
    """Return the factor with the level `ref` first, as the reference."""
    given = as_factor(x)
    if state is not None:
        return given.recoded(tuple(state["levels"])), state
    named = texts(ref, "relevel()")
    if len(named) != 1:
        raise DataError(f"relevel() takes one level as the reference and was given {len(named)}.")
    (reference,) = named
    if given.ordered:
        raise DataError("relevel() is for unordered factors; an ordered factor keeps its order.")
    if reference not in given.levels:
        raise DataError(
            f'relevel() knows no level "{reference}".{did_you_mean(reference, given.levels)} '
            f"The levels are {', '.join(given.levels[:12])}{', ...' if len(given.levels) > 12 else ''}."
        )
    levels = (reference, *(level for level in given.levels if level != reference))
    return given.recoded(levels), {"levels": list(levels)}


def with_contrast(x, contr=None, how_many=None, base=None, *, state=None):
    """Return the factor with contrasts of its own: `C(x, contr.sum)`, `C(x, contr.treatment, base = 2)`.

    `base` is the reference level, by name or number; `how_many` keeps only that many columns, the first ones.
    """
    if state is not None:  # the columns of each level are known by now
        return as_factor(x).recoded(tuple(state["levels"])), state
    given = as_factor(x).used()
    contrast = _contrast(given, contr, base)
    if how_many is not None:
        matrix, columns = contrast_matrix(contrast, given.levels)
        kept = count(how_many, "`how.many` of C()", least=1, most=matrix.shape[1])
        contrast = Contrast(contrast.name, matrix[:, :kept], columns[:kept])
    return replace(given, contrast=contrast), {"levels": list(given.levels)}


def _contrast(given, contr, base):
    """Return the contrasts that a call of `C()` asks for, the factor's level names put to a treatment matrix."""
    contrast = Contrast("contr.poly" if given.ordered else "contr.treatment") if contr is None else as_contrast(contr)
    if base is not None:
        if contrast.name != "contr.treatment" or contrast.matrix is not None:
            raise DataError(f"C() takes `base` with contr.treatment alone, not with {contrast.name}.")
        place = _place(given, base)
        keep = [i for i in range(len(given.levels)) if i != place]
        matrix = np.eye(len(given.levels))[:, keep]
        return Contrast("contr.treatment", matrix, tuple(given.levels[i] for i in keep))
    if contrast.matrix is not None and contrast.name == "contr.treatment":
        # A treatment matrix made for n levels by number takes the factor's own level names.
        own = {str(i + 1): level for i, level in enumerate(given.levels)}
        if len(contrast.matrix) == len(own) and all(name in own for name in contrast.columns):
            contrast = replace(contrast, columns=tuple(own[name] for name in contrast.columns))
    return contrast


def _place(given, base):
    """Return the position of the reference level that `base` names or counts."""
    if isinstance(base, str) and base in given.levels:
        return given.levels.index(base)
    if isinstance(base, str) or np.ndim(base) or base not in range(1, len(given.levels) + 1):
        raise DataError(
            f"C() knows no level `{base if isinstance(base, str) else texts(base)[0]}` for `base`."
            f"{did_you_mean(str(base), given.levels)} "
            f"The levels are {', '.join(given.levels[:12])}{', ...' if len(given.levels) > 12 else ''}."
        )
    return int(base) - 1


def cut(x, breaks, labels=None, include_lowest=False, right=True, dig_lab=3, ordered_result=False, *, state=None):
    """Return the interval each number falls in, `(a,b]`, as a factor; `breaks` are the cut points or how many."""
    values = np.atleast_1d(numeric(x, "cut()"))
    right, include_lowest = flag(right, "`right` of cut()"), flag(include_lowest, "`include.lowest` of cut()")
    if state is None:
        points = np.atleast_1d(numeric(breaks, "cut()"))
        if len(points) == 1:
            points = _equal_width(values, count(points, "the number of intervals of cut()", least=2, most=MOST_CUTS))
        points = np.sort(points)
        if len(points) < 2 or np.isnan(points).any() or len(np.unique(points)) < len(points):
            raise DataError("cut() needs cut points that differ, none of them missing, such as `c(0, 10, 20)`.")
        if labels is None or labels is True:
            digits = count(dig_lab, "`dig.lab` of cut()", least=1, most=22)
            names = _interval_labels(points, right, include_lowest, digits)
        elif labels is False:
            names = tuple(str(i + 1) for i in range(len(points) - 1))
        else:
            names = texts(labels, "cut()")
        if len(names) != len(points) - 1:
            raise DataError(f"cut() makes {len(points) - 1} intervals and was given {len(names)} labels.")
        state = {"points": points.tolist(), "levels": list(names)}
    points = np.asarray(state["points"])
    codes = np.searchsorted(points, values, side="left" if right else "right") - 1
    if include_lowest:
        codes[values == (points[0] if right else points[-1])] = 0 if right else len(points) - 2
    codes[(codes < 0) | (codes > len(points) - 2) | np.isnan(values)] = -1
    if labels is False:
        return np.where(codes < 0, np.nan, codes + 1.0), state
    return Factor(
        codes.astype(np.int32), tuple(state["levels"]), flag(ordered_result, "`ordered_result` of cut()")
    ), state


def _equal_width(values, intervals):
    present = values[~np.isnan(values)]
    if not len(present) or not np.isfinite(present).all():
        raise DataError("cut() into a number of intervals needs finite numbers; write the cut points instead.")
    low, high = present.min(), present.max()
    width = high - low or abs(low)
    points = np.linspace(low, high, intervals + 1)
    if high == low:
        return np.linspace(low - width / 1000, high + width / 1000, intervals + 1)
    points[0], points[-1] = low - width / 1000, high + width / 1000
    return points


def _interval_labels(points, right, lowest, digits):
    for shown in range(digits, max(12, digits) + 1):
        ends = [" Inf" if p == np.inf else f"{p:.{shown}g}".replace("inf", "Inf") for p in points]  # as R has them
        if len(set(ends)) == len(ends):
            break
    opening, closing = ("(", "]") if right else ("[", ")")
    names = [f"{opening}{a},{b}{closing}" for a, b in pairwise(ends)]
    if lowest and right:
        names[0] = "[" + names[0][1:]
    elif lowest:
        names[-1] = names[-1][:-1] + "]"
    return tuple(names)


FACTORS = [
    Transform("factor", factor, True),
    Transform("as.factor", lambda x, *, state=None: factor(x, state=state), True),
    Transform("ordered", ordered, True),
    Transform("as.ordered", ordered, True),
    Transform("relevel", relevel, True),
    Transform("C", with_contrast, True),
    Transform("droplevels", droplevels, True),
    Transform("cut", cut, True, learner=OfExtremes.of),
]
