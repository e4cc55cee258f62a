"""What fits of categories answer: tables, predictions, residuals, tests, updates, refusals."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import statmodels_tf as st

KINDS = ("prob", "cum.prob", "linear.predictor")


@pytest.fixture(scope="module")
def housing():
    return st.load_dataset("housing")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(11)
    n = 400
    d = pd.DataFrame({"x": rng.normal(size=n), "z": rng.uniform(size=n), "g": rng.choice(list("pqr"), n)})
    latent = d.x + (d.g == "q") + rng.logistic(size=n)
    d["y"] = pd.Categorical.from_codes(np.digitize(latent, [-1, 0.3, 1.5]), list("abcd"), ordered=True)
    d.index = [f"row{i}" for i in range(n)]
    return d


@pytest.fixture(scope="module")
def fits(data):
    return {
        "plain": st.glm("y ~ x + g", data, "cumulative"),
        "both": st.glm("y ~ x", data, "cumulative", link="probit", nominal="~ g", scale="~ z"),
        "symmetric": st.glm("y ~ x + g", data, st.families.Cumulative("cloglog", "symmetric")),
        "categorical": st.glm("y ~ x + g", data, "categorical"),
    }


EACH = pytest.mark.parametrize("name", ["plain", "both", "symmetric", "categorical"])


@EACH
def test_tables_agree(name, fits):
    fit = fits[name]
    table, coef = fit.parameter_table(), fit.coef_table()
    own = table[table["part"] == "coefficients"]
    for column in ("estimate", "se", "statistic", "p", "lower", "upper"):
        np.testing.assert_allclose(own[column], coef[column])
    assert list(own.index) == list(fit.coef().index)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.parameter_vcov())), table["se"])
    np.testing.assert_allclose(np.sqrt(np.diag(fit.vcov())), fit.se())
    assert len(table) == fit.df_model
    assert fit.aic == pytest.approx(-2 * fit.loglik + 2 * len(table))
    assert fit.loglik == pytest.approx(np.log(fit.fitted()).sum())
    tidy = fit.tidy()
    assert list(tidy["term"]) == list(table.index)
    assert set(tidy["coef.type"]) <= {"intercept", "location", "scale"}
    assert fit.glance()["logLik"][0] == fit.loglik
    text = str(fit.summary())
    assert all(label in text for label in table.index)
    assert "outcomes a, b, c, d" in text


@EACH
def test_predictions_hang_together(name, fits, data):
    fit = fits[name]
    p = fit.predict()
    np.testing.assert_allclose(p.sum(axis=1), 1)
    np.testing.assert_allclose(fit.predict(type="cum.prob"), p.cumsum(axis=1))
    assert list(p.columns) == list("abcd")
    assert list(p.index) == list(data.index)
    assert (fit.predict(type="class").astype(str) == p.idxmax(axis=1)).all()
    own = np.take_along_axis(p.to_numpy(), data["y"].cat.codes.to_numpy()[:, None].astype(int), axis=1)[:, 0]
    np.testing.assert_allclose(fit.fitted(), own)
    pd.testing.assert_frame_equal(fit.predict(data.head(5)), p.head(5))


@EACH
@pytest.mark.parametrize("kind", KINDS)
def test_standard_errors_are_those_of_the_delta_method(name, kind, fits, data):
    """The gradient by differences: the same fit with one parameter moved."""
    fit, new = fits[name], data.iloc[[0, 7, 50]]
    se, h = fit.predict(new, type=kind, se=True)["se"].to_numpy(), 1e-5
    gradient = []
    at = fit.parts["coefficients"]
    for j in range(len(fit.parameters)):
        ends = []
        for sign in (1, -1):
            moved = fit.parameters.copy()
            moved[j] += sign * h
            ends.append(replace(fit, parameters=moved, beta=moved[at]).predict(new, type=kind).to_numpy())
        gradient.append((ends[0] - ends[1]) / (2 * h))
    G = np.array(gradient)
    expected = np.sqrt(np.einsum("pik,pq,qik->ik", G, fit.covariance, G))
    np.testing.assert_allclose(se, expected, rtol=1e-5, atol=1e-9)


@EACH
def test_intervals_of_probabilities_stay_inside(name, fits, data):
    table = fits[name].predict(data, interval="confidence", level=0.999)
    assert ((table["lower"] >= 0) & (table["upper"] <= 1)).all(axis=None)
    assert ((table["lower"] <= table["mean"]) & (table["mean"] <= table["upper"])).all(axis=None)


@EACH
def test_rows_that_lack_a_value_are_predicted_missing(name, fits, data):
    new = data.head(4).copy()
    new.iloc[1, 0] = np.nan
    p = fits[name].predict(new, se=True)
    assert p.iloc[1].isna().all()
    assert p.iloc[[0, 2, 3]].notna().all(axis=None)
    assert pd.isna(fits[name].predict(new, type="class").iloc[1])


@EACH
def test_quantile_residuals_are_standard_normal(name, fits):
    r = fits[name].residuals()
    assert stats.kstest(r, "norm").pvalue > 0.001
    pd.testing.assert_series_equal(r, fits[name].residuals(seed=0))
    assert not r.equals(fits[name].residuals(seed=1))
    assert (fits[name].residuals("deviance") ** 2).sum() == pytest.approx(fits[name].deviance)


def test_surrogate_residuals_have_the_latent_distribution(fits):
    assert stats.kstest(fits["plain"].residuals("surrogate"), "logistic").pvalue > 0.001
    with pytest.raises(st.ModelError, match="no latent scale"):
        fits["categorical"].residuals("surrogate")


@EACH
def test_simulated_outcomes_have_the_fitted_probabilities(name, fits):
    fit = fits[name]
    drawn = fit.simulate(300, seed=2)
    share = (drawn.astype(str) == "b").to_numpy().mean()
    assert share == pytest.approx(fit.predict()["b"].mean(), abs=0.005)
    assert drawn.equals(fit.simulate(300, seed=2))


def test_the_intercept_is_implied(data):
    fit = st.glm("y ~ x + g", data, "cumulative")
    assert list(fit.coef().index) == ["x", "g[q]", "g[r]"]
    with pytest.warns(st.DataWarning, match="takes the intercept out"):
        without = st.glm("y ~ x + g - 1", data, "cumulative")
    pd.testing.assert_series_equal(without.coef(), fit.coef())


def test_polr_of_a_factor_does_not_ask_for_an_order(data):
    plain = data.assign(y=data.y.cat.as_unordered())
    pd.testing.assert_series_equal(
        st.glm("y ~ x", plain, "cumulative").coef(), st.glm("y ~ x", data, "cumulative").coef()
    )


def test_offsets_shift_the_location(data):
    fit = st.glm("y ~ x + g", data, "cumulative")
    held = st.glm("y ~ g + offset(2 * x)", data, "cumulative")
    moved = st.glm("y ~ x + g + offset(2 * x)", data, "cumulative")
    assert moved.coef()["x"] == pytest.approx(fit.coef()["x"] - 2, abs=1e-6)
    assert moved.loglik == pytest.approx(fit.loglik)
    assert held.loglik < fit.loglik
    scaled = st.glm("y ~ x", data, "cumulative", scale="~ offset(0 * z + log(2))")
    np.testing.assert_allclose(scaled.coef(), 2 * st.glm("y ~ x", data, "cumulative").coef(), rtol=1e-5)


def test_rows_missing_in_any_predictor_are_dropped(data):
    holes = data.copy()
    holes.iloc[:5, 0] = np.nan
    holes.iloc[3:9, 1] = np.nan
    holes.iloc[20:22, 2] = None
    fit = st.glm("y ~ x", holes, "cumulative", scale="~ z", nominal="~ g")
    whole = st.glm("y ~ x", holes.dropna(), "cumulative", scale="~ z", nominal="~ g")
    np.testing.assert_allclose(fit.parameters, whole.parameters, rtol=1e-10)
    design = fit.model.design
    assert design.dropped == 11
    assert fit.nobs == 389
    assert design.missing_by == {"x": 5, "z": 6, "g": 2}
    assert list(fit.fitted().index) == list(holes.dropna().index)
    assert "11 rows with missing values dropped" in str(fit.summary())


def test_contrasts_go_to_the_predictor_that_has_the_factor(data):
    fit = st.glm("y ~ x", data, "cumulative", nominal="~ g", contrasts={"g": "contr.sum"})
    assert "a|b:g[1]" in fit.thresholds().index
    with pytest.raises(st.DataError, match="`contrasts` names `h`"):
        st.glm("y ~ x", data, "cumulative", nominal="~ g", contrasts={"h": "contr.sum"})


def test_update_keeps_what_was_asked(fits, data):
    fit = fits["both"].update(". ~ . + g")
    assert set(fit.model.predictors) == {"nominal", "scale"}
    assert fits["plain"].update(". ~ . - g").coef().index.tolist() == ["x"]
    assert fits["plain"].update(nominal="~ x").df_model == fits["plain"].df_model + 2


def test_tests_against_other_fits(fits, data):
    less = st.glm("y ~ x", data, "cumulative")
    table = fits["plain"].anova(less)
    assert table["Df"].iloc[1] == 2
    assert table["Chisq"].iloc[1] == pytest.approx(2 * (fits["plain"].loglik - less.loglik))
    assert fits["plain"].drop1().loc["g", "LRT"] == pytest.approx(table["Chisq"].iloc[1])
    assert list(fits["categorical"].drop1(test=None).columns) == ["Df", "logLik", "AIC"]
    with pytest.raises(st.ModelError, match="every term of the formula already"):
        st.glm("y ~ x", data, "cumulative", scale="~ x").scale_test()


def test_profile_intervals_bracket_the_likelihood(data):
    fit = st.glm("y ~ x", data, "cumulative")
    for end in fit.confint(method="profile").loc["x"]:
        held = st.glm("y ~ 1", data, "cumulative", offset=end * data["x"].to_numpy())
        assert 2 * (fit.loglik - held.loglik) == pytest.approx(stats.chi2(1).ppf(0.95), abs=1e-4)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda f: f["plain"].predict(random="include"), "has no argument `random`"),
        (lambda f: f["plain"].predict(type="prb"), "Did you mean `prob`"),
        (lambda f: f["plain"].predict(interval="prediction"), "no `interval='prediction'`"),
        (lambda f: f["plain"].to_arviz(), "no draws"),
        (lambda f: f["plain"].ranef(), "no random effects"),
        (lambda f: f["plain"].varcorr(), "no group terms"),
        (lambda f: f["plain"].vcov("HC3"), 'There is "model".*responses in categories'),
        (lambda f: f["categorical"].confint(method="profile"), 'use method="wald"'),
        (lambda f: f["categorical"].emtrends("x"), "a linear predictor for each outcome"),
        (lambda f: f["categorical"].slopes("x", type="link"), "a linear predictor for each outcome"),
    ],
)
def test_what_is_refused(ask, said, fits):
    with pytest.raises(st.ModelError, match=said):
        ask(fits)


def test_arguments_of_other_families(data):
    with pytest.raises(st.ModelError, match="`nominal=` is of the adjacent, cumulative and sequential families"):
        st.glm("x ~ z", data, nominal="~ g")
    with pytest.raises(st.ModelError, match='write a formula without a left side, `scale="~ x"`'):
        st.glm("y ~ x", data, "cumulative", scale="z")
    with pytest.raises(st.EngineError, match="newton fits responses in categories"):
        st.glm("x ~ z", data, engine="newton")
    with pytest.raises(st.ModelError, match=r'write `family=st.families.Cumulative\(threshold="symmetric"\)`'):
        st.glm("y ~ x", data, "cumulative", threshold="symmetric")
    with pytest.raises(st.ModelError, match=r"estimates no group terms yet, and `\(1 \| g\)` is one. Sample the model"):
        st.glm("y ~ x + (1 | g)", data, "cumulative")


def test_data_read_in_blocks_are_refused(data, tmp_path):
    data.to_parquet(tmp_path / "d.parquet")
    with pytest.raises(st.StatmodelsError, match=r"the cumulative family is fitted by .* not block by block"):
        st.glm("y ~ x", str(tmp_path / "d.parquet"), "cumulative")


def test_marginal_effects_are_of_the_location(fits):
    fit = fits["plain"]
    pairs = fit.emmeans("g").pairs(adjust="none").table
    assert pairs["estimate"].iloc[0] == pytest.approx(-fit.coef()["g[q]"])
    assert fit.hypothesis("g[q] - g[r] = 0").table["estimate"].iloc[0] == pytest.approx(
        fit.coef()["g[q]"] - fit.coef()["g[r]"]
    )


def test_coefficients_of_categories_as_a_table(fits, housing):
    fit = fits["categorical"]
    frame = fit.coef_frame()
    assert list(frame.index) == list("bcd")
    assert frame.loc["c", "x"] == fit.coef()["c:x"]
    weighted = st.glm("Sat ~ Infl + Type + Cont", housing, "categorical", weights="Freq")
    assert weighted.nobs == 1681
    assert "72 rows · 1,681 observations by their weights" in str(weighted.summary())
    # nnet 7.3-18: multinom(Sat ~ Infl + Type + Cont, housing, weights = Freq)
    assert weighted.loglik == pytest.approx(-1735.0417, abs=1e-3)


def test_the_table_of_all_parameters_holds_that_of_the_coefficients():
    fit = st.glm("Sat ~ Infl + Cont", st.load_dataset("housing"), "cumulative", weights="Freq")
    whole, part = fit.parameter_table(0.9), fit.coef_table(0.9)
    assert list(whole.columns) == ["part", *(name for name in part.columns if name != "df")]
    pd.testing.assert_frame_equal(
        pd.DataFrame(whole.loc[part.index, "se":]), pd.DataFrame(part.drop(columns=["df", "estimate"]))
    )
    assert list(fit.tidy().columns[:3]) == ["term", "coef.type", "estimate"]
