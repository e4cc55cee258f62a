"""Functions that work row by row and remember nothing: `log(x)`, `ifelse(a > 1, b, 0)`."""

import numpy as np

from ..errors import DataError
from .base import Contrast, Factor, Logical, Matrix, Transform, count, logical, numeric, truth


def _elementwise(name, function):
    def call(x):
        with np.errstate(all="ignore"):
            return function(numeric(x, f"{name}()"))

    return Transform(name, call)


def log(x, base=None):
    """Return the logarithm of `x`, natural unless `base` is given; NaN for negative numbers."""
    with np.errstate(all="ignore"):
        value = np.log(numeric(x, "log()"))
        return value if base is None else value / np.log(numeric(base, "log()"))


def round_to(x, digits=0):
    """Return `x` rounded to `digits` decimals, halves to even."""
    values, digits = numeric(x, "round()"), count(digits, "`digits` of round()", least=-300, most=300)
    with np.errstate(all="ignore"):
        rounded = np.round(values, digits)
    return np.where(np.isfinite(rounded), rounded, values)  # so many digits that the number has no more


def signif(x, digits=6):
    """Return `x` to `digits` significant digits."""
    values, digits = numeric(x, "signif()"), max(1, count(digits, "`digits` of signif()", most=22))
    with np.errstate(all="ignore"):
        size = np.where(np.isfinite(values) & (values != 0), np.floor(np.log10(np.abs(values))), 0)
        power = 10.0 ** (digits - 1 - size)
        rounded = np.round(values * power) / power
    return np.where(np.isfinite(rounded), rounded, values)


def pmin(*values):
    """Return the smallest of several values, row by row; missing where any is."""
    return _several("pmin", np.minimum, values)


def pmax(*values):
    """Return the largest of several values, row by row; missing where any is."""
    return _several("pmax", np.maximum, values)


def _several(name, function, values):
    if not values:
        raise DataError(f"{name}() needs at least one argument.")
    result = numeric(values[0], f"{name}()")
    for value in values[1:]:
        result = function(result, numeric(value, f"{name}()"))
    return result


def identity(x):
    """Return `x` itself: `I(...)` lets `+ - * / ^` mean arithmetic."""
    return x


def ifelse(test, yes, no):
    """Return `yes` where `test` holds and `no` elsewhere; missing where `test` is."""
    condition = np.atleast_1d(truth(test, "ifelse()"))
    if isinstance(yes, (str, Factor)) or isinstance(no, (str, Factor)):
        return _ifelse_text(condition, yes, no)
    value = np.where(condition == 1, numeric(yes, "ifelse()"), numeric(no, "ifelse()"))
    return np.where(condition < 0, np.nan, value)


def _ifelse_text(condition, yes, no):
    def side(value):
        return value.labels() if isinstance(value, Factor) else np.full(condition.shape, value, dtype=object)

    chosen = np.where(condition == 1, side(yes), side(no))
    levels = sorted({str(v) for v in chosen[condition >= 0] if v is not None})
    index = {level: i for i, level in enumerate(levels)}
    codes = [index[str(v)] if c >= 0 and v is not None else -1 for v, c in zip(chosen, condition, strict=True)]
    return Factor(np.array(codes, dtype=np.int32), tuple(levels), text=True)


def is_na(x):
    """Return whether each value is missing."""
    if isinstance(x, Factor):
        return x.codes < 0
    if isinstance(x, Logical):
        return x.values < 0
    return np.isnan(numeric(x, "is.na()"))


def as_logical(x):
    """Return `x` as truth values: zero is false."""
    return logical(np.atleast_1d(truth(x, "as.logical()")))


def combine(*values):
    """Return constants in one list, as R's `c(...)`."""
    flat: list = []
    for value in values:
        flat.extend(value if isinstance(value, (tuple, list, np.ndarray)) else [value])
    if any(isinstance(v, (Factor, Logical, Matrix, Contrast, Transform)) for v in flat):
        raise DataError('c() holds constants, such as `c(2, 4)` or `c("a", "b")`, not columns.')
    if any(isinstance(v, str) for v in flat):
        return tuple(flat)
    return np.array(flat, dtype=np.float64)


def cbind(*values):
    """Return columns side by side: `cbind(successes, failures)` is the response of a binomial model."""
    columns = [v.values if isinstance(v, Matrix) else numeric(v, "cbind()") for v in values]
    if not columns:
        raise DataError("cbind() needs at least one column.")
    n = max(np.shape(column)[0] if np.ndim(column) else 1 for column in columns)
    columns = [
        np.broadcast_to(
            np.reshape(c, (np.shape(c)[0] if np.ndim(c) else 1, -1)), (n, np.shape(c)[1] if np.ndim(c) == 2 else 1)
        )
        for c in columns
    ]
    matrix = np.hstack(columns)
    return Matrix(matrix, tuple(str(j + 1) for j in range(matrix.shape[1])))


ELEMENTWISE = [
    *(
        _elementwise(name, function)
        for name, function in {
            "log2": np.log2,
            "log10": np.log10,
            "log1p": np.log1p,
            "exp": np.exp,
            "expm1": np.expm1,
            "sqrt": np.sqrt,
            "abs": np.abs,
            "sin": np.sin,
            "cos": np.cos,
            "tan": np.tan,
            "tanh": np.tanh,
            "sinh": np.sinh,
            "cosh": np.cosh,
            "asin": np.arcsin,
            "acos": np.arccos,
            "atan": np.arctan,
            "floor": np.floor,
            "ceiling": np.ceil,
            "trunc": np.trunc,
            "sign": np.sign,
            "asinh": np.arcsinh,
            "acosh": np.arccosh,
            "atanh": np.arctanh,
            "plogis": lambda x: 0.5 * (1 + np.tanh(x / 2)),
            "qlogis": lambda x: np.log(x) - np.log1p(-x),
        }.items()
    ),
    Transform("log", log),
    Transform("logb", log),
    Transform("signif", signif),
    Transform("round", round_to),
    Transform("pmin", pmin),
    Transform("pmax", pmax),
    Transform("I", identity),
    Transform("identity", identity),
    Transform("trials", identity),
    Transform("weights", identity),
    Transform("ifelse", ifelse),
    Transform("is.na", is_na),
    Transform("as.logical", as_logical),
    Transform("c", combine),
    Transform("cbind", cbind),
]
