"""Analysis of variance and deviance of lm and glm against the stored tables, and against refits of tiny cases."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import statmodels_tf as st
from statmodels_tf.errors import DataError, ModelError
from tests.engines.regression_golden import GLM, LM, fit_of, golden, results_of

TABLES = [(case, key) for case in (*LM, *GLM) for key in golden(case)["results"] if key.startswith("anova")]


def same_table(table, stored, rows=True):
    """Statistics to 1e-6 relative, p-values to 1e-4 relative or 1e-6; degrees of freedom exactly."""
    assert list(table.columns) == [column for column in stored if column != "rows"]
    if rows:
        assert list(table.index) == stored["rows"]
    for column in table:
        ours, theirs = table[column].to_numpy(float, na_value=np.nan), np.array(stored[column], dtype=float)
        rtol, atol = (1e-4, 1e-6) if column.startswith("Pr(") else (0, 0) if "Df" in column else (1e-6, 0)
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol, err_msg=column)


@pytest.fixture(scope="module")
def warp():
    return st.load_dataset("warpbreaks")


@pytest.fixture(scope="module")
def cars():
    return st.load_dataset("mtcars")


def test_every_stored_table_is_there():
    assert len([key for _, key in TABLES if key == "anova"]) == 26
    assert len([key for _, key in TABLES if key != "anova"]) == 10


@pytest.mark.parametrize(("case", "key"), TABLES)
def test_terms_one_after_the_other(case, key):
    test = None if key == "anova" else key.removeprefix("anova_")
    table, stored = fit_of(case).anova(test=test), results_of(case)[key]
    same_table(table, stored)
    if test in (None, "F", "Chisq"):
        pd.testing.assert_frame_equal(table, fit_of(case).anova())


def test_stored_models_against_each_other(cars):
    m0, m1 = st.lm("mpg ~ wt", cars), st.lm("mpg ~ wt + hp + factor(cyl)", cars)
    same_table(st.anova(m0, m1), results_of("anova_lm_two_models")["table"], rows=False)
    infert = st.load_dataset("infert")
    g0 = st.glm("case ~ spontaneous", infert, "binomial")
    g1 = st.glm("case ~ spontaneous + induced + education", infert, "binomial")
    same_table(st.anova(g0, g1, test="Chisq"), results_of("anova_glm_two_models_chisq")["table"], rows=False)
    assert list(st.anova([g0, g1]).index) == [str(g0.formula), str(g1.formula)]


def test_stored_terms_left_out(cars):
    same_table(st.lm("mpg ~ wt + hp + factor(cyl)", cars).drop1(test="F"), results_of("anova_drop1_lm")["table"])
    epil = st.load_dataset("epil")
    fit = st.glm("y ~ lbase * trt + lage + V4", epil, "poisson")
    same_table(fit.drop1(test="Chisq"), results_of("anova_drop1_glm")["table"])


@pytest.mark.parametrize("kind", ["II", "III"])
@pytest.mark.parametrize("family", ["gaussian", "poisson"])
def test_marginal_types_are_differences_of_refits(warp, kind, family):
    data = warp.drop(index=[0, 1, 2, 30])  # unbalanced, so that the types differ
    coded = {"wool": "contr.sum", "tension": "contr.sum"}

    def fitted(formula):
        if family == "gaussian":
            return st.lm(formula, data, contrasts={k: v for k, v in coded.items() if k in formula})
        return st.glm(formula, data, family, contrasts={k: v for k, v in coded.items() if k in formula})

    fit = fitted("breaks ~ wool * tension")
    table = fit.anova(type=kind)
    gain = table["Sum Sq"] if family == "gaussian" else table["LR Chisq"]
    above = fitted("breaks ~ wool + tension").deviance
    assert gain["wool:tension"] == pytest.approx(above - fit.deviance)
    if kind == "II":
        assert gain["wool"] == pytest.approx(fitted("breaks ~ tension").deviance - above)
        assert gain["tension"] == pytest.approx(fitted("breaks ~ wool").deviance - above)
    else:
        # The columns of `wool` left out of the whole model, its interaction kept.
        X = fit.model_matrix()
        less = data.assign(**{f"c{j}": X.iloc[:, j] for j in (2, 3, 4, 5)})
        small = "breaks ~ c2 + c3 + c4 + c5"
        left = st.lm(small, less) if family == "gaussian" else st.glm(small, less, family)
        assert gain["wool"] == pytest.approx(left.deviance - fit.deviance)
    assert "Intercept" in table.index if (family, kind) == ("gaussian", "III") else "Intercept" not in table.index


def test_types_agree_where_the_design_is_balanced(warp):
    fit = st.lm("breaks ~ wool * tension", warp, contrasts={"wool": "contr.sum", "tension": "contr.helmert"})
    one, two, three = (fit.anova(type=kind).astype(float) for kind in ("I", 2, "III"))
    np.testing.assert_allclose(one, two)
    np.testing.assert_allclose(one, three.drop(index="Intercept"))


def test_f_tests_of_marginal_deviance_have_pearsons_error(warp):
    fit = st.glm("breaks ~ wool + tension", warp, "quasipoisson")
    table = fit.anova(type="II")
    likelihood = fit.anova(type="II", test="LRT")
    np.testing.assert_allclose(table["F value"].iloc[:2], likelihood["LR Chisq"] / likelihood["Df"].astype(float))
    assert table.loc["Residuals", "Sum Sq"] == pytest.approx(fit.dispersion * fit.df_residual)


def test_a_single_coefficient_is_tested_by_its_squared_t(cars):
    fit = st.lm("mpg ~ wt + hp", cars)
    assert fit.anova().loc["hp", "F value"] == pytest.approx(fit.coef_table().loc["hp", "statistic"] ** 2)
    assert fit.anova().loc["hp", "Pr(>F)"] == pytest.approx(fit.coef_table().loc["hp", "p"])
    assert list(fit.anova(test=False).columns) == ["Df", "Sum Sq", "Mean Sq"]


def test_models_are_compared_in_the_order_given(cars):
    small, large = st.lm("mpg ~ wt", cars), st.lm("mpg ~ wt + hp", cars)
    there, back = st.anova(small, large), st.anova(large, small)
    assert there["Df"].tolist()[1] == 1 and back["Df"].tolist()[1] == -1
    assert there["F"].iloc[1] == pytest.approx(back["F"].iloc[1])


def test_negative_binomial_fits_are_compared_by_likelihood():
    quine = st.load_dataset("quine")
    small = st.glm("Days ~ Eth", quine, "negative_binomial")
    large = st.glm("Days ~ Eth + Age", quine, "negative_binomial")
    table = st.anova(large, small)
    statistic = 2 * (large.loglik - small.loglik)
    assert list(table.index) == [str(small.formula), str(large.formula)]
    assert table["LR stat."].iloc[1] == pytest.approx(statistic)
    assert table["Pr(Chi)"].iloc[1] == pytest.approx(stats.chi2.sf(statistic, 3))
    assert table["theta"].iloc[1] == pytest.approx(large.family.values["theta"])
    # One fit's terms are tested at its theta.
    fixed = st.glm("Days ~ Eth", quine, st.families.NegativeBinomial(theta=large.family.values["theta"]))
    assert large.anova().loc["Eth", "Resid. Dev"] == pytest.approx(fixed.deviance)


def test_a_linear_and_a_mixed_model_are_compared_by_likelihood():
    data = st.load_dataset("sleepstudy")
    plain, mixed = st.lm("Reaction ~ Days", data), st.lmer("Reaction ~ Days + (1 | Subject)", data)
    for table in (st.anova(plain, mixed), st.anova(mixed, plain)):
        assert table["Df"].tolist()[1] == 1
        gain = 2 * (mixed.refit(REML=False).loglik - plain.loglik)
        assert table["Chisq"].iloc[1] == pytest.approx(gain)


def test_what_cannot_be_compared_is_said(cars):
    fit = st.lm("mpg ~ wt", cars)
    with pytest.raises(DataError, match=r"32 rows and .* 20 rows"):
        st.anova(fit, st.lm("mpg ~ wt + hp", cars.iloc[:20]))
    with pytest.raises(DataError, match="different weights"):
        st.anova(fit, st.lm("mpg ~ wt + hp", cars, weights="qsec"))
    logit, probit = (st.glm("vs ~ wt", cars, "binomial", link=link) for link in ("logit", "probit"))
    with pytest.raises(DataError, match=r"logit link and .* probit link"):
        st.anova(logit, probit)
    with pytest.raises(ModelError, match='"I"'):
        fit.anova(type="IV")
    with pytest.raises(ModelError, match=r'"F".*test=False'):
        fit.anova(test="Rao")
    with pytest.raises(ModelError, match="given a str"):
        fit.anova("m2")
    with pytest.raises(ModelError, match="of the terms of one fit"):
        fit.anova(st.lm("mpg ~ wt + hp", cars), type="II")


def test_a_perfect_fit_is_said_to_be_one():
    d = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0, 7.0], "x": np.arange(5.0), "g": list("abcde")})
    assert "perfect" in st.lm("y ~ x", d.assign(y=1 + 2 * d["x"])).anova().attrs["heading"]
    table = st.anova(st.lm("y ~ x", d), st.lm("y ~ g", d))
    assert np.isnan(table["Pr(>F)"].iloc[1]) and table["Df"].iloc[1] == 3


def test_the_null_model_alone_has_no_terms(cars):
    assert list(st.lm("mpg ~ 1", cars).anova().index) == ["Residuals"]
    assert list(st.lm("mpg ~ 1", cars).drop1().index) == ["<none>"]
    pd.testing.assert_frame_equal(
        st.anova(st.lm("mpg ~ wt", cars), type="II"), st.lm("mpg ~ wt", cars).anova(type="II")
    )
    assert list(st.glm("vs ~ 1", cars, "binomial").anova().index) == ["NULL"]
    assert list(st.glm("carb ~ 0 + wt", cars, "poisson").anova()["Df"].astype(float))[1] == 1


def said(table):
    """The lines printed above a table."""
    return " ".join(str(table).split("\n\n")[0].split())


def test_f_tests_of_a_known_dispersion_are_said_to_be_out_of_place():
    fit = st.glm("carb ~ wt + hp", st.load_dataset("mtcars"), "poisson")
    for table in (fit.anova(test="F"), fit.drop1("F"), fit.anova(test="F", type="II"), st.anova(fit, fit, test="F")):
        assert 'that of the poisson family is known: write test="Chisq", or fit family="quasipoisson"' in said(table)
    assert "dispersion" not in said(fit.anova()) and "dispersion" not in said(fit.drop1("Chisq"))


def test_a_theta_that_is_not_estimated_anew_is_said():
    fit = st.glm("Days ~ Sex + Age", st.load_dataset("quine"), "negative_binomial")
    for table in (fit.anova(), fit.drop1("Chisq"), fit.anova(type="II")):
        assert f"theta is held at its estimate, {fit.theta:.4g}" in said(table)


def test_models_that_do_not_contain_each_other_are_said():
    cars = st.load_dataset("mtcars")
    larger, other = st.lm("carb ~ wt + hp", cars), st.lm("carb ~ qsec", cars)
    assert "1 does not contain 2, which has `qsec`" in said(st.anova(larger, other))
    assert "2 does not contain 1, which has `qsec`" in said(st.anova(other, larger))
    # Contained, though the columns have other names.
    coded = st.lm("carb ~ factor(cyl)", cars)
    assert "contain" not in said(st.anova(st.lm("carb ~ I(2 * cyl + 1)", cars), coded))
    # Where the columns differ in rows of weight 0 only.
    data = cars.assign(w=(cars["cyl"] != 8).astype(float), other=cars["wt"] + (cars["cyl"] == 8) * cars["qsec"])
    one, two = (st.lm(f, data, weights="w") for f in ("mpg ~ other", "mpg ~ wt + hp"))
    assert "contain" not in said(st.anova(one, two))
    poisson = st.glm("carb ~ wt + hp", cars, "poisson")
    assert "contain" in said(st.anova(poisson, poisson.update(". ~ qsec")))


def test_a_linear_model_has_chi_squared_tests_too():
    fit = st.lm("mpg ~ wt + hp", st.load_dataset("mtcars"))
    table = fit.anova(test="Chisq")
    expected = stats.chi2.sf(table["Sum Sq"] / fit.dispersion, table["Df"])[:2]
    np.testing.assert_allclose(table["Pr(>Chi)"][:2], expected, rtol=1e-12)
    assert np.isnan(table["Pr(>Chi)"].iloc[-1])


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda fit: fit.anova("F"), r'given the name of a test; write `anova\(test="F"\)`'),
        (lambda fit: fit.drop1("wt"), r'`wt` is a term, not a test; write `drop1\(scope="wt"\)`'),
        (lambda fit: fit.anova(type="IV"), r'no `type=\'IV\'`. There is "I" \(each term after'),
        (lambda fit: fit.update(family="quasipoisson").step(), r'`fit.drop1\("F"\)` tests each term'),
    ],
)
def test_what_is_asked_in_the_wrong_place_is_told_where_it_goes(ask, message):
    with pytest.raises(ModelError, match=message):
        ask(st.glm("carb ~ wt + hp", st.load_dataset("mtcars"), "poisson"))


def test_a_saturated_fit_has_no_error_to_test_against():
    fit = st.lm("mpg ~ wt + hp", st.load_dataset("mtcars").head(3))
    assert fit.anova()["F value"].isna().all() and fit.drop1("F")["F value"].isna().all()
    assert "inf" not in str(fit.anova())


def test_a_perfect_fit_has_criteria_without_a_warning():
    perfect = st.lm("y ~ x + z", {"x": np.arange(9.0), "z": np.sin(np.arange(9.0)), "y": 2 * np.arange(9.0)})
    assert perfect.drop1()["AIC"].iloc[0] < perfect.drop1()["AIC"].loc["x"]
