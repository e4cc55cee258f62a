"""New rows get the old columns: transforms, levels and contrasts are remembered, and what is new is named."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from statmodels_tf.design import build
from statmodels_tf.errors import DataError


@pytest.fixture
def data():
    rng = np.random.default_rng(8)
    return pd.DataFrame(
        {
            "y": rng.normal(size=30),
            "x": np.linspace(1, 4, 30),
            "f": pd.Categorical(np.tile(["lo", "mid", "hi"], 10), categories=["lo", "mid", "hi"]),
            "g": np.repeat([1, 2, 3, 10, 20], 6),
            "h": np.tile(["p", "q"], 15),
            "b": np.tile([True, True, False], 10),
        }
    )


def test_transforms_do_not_learn_from_new_rows(data):
    made = build("y ~ scale(x) + poly(x, 2) + bs(x, df = 4) + ns(log(x), df = 2) + cut(x, 3)", data)
    whole, one = made.on(data), made.on(data.iloc[[17]])
    np.testing.assert_array_equal(whole.common.dense(), made.common.dense())
    np.testing.assert_allclose(one.common.dense(), made.common.dense(np.array([17])), rtol=1e-13)
    assert not one.missing.any() and one.index.tolist() == [17]


def test_nested_transforms_repeat_in_order(data):
    made = build("y ~ I(scale(x) * center(x)) + exp(scale(scale(x, scale = FALSE)))", data)
    np.testing.assert_allclose(made.on(data.iloc[5:7]).common.dense(), made.common.dense(np.array([5, 6])), rtol=1e-13)


def test_levels_are_those_of_the_fit_in_whatever_form_they_come(data):
    made = build("y ~ f * b + factor(g) + (1|h)", data)
    rows = np.array([1, 13, 29])
    new = data.iloc[rows].astype({"f": str, "g": float})
    for form in (new, new.to_dict("list"), pl.DataFrame(new.to_dict("list"))):
        got = made.on(form)
        np.testing.assert_array_equal(got.common.dense(), made.common.dense(rows))
        np.testing.assert_array_equal(got.groups[0].codes, made.groups[0].codes[rows])
    assert got.groups[0].levels == made.groups[0].levels


def test_a_truth_value_column_may_be_constant_in_new_data(data):
    new = build("y ~ b", data).on({"b": [True, True]})
    np.testing.assert_array_equal(new.common.dense(), [[1, 1], [1, 1]])
    np.testing.assert_array_equal(build("y ~ b", data).on({"b": [0, 1]}).common.dense(), [[1, 0], [1, 1]])


def test_an_unseen_level_of_a_common_factor(data):
    made = build("y ~ f + (1|g)", data)
    new = pd.DataFrame({"f": ["lo", "high", "none", "high"], "g": 1}, index=list("abcd"))
    with pytest.raises(DataError) as caught:
        made.on(new)
    message = str(caught.value)
    assert '`f` has the levels "high", "none" (row b, row c, row d)' in message
    assert '"lo", "mid", "hi"' in message
    with pytest.raises(DataError, match=r"`factor\(g\)` has the level \"4\""):
        build("y ~ factor(g)", data).on({"g": [1, 4]})


def test_a_numeric_column_that_became_text(data):
    with pytest.raises(DataError, match=r"`x` was numeric .* and is text"):
        build("y ~ x", data).on({"x": ["1", "2"]})


def test_unseen_groups_are_a_choice(data):
    made = build("y ~ x + (1 + x|g) + (1|g:h)", data)
    new = {"x": [1.0, 2.0, 3.0], "g": [10, 7, 2], "h": ["p", "p", "z"]}
    with pytest.raises(DataError, match=r'`g` has the level "7" .* new_levels="population"'):
        made.on(new)
    got = made.on(new, new_levels="population")
    assert got.groups[0].codes.tolist() == [3, -1, 1]
    assert got.groups[1].codes.tolist() == [made.groups[1].levels.index("10:p"), -1, -1]
    np.testing.assert_array_equal(got.groups[0].columns, [[1, 1], [1, 2], [1, 3]])
    assert not got.missing.any()
    with pytest.raises(DataError, match='"error" or "population"'):
        made.on(new, new_levels="zero")


def test_groups_may_be_left_out(data):
    made = build("y ~ x + (1|g)", data)
    new = made.on({"x": [1.0, 2.0]}, groups=False)
    assert new.groups == () and new.common.shape == (2, 2)
    with pytest.raises(DataError, match="no column `g`"):
        made.on({"x": [1.0]})


def test_missing_columns_name_the_nearest(data):
    with pytest.raises(DataError, match=r"no column `x` in newdata. Did you mean `X`"):
        build("y ~ x", data).on({"X": [1.0]})


def test_rows_with_holes_are_flagged(data):
    made = build("y ~ x + f + (1|g:h)", data)
    new = pd.DataFrame(
        {"x": [1, None, 3, 4], "f": ["lo", "lo", None, "lo"], "g": [1, 1, 1, None], "h": ["p", "p", "q", None]}
    )
    got = made.on(new)
    assert got.missing.tolist() == [False, True, True, True]
    assert got.groups[0].codes.tolist()[3] == -1
    assert np.isnan(got.common.matvec(np.ones(4))[1])
    everything = made.on(pd.DataFrame({"x": [1.0], "f": ["lo"], "g": [None], "h": ["p"]}))
    assert everything.missing.tolist() == [True] and everything.groups[0].codes.tolist() == [-1]


def test_offsets(data):
    terms = build("y ~ 1 + offset(log(x)) + offset(2*x)", data)
    np.testing.assert_allclose(terms.on({"x": [1.0, 2.0]}).offset, [2, np.log(2) + 4])
    named = build("y ~ 1", data, offset="x + 1")
    np.testing.assert_allclose(named.on({"x": [1.0]}).offset, [2])
    assert build("y ~ x", data).on({"x": [1.0]}).offset is None
    with pytest.raises(DataError, match="given `offset=` as an array"):
        build("y ~ x", data, offset=np.ones(30)).on({"x": [1.0]})


def test_functions_of_the_caller_are_kept(data):
    made = build("y ~ half(x)", data, functions={"half": lambda x: x / 2})
    np.testing.assert_array_equal(made.on({"x": [3.0]}).common.dense(), [[1, 1.5]])


def test_the_response_is_not_needed(data):
    assert build("log(y + 9) ~ x", data).on(data[["x"]]).common.shape == (30, 2)
