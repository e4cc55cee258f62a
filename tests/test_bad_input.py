"""Bad input gets a message that names the column, term or row and says what to write instead."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.errors import DataError, FormulaError, ModelError


@pytest.fixture
def ratings():
    """Sixty ratings of six instructors by ten students; nothing wrong with them."""
    rng = np.random.default_rng(3)
    data = pd.DataFrame(
        {
            "student": np.repeat([f"s{i}" for i in range(10)], 6),
            "instructor": np.tile(list("abcdef"), 10),
            "x": rng.normal(size=60),
            "arm": np.tile(["old", "new"], 30),
        }
    )
    effect = dict(zip("abcdef", rng.normal(size=6), strict=True))
    data["rating"] = 3 + data["x"] + data["instructor"].map(effect) + rng.normal(size=60)
    return data


FORMULA = "rating ~ x + (1|student) + (1|instructor)"


def refused(error, formula, data, *words, **options):
    """The call raises `error`, also a ValueError, whose message holds every word."""
    with pytest.raises(error) as caught:
        st.lmer(formula, data, **options)
    assert isinstance(caught.value, ValueError)
    for word in words:
        assert word in str(caught.value)
    return str(caught.value)


def test_unknown_column_names_the_nearest_and_points_at_it(ratings):
    message = refused(ValueError, "rating ~ x + (1|studnt)", ratings, "`studnt`", "`student`")
    assert "^^^^^^" in message


def test_missing_tilde(ratings):
    refused(FormulaError, "rating + x + (1|student)", ratings, "~")


def test_unbalanced_group(ratings):
    message = refused(FormulaError, "rating ~ x + (1|student", ratings, "(")
    assert "^" in message


def test_bar_without_parentheses(ratings):
    refused(FormulaError, "rating ~ x + 1|student", ratings, "(1 | student)")


def test_missing_group_is_dropped_and_counted(ratings):
    ratings.loc[[4, 7], "student"] = None
    fit = st.lmer(FORMULA, ratings)
    assert fit.nobs == 58
    assert fit.diagnostics["dropped"] == 2
    assert "2 rows" in str(fit.summary())


def test_group_with_one_level(ratings):
    ratings["student"] = "s1"
    refused(ValueError, FORMULA, ratings, "`student`", "level")


def test_more_effects_than_rows(ratings):
    ratings["row"] = np.arange(60)
    refused(ModelError, "rating ~ x + (1|row)", ratings, "row", "60")


def test_constant_response(ratings):
    ratings["rating"] = 2.0
    refused(ValueError, FORMULA, ratings, "`rating`", "constant")


@pytest.mark.parametrize("column", ["rating", "x"])
def test_infinite_values_name_column_and_row(ratings, column):
    ratings.loc[17, column] = np.inf
    refused(DataError, FORMULA, ratings, f"`{column}`", "17")


def test_duplicate_index_is_kept(ratings):
    ratings.index = [0] * 60
    fit = st.lmer(FORMULA, ratings)
    assert list(fit.fitted().index) == [0] * 60


def test_empty_data(ratings):
    refused(DataError, FORMULA, ratings.iloc[:0], "rows")


def test_all_rows_missing(ratings):
    ratings["x"] = np.nan
    refused(DataError, FORMULA, ratings, "`x`")


@pytest.mark.parametrize("data", [None, 3, "ratings.csv", [1, 2, 3], np.zeros((3, 2))])
def test_data_of_the_wrong_type(data):
    refused(DataError, FORMULA, data, "DataFrame")


def test_object_column_of_mixed_type(ratings):
    ratings["x"] = ratings["x"].astype(object)
    ratings.loc[5, "x"] = "five"
    refused(DataError, FORMULA, ratings, "`x`")


def test_text_response(ratings):
    refused(DataError, "arm ~ x + (1|student)", ratings, "`arm`")


def test_unseen_level_of_a_common_factor(ratings):
    fit = st.lmer("rating ~ arm + (1|student)", ratings)
    new = pd.DataFrame({"arm": ["old", "newer"], "student": ["s1", "s2"]})
    with pytest.raises(DataError) as caught:
        fit.predict(new)
    assert "`arm`" in str(caught.value) and "newer" in str(caught.value) and "old" in str(caught.value)


def test_unseen_level_of_a_group_is_a_choice(ratings):
    fit = st.lmer(FORMULA, ratings)
    new = pd.DataFrame({"x": [0.0], "student": ["zoe"], "instructor": ["a"]})
    with pytest.raises(DataError) as caught:
        fit.predict(new)
    assert "zoe" in str(caught.value) and 'new_levels="population"' in str(caught.value)
    assert np.isfinite(fit.predict(new, new_levels="population").iloc[0])


def test_newdata_lacks_a_column(ratings):
    fit = st.lmer(FORMULA, ratings)
    with pytest.raises(DataError, match="`x`"):
        fit.predict(ratings.drop(columns="x"))


def test_negative_weights_name_the_row(ratings):
    weights = np.ones(60)
    weights[11] = -1
    refused(DataError, FORMULA, ratings, "weights", "11", weights=weights)


def test_weights_of_the_wrong_length(ratings):
    refused(DataError, FORMULA, ratings, "weights", "59", "60", weights=np.ones(59))


def test_a_formula_of_ten_thousand_terms(ratings):
    formula = "rating ~ " + " + ".join(f"x{i}" for i in range(10_000)) + " + (1|student)"
    refused(ValueError, formula, ratings, "`x0`")


def test_a_deeply_nested_formula(ratings):
    formula = "rating ~ " + "(" * 5000 + "x" + ")" * 5000 + " + (1|student)"
    refused(FormulaError, formula, ratings, "parentheses")


@pytest.mark.parametrize(
    "piece",
    [
        "{open('x').read()}",
        "open('x')",
        "I(__import__('os'))",
        "x.map(str)",
        "I((lambda: 1)())",
        "I([i for i in x])",
        "np.load('x')",
        "exec('1')",
        "I(f'{x}')",
        "I(x[0])",
    ],
)
def test_a_formula_runs_nothing_but_the_known_functions(ratings, piece):
    refused(FormulaError, f"rating ~ {piece} + (1|student)", ratings)


def test_a_dotted_name_is_a_column_and_reaches_nothing(ratings):
    refused(DataError, "rating ~ x.__class__ + (1|student)", ratings, "no column `x.__class__`")


def test_unknown_engine_names_those_that_exist(ratings):
    refused(ValueError, FORMULA, ratings, "plz", "pls", engine="plz")


def test_no_group_term(ratings):
    refused(ModelError, "rating ~ x", ratings, "(1 |")


def test_more_columns_than_rows(ratings):
    wide = ratings.iloc[:12].copy()
    for i in range(20):
        wide[f"z{i}"] = np.random.default_rng(i).normal(size=12)
    formula = "rating ~ " + " + ".join(f"z{i}" for i in range(20)) + " + (1|student)"
    refused(ModelError, formula, wide, "12")
