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


def test_a_level_that_only_incomplete_rows_have_does_not_matter(data):
    data = data.astype({"f": object})
    data.loc[:5, "g"], data.loc[:5, "x"], data.loc[3, "f"] = 99, np.nan, "only here"
    made = build("y ~ x + f + (1|g) + (1|g:h)", data)
    new = made.on(data)
    assert new.missing.tolist() == [True] * 6 + [False] * 24
    assert (new.groups[0].codes[:6] == -1).all() and (new.groups[0].codes[6:] >= 0).all()
    with pytest.raises(DataError, match='the level "99"'):
        made.on(data.assign(x=1.0, f="lo"))


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


FORMS = {
    "as they are": lambda new: new,
    "one row": lambda new: new.iloc[:1],
    "text": lambda new: new.astype({"f": str, "o": str, "t": str}),
    "one row of text": lambda new: new.iloc[:1].astype({"f": str, "o": str}),
    "unused categories gone": lambda new: new.assign(**{c: new[c].cat.remove_unused_categories() for c in "fo"}),
    "categories in another order": lambda new: new.assign(
        f=new["f"].cat.set_categories(["hi", "mid", "lo"]), o=new["o"].cat.set_categories(["C", "A", "B"])
    ),
    "more categories": lambda new: new.assign(f=new["f"].cat.set_categories(["new", "hi", "lo", "mid"])),
    "text as categories": lambda new: new.assign(t=new["t"].astype("category")),
    "polars": lambda new: pl.DataFrame(new.astype({"f": str, "o": str}).to_dict("list")),
}
TERMS = [
    "as.numeric(f)", "as.integer(f) * x", "unclass(f)", "I(as.numeric(f) - 2)", "scale(as.numeric(f))",
    "poly(as.numeric(o), 2)", "as.numeric(factor(t))", "as.numeric(relevel(f, 'hi'))", "as.double(droplevels(f))",
    "as.numeric(interaction(f, o))", "as.numeric(t)", "as.numeric(as.factor(g))", "as.numeric(cut(x, 3))",
    "relevel(f, ref = 'hi')", "relevel(factor(g), ref = '20')", "relevel(g, ref = '20')", "factor(f)", "ordered(g)",
    "C(f, contr.sum)", "C(f, base = 'hi')", "C(f, contr.treatment(3, base = 2))", "C(f, contr.sdif)", "C(o, SAS)",
    "factor(f, levels = c('hi', 'lo', 'mid'))", "factor(f, labels = c('u', 'v', 'w'))", "as.character(f)",
    "droplevels(f)", "interaction(f, o)", "interaction(f, b)", "paste(f, g)",
    "cut(x, quantile(x, c(0, 0.5, 1)), include.lowest = TRUE)",
    "dummy(f, 'mid')", "dummy(o)", "I(o >= 'B')", "I(o > 'A' & x > 2)", "I(f == 'hi')", "I(f %in% c('lo', 'hi'))",
    "ifelse(o < 'C', x, 0)", "I((x - mean(x))/sd(x))", "I(x > median(x))", "I(x/max(x)) + I(x - min(x))",
    "I(x/sum(x) + length(x) + var(x))", "rank(x)", "poly(x, g, degree = 2)", "round(x, 1) + plogis(x)",
]  # fmt: skip


@pytest.fixture
def factors(data):
    return data.assign(
        o=pd.Categorical(np.repeat(["A", "B", "C"], 10), categories=["A", "B", "C"], ordered=True),
        t=np.tile(["5", "10", "7"], 10),
    )


@pytest.mark.parametrize("term", TERMS)
def test_levels_and_moments_are_those_of_the_fit(factors, term):
    made = build(f"y ~ {term}", factors)
    rows = np.array([11, 14, 17])  # f has "hi" alone and o "B"
    for form, change in FORMS.items():
        new = made.on(change(factors.iloc[rows]))
        count = new.common.shape[0]
        np.testing.assert_allclose(new.common.dense(), made.common.dense(rows[:count]), rtol=1e-13, err_msg=form)


def test_a_number_for_a_level_that_the_fit_did_not_have(data):
    made = build("y ~ I(as.numeric(f) * x)", data)
    with pytest.raises(DataError, match=r'as.numeric\(\) has no number for the level "new", .* levels are lo, mid, hi'):
        made.on({"f": ["lo", "new"], "x": 1.0})
    with pytest.raises(DataError, match=r'`relevel\(f, "hi"\)` has the level "new"'):
        build("y ~ relevel(f, 'hi')", data).on({"f": ["lo", "new"]})
    with pytest.raises(DataError, match=r"rank\(\) has no rank for 9"):
        build("y ~ rank(x)", data).on({"x": [9.0]})


def test_codes_of_a_factor_that_comes_as_numbers(data):
    data["g"] = data["g"].astype(str).astype("category")  # "1" "10" "2" "20" "3"
    made = build("y ~ as.numeric(g)", data)
    assert made.on({"g": [10, 3]}).common.dense()[:, 1].tolist() == [2, 5]


def test_a_value_that_stands_alone_is_that_of_every_row(data):
    made = build("y ~ x + f", data)
    np.testing.assert_array_equal(made.on({"x": [1, 2], "f": "hi"}).common.dense(), [[1, 1, 0, 1], [1, 2, 0, 1]])
    np.testing.assert_array_equal(made.on({"x": np.float64(3), "f": "lo"}).common.dense(), [[1, 3, 0, 0]])
    np.testing.assert_array_equal(made.on({"x": np.array(3), "f": ["lo"]}).common.dense(), [[1, 3, 0, 0]])


def test_what_is_no_table_says_how_to_make_one(data):
    made = build("y ~ x", data)
    with pytest.raises(DataError, match=r"`newdata` must be .* not list. Of a list of rows, write `pd.DataFrame\(new"):
        made.on([{"x": 1.0}])
    with pytest.raises(DataError, match=r"pd.DataFrame\(\[newdata\]\)"):
        made.on(data.iloc[0])


def test_weights_where_the_new_rows_hold_them(data):
    assert build("y ~ x", data).on(data).weights is None
    assert build("y ~ x", data, weights=np.ones(30)).on(data).weights is None
    made = build("y ~ x", data, weights="x^2/mean(x)")
    np.testing.assert_allclose(made.on({"x": [2.0]}).weights, [4 / 2.5])
    named = build("y ~ b", data.rename(columns={"x": "my w"}), weights="my w", offset="my w")
    new = named.on({"b": [True, False], "my w": [2.0, np.nan]})
    np.testing.assert_array_equal(new.weights, [2, np.nan])
    np.testing.assert_array_equal(new.offset, [2, np.nan])
    noted = build("y | weights(x) ~ b", data)
    assert noted.on({"b": [True]}).weights is None
    assert noted.on({"b": [True], "x": [4]}).weights.tolist() == [4]


def test_an_offset_that_learns_is_repeated(data):
    made = build("y ~ f", data, offset="x - mean(x)")
    np.testing.assert_allclose(made.on({"f": ["lo"], "x": [1.0]}).offset, [-1.5])
