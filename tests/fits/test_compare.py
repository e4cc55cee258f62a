"""Fits against each other, terms against none, and fits as broom's tables."""

import numpy as np
import pytest
from scipy import stats

from statmodels_tf.errors import DataError, ModelError
from statmodels_tf.fits.compare import anova
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
    with pytest.raises(ModelError, match=r'Type II is not available. There is "III", "I"'):
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
