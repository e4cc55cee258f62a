"""What a mixed model answers, against the algebra it stands for."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from statmodels_tf.fits import Fit, MixedEstimate
from statmodels_tf.fits.arviz import group
from statmodels_tf.fits.posterior.estimate import Posterior
from tests.fits.cases import CASES, data_of, dense_fit
from tests.fits.dense import indicator

ALL = sorted(CASES)


def marginal(fit):
    """The covariance of the response that the estimates imply, and the estimable design."""
    design = fit.model.design
    w = np.ones(fit.nobs) if design.weights is None else design.weights
    V = np.diag(fit.sigma**2 / w)
    for k, block in enumerate(design.groups):
        Z = indicator(block.codes, block.columns, len(block.levels))
        V += Z @ np.kron(np.eye(len(block.levels)), fit.group_covariance(k)) @ Z.T
    return V, design.common.dense()[:, fit.system.estimable]


def multivariate_normal(y, mean, V):
    e = y - mean
    return -0.5 * (len(y) * np.log(2 * np.pi) + np.linalg.slogdet(V)[1] + e @ np.linalg.solve(V, e))


@pytest.mark.parametrize("case", ALL)
def test_deviance_is_minus_two_log_density_of_the_response(case):
    fit = dense_fit(case)
    V, X = marginal(fit)
    if fit.REML:
        # With sigma at its maximum for these theta, as lme4's deviance(fit, REML = FALSE).
        V = V * (fit.nobs - fit.rank) / fit.nobs
    design = fit.model.design
    y = design.response.values - (0 if design.offset is None else design.offset)
    density = multivariate_normal(y, X @ fit.beta[fit.system.estimable], V)
    assert fit.deviance == pytest.approx(-2 * density, abs=1e-8)
    if not fit.REML:
        assert fit.loglik == pytest.approx(density, abs=1e-8)


@pytest.mark.parametrize("case", ALL)
def test_hat_values_are_the_derivative_of_the_fitted_values(case):
    fit = dense_fit(case)
    V, X = marginal(fit)
    design = fit.model.design
    w = np.ones(fit.nobs) if design.weights is None else design.weights
    inverse = np.linalg.inv(V)
    P = inverse - inverse @ X @ np.linalg.solve(X.T @ inverse @ X, X.T @ inverse)
    hat = np.eye(fit.nobs) - np.diag(fit.sigma**2 / w) @ P
    np.testing.assert_allclose(fit.hatvalues(), np.diag(hat), atol=1e-9)
    y = design.response.values - (0 if design.offset is None else design.offset)
    fitted = hat @ y + (0 if design.offset is None else design.offset)
    np.testing.assert_allclose(fit.fitted(), fitted, atol=1e-7)


def test_cooks_distance_follows_its_formula():
    fit = dense_fit("crossed")
    hat, w = fit.hatvalues(), fit.model.design.weights
    scaled = fit.residuals() * np.sqrt(w) / (fit.sigma * (1 - hat))
    np.testing.assert_allclose(fit.cooks_distance(), scaled**2 * hat / fit.rank, rtol=1e-12)


@pytest.mark.parametrize("case", ALL)
def test_information_criteria(case):
    fit = dense_fit(case)
    k = {"slopes": 6, "ml": 6, "uncorrelated": 5, "crossed": 11, "reordered": 5, "aliased": 6, "singular": 3}[case]
    assert fit.df_model == k
    assert fit.aic == pytest.approx(fit.criterion + 2 * k)
    assert fit.bic == pytest.approx(fit.criterion + np.log(fit.nobs) * k)
    assert fit.df_residual == fit.nobs - k


def test_residuals_by_type():
    fit = dense_fit("crossed")
    w = fit.model.design.weights
    response = data_of("crossed")["y"] - fit.fitted()
    np.testing.assert_allclose(fit.residuals(), response)
    np.testing.assert_allclose(fit.residuals("working"), response)
    np.testing.assert_allclose(fit.residuals("pearson"), response * np.sqrt(w))
    np.testing.assert_allclose(fit.residuals("quantile"), response * np.sqrt(w) / fit.sigma)
    assert list(fit.residuals().index) == list(data_of("crossed").index)
    with pytest.raises(ModelError, match=r'Did you mean `pearson`.*"response"'):
        fit.residuals("perason")


def test_residuals_are_scaled_by_sigma_as_in_lme4():
    fit = dense_fit("crossed")
    np.testing.assert_allclose(fit.residuals("pearson", scaled=True), fit.residuals("pearson") / fit.sigma)
    np.testing.assert_allclose(fit.residuals("quantile", scaled=True), fit.residuals("quantile"))
    assert fit.dispersion == fit.sigma**2 == fit.scale


def test_rows_of_weight_zero_are_not_counted():
    data = data_of("slopes")
    weights = np.ones(180)
    weights[[3, 100]] = 0
    fit = st.lmer("Reaction ~ Days + (Days | Subject)", data, weights=weights)
    less = st.lmer("Reaction ~ Days + (Days | Subject)", data.drop(index=data.index[[3, 100]]))
    assert (fit.nobs, fit.df_residual) == (less.nobs, less.df_residual) == (178, 172)
    for name in ("criterion", "deviance", "bic", "aic", "sigma"):
        assert getattr(fit, name) == pytest.approx(getattr(less, name), rel=1e-6)
    assert len(fit.fitted()) == len(fit.residuals()) == 180
    assert "178 rows" in str(fit) and "2 rows of weight 0 not counted" in str(fit)
    np.testing.assert_allclose(fit.refit(2 * data["Reaction"]).coef(), 2 * fit.coef(), rtol=1e-5)


def test_rows_of_weight_zero_are_answered_for():
    """Whatever has a value for each row has it for those of weight 0 too, but draws of them and their density."""
    data = data_of("slopes")
    weights = np.ones(180)
    weights[[3, 100]] = 0
    fit = st.lmer("Reaction ~ Days + (Days | Subject)", data, weights=weights)
    for answer in (fit.hatvalues(), fit.cooks_distance(), fit.residuals("quantile"), fit.augment(), fit.model_matrix()):
        assert len(answer) == 180 and not np.any(pd.isna(answer))
    assert np.all(fit.hatvalues().iloc[[3, 100]] == 0) and np.all(fit.cooks_distance().iloc[[3, 100]] == 0)
    drawn = fit.simulate(2, 1)
    assert drawn.shape == (180, 2) and drawn.isna().all(axis=1).to_numpy().nonzero()[0].tolist() == [3, 100]
    new = fit.predict(data, interval="prediction")
    np.testing.assert_allclose(new["mean"], fit.fitted())
    exported = group(fit.to_arviz(draws=8), "log_likelihood")["Reaction"]
    assert exported.sizes["__obs__"] == 178 and data.index[3] not in exported["__obs__"]
    assert np.all(np.isfinite(exported))
    axes = fit.plot_diagnostics()
    assert len(axes[0, 0].lines[0].get_xdata()) == len(axes[0, 1].lines[-1].get_xdata()) == 178
    assert "of 178 residuals" in str(fit.check())
    plt.close("all")


def test_parameters_that_the_data_do_not_identify_are_named_with_the_remedy():
    fit = dense_fit("slopes")
    flat = replace(fit, diagnostics={**fit.diagnostics, "flat": ("cor(Subject)[Intercept,Days]",)})
    (said,) = (sentence for sentence in flat.check() if sentence.startswith("Not identified"))
    assert "`cor(Subject)[Intercept,Days]`" in said and "`(Days | Subject)`" in said and "`(1 | Subject)`" in said
    assert said.split(":")[0] in str(flat.summary())
    assert "Not identified" not in str(fit.check())
    rng = np.random.default_rng(1)
    i = np.repeat(np.arange(20), 6)
    within = {"i": i, "B": np.where(i % 2, "b1", "b2"), "y": rng.normal(size=20)[i] + rng.normal(size=120)}
    assert "`cor(i)[Intercept,B[b2]]`" in str(st.lmer("y ~ 1 + (B | i)", within).check())


def test_tables_of_coefficients():
    fit = dense_fit("slopes")
    table = fit.coef_table()
    assert list(table.columns) == ["estimate", "se", "statistic", "df", "p", "lower", "upper"]
    np.testing.assert_allclose(table["df"], [17, 17], rtol=1e-3)
    normal = fit.coef_table(df="none")
    assert np.all(np.isinf(normal["df"]))
    assert np.all(normal["upper"] < table["upper"])
    np.testing.assert_allclose(fit.confint(), normal[["lower", "upper"]])
    np.testing.assert_allclose(fit.confint(method="satterthwaite"), table[["lower", "upper"]])
    np.testing.assert_allclose(fit.confint(0.5)["upper"] - fit.coef(), 0.6744898 * fit.se(), rtol=1e-6)
    with pytest.raises(ModelError, match=r'no `method=.profile.`.*"wald"'):
        fit.confint(method="profile")
    with pytest.raises(ModelError, match=r"between 0 and 1"):
        fit.coef_table(level=95)
    with pytest.raises(ModelError, match='"model"'):
        fit.vcov("HC1")


def test_aliased_coefficients_are_missing_and_named():
    fit = dense_fit("aliased")
    assert np.isnan(fit.coef()["twice"]) and fit.coef().notna().sum() == 4
    assert fit.rank == 4
    assert fit.vcov().loc["twice"].isna().all()
    assert np.isnan(fit.coef_table(df="none").loc["twice", "p"])
    assert "`twice`" in str(fit.summary())
    assert "`twice`" in str(fit.check())


def test_a_response_without_residuals_is_not_told_to_iterate_more():
    data = data_of("slopes").assign(y=lambda d: 2.0 * d["Days"] + d["Subject"].cat.codes)
    with pytest.warns(st.ConvergenceWarning, match="Nothing is left for the residual"):
        fit = st.lmer("y ~ Days + (1 | Subject)", data)
    assert "max_iter" not in str(fit.check())


@pytest.mark.parametrize("case", ALL)
def test_statsmodels_names_say_the_same(case):
    fit = dense_fit(case)
    same = pd.testing.assert_series_equal
    same(fit.params, fit.coef())
    same(fit.fixef(), fit.coef())
    same(fit.bse, fit.se())
    same(fit.tvalues, fit.coef_table()["statistic"])
    same(fit.pvalues, fit.coef_table()["p"])
    same(fit.fittedvalues, fit.fitted())
    same(fit.resid, fit.residuals())
    pd.testing.assert_frame_equal(fit.conf_int(0.1), fit.confint(0.9))
    pd.testing.assert_frame_equal(fit.cov_params(), fit.vcov())
    pd.testing.assert_frame_equal(fit.cov_re, fit.varcorr())
    assert (fit.llf, fit.scale, fit.df_resid) == (fit.loglik, fit.sigma**2, fit.df_residual)
    for name, table in fit.random_effects.items():
        pd.testing.assert_frame_equal(table, fit.ranef()[name])


def test_frames_and_matrices():
    fit = dense_fit("crossed")
    assert list(fit.model_matrix().columns) == list(fit.coef().index)
    assert fit.model_matrix().shape == (48, 6)
    assert set(fit.model_frame().columns) >= {"y", "x", "arm", "g", "h"}
    assert str(fit.formula) == "y ~ x * arm + (1 + x | g) + (1 | h)"
    assert fit.ngrps == {"g": 6, "h": 4}


def test_update_makes_the_call_again():
    fit = dense_fit("slopes")
    less = fit.update(". ~ . - Days", REML=False)
    assert list(less.coef().index) == ["Intercept"] and not less.REML
    with pytest.raises(ModelError, match=r"no argument `wieghts`. Did you mean `weights`"):
        fit.update(wieghts="w")


def test_refit_takes_a_new_response_or_criterion():
    fit = dense_fit("slopes")
    again = fit.refit(2 * fit.model.design.response.values)
    np.testing.assert_allclose(again.coef(), 2 * fit.coef(), rtol=1e-5)
    assert fit.refit(REML=False).criterion == pytest.approx(dense_fit("ml").criterion, abs=1e-7)
    with pytest.raises(ValueError, match="180"):
        fit.refit([1.0, 2.0])
    with pytest.raises(ValueError, match="missing or infinite"):
        fit.refit(np.full(180, np.nan))


@pytest.mark.parametrize("shift", [1e4, 1e7])
def test_a_shifted_column_costs_no_digits(shift):
    """Deviance, F tests and the errors of population means are those of the column as it was."""
    data = data_of("slopes")
    fit = st.lmer("Reaction ~ Days + (Days | Subject)", data)
    far = st.lmer("Reaction ~ x + (x | Subject)", data.assign(x=data["Days"] + shift))
    assert far.deviance == pytest.approx(fit.deviance, rel=1e-9)
    one, other = (f.predict(random="exclude", interval="prediction") for f in (fit, far))
    np.testing.assert_allclose(other["se"], one["se"], rtol=1e-6)
    np.testing.assert_allclose(other["upper"], one["upper"], rtol=1e-6)
    np.testing.assert_allclose(far.anova().iloc[0], fit.anova().iloc[0], rtol=1e-4)


def test_every_name_of_statsmodels_is_written_once():
    aliases = ["conf_int", "cov_params", "fittedvalues", "resid", "random_effects", "cov_re", "fixef", "params", "bse"]
    for kind in (MixedEstimate, Posterior):
        assert all(name in vars(Fit) and sum(name in vars(k) for k in kind.__mro__) == 1 for name in aliases)
    asked = ["predict", "ranef", "varcorr", "confint", "fitted", "residuals", "coef_table", "tidy", "to_arviz", "vcov"]
    assert {*asked, "coef", "se", "summary", "check", "glance"} == Fit.__abstractmethods__
