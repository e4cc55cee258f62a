"""A posterior answers what an estimate answers; each answer is checked against its draws."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.engines.approximate import LaplacePosterior
from statmodels_tf.errors import DataError, ModelError
from statmodels_tf.fits.posterior import draws as draws_module
from tests.fits.posteriors import posterior_of
from tests.model.cases import CASES, toy
from tests.model.test_model import dense_predictor

CASE = "crossed"


def predictors(fit):
    """Return the linear predictor of every draw [chains, draws, n] by dense matrices."""
    shape = fit.values["sigma"].shape
    out = [
        dense_predictor(fit.model, {k: v[i, j] for k, v in fit.values.items()})
        for i in range(shape[0])
        for j in range(shape[1])
    ]
    return np.reshape(out, (*shape, -1))


def test_coefficients_are_means_and_standard_deviations():
    fit = posterior_of(CASE)
    for name in fit.model.design.columns:
        assert fit.coef()[name] == pytest.approx(fit.shown[name].mean())
        assert fit.se()[name] == pytest.approx(fit.shown[name].std(ddof=1))
    np.testing.assert_allclose(np.sqrt(np.diag(fit.vcov())), fit.se(), rtol=1e-10)
    pd.testing.assert_series_equal(fit.params, fit.coef())
    pd.testing.assert_series_equal(fit.bse, fit.se())
    assert fit.sigma == pytest.approx(fit.values["sigma"].mean())


def test_the_table():
    table = posterior_of(CASE).coef_table(level=0.9)
    assert list(table.columns) == ["mean", "sd", "lower", "upper", "ess", "r_hat"]
    x = posterior_of(CASE).shown["x"]
    assert list(table.loc["x", ["lower", "upper"]]) == pytest.approx(list(np.quantile(x, [0.05, 0.95])))
    shortest = posterior_of(CASE).confint(level=0.9, method="hdi")
    width = (shortest["upper"] - shortest["lower"]).to_numpy()
    assert np.all(width <= 1.001 * (table["upper"] - table["lower"]).to_numpy())  # quantiles lie between draws
    inside = [np.mean((posterior_of(CASE).shown[c] >= a) & (posterior_of(CASE).shown[c] <= b))
              for c, a, b in shortest.itertuples()]  # fmt: skip
    np.testing.assert_allclose(inside, 0.9, atol=0.01)
    pd.testing.assert_frame_equal(posterior_of(CASE).conf_int(0.1), posterior_of(CASE).confint(0.9))


def test_the_tables_print_in_the_house_style():
    fit = posterior_of(CASE)
    lines = str(fit.coef_table()).splitlines()
    assert lines[0].split() == ["mean", "sd", "lower", "upper", "ess", "r_hat"]
    assert all("." not in line.split()[-2] for line in lines[1:])  # effective draws are whole
    assert str(fit.confint(0.9)).startswith("90% credible intervals, eti\n\n")
    assert "NaN" not in str(posterior_of("aliased").coef_table())


def test_aliased_columns_are_missing_not_zero():
    fit = posterior_of("aliased")
    assert np.isnan(fit.coef()["twice"])
    assert np.isnan(fit.vcov().loc["twice", "x"])
    assert fit.coef_table().loc["twice"].isna().all()
    assert "`twice` is a combination" in str(fit.summary())


def test_random_effects():
    fit = posterior_of("slopes")
    table = fit.ranef(se=True)["g"]
    assert list(table.columns) == ["Intercept", "x", "se(Intercept)", "se(x)"]
    assert list(table.index) == list(fit.model.groups[0].levels)
    np.testing.assert_allclose(table["x"], fit.shown["x|g"].mean(axis=(0, 1)))
    np.testing.assert_allclose(table["se(x)"], fit.shown["x|g"].std(axis=(0, 1), ddof=1))
    assert set(posterior_of("nested").ranef()) == set(posterior_of("nested").ngrps)


def test_variances():
    fit = posterior_of("slopes")
    table = fit.varcorr()
    assert list(table["group"]) == ["g", "g", "g", "Residual"]
    sd, cor = fit.shown["sd(g)[x]"], fit.shown["cor(g)[Intercept,x]"]
    assert table.loc[1, "vcov"] == pytest.approx(np.mean(sd**2))
    assert table.loc[2, "sdcor"] == pytest.approx(cor.mean())
    assert table.loc[2, "vcov"] == pytest.approx(np.mean(cor * sd * fit.shown["sd(g)[Intercept]"]))
    assert table.loc[3, "vcov"] == pytest.approx(np.mean(fit.shown["sigma"] ** 2))


@pytest.mark.parametrize("case", CASES)
def test_fitted_values_and_residuals(case):
    fit = posterior_of(case)
    np.testing.assert_allclose(fit.fitted(), predictors(fit).mean(axis=(0, 1)), rtol=1e-9, atol=1e-9)
    y = fit.model.design.response.values
    np.testing.assert_allclose(fit.residuals(), y - fit.fitted(), rtol=1e-9)
    assert list(fit.fitted().index) == list(fit.model.design.index)


def test_residuals_are_scaled_by_weights():
    fit = posterior_of("weights")
    w = toy()["w"].to_numpy()
    np.testing.assert_allclose(fit.residuals("pearson"), fit.residuals() * np.sqrt(w))
    np.testing.assert_allclose(fit.residuals("quantile"), fit.residuals("pearson") / fit.sigma)
    with pytest.raises(ModelError, match="Did you mean `pearson`"):
        fit.residuals("pearsn")


@pytest.mark.parametrize("case", CASES)
def test_log_likelihood_is_the_models(case):
    fit = posterior_of(case)
    np.testing.assert_allclose(fit.log_likelihood(), fit.model.log_likelihood(fit.values), rtol=1e-9)


def test_pieces_change_nothing(monkeypatch):
    fit, new = posterior_of(CASE), toy(7, seed=1)
    whole = fit.predict(new, se=True, interval="confidence"), fit.log_likelihood()
    monkeypatch.setattr(draws_module, "CHUNK", 500)
    pd.testing.assert_frame_equal(fit.predict(new, se=True, interval="confidence"), whole[0])
    np.testing.assert_array_equal(fit.log_likelihood(), whole[1])


@pytest.mark.parametrize("case", ["slopes", "crossed", "offset", "weights"])
def test_predictions_of_the_data_are_the_fitted_values(case):
    fit = posterior_of(case)
    eta = predictors(fit)
    table = fit.predict(toy(), interval="confidence", level=0.8)
    np.testing.assert_allclose(table["mean"], fit.fitted(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(table["se"], eta.std(axis=(0, 1), ddof=1), rtol=1e-9)
    np.testing.assert_allclose(table["lower"], np.quantile(eta, 0.1, axis=(0, 1)), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(fit.predict(type="draws").to_numpy(), eta.reshape(200, -1), rtol=1e-9, atol=1e-9)


def test_without_group_effects():
    fit = posterior_of("slopes")
    expected = fit.coef()["Intercept"] + fit.coef()["x"] * toy()["x"]
    np.testing.assert_allclose(fit.predict(toy(), random="exclude"), expected, rtol=1e-9)


def test_levels_not_seen():
    fit = posterior_of("slopes", draws=2000)
    new = pd.DataFrame({"x": [0.3, 0.3], "g": ["g1", "new"]})
    with pytest.raises(DataError, match="new"):
        fit.predict(new)
    table = fit.predict(new, new_levels="population", se=True)
    eta = fit.shown["Intercept"] + 0.3 * fit.shown["x"]
    factor = fit.model.groups[0].factor(fit.values, np)
    spread = np.mean(np.sum((np.array([1, 0.3]) @ factor) ** 2, axis=-1))
    assert table["se"].iloc[1] == pytest.approx(np.sqrt(eta.var() + spread), rel=0.1)
    again = fit.predict(new, new_levels="population", se=True)
    pd.testing.assert_frame_equal(table, again)


def test_prediction_intervals_hold_the_residual_too():
    fit = posterior_of("weights", draws=500)
    narrow = fit.predict(toy().head(5), interval="confidence")
    wide = fit.predict(toy().head(5), interval="prediction")
    assert np.all(wide["upper"] - wide["lower"] > narrow["upper"] - narrow["lower"])
    drawn = fit.predict(toy().head(5), "draws", interval="prediction")
    np.testing.assert_allclose(drawn.quantile(0.975), wide["upper"], rtol=1e-12)
    level = fit.predict(toy().head(5), interval="prediction", random="exclude")
    assert np.all(level["upper"] - level["lower"] > 0)


def test_a_row_that_lacks_a_value_is_missing():
    new = toy().head(3).assign(x=[0.1, np.nan, 0.2])
    table = posterior_of("slopes").predict(new, interval="confidence")
    assert list(table.isna().all(axis=1)) == [False, True, False]


def test_draws_as_a_table():
    fit = posterior_of("slopes")
    table = fit.draws()
    assert list(table.columns) == fit.names
    assert table.index.names == ["chain", "draw"]
    assert table.loc[(2, 3), "sigma"] == fit.shown["sigma"][2, 3]
    levels = fit.draws("x|g")
    assert list(levels.columns) == [f"x|g[g{k}]" for k in range(1, 6)]
    assert levels.loc[(1, 4), "x|g[g2]"] == fit.shown["x|g"][1, 4, 1]
    with pytest.raises(ModelError, match="Did you mean `sigma`"):
        fit.draws(["sigm"])


def test_simulated_responses():
    fit = posterior_of("slopes", draws=500)
    table = fit.simulate(1000, seed=3)
    assert table.shape == (60, 1000)
    eta = predictors(fit)
    sd = np.sqrt(eta.var(axis=(0, 1)) + np.mean(fit.shown["sigma"] ** 2))
    np.testing.assert_allclose(table.mean(axis=1), eta.mean(axis=(0, 1)), atol=5 * sd.max() / np.sqrt(1000))
    pd.testing.assert_frame_equal(table, fit.simulate(1000, seed=3))
    with pytest.raises(ModelError, match="`n` counts; write a whole number"):
        fit.simulate(0)


def test_summary_in_every_form():
    fit = posterior_of("priors")
    text = str(fit.summary())
    for part in (
        "Linear mixed model, posterior",
        "nuts on jax: converged · 4 chains of 50 draws after 50 · 0 divergences",
        "mean",
        "2.5%",
        "97.5%",
        "ess",
        "r_hat",
        "sd(g)[Intercept]",
        "Priors: Intercept (at the mean of the predictors) student_t(3, 0, 2.5)",
        "decov(1, 1, 2, 0.5)",
    ):
        assert part in text
    assert repr(fit) == text
    assert "<table>" in fit._repr_html_()


def test_tidy_and_glance():
    fit = posterior_of("slopes")
    tidy = fit.tidy()
    assert list(tidy["term"]) == fit.names
    assert set(tidy["effect"]) == {"fixed", "ran_pars"}
    glance = fit.glance().iloc[0]
    assert (glance["nobs"], glance["chains"], glance["draws"]) == (60, 4, 50)


def test_plots_are_axes():
    import matplotlib.pyplot as plt

    fit = posterior_of("slopes")
    assert fit.plot().get_xlabel()
    assert fit.plot_diagnostics().shape == (2, 2)
    assert len(fit.plot_ranef()) == 2
    assert fit.plot_effects("x").get_ylabel() == "y"
    (dots,) = [line for line in fit.plot_coef().get_lines() if line.get_marker() == "o"]
    np.testing.assert_allclose(dots.get_xdata(), [fit.coef()["x"]])
    plt.close("all")


def test_means_of_successes_are_shares_in_rows_of_the_fit_and_in_new_ones():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=30), "m": rng.integers(3, 9, 30)})
    data["s"] = np.where(rng.uniform(size=30) < 0.3, 0, rng.binomial(data["m"], 0.4))
    fit = st.glm("s | trials(m) ~ x", data, "zero_inflated_binomial", engine=LaplacePosterior(draws=25, seed=1))
    np.testing.assert_allclose(fit.predict(), fit.predict(data), rtol=1e-12)
    assert fit.predict(type="observations").to_numpy().max() <= 1
    np.testing.assert_allclose(fit.residuals("response"), data["s"] / data["m"] - fit.fitted(), rtol=1e-12)


def test_levels_not_seen_of_other_parameters_are_drawn():
    rng = np.random.default_rng(0)
    g = np.repeat(np.arange(30), 5)
    data = pd.DataFrame({"x": rng.normal(size=150), "g": [f"g{k}" for k in g]})
    data["y"] = rng.normal(size=150) * np.exp(rng.normal(size=30))[g]
    fit = st.fit("y ~ 1", data, sigma="~ (1 | g)", engine=LaplacePosterior(draws=1000, seed=1))
    new = fit.predict(pd.DataFrame({"g": ["new"]}), type="observations", new_levels="population").to_numpy().ravel()
    out = fit.predict(data[:1], type="observations", random="exclude").to_numpy().ravel()
    draws = {name: array.ravel() for name, array in fit.shown.items() if array.ndim == 2}
    z = rng.normal(size=len(new))
    sigma = np.exp(draws["sigma_Intercept"] + draws["sd(g)[sigma_Intercept]"] * z)
    expected = np.quantile(np.abs(draws["Intercept"] + sigma * rng.normal(size=len(new))), [0.5, 0.9])
    for found in (new, out):
        np.testing.assert_allclose(np.quantile(np.abs(found), [0.5, 0.9]), expected, rtol=0.12)
