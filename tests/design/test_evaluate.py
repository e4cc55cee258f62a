"""Expressions mean on the data what they mean in R."""

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.design import build
from statmodels_tf.design.evaluate import evaluate
from statmodels_tf.design.table import table
from statmodels_tf.errors import DataError, FormulaError
from statmodels_tf.formula.expressions import expression
from statmodels_tf.transforms import Factor, Logical, Matrix

nan = np.nan
DATA = pd.DataFrame(
    {
        "x": [1.0, -2.0, nan, 4.0],
        "k": np.array([1, 2, 3, 4], dtype=np.int8),
        "f": pd.Categorical(["a", "b", None, "c"], categories=["c", "b", "a"]),
        "o": pd.Categorical(["lo", "hi", "mid", None], categories=["lo", "mid", "hi"], ordered=True),
        "t": ["p", None, "q", "10"],
        "b": pd.array([True, False, None, True], dtype="boolean"),
        "my col": [0, 1, 0, 1],
        "n.dot": [5, 6, 7, 8],
    }
)


def value(text, functions=None):
    """Return an expression's value: numbers, labels, or truth values with None where missing."""
    functions = functions or {}
    got, _ = evaluate(expression(text, functions), table(DATA), functions)
    if isinstance(got, Factor):
        return got.labels().tolist()
    if isinstance(got, Logical):
        return [None if v < 0 else bool(v) for v in got.values.tolist()]
    return got.values.tolist() if isinstance(got, Matrix) else got.tolist()


T, F, NA = True, False, None
EXPRESSIONS = {
    "x + 1": [2, -1, nan, 5],
    "x^2": [1, 4, nan, 16],
    "-x^2": [-1, -4, nan, -16],
    "k^3 * 100": [100, 800, 2700, 6400],
    "k %% 2": [1, 0, 1, 0],
    "-k %% 3": [2, 1, 0, 2],
    "k %/% 2": [0, 1, 1, 2],
    "2 * (k - 1)/2": [0, 1, 2, 3],
    "`my col` + n.dot": [5, 7, 7, 9],
    "x > 0": [T, F, NA, T],
    "!(x > 0)": [F, T, NA, F],
    "x > 0 & k > 1": [F, F, NA, T],
    "x > 0 & k < 2": [T, F, F, F],
    "x > 0 | k > 2": [T, F, T, T],
    "x > 0 | k > 3": [T, F, NA, T],
    "b | x < 0": [T, T, NA, T],
    'f == "a"': [T, F, NA, F],
    'f != "a"': [F, T, NA, T],
    'f %in% c("a", "c")': [T, F, F, T],
    "k %in% c(1, 4)": [T, F, F, T],
    "k %in% 2": [F, T, F, F],
    'o >= "mid"': [F, T, T, NA],
    'o == "lo"': [T, F, F, NA],
    "ordered(k) >= 3": [F, F, T, T],
    'k %in% c("1", "x")': [T, F, F, F],
    'b == "TRUE"': [T, F, NA, T],
    '"False" == b': [F, T, NA, F],
    'b %in% "TRUE"': [T, F, F, T],
    "I(x - mean(x))": [0, -3, nan, 3],
    "x - mean(x, na.rm = FALSE)": [nan] * 4,
    "k/max(k)": [0.25, 0.5, 0.75, 1],
    "rank(-x)": [2, 3, nan, 1],
    't == "p"': [T, NA, F, F],
    't > "p"': [F, NA, T, F],
    "b == TRUE": [T, F, NA, T],
    "b + k": [2, 2, nan, 5],
    "ifelse(x > 0, k, -k)": [1, -2, nan, 4],
    'ifelse(k > 2, "big", "small")': ["small", "small", "big", "big"],
    "ifelse(is.na(x), 0, x)": [1, -2, 0, 4],
    "is.na(f)": [F, F, T, F],
    "is.na(b)": [F, F, T, F],
    "as.numeric(f)": [3, 2, nan, 1],
    "unclass(o)": [1, 3, 2, nan],
    "as.numeric(b)": [1, 0, nan, 1],
    "as.integer(x/3)": [0, 0, nan, 1],
    "as.character(f)": ["a", "b", None, "c"],
    "as.numeric(as.character(k))": [1, 2, 3, 4],
    "pmin(x, k)": [1, -2, nan, 4],
    "pmax(x, 0)": [1, 0, nan, 4],
    "log(k, base = 2)": [0, 1, np.log2(3), 2],
    "round(k/3, digits = 1)": [0.3, 0.7, 1.0, 1.3],
    "log(-k)": [nan] * 4,
    "sqrt(abs(x))": [1, np.sqrt(2), nan, 2],
    "factor(k, levels = c(1, 2))": ["1", "2", None, None],
    'factor(k, labels = c("i", "ii", "iii", "iv"))': ["i", "ii", "iii", "iv"],
    "cut(k, c(0, 2, 4))": ["(0,2]", "(0,2]", "(2,4]", "(2,4]"],
    "cut(k, c(0, 2, 4), labels = FALSE)": [1, 1, 2, 2],
    "cbind(k, x)": [[1, 1], [2, -2], [3, nan], [4, 4]],
    "2 * pi": [2 * np.pi] * 4,
    "as.logical(`my col`)": [F, T, F, T],
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expression(text):
    got, wanted = value(text), EXPRESSIONS[text]
    if isinstance(wanted[0], (str, bool)) or wanted[0] is None:
        assert got == wanted
    else:
        np.testing.assert_allclose(np.array(got, dtype=float), np.array(wanted, dtype=float), rtol=1e-14)


def test_levels_keep_their_order_through_functions():
    def levels(text):
        return evaluate(expression(text), table(DATA), {})[0].levels

    assert levels("relevel(f, ref = 'a')") == ("a", "c", "b")
    assert levels("factor(f)") == ("c", "b", "a")
    assert levels("as.character(f)") == ("a", "b", "c")
    assert levels("factor(f, levels = c('a', 'b', 'c'))") == ("a", "b", "c")
    assert levels("factor(k)") == ("1", "2", "3", "4")
    assert evaluate(expression("ordered(f)"), table(DATA), {})[0].ordered


def test_functions_of_the_caller():
    assert value("twice(k)", {"twice": lambda x: 2 * x}) == [2, 4, 6, 8]
    assert value("shout(t)", {"shout": lambda t: [s and s.upper() for s in t]}) == ["P", None, "Q", "10"]
    assert value("both(k)", {"both": lambda x: np.column_stack([x, -x])})[0] == [1, -1]
    assert value("my.log(k)", {"my.log": lambda x: 0 * x}) == [0, 0, 0, 0]
    assert value("at(k, by = 2)", {"at": lambda x, by: x + by}) == [3, 4, 5, 6]


BAD = {
    "f + 1": r"`f \+ 1` needs numbers and was given a factor .levels c, b, a.",
    "log(t)": r"log\(\) needs numbers and was given text",
    "t * 2": "text",
    "f > 'a'": "unordered factor",
    "o > 'low'": "Did you mean `lo`",
    "t > 2": r"text .* on one side and numbers on the other",
    "min(x, 3)": r"too many positional arguments; it takes \(x, na_rm\)",
    "poly(k, 2, TRUE)": "options by name",
    "poly(k, c(1, 2))": "columns and one degree",
    "log(kk)": "no column `kk` .* Did you mean `k`",
    "relevel(f, ref = 'z')": 'no level "z"',
    "as.numeric(t)": "'p'",
    "C(f, contr.sums)": "contr.sum",
    "poly(k, 4)": "needs more than 4 different values",
    "poly(k, 0)": "at least 1 ",
    "bs(k, df = 1)": r"df of bs\(\) must be a whole number of at least 3",
    "ns(k, knots = 9)": "knot 9 outside",
    "log(k, 2, 3)": r"it takes \(x, base\)",
    "scale(k, centre = TRUE)": r"it takes \(x, center, scale\)",
    "c(x, 1)": "not a column",
    "cut(k, c(0, 2, 4), labels = c('a'))": "2 intervals and was given 1 labels",
    "'text'": "not a column",
    "ifelse(f, 1, 0)": "factor",
    "factor(poly(k, 2))": "matrix of 2 columns",
    "poly(k, f)": "needs numbers and was given a factor",
    "mean": "no column `mean`",
    "cut(k, factor(k))": "numbers",
}


@pytest.mark.parametrize("text", BAD)
def test_what_makes_no_sense_says_why(text):
    with pytest.raises((DataError, FormulaError), match=BAD[text]):
        value(text)


def test_a_function_of_the_caller_that_fails_is_named():
    with pytest.raises(DataError, match="`bad` given in `functions=` failed: ZeroDivisionError"):
        value("bad(k)", {"bad": lambda x: 1 / 0})
    with pytest.raises(DataError, match="`short` given in `functions=` returned 2 values for 4 rows"):
        value("short(k)", {"short": lambda x: x[:2]})


def test_the_error_of_a_function_of_the_caller_is_the_cause():
    with pytest.raises(DataError) as caught:
        build("x ~ bad(k)", DATA, functions={"bad": lambda x: 1 / 0})
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize(
    "made", [None, [[1], [2, 3]], {1: 2}, np.zeros((4, 2, 2)), np.array([["a", "b"]] * 4), np.zeros((3, 2)), object()]
)
def test_what_a_function_of_the_caller_returns_must_be_a_column(made):
    with pytest.raises(DataError, match="`own` given in `functions=` returned"):
        value("own(k)", {"own": lambda x: made})


@pytest.mark.parametrize(
    "text",
    [
        "I(x + c(1, 2))", "I(x == c(1, 2))", "I(x & c(1, 2))", "ifelse(x > c(1, 2), 1, 2)", "I(x %% c(1, 2))",
        "pmin(x, c(1, 2))", "cbind(x, c(1, 2))", "I(f == c(1, 2))", "log(x, c(2, 3))",
    ],
)  # fmt: skip
def test_parts_of_different_lengths_name_the_expression(text):
    with pytest.raises(DataError, match="cannot be computed: its parts have different lengths") as caught:
        value(text)
    assert expression(text).label in str(caught.value)


SIZES = [
    "poly(k, 1e18)", "poly(k, 1e8, raw = TRUE)", "poly(k, x, degree = 150, raw = TRUE)", "bs(k, df = 1e9)",
    "bs(k, degree = 1e9)", "ns(k, df = 1e9)", "cs(k, df = 1e9)", "cut(k, 1e9)", "cut(k, 3, dig.lab = 1e9)",
    "C(f, contr.sum(1e6))", "C(f, contr.treatment(1e18))", "round(k, 1e10)", "signif(k, 1e10)",
]  # fmt: skip


@pytest.mark.parametrize("text", SIZES)
def test_sizes_that_no_memory_holds_are_refused(text):
    with pytest.raises(DataError, match=r"at most|makes more than"):
        value(text)


def test_numbers_that_overflow_are_infinite_in_a_row():
    data = pd.DataFrame({"y": [1.0, 2, 3, 4], "x": [1.0, 2, 30, 4]})
    with pytest.raises(DataError, match="is infinite in row 2, where `x` is 30"):
        build("y ~ I(x^x^x)", data)
    with pytest.raises(DataError, match="too large to be squared, in row 0"):
        build("y ~ I(1e300 * x)", data)


def test_numbers_that_have_no_square_are_refused_where_they_are_all_so_small():
    data = pd.DataFrame({"y": [1.0, 2, 3, 4], "x": [1.0, 0, 30, 4]})
    for text in ("y ~ I(1e-160 * x)", "I(1e-200 * y) ~ x", "y ~ cbind(y, x):x + I(-1e-155 * x)"):
        with pytest.raises(DataError, match="nowhere above 1e-150, too small to be squared"):
            build(text, data)
    build("y ~ I(0 * x)", data)
    build("y ~ I(x^120 * 1e-170)", data)


@pytest.mark.parametrize(
    ("functions", "message"),
    [
        ({"offset": np.abs}, r"`offset\(\)` is a term that formulas have already"),
        ({"log": np.log}, r"`log\(\)` is a function that formulas have already"),
        ({"my log": np.log}, "cannot write"),
        ({3: np.log}, "cannot write"),
        ({"TRUE": np.log}, "cannot write"),
        ({"__len__": np.log}, "may not be used"),
        ({"half": 0.5}, "float for `half`, which cannot be called"),
        (["half"], "is a dict of names and functions"),
    ],
)
def test_functions_have_names_of_their_own(functions, message):
    with pytest.raises(DataError, match=message):
        build("x ~ k", DATA, functions=functions)


def test_large_whole_numbers_are_one_level_however_stored():
    data = pd.DataFrame({"y": [1.0, 2, 3], "h": pd.Categorical([10**16, 5, 10**16]), "t": ["1e+16", "5", "5"]})
    for text in ("h %in% c(1e16)", "h == 1e16", 'h %in% c("a", 1e16)', "factor(1e16 + 0 * y) == h"):
        made, _ = evaluate(expression(text), table(data), {})
        assert made.tolist() == [True, False, True], text


def test_the_place_in_the_formula_is_underlined():
    with pytest.raises(DataError) as caught:
        build("x ~ k + log(nn.dot)", DATA)
    assert str(caught.value).splitlines()[-2:] == ["    x ~ k + log(nn.dot)", " " * 12 + "^" * 11]
    assert "Did you mean `n.dot`?" in str(caught.value)
