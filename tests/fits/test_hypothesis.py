"""Hypotheses as text and as matrices: what is read, and what is tested."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from statmodels_tf.fits.hypotheses.coefficient_text import stated
from statmodels_tf.fits.hypotheses.hypothesis import _written
from tests.fits.cases import dense_fit

NAMES = [
    "Intercept", "x", "x2", "wool[B]", "tension[M]", "wool[B]:tension[M]", "poly(x, 2)[1]", "I(x ** 2)", "log(x)",
    "my col", "f[a - b]", "edu[12+ yrs]",
]  # fmt: skip
VALUES = np.array([3.0, 0.5, 2.0, -1.0, 4.0, 0.25, 7.0, 1.5, 0.8, 6.0, 9.0, -2.0])


def value(name):
    return VALUES[NAMES.index(name)]


LINEAR = [
    ("wool[B] + tension[M] = 0", {"wool[B]": 1, "tension[M]": 1}, 0),
    ("woolB + tensionM == 0", {"wool[B]": 1, "tension[M]": 1}, 0),
    ("wool[B]:tension[M]", {"wool[B]:tension[M]": 1}, 0),
    ("woolB:tensionM=2", {"wool[B]:tension[M]": 1}, 2),
    ("wool[ B ] : tension[M] = 2", {"wool[B]:tension[M]": 1}, 2),
    ("x = 2*x2", {"x": 1, "x2": -2}, 0),
    ("x + 1 = x2", {"x": 1, "x2": -1}, 0),
    ("x2 = x", {"x2": 1, "x": -1}, 0),
    ("-2 * (x - x2) / 4 = 1e-1", {"x": -0.5, "x2": 0.5}, 0.1),
    ("(Intercept) - Intercept/2 = 0", {"Intercept": 0.5}, 0),
    ("poly(x,2)1 = 0", {"poly(x, 2)[1]": 1}, 0),
    ("poly(x, 2)[1] - I(x^2) = 3", {"poly(x, 2)[1]": 1, "I(x ** 2)": -1}, 3),
    ("`my col` - my col/3 = 0", {"my col": 1 - 1 / 3}, 0),
    ("f[a - b] - x", {"f[a - b]": 1, "x": -1}, 0),
    ("edu[12+ yrs] + edu12+ yrs = 0", {"edu[12+ yrs]": 2}, 0),
    ("log(x) = 0", {"log(x)": 1}, 0),
    ("2^2 * x = 3 - 1", {"x": 4}, 2),
]


@pytest.mark.parametrize(("text", "weights", "null"), LINEAR, ids=[t for t, _, _ in LINEAR])
def test_linear_text(text, weights, null):
    said = stated(text, NAMES, VALUES)
    expected = np.zeros(len(NAMES))
    for name, weight in weights.items():
        expected[NAMES.index(name)] = weight
    assert said.function.linear
    np.testing.assert_allclose(said.function.gradient, expected, atol=1e-15)
    assert said.null == null


@given(some.lists(some.integers(-5, 5), min_size=len(NAMES), max_size=len(NAMES)).filter(any))
def test_what_is_printed_reads_the_same(weights):
    row = np.array(weights, dtype=float)
    said = stated(_written(row, NAMES) + " = 0", NAMES, VALUES)
    np.testing.assert_allclose(said.function.gradient, row, atol=1e-14)


@given(some.text(alphabet="x2wool[B]:+-*/^()=. 1e`", max_size=25))
def test_any_text_is_read_or_refused(text):
    try:
        said = stated(text, NAMES, VALUES)
    except ModelError:
        return
    assert said.function.gradient.shape == (len(NAMES),)


CURVED = [
    ("exp(x)", lambda v: np.exp(v["x"])),
    ("x / x2 = 1", lambda v: v["x"] / v["x2"]),
    ("-x2 / (2 * I(x^2))", lambda v: -v["x2"] / (2 * v["I(x ** 2)"])),
    ("plogis(Intercept + 2 * x) - plogis(Intercept)",
     lambda v: 1 / (1 + np.exp(-v["Intercept"] - 2 * v["x"])) - 1 / (1 + np.exp(-v["Intercept"]))),
    ("x2 ^ x", lambda v: v["x2"] ** v["x"]),
    ("x2 ** -2 * log(x2)", lambda v: v["x2"] ** -2 * np.log(v["x2"])),
    ("sqrt(x) * x2 = wool[B]", lambda v: np.sqrt(v["x"]) * v["x2"] - v["wool[B]"]),
    ("pnorm(x) + tanh(x2) + qlogis(x / 3)",
     lambda v: stats.norm.cdf(v["x"]) + np.tanh(v["x2"]) + np.log(v["x"] / 3 / (1 - v["x"] / 3))),
    ("x * x2", lambda v: v["x"] * v["x2"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "function"), CURVED, ids=[t for t, _ in CURVED])
def test_other_functions_have_exact_derivatives(text, function):
    said = stated(text, NAMES, VALUES)
    assert not said.function.linear
    assert said.function.value == pytest.approx(function(dict(zip(NAMES, VALUES, strict=True))), rel=1e-14)
    for j, name in enumerate(NAMES):
        moved = [dict(zip(NAMES, VALUES + s * 1e-5 * np.eye(len(NAMES))[j], strict=True)) for s in (1, -1)]
        numeric = (function(moved[0]) - function(moved[1])) / 2e-5
        assert said.function.gradient[j] == pytest.approx(numeric, abs=1e-8, rel=1e-7), name


WRONG = [
    ("wol[B] = 0", "Did you mean `wool[B]`", "^^^^^^"),
    ("wool[B] + wool[C] = 0", "no coefficient `wool[C]`", " ^^^^^^^"),
    ("tension = 0", "`tension` has the coefficients `tension[M]`", "^^^^^^^"),
    ("wool[B]:tension[H] = 0", "no coefficient `wool[B]:tension[H]`", "^^^"),
    ("x < 0", "tested against equality", "^"),
    ("x = 0, x2 = 0", "as a list", "^"),
    ("x = x2 = 0", "one `=`", "^"),
    ("x +", "is missing", "^"),
    ("(x + x2", "never closed", "^"),
    ("exq(x)", "no function `exq()`. Did you mean `exp`", "^^^"),
    ("x / 0", "divides by zero", "^"),
    ("2 = 2", "names no coefficient", ""),
    ("__import__('os')", "no function", "^"),
    ("x.real", "no coefficient", "^"),
]


@pytest.mark.parametrize(("text", "message", "mark"), WRONG, ids=[t for t, _, _ in WRONG])
def test_wrong_text_is_pointed_at(text, message, mark):
    with pytest.raises(ModelError) as error:
        stated(text, NAMES, VALUES)
    assert message in str(error.value) and mark in str(error.value)


@pytest.mark.parametrize("text", ["wool[B] ^ 0.5", "log(wool[B])", "x2 ^ 1e9", "qnorm(x2)", "1e999 * x"])
def test_what_has_no_value_is_refused(text):
    with pytest.raises(ModelError, match="no finite value"):
        stated(text, NAMES, VALUES)


def test_deep_nesting_is_refused_and_does_not_crash():
    with pytest.raises(ModelError, match="More than"):
        stated("(" * 5000 + "x" + ")" * 5000, NAMES, VALUES)
    with pytest.raises(ModelError, match="More than"):
        stated("-" * 5000 + "x", NAMES, VALUES)


@cache
def warp():
    return st.lm("breaks ~ wool * tension", st.load_dataset("warpbreaks"))


def test_a_coefficient_by_itself_is_its_row_of_the_table():
    table = warp().hypothesis([f"{name} = 0" for name in warp().coef().index]).table
    np.testing.assert_allclose(table, warp().coef_table()[table.columns], rtol=1e-9)


def test_the_joint_test_is_that_of_the_models():
    fit = warp()
    asked = fit.hypothesis(["wool[B]:tension[M] = 0", "wool[B]:tension[H]", "woolB:tensionM = woolB:tensionH"])
    smaller = st.lm("breaks ~ wool + tension", st.load_dataset("warpbreaks"))
    F = (smaller.deviance - fit.deviance) / 2 / (fit.deviance / fit.df_residual)
    assert asked.joint["df1"] == 2 and asked.joint["df2"] == 48
    assert asked.joint["statistic"] == pytest.approx(F, rel=1e-9)
    assert asked.joint["p"] == pytest.approx(stats.f.sf(F, 2, 48), rel=1e-9)
    assert asked.table.attrs["joint"] == asked.joint
    assert "F(2, 48) = " in str(asked)


def test_numbers_on_the_right():
    row = warp().hypothesis("wool[B] = -10").table.iloc[0]
    plain = warp().coef_table().loc["wool[B]"]
    assert row["estimate"] == plain["estimate"] and row["null"] == -10
    assert row["statistic"] == pytest.approx((plain["estimate"] + 10) / plain["se"])


def test_matrices_and_weights_by_name():
    fit = warp()
    text = fit.hypothesis(["wool[B] + tension[M] = 1", "tension[H] = 2"]).table
    L = np.zeros((2, 6))
    L[0, [1, 2]], L[1, 3] = 1, 1
    np.testing.assert_allclose(fit.hypothesis(L, rhs=[1, 2]).table, text)
    named = fit.hypothesis({"sum": {"wool[B]": 1, "tension[M]": 1}}).table
    assert named.loc["sum", "estimate"] == pytest.approx(text["estimate"].iloc[0])
    assert fit.hypothesis({"both": "wool[B] + tension[M]"}).table.index[0] == "both"
    assert fit.hypothesis(pd.DataFrame({"tension[H]": [1.0]}), 2).table.index[0] == "tension[H] = 2"
    with pytest.raises(ModelError, match="6 coefficients"):
        fit.hypothesis(np.ones(4))
    with pytest.raises(ModelError, match="2 numbers"):
        fit.hypothesis(L[:1], rhs=[1, 2])


def test_the_delta_method_and_a_covariance_of_ones_own():
    fit = st.lm("mpg ~ wt + hp", st.load_dataset("mtcars"))
    b, V = fit.coef(), fit.vcov().to_numpy()
    g = np.array([0, 1 / b["hp"], -b["wt"] / b["hp"] ** 2])
    row = fit.hypothesis("wt / hp = 100")
    assert row.table["se"].iloc[0] == pytest.approx(float(np.sqrt(g @ V @ g)))
    assert "delta method" in str(row)
    assert fit.hypothesis("wt", vcov=4 * V).table["se"].iloc[0] == pytest.approx(2 * fit.se()["wt"])
    assert fit.hypothesis("wt", vcov="HC3").table["se"].iloc[0] == pytest.approx(fit.se("HC3")["wt"])


def test_mixed_models_have_satterthwaites_degrees_of_freedom():
    fit = dense_fit("crossed")
    table = fit.hypothesis(["x = 0", "arm[new] = arm[none]"]).table
    assert table["df"].iloc[0] == pytest.approx(fit.coef_table().loc["x", "df"])
    assert np.isinf(fit.hypothesis("x", df="none").table["df"].iloc[0])


def test_aliased_coefficients_are_pointed_at():
    cars = st.load_dataset("mtcars").assign(twice=lambda d: 2 * d["wt"])
    fit = st.lm("mpg ~ wt + twice", cars)
    with pytest.raises(ModelError, match=r"`twice` is aliased"):
        fit.hypothesis("twice = 0")
    # b1 + 2 b2 is the same for all solutions, b1 alone is not.
    table = fit.hypothesis(np.array([[0, 1, 2], [0, 1, 0]])).table
    assert table["estimate"].isna().tolist() == [False, True]
    assert table["estimate"].iloc[0] == pytest.approx(fit.coef()["wt"])


def test_r_and_statsmodels_words_are_translated():
    with pytest.raises(ModelError, match="level="):
        warp().hypothesis("wool[B]", conf_level=0.9)
