"""Contrasts, responses and blocks; and what a design refuses."""

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.design import build, coding
from statmodels_tf.errors import DataError
from statmodels_tf.linalg import Coded, Dense, Stacked


@pytest.mark.parametrize("column", ["y", "x"])
def test_infinite_values(data, column):
    data.loc["row6", column] = -np.inf
    data.loc["row2", "g"] = None
    with pytest.raises(DataError, match=f"`{column}` is infinite in row row6") as caught:
        build("y ~ x + (1|g)", data)
    assert "^" in str(caught.value)
    assert build("y ~ x + (1|g)", data, subset=f"{column} > -1e9").n == 10


def test_empty_data_and_no_complete_row(data):
    with pytest.raises(DataError, match="no rows"):
        build("y ~ x", data.iloc[:0])
    data["x"] = np.nan
    with pytest.raises(DataError, match="each of the 12 rows; `x` in 12"):
        build("y ~ x", data)
    with pytest.raises(DataError, match="each of the 6 rows; `x` in"):
        build("y ~ x", data, subset="s < 6")


def test_unknown_columns_show_the_nearest_and_the_place(data):
    with pytest.raises(DataError) as caught:
        build("y ~ xx + (1|g)", data)
    assert "no column `xx` in the data. Did you mean `x`?" in str(caught.value)
    assert str(caught.value).endswith("    y ~ xx + (1|g)\n        ^^")
    with pytest.raises(DataError, match="The columns are `y`, `x`"):
        build("y ~ qqqqq", data)


def test_a_constant_factor_is_refused(data):
    with pytest.raises(DataError, match=r'`f` has one level, "a", in the rows used'):
        build("y ~ f", data, subset="s < 6")
    with pytest.raises(DataError, match=r'`factor\(n\)` has one level, "10"'):
        build("y ~ factor(n)", data)


def test_contrasts_argument(data):
    data["h"] = np.tile(["k", "l", "m", "n"], 3)
    for name in ("contr.sum", "sum", "Sum"):
        made = build("y ~ h", data, contrasts={"h": name})
        assert made.columns == ("Intercept", "h[1]", "h[2]", "h[3]")
        assert made.contrasts == {"h": "contr.sum"}
    matrix = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
    made = build("y ~ h", data, contrasts={"h": matrix})
    np.testing.assert_array_equal(made.common.dense(np.arange(4))[:, 1:], matrix)
    assert build("y ~ C(h, sum)", data).columns[1] == "C(h, sum)[1]"
    assert build("y ~ C(h, contr.treatment, base = 2)", data).columns[1:] == tuple(
        f"C(h, contr.treatment, base = 2)[{level}]" for level in "kmn"
    )
    assert build("y ~ C(h, contr.treatment(4, base = 4))", data).columns[-1].endswith("[m]")


@pytest.mark.parametrize(
    ("contrasts", "words"),
    [
        ({"h": "sum"}, "`h`, which is no term's factor. Did you mean `f`|no term's factor"),
        ({"x": "sum"}, "`x`, which is numbers, not a factor"),
        ({"f": "contr.summ"}, "Did you mean `contr.sum`"),
        ({"f": np.eye(4)}, "4 rows, and the factor 2 levels"),
        ({"f": 3}, "needs the name of contrasts"),
    ],
)
def test_contrasts_refused(data, contrasts, words):
    with pytest.raises(DataError, match=words):
        build("y ~ x + f", data, contrasts=contrasts)


def test_a_logical_column_has_both_levels(data):
    data["t"] = True
    made = build("y ~ 0 + t", data)
    assert made.columns == ("t[False]", "t[True]") and made.aliased == (0,)
    assert build("y ~ x + I(x > 3)", data).columns[-1] == "I(x > 3)[True]"


def test_responses(data):
    assert build("~ x", data).response is None
    truth = build('g == "p" ~ x', data).response
    assert truth.levels == ("False", "True") and truth.values[:3].tolist() == [1, 0, 0]
    factor = build("g ~ x", data).response
    assert factor.levels == ("p", "q", "r") and factor.values[:3].tolist() == [0, 1, 2]
    both = build("cbind(s, n - 0) ~ x", data).response
    assert both.values.tolist() == list(range(12)) and both.trials.tolist() == [10 + i for i in range(12)]
    noted = build("s | trials(2*n) ~ x", data).response
    assert noted.name == "s" and noted.trials.tolist() == [20] * 12 and noted.values.tolist() == list(range(12))
    assert build("log(x + 1) ~ f", data).response.name == "log(x + 1)"
    several = build("cbind(x, s, n) ~ f", data).response
    assert several.columns == ("x", "s", "n") and several.trials is None
    assert several.values.tolist() == [[i, i, 10] for i in range(12)]
    with pytest.raises(DataError, match="already says the trials"):
        build("cbind(s, n) | trials(n) ~ x", data)
    with pytest.raises(DataError, match="negative"):
        build("s | trials(-n) ~ x", data)


def test_factors_stay_codes(data):
    made = build("y ~ x + f + g + x:g", data)
    assert isinstance(made.common, Stacked)
    assert [type(block) for block in made.common.blocks] == [Dense, Coded, Coded, Coded]
    assert made.terms == (
        ("Intercept", slice(0, 1)),
        ("x", slice(1, 2)),
        ("f", slice(2, 3)),
        ("g", slice(3, 5)),
        ("x:g", slice(5, 7)),
    )
    assert build("y ~ x", data).common.dense().flags.f_contiguous


def test_no_columns_at_all(data):
    made = build("y ~ 0 + (1|g)", data)
    assert made.columns == () and made.common.shape == (12, 0) and made.aliased == ()


def test_many_combinations_need_no_table_of_all_of_them(monkeypatch):
    monkeypatch.setattr(coding, "MANY_CELLS", 0)
    n, rng = 100, np.random.default_rng(1)
    data = pd.DataFrame({"y": rng.normal(size=n), **{c: rng.choice([*"abcdef"], n) for c in "uvwz"}})
    made = build("y ~ 0 + u:v:w", data)
    block = made.common
    assert made.common.shape == (n, 216) and len(block.table) <= n
    X = block.dense()
    assert (X.sum(axis=1) == 1).all()
    names = [made.columns[j] for j in X.argmax(axis=1)]
    assert names[0] == "u[{u}]:v[{v}]:w[{w}]".format(**data.iloc[0])
    assert len(made.aliased) == int((X.sum(axis=0) == 0).sum())


def test_ten_thousand_terms_are_read_in_seconds():
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.normal(size=(40, 10_001)), columns=["y", *(f"x{i}" for i in range(10_000))])
    made = build("y ~ " + " + ".join(data.columns[1:]), data)
    assert made.common.shape == (40, 10_001) and len(made.aliased) == 10_001 - 40


def test_columns_named_by_numbers():
    data = pd.DataFrame({0: [1.0, 2, 4], 1: [1, 2, 3]})
    made = build("`0` ~ `1`", data)
    assert made.columns == ("Intercept", "1") and made.frame.shape == (3, 2)


def test_a_column_with_the_name_of_a_constant(data):
    data["TRUE"] = data["x"]
    np.testing.assert_array_equal(build("y ~ `TRUE`", data).common.column(1), data["x"])


def test_a_factor_of_too_many_levels_says_what_to_write():
    n = 30_000
    data = pd.DataFrame({"y": np.arange(n) % 7, "id": np.arange(n).astype(str), "f": np.arange(n) % 150})
    with pytest.raises(DataError, match=r"`id` has 30,000 levels. .* `\(1 \| id\)`"):
        build("y ~ id", data)
    with pytest.raises(DataError, match=r"with `factor\(f\):g` the design has 22,501 columns"):
        build("y ~ factor(f):g", data.assign(g=(np.arange(n) // 150 % 150).astype(str)))
    with pytest.raises(DataError, match=r"`ordered.f.`: polynomial contrasts of 150 levels"):
        build("y ~ ordered(f)", data)


def test_a_thousand_indicators_are_crossed_as_such():
    n = 5_000
    data = pd.DataFrame({"y": np.arange(n) % 7, "f": np.arange(n) % 1000, "g": np.arange(n) // 7 % 11})
    made = build("y ~ factor(f) + factor(g)", data)
    X = made.common.dense()
    np.testing.assert_array_equal(made.common.gram(), X.T @ X)
    assert made.aliased == ()
