"""What dropped a row is counted by column, and by expression where the expression made the hole."""

import numpy as np
import pytest

from statmodels_tf.design import build
from statmodels_tf.errors import DataError


def test_columns_with_holes_are_counted(data):
    data.loc[["row1", "row2"], "x"] = np.nan
    data.loc[["row2", "row3"], "f"] = np.nan
    data.loc["row4", "g"] = None
    made = build("y ~ x + log(x + 1) + f + (1 | g)", data)
    assert made.dropped == 4 and made.missing_by == {"x": 2, "f": 2, "g": 1} and made.undefined_by == {}


def test_an_expression_that_has_no_value_is_named(data):
    data.loc["row11", "x"] = np.nan
    made = build("log(x - 2.5) ~ f", data)
    assert made.dropped == 4
    assert made.missing_by == {"x": 1} and made.undefined_by == {"log(x - 2.5)": 3}
    assert build("y ~ cut(s, c(2, 5, 20))", data).undefined_by == {"cut(s, c(2, 5, 20))": 3}


def test_holes_that_an_expression_fills_and_rows_left_out_do_not_count(data):
    data.loc["row1", "x"] = np.nan
    made = build("y ~ ifelse(is.na(x), 0, x)", data)
    assert (made.dropped, made.missing_by, made.undefined_by) == (0, {}, {})
    made = build("y ~ log(x - 2.5)", data, subset="s > 1")
    assert (made.dropped, made.missing_by, made.undefined_by) == (1, {}, {"log(x - 2.5)": 1})


def test_rows_of_weight_zero_do_not_count(data):
    design = build("y ~ x", data, weights=np.arange(len(data)) % 2)
    np.testing.assert_array_equal(design.index[design.counted], design.index[design.weights == 1])
    np.testing.assert_array_equal(build("y ~ x", data).counted, np.arange(build("y ~ x", data).n))


def test_weights_with_holes_are_counted(data):
    data["w"] = data["w"].astype(float)
    data.loc["row3", "w"] = np.nan
    assert build("y ~ x", data, weights="2 * w").missing_by == {"w": 1}


def test_no_row_left_names_what_emptied_them(data):
    with pytest.raises(DataError, match=r"`log\(-s - 1\)` in 12 of them, where it has no value"):
        build("y ~ log(-s - 1)", data)


def test_an_infinite_value_names_the_expression_the_row_and_its_columns(data):
    with pytest.raises(DataError, match=r"`log\(s\)` is infinite in row row0, where `s` is 0"):
        build("y ~ log(s)", data)
    with pytest.raises(DataError, match=r"`log\(s\)` is infinite in row row0, so `scale\(\)` has no finite value"):
        build("y ~ scale(log(s))", data)
    with pytest.raises(DataError, match=r"so `mean\(\)` has no finite value"):
        build("y ~ I(s - mean(1/s))", data)
    assert build("y ~ log(s)", data, subset="s > 0").n == 11
