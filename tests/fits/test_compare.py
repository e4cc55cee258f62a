"""Fits against each other, terms against none, and fits as broom's tables."""

import numpy as np
import pytest
from scipy import stats

from statmodels_tf.errors import DataError, ModelError
from statmodels_tf.fits.anova.compare import anova
from tests.fits.cases import CASES, data_of, dense_fit, dense_lmer


def test_likelihood_ratio_orders_fits_and_refits_by_ml():
    large = dense_fit("slopes")
    small = dense_lmer("Reaction ~ Days + (1 | Subject)", data_of("slopes"))
    table = anova(large, small)
    assert list(table.index) == ["Reaction ~ Days + (1 | Subject)", "Reaction ~ Days + (Days | Subject)"]
    assert table["npar"].tolist() == [4, 6]
    assert table["Chisq"].iloc[1] == pytest.approx(42.1393, abs=1e-3)
    assert table["Pr(>Chisq)"].iloc[1] == pytest.approx(stats.chi2.sf(table["Chisq"].iloc[1], 2))
    assert "REML" in str(table) and "REML" in table.attrs["heading"]
    by_ml = anova(dense_fit("ml"), small.refit(REML=False))
    assert "REML" not in str(by_ml)
    numbers = [t.to_numpy(float, na_value=np.nan) for t in (by_ml, table)]
    np.testing.assert_allclose(*numbers, atol=1e-5)


def test_only_fits_of_the_same_rows_are_compared():
    data = data_of("slopes")
    fit = dense_fit("slopes")
    with pytest.raises(DataError, match=r"uses 180 rows and .* 170 rows.*dropna"):
        anova(fit, dense_lmer("Reaction ~ Days + (1 | Subject)", data.iloc[10:]))
    with pytest.raises(DataError, match=r"log\(Reaction\)"):
        anova(fit, dense_lmer("log(Reaction) ~ Days + (1 | Subject)", data))
    with pytest.raises(ModelError, match="given a str"):
        anova(fit, "m2")
    with pytest.raises(ModelError, match=r"anova\(m1, m2\)"):
        anova()
    with pytest.raises(ModelError, match='"Chisq"'):
        fit.anova(dense_fit("ml"), test="F")


def test_rows_that_differ_are_counted_and_another_order_is_named():
    data = data_of("slopes")
    fit = dense_fit("slopes")
    holes = data.assign(Days=data["Days"].where(data.index > 1))
    with pytest.raises(DataError, match=r"178 rows \(2 dropped as incomplete\).*dropna"):
        anova(fit, dense_lmer("Reaction ~ Days + (1 | Subject)", holes))
    with pytest.raises(DataError, match=r"different values of the response `Reaction`.*another order"):
        anova(fit, dense_lmer("Reaction ~ Days + (1 | Subject)", data.iloc[::-1]))


def test_a_larger_model_that_fits_worse_has_no_negative_chi_square():
    data = data_of("slopes").assign(f=np.tile(list("abcde"), 36))
    worse = dense_lmer("Reaction ~ f + (1 | Subject)", data, REML=False)
    better = dense_lmer("Reaction ~ Days + (1 | Subject)", data, REML=False)
    table = anova(worse, better)
    assert table["deviance"].iloc[1] > table["deviance"].iloc[0]
    assert table["Chisq"].iloc[1] == 0 and table["Pr(>Chisq)"].iloc[1] == 1
    assert "not nested" in table.attrs["heading"] and "not nested" in str(table)
    same = anova(better, dense_lmer("Reaction ~ Days + (1 | Subject)", data, REML=False))
    assert not np.signbit(same["Chisq"].iloc[1]) and "not nested" not in str(same)


def test_a_list_of_fits_is_compared_and_a_posterior_refused():
    small = dense_lmer("Reaction ~ Days + (1 | Subject)", data_of("slopes"))
    table = anova([dense_fit("slopes"), small])
    assert table["Df"].tolist()[1] == 2 and str(table["Df"].dtype) == "Int64"

    class Draws:
        def anova(self, *others, test=None):
            raise AssertionError("was asked")

    for fits in ((Draws(), small), (small, Draws())):
        with pytest.raises(ModelError, match="given a Draws"):
            anova(*fits)


def test_the_heading_of_a_comparison_survives_a_choice_of_columns():
    table = anova(dense_fit("slopes"), dense_lmer("Reaction ~ Days + (1 | Subject)", data_of("slopes")))
    assert "refitted by ML instead of REML" in table[["Df", "Chisq"]].attrs["heading"]


def test_terms_that_may_go_have_f_tests():
    fit = dense_fit("crossed")
    table = fit.drop1("F")
    assert list(table.index) == ["x:arm"]
    np.testing.assert_allclose(table.loc["x:arm"], fit.anova().loc["x:arm"], rtol=1e-8)
    with pytest.raises(ModelError, match='"Chisq", "F"'):
        fit.drop1("LRT")


def test_augment_has_the_response_as_it_was_modelled():
    data = data_of("crossed").assign(y=lambda d: np.exp(d["y"] / 4))
    fit = dense_lmer("log(y) ~ x + offset(0.1 * x) + (1 | g)", data, weights="w")
    table = fit.augment()
    assert table.columns[0] == "log(y)" and {"y", ".offset", ".weights"} <= set(table.columns)
    np.testing.assert_allclose(table["log(y)"], np.log(data["y"]))
    np.testing.assert_allclose(table[".fitted"] + table[".resid"], table["log(y)"])
    np.testing.assert_allclose(table[".offset"], 0.1 * data["x"])
    np.testing.assert_array_equal(fit.model_frame()[".weights"], data["w"])
    assert list(dense_fit("slopes").model_frame().columns) == ["Reaction", "Days", "Subject"]


def test_terms_are_left_out_one_at_a_time():
    fit = dense_fit("crossed")
    table = fit.drop1()
    assert list(table.index) == ["<none>", "x:arm"]
    assert table.loc["x:arm", "npar"] == 2
    less = dense_lmer("y ~ x + arm + (1 + x | g) + (1 | h)", data_of("crossed"), weights="w", REML=False)
    full = fit.refit(REML=False)
    assert table.loc["x:arm", "LRT"] == pytest.approx(2 * (full.loglik - less.loglik), abs=1e-5)
    assert list(fit.drop1(test=None).columns) == ["npar", "AIC"]


def test_f_tests_do_not_depend_on_the_coding():
    """Type III and type I are about the model: the same for treatment and for Helmert contrasts."""
    fit = dense_fit("crossed")
    other = dense_lmer(CASES["crossed"][1], data_of("crossed"), weights="w", contrasts={"arm": "contr.helmert"})
    for kind in ("III", "I"):
        one, two = fit.anova(type=kind), other.anova(type=kind)
        np.testing.assert_allclose(one["F value"], two["F value"], rtol=1e-5)
        # The denominator averages over contrasts whose directions the coding does turn a little, as in lmerTest.
        np.testing.assert_allclose(one["DenDF"], two["DenDF"], rtol=1e-2)


def test_an_f_test_of_one_contrast_is_its_squared_t():
    fit = dense_fit("slopes")
    row, coef = fit.anova().loc["Days"], fit.coef_table().loc["Days"]
    assert row["F value"] == pytest.approx(coef["statistic"] ** 2)
    assert row["DenDF"] == pytest.approx(coef["df"])
    assert row["Pr(>F)"] == pytest.approx(coef["p"])
    with pytest.raises(ModelError, match=r'Type II is not available. There is "III" '):
        fit.anova(type="II")


def test_aliased_columns_are_not_tested():
    table = dense_fit("aliased").anova()
    assert list(table.index) == ["x", "arm"]
    assert table["NumDF"].tolist() == [1, 2]


def test_tidy_has_brooms_columns():
    fit = dense_fit("slopes")
    table = fit.tidy(("fixed", "ran_pars", "ran_vals"))
    assert list(table.columns) == [
        "effect", "group", "level", "term", "estimate", "std.error", "statistic", "df", "p.value",
        "conf.low", "conf.high",
    ]  # fmt: skip
    assert table["effect"].value_counts().to_dict() == {"fixed": 2, "ran_pars": 4, "ran_vals": 36}
    parameters = table[table["effect"] == "ran_pars"].set_index("term")["estimate"]
    assert list(parameters.index) == ["sd__Intercept", "sd__Days", "cor__Intercept.Days", "sd__Observation"]
    assert parameters["sd__Observation"] == fit.sigma
    assert list(fit.tidy("fixed")["term"]) == ["Intercept", "Days"]
    with pytest.raises(ModelError, match='"ran_vals"'):
        fit.tidy(["random"])


def test_glance_and_augment_have_brooms_columns():
    fit = dense_fit("crossed")
    assert list(fit.glance().columns) == ["nobs", "sigma", "logLik", "AIC", "BIC", "REMLcrit", "df.residual"]
    assert "deviance" in dense_fit("ml").glance().columns
    table = fit.augment()
    assert len(table) == 48 and list(table.columns[-5:]) == [".fitted", ".resid", ".fixed", ".hat", ".cooksd"]
    np.testing.assert_allclose(table[".fitted"] + table[".resid"], table["y"])
    np.testing.assert_allclose(table[".fixed"], fit.predict(random="exclude"))


def test_fits_with_other_weights_are_not_compared():
    data = data_of("slopes").assign(w=np.tile([1.0, 2.0, 3.0], 60))
    one = dense_lmer("Reaction ~ 1 + (1 | Subject)", data, REML=False)
    weighted = dense_lmer("Reaction ~ Days + (1 | Subject)", data, REML=False, weights="w")
    with pytest.raises(DataError, match=r"different weights.*`weights=`"):
        anova(one, weighted)
    twice = dense_lmer("Reaction ~ 1 + (1 | Subject)", data.assign(w=2 * data["w"]), REML=False, weights="w")
    assert anova(twice, weighted)["Chisq"].iloc[1] > 0


def test_fits_with_other_offsets_are_compared_where_the_larger_has_the_difference():
    data = data_of("slopes").assign(o=lambda d: 3.0 * d["Days"], other=np.tile([1.0, 50.0, 9.0], 60))
    free = dense_lmer("Reaction ~ Days + (1 | Subject)", data, REML=False)
    fixed = dense_lmer("Reaction ~ 1 + offset(o) + (1 | Subject)", data, REML=False)
    assert anova(free, fixed)["Chisq"].iloc[1] > 0
    shifted = dense_lmer("Reaction ~ Days + offset(other) + (1 | Subject)", data, REML=False)
    none = dense_lmer("Reaction ~ 1 + (1 | Subject)", data, REML=False)
    with pytest.raises(DataError, match="different offsets"):
        anova(none, shifted)


def test_a_column_in_backticks_may_go():
    data = data_of("slopes").rename(columns={"Days": "my days"}).assign(f=np.tile(["a", "b", "c"], 60))
    fit = dense_lmer("Reaction ~ `my days` * f + (1 | Subject)", data, REML=False)
    table = fit.drop1()
    assert list(table.index) == ["<none>", "my days:f"]
    less = dense_lmer("Reaction ~ `my days` + f + (1 | Subject)", data, REML=False)
    assert table.loc["my days:f", "AIC"] == pytest.approx(less.aic)
