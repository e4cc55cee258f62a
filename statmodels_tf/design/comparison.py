"""Comparison: `<`, `==`, `%in%` and the like, with missing values kept missing."""

import ast
from dataclasses import replace

import numpy as np

from ..errors import DataError, did_you_mean
from ..transforms import Factor, Logical
from ..transforms.base import describe, number_label, numeric
from ..transforms.factor import as_factor
from .column import rows_of

COMPARISONS = {
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}


def compare(op, left, right):
    """Return a comparison row by row as int8: 1, 0, or -1 where a side is missing.

    Parameters
    ----------
    op : ast.cmpop
    left, right : values or constants
    """
    function = COMPARISONS[type(op)]
    left, right = _beside_text(left, right), _beside_text(right, left)
    if isinstance(left, (Factor, str)) or isinstance(right, (Factor, str)):
        return _compare_factor(function, left, right)
    a, b = numeric(left, "a comparison"), numeric(right, "a comparison")
    with np.errstate(invalid="ignore"):
        result = function(a, b).astype(np.int8)
    missing = np.isnan(a) | np.isnan(b)
    return np.where(missing, np.int8(-1), result) if np.any(missing) else result


def _beside_text(value, other):
    """Return a side of a comparison as what it is beside text: truth values as `True` and `False`, `TRUE` as `True`."""
    if isinstance(other, (Factor, str)) and _truths(value):
        return as_factor(value)
    return _SPELLED.get(value, value) if isinstance(value, str) and _truths(other) else value


def _truths(value):
    return isinstance(value, Logical) or (isinstance(value, np.ndarray) and value.dtype.kind == "b")


_SPELLED = {"TRUE": "True", "FALSE": "False"}


def _compare_factor(function, left, right):
    """Return a comparison of labels row by row; with a constant, level by level and then looked up."""
    if function not in (np.equal, np.not_equal) and any(isinstance(v, Factor) and v.text for v in (left, right)):
        for other in (left, right):
            if not isinstance(other, (Factor, str)):
                raise DataError(
                    f"a comparison by size has {describe(left if other is right else right)} on one side and numbers "
                    "on the other. Read the numbers in the text with `as.numeric(...)`."
                )
    for factor, constant in ((left, right), (right, left)):
        if isinstance(factor, Factor) and rows_of(constant) is None:
            levels = replace(factor, codes=np.arange(len(factor.levels)))
            each = _compare_labels(function, *((levels, constant) if factor is left else (constant, levels)))
            return np.append(each, np.int8(-1))[factor.codes]
    return _compare_labels(function, left, right)


def _compare_labels(function, left, right):
    """Return a comparison of labels: by place where an ordered factor is compared, by text otherwise."""
    factor = left if isinstance(left, Factor) else right
    if function in (np.equal, np.not_equal) or (
        isinstance(factor, Factor) and (factor.text or factor.days is not None)
    ):
        a, b = _labels(left), _labels(right)
    elif isinstance(factor, Factor) and factor.ordered:
        a, b = _places(left, factor), _places(right, factor)
    else:
        raise DataError("`<` and `>` do not apply to an unordered factor; use `==`, `!=` or `%in%`.")
    missing = _absent(a) | _absent(b)
    if function in (np.equal, np.not_equal):
        result = function(a, b).astype(np.int8)
    else:
        result = np.where(missing, 0, function(np.where(missing, 0, a), np.where(missing, 0, b))).astype(np.int8)
    return np.where(missing, np.int8(-1), result)


def _labels(value):
    if isinstance(value, Factor):
        return value.labels()
    if isinstance(value, str):
        return np.array(value, dtype=object)
    if isinstance(value, tuple):
        raise DataError(f"a comparison has {len(value)} texts on one side; for any of several write `%in%`.")
    from_numbers = numeric(value, "a comparison with text")
    return np.array([None if np.isnan(v) else number_label(v) for v in np.atleast_1d(from_numbers)], dtype=object)


def _absent(labels):
    """Return where labels (or places), as objects, are None."""
    return np.asarray(np.frompyfunc(lambda label: label is None, 1, 1)(labels), dtype=bool)


def _places(value, factor):
    if isinstance(value, Factor):
        places = value.codes.astype(object)
        places[value.codes < 0] = None
        return places
    value = value if isinstance(value, str) else number_label(value)
    if value not in factor.levels:
        raise DataError(
            f'no level "{value}".{did_you_mean(str(value), factor.levels)} The levels are {", ".join(factor.levels)}.'
        )
    return np.array(factor.levels.index(value), dtype=object)


def within(left, right):
    """Return whether each value is in a list of constants; a missing value is in none."""
    if isinstance(right, Factor):
        right = right.used().levels
    wanted = (right,) if isinstance(right, (str, float, int)) else right
    if not isinstance(wanted, (tuple, list, np.ndarray)):
        raise DataError(f"`%in%` needs a list such as `c(1, 2)` on its right, not {describe(right)}.")
    if any(isinstance(v, str) for v in wanted) and not isinstance(left, Factor):
        wanted = [_SPELLED.get(str(v), v) for v in wanted] if _truths(left) else wanted
        left = as_factor(left)
    if isinstance(left, Factor):
        known = {v if isinstance(v, str) else number_label(v) for v in wanted}
        lookup = np.array([*(level in known for level in left.levels), False])
        return lookup[left.codes].astype(np.int8)
    return np.isin(numeric(left, "`%in%`"), np.asarray(wanted, dtype=float)).astype(np.int8)
