"""Which rows are used, and the weights, offset and subset given for them."""

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.design import build
from statmodels_tf.errors import DataError, FormulaError


def test_rows_missing_anywhere_go_everywhere(data):
    data.loc["row1", "x"] = np.nan
    data.loc["row3", "g"] = None
    data.loc["row5", "f"] = np.nan
    data.loc["row7", "y"] = np.nan
    data["w"] = data["w"].astype(float)
    data.loc["row9", "w"] = np.nan
    made = build("y ~ x + f + offset(x) + (1|g)", data, weights="w")
    kept = [0, 2, 4, 6, 8, 10, 11]
    assert made.rows.tolist() == kept and made.dropped == 5 and made.n == 7
    assert made.index.tolist() == [f"row{i}" for i in kept]
    np.testing.assert_array_equal(made.weights, data["w"].iloc[kept])
    np.testing.assert_array_equal(made.offset, data["x"].iloc[kept])
    np.testing.assert_array_equal(made.response.values, data["y"].iloc[kept])
    assert made.common.shape == (7, 3) and len(made.groups[0].codes) == 7
    assert made.frame.index.tolist() == made.index.tolist()


def test_holes_in_columns_not_used_do_not_matter(data):
    data.loc["row1", "x"] = np.nan
    assert build("y ~ f + (1|g)", data).dropped == 0
    assert build("y ~ x + f - x", data).dropped == 0


def test_na_action_fail(data):
    data.loc["row4", "x"] = np.nan
    with pytest.raises(DataError, match="`x` is missing in row row4"):
        build("y ~ x", data, na_action="fail")
    with pytest.raises(DataError, match='"omit" or "fail"'):
        build("y ~ x", data, na_action="drop")


def test_a_level_that_only_dropped_rows_had_is_gone(data):
    data["f"] = pd.Categorical(["a", "b", "c"] * 4)
    data.loc[data["f"] == "c", "x"] = np.nan
    assert build("y ~ x + f", data).levels == {"f": ("a", "b")}


def test_scale_sees_the_rows_that_other_columns_drop(data):
    data.loc["row0", "y"] = np.nan
    made = build("y ~ scale(x)", data)
    np.testing.assert_allclose(made.common.column(1), ((data["x"] - 5.5) / np.sqrt(13))[1:])


def test_duplicate_labels_of_rows_are_kept(data):
    data.index = [0] * 12
    assert build("y ~ x", data).index.tolist() == [0] * 12


@pytest.mark.parametrize(
    ("subset", "kept"),
    [
        ("x > 8", [9, 10, 11]),
        ('g == "p"', [0, 3, 6, 9]),
        ("x > 8 & g != 'p'", [10, 11]),
        (np.arange(12) < 2, [0, 1]),
        (pd.array([True, None] + [False] * 10, dtype="boolean"), [0]),
        ([2, 5, 7], [2, 5, 7]),
        ([-1], [11]),
    ],
)
def test_subset(data, subset, kept):
    made = build("y ~ x", data, subset=subset)
    assert made.rows.tolist() == kept and made.dropped == 0


def test_subset_does_not_count_as_dropped(data):
    data.loc[["row0", "row11"], "x"] = np.nan
    made = build("y ~ f + x", data, subset="n > 5 & s > 2")
    assert made.dropped == 1 and made.n == 8


@pytest.mark.parametrize(
    ("subset", "words"),
    [
        ("x > 100", "keeps no row"),
        ("x", "write a condition"),
        ("xx > 1", "Did you mean `x`"),
        (np.ones(5, dtype=bool), "5 values .* 12 rows"),
        ([40], "outside the data's 12 rows"),
        (["a"] * 12, "must be a condition"),
    ],
)
def test_subset_refused(data, subset, words):
    with pytest.raises(DataError, match=words):
        build("y ~ x", data, subset=subset)


def test_weights_and_offset_by_name_expression_or_array(data):
    for given in ("w", "2 * w/2", data["w"], data["w"].to_numpy(), data["w"].tolist(), data["w"].astype("Int64")):
        made = build("y ~ x", data, weights=given, offset=given)
        np.testing.assert_array_equal(made.weights, data["w"])
        np.testing.assert_array_equal(made.offset, data["w"])
    assert build("y ~ x", data).weights is None and build("y ~ x", data).offset is None
    both = build("y ~ x + offset(x) + offset(2*s)", data, offset="w")
    np.testing.assert_array_equal(both.offset, 3 * data["x"] + data["w"])


def test_weights_in_the_formula(data):
    np.testing.assert_array_equal(build("y | weights(w) ~ x", data).weights, data["w"])
    with pytest.raises(DataError, match="twice"):
        build("y | weights(w) ~ x", data, weights="w")


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (np.r_[np.ones(11), -1.0], "row row11 has -1"),
        ("-w", "row row0 has -1"),
        (np.r_[np.nan, np.ones(11)], "missing in row row0"),
        (np.r_[np.inf, np.ones(11)], "row row0 has inf"),
        (np.ones(11), "11 values and the data have 12 rows"),
        (np.ones((12, 2)), "shape"),
        (np.zeros(12), "zero in every row"),
        ("g", "weights are numbers"),
        ("ww", "Did you mean `w`"),
        (["a"] * 12, "must be numbers"),
        (pd.Series(np.ones(12)), r"weights.to_numpy\(\)"),
    ],
)
def test_weights_refused(data, weights, words):
    with pytest.raises(DataError, match=words):
        build("y ~ x", data, weights=weights)


def test_offset_refused(data):
    with pytest.raises(DataError, match="`offset` has 3 values"):
        build("y ~ x", data, offset=[1, 2, 3])
    with pytest.raises(DataError, match="infinite in row row0"):
        build("y ~ x", data, offset=np.r_[np.inf, np.zeros(11)])
    with pytest.raises(DataError, match=r"`log\(x\)` is infinite in row row0"):
        build("y ~ 1 + offset(log(x))", data)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weights": [[1], [2, 3]]}, "`weights` must have one value for each row of the data; it is a ragged list"),
        ({"offset": [[1], [2, 3]]}, "`offset` .* ragged list"),
        ({"subset": [[True], [True, False]]}, "`subset` .* ragged list"),
        ({"weights": {"a": 1}}, "`weights` must have one value for each row of the data, not be dict"),
        ({"weights": pd.Series(["a"] * 12, dtype="string").to_numpy()}, "`weights` must be numbers"),
        ({"offset": "x +"}, "`offset=` is neither a column of the data nor an expression"),
        ({"subset": [True, False]}, "`subset` has 2 values and the data have 12 rows"),
        ({"subset": ["a"] * 12}, "`subset` must be a condition"),
        ({"subset": True}, "`subset` must have one value for each row"),
    ],
)
def test_arguments_that_are_no_rows_are_data_errors(data, options, message):
    with pytest.raises((DataError, FormulaError), match=message):
        build("y ~ x", data, **options)


def test_text_with_a_type_of_its_own_is_no_weight(data):
    with pytest.raises(DataError, match="`weights` must be numbers"):
        build("y ~ x", data, weights=pd.Series(["a"] * 12, dtype="string", index=data.index))


def test_subset_may_have_holes(data):
    assert build("y ~ x", data, subset=[True, None, False] * 4).rows.tolist() == [0, 3, 6, 9]
