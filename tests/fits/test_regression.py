"""lm and glm answer: tables, predictions, intervals, simulation, updates, files, and what they say of themselves."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import statmodels_tf as st
from statmodels_tf.errors import DataWarning, ModelError
from statmodels_tf.fits.regression.base import Regression

CARS = st.load_dataset("mtcars")
QUINE = st.load_dataset("quine")


@pytest.fixture(scope="module")
def linear():
    return st.lm("mpg ~ wt + factor(cyl)", CARS)


@pytest.fixture(scope="module")
def binary():
    return st.glm("am ~ wt", CARS, "binomial")


def test_positional_arguments_are_those_that_r_users_type():
    assert st.glm("am ~ wt", CARS, "binomial").family.name == "binomial"
    assert st.lm("mpg ~ wt", CARS).family.name == "gaussian"
    assert st.fit("mpg ~ wt", CARS).diagnostics["engine"] == "irls"


def test_statsmodels_names(linear, binary):
    pd.testing.assert_series_equal(linear.params, linear.coef())
    assert (binary.llf, binary.df_resid, binary.scale) == (binary.loglik, 30, 1)
    frame = linear.get_prediction(CARS.head(3)).summary_frame()
    table = linear.predict(CARS.head(3), interval="prediction")
    np.testing.assert_allclose(frame[["obs_ci_lower", "obs_ci_upper"]], table[["lower", "upper"]])
    np.testing.assert_allclose(linear.get_prediction().conf_int(), linear.predict(interval="confidence").iloc[:, 2:])


def test_weights_of_zero_are_not_counted_and_are_predicted():
    weights = np.r_[0.0, np.ones(31)]
    fit, less = st.lm("mpg ~ wt", CARS, weights=weights), st.lm("mpg ~ wt", CARS.iloc[1:])
    np.testing.assert_allclose(fit.coef(), less.coef(), rtol=1e-12)
    assert (fit.nobs, fit.df_residual, fit.df_null) == (31, 29, 30)
    assert fit.fitted().iloc[0] == pytest.approx(less.predict(CARS.head(1)).iloc[0])
    assert fit.simulate(2, seed=1).iloc[0].isna().all() and fit.simulate(2, seed=1).iloc[1:].notna().all(axis=None)


def test_intervals_of_the_mean_are_made_on_the_link_scale(binary):
    new = pd.DataFrame({"wt": [2.0, 3.0]})
    link = binary.predict(new, "link", se=True, interval="confidence")
    mean = binary.predict(new, se=True, interval="confidence")
    half = stats.norm.ppf(0.975) * link["se"]
    np.testing.assert_allclose(link["upper"] - link["mean"], half)
    np.testing.assert_allclose(mean[["lower", "upper"]], 1 / (1 + np.exp(-link[["lower", "upper"]])))
    np.testing.assert_allclose(mean["se"], mean["mean"] * (1 - mean["mean"]) * link["se"])


def test_a_decreasing_link_keeps_lower_below_upper():
    fit = st.glm("lot1 ~ log(u)", st.load_dataset("clotting"), "Gamma")
    table = fit.predict(interval="confidence")
    assert (table["lower"] < table["mean"]).all() and (table["mean"] < table["upper"]).all()


def test_a_prediction_interval_covers_new_counts():
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 2, 4000)
    data = pd.DataFrame({"x": x, "y": rng.poisson(np.exp(1 + x))})
    fit = st.glm("y ~ x", data.head(2000), "poisson")
    table = fit.predict(data.tail(2000), interval="prediction", level=0.9)
    covered = data["y"].tail(2000).between(table["lower"], table["upper"]).mean()
    assert 0.88 < covered < 0.96
    exact = stats.poisson(fit.predict(data.tail(2000)))
    assert np.mean(np.abs(table["upper"] - exact.ppf(0.95)) <= 1) > 0.98


def test_a_gaussian_glm_predicts_as_lm(linear):
    glm = st.glm("mpg ~ wt + factor(cyl)", CARS)
    for interval in ("confidence", "prediction"):
        ours, other = (fit.predict(CARS.head(4), interval=interval) for fit in (glm, linear))
        np.testing.assert_allclose(ours, other, rtol=1e-9)


def test_new_trials_are_not_known():
    fit = st.glm("cbind(ncases, ncontrols) ~ agegp", st.load_dataset("esoph"), "binomial")
    assert (fit.predict(interval="prediction")["upper"] <= 1).all()
    with pytest.raises(ModelError, match="numbers of trials"):
        fit.predict(st.load_dataset("esoph").head(2), interval="prediction")


def test_rows_that_lack_a_value_are_predicted_nan(linear):
    new = CARS.head(3).assign(wt=[2.0, np.nan, 3.0])
    for table in (linear.predict(new), linear.predict(new, interval="prediction"), linear.predict(new, "terms")):
        assert table.iloc[1].isna().all() if table.ndim == 2 else np.isnan(table.iloc[1])
    count = st.glm("carb ~ wt", CARS, "poisson").predict(new, interval="prediction")
    assert count.isna().sum().tolist() == [1, 1, 1, 1]


def test_predictions_that_the_data_do_not_determine_are_warned_of():
    fit = st.lm("mpg ~ wt + z + hp", CARS.assign(z=2 * CARS["wt"]))
    same, other = CARS.head(2).assign(z=2 * CARS["wt"].head(2)), CARS.head(2).assign(z=[5.24, 1.0])
    less = st.lm("mpg ~ wt + hp", CARS)
    np.testing.assert_allclose(fit.predict(same), less.predict(same))
    with pytest.warns(DataWarning, match="the prediction of row 1: it takes the aliased `z` as zero"):
        fit.predict(other)


def test_simulated_responses_have_the_mean_and_the_spread(linear):
    drawn = linear.simulate(2000, seed=3)
    np.testing.assert_allclose(drawn.mean(axis=1), linear.fitted(), atol=5 * linear.sigma / np.sqrt(2000))
    np.testing.assert_allclose(drawn.std(axis=1), linear.sigma, rtol=0.1)
    pd.testing.assert_frame_equal(drawn.iloc[:, :2], linear.simulate(2, seed=3))


def test_update_changes_formula_and_family(linear, binary):
    less = linear.update(". ~ . - factor(cyl)")
    np.testing.assert_allclose(less.coef(), st.lm("mpg ~ wt", CARS).coef())
    assert binary.update(link="probit").family.link.name == "probit"
    assert binary.update(family="quasibinomial").family.name == "quasibinomial"


def test_quantile_residuals_of_counts_are_normal_and_seeded():
    rng = np.random.default_rng(7)
    fit = st.glm("y ~ x", {"x": (x := rng.uniform(0, 1, 3000)), "y": rng.poisson(np.exp(x))}, "poisson")
    values = fit.residuals("quantile")
    assert stats.kstest(values, "norm").pvalue > 0.01
    pd.testing.assert_series_equal(values, fit.residuals("quantile", seed=0))
    assert not np.allclose(values, fit.residuals("quantile", seed=1))


def test_kinds_of_residuals_are_told_apart(linear, binary):
    pd.testing.assert_series_equal(linear.residuals(), linear.residuals("response"))
    pd.testing.assert_series_equal(binary.residuals(), binary.residuals("deviance"))
    assert np.sum(binary.residuals() ** 2) == pytest.approx(binary.deviance)
    scaled = linear.residuals("pearson", scaled=True)
    np.testing.assert_allclose(scaled, linear.residuals("pearson") / linear.sigma)
    with pytest.raises(ModelError, match="Did you mean `deviance`"):
        binary.residuals("devience")


def test_quasi_families_have_no_likelihood():
    fit = st.glm("breaks ~ wool", st.load_dataset("warpbreaks"), "quasipoisson")
    assert np.isnan([fit.loglik, fit.aic, fit.bic]).all()
    assert "no likelihood" in str(fit.summary())


def test_own_parameters():
    fit = st.glm("Days ~ Sex", QUINE, "negative_binomial")
    table = fit.family_parameters()
    assert list(table.index) == ["theta"] and (table > 0).all(axis=None)
    assert fit.df_model == 3
    fixed = st.glm("Days ~ Sex", QUINE, st.families.NegativeBinomial(theta=1.0))
    assert fixed.family_parameters().empty and fixed.df_model == 2
    assert fit.loglik >= fixed.loglik


def test_own_parameters_are_attributes_and_other_families_say_whose_they_are():
    cars = st.load_dataset("mtcars").assign(share=lambda d: d["mpg"] / 40)
    counts = st.glm("carb ~ wt", cars, "negative_binomial(theta = 3)")
    assert counts.theta == 3.0
    rain = st.glm("hp ~ wt", cars, st.families.Tweedie(power=1.4))
    assert rain.power == 1.4
    share = st.glm("share ~ wt", cars, "beta")
    assert share.phi == share.family_parameters().loc["phi", "estimate"] and f"phi {share.phi:.2f}" in str(share)
    with pytest.raises(ModelError, match=r"belongs to the negative_binomial family. It has `fit.phi`"):
        assert share.theta
    with pytest.raises(ModelError, match=r"belongs to the tweedie family. Its dispersion is `fit.dispersion`"):
        assert st.glm("carb ~ wt", cars, "poisson").power


FILES = {
    "lm": lambda: st.lm("mpg ~ poly(wt, 2) + factor(cyl)", CARS, weights="hp", subset="gear < 5"),
    "contrasts": lambda: st.lm("breaks ~ wool", st.load_dataset("warpbreaks"), contrasts={"wool": "contr.sum"}),
    "probit": lambda: st.glm("am ~ wt", CARS, "binomial", link="probit"),
    "r's text": lambda: st.glm("am ~ wt", CARS, 'binomial(link = "cauchit")'),
    "theta": lambda: st.glm("Days ~ Sex", QUINE, "negative_binomial"),
    "theta fixed": lambda: st.glm("Days ~ Sex", QUINE, st.families.NegativeBinomial(theta=1.5)),
    "offset": lambda: st.glm("carb ~ wt", CARS, "poisson", offset="log(gear)"),
    "aliased": lambda: st.lm("mpg ~ wt + I(2 * wt)", CARS),
    "fit": lambda: st.fit("am ~ wt", CARS, "binomial"),
    "holes": lambda: st.lm("Ozone ~ scale(Wind)", st.load_dataset("airquality")),
}


@pytest.mark.parametrize("name", FILES)
def test_a_fit_comes_back_from_its_file(name, tmp_path):
    fit = FILES[name]()
    fit.save(tmp_path / "fit")
    again = st.load(tmp_path / "fit")
    np.testing.assert_allclose(again.coef(), fit.coef(), rtol=1e-10)
    assert str(again.summary()) == str(fit.summary())
    assert again.update(". ~ .").nobs == fit.nobs
    frame = fit.model.design.frame.head(5)
    if "offset" not in name:
        np.testing.assert_allclose(again.predict(frame), fit.predict(frame), rtol=1e-10)


def test_a_file_whose_deviance_is_another_is_refused(tmp_path):
    from tests.fits.saved import rewritten

    FILES["probit"]().save(tmp_path / "fit")
    other = rewritten(tmp_path / "fit", lambda content: content.update(criterion=content["criterion"] * 1.01))
    with pytest.raises(st.DataError, match="its criterion was"):
        st.load(other)


def test_draws_have_the_moments_of_the_estimate(linear):
    data = linear.to_arviz(draws=4000, seed=1).posterior
    for name, value in linear.coef().items():
        assert float(data[name].mean()) == pytest.approx(value, abs=5 * linear.se()[name] / np.sqrt(4000))
        spread = linear.se()[name] * np.sqrt(28 / 26)  # of a t variable with 28 degrees of freedom
        assert float(data[name].std()) == pytest.approx(spread, rel=0.06)
    with pytest.raises(ModelError, match="write a whole number"):
        linear.to_arviz(draws=0)


def test_nothing_as_long_as_the_data_is_made_before_it_is_asked_for(binary):
    fit = st.glm("am ~ wt", CARS, "binomial")
    kept = {name for name, value in vars(fit).items() if isinstance(value, np.ndarray) and len(value) == 32}
    assert not kept
    assert "means" not in vars(fit)


def test_what_a_regression_answers_comes_in_parts_that_know_only_its_figures():
    parts = st.fits.RegressionEstimate.__bases__
    assert len(parts) == 3 and all(part.__bases__ == (Regression,) for part in parts)
