"""Posteriors of responses in categories and in shares: against maximum likelihood, and what they answer by outcome."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.engines import NUTS

FLAT = {"b": "normal(0, 100)", "threshold": "normal(0, 100)"}


@pytest.fixture(scope="module")
def housing():
    return st.load_dataset("housing")


@pytest.fixture(scope="module")
def ordinal(housing):
    engine = NUTS(draws=500, warmup=500, seed=1)
    return st.glm("Sat ~ Infl + Type + Cont", housing, "cumulative", weights="Freq", engine=engine, priors=FLAT)


@pytest.fixture(scope="module")
def shares():
    rng = np.random.default_rng(1)
    x = rng.normal(size=80)
    eta = np.column_stack([np.zeros(80), 0.5 + x, -0.3 - 0.5 * x])
    p = np.exp(eta) / np.exp(eta).sum(axis=1, keepdims=True)
    counts, parts = rng.multinomial(12, p), rng.standard_gamma(8 * p)
    parts /= parts.sum(axis=1, keepdims=True)
    columns = {**dict(zip("abc", counts.T, strict=True)), **dict(zip("pqr", parts.T, strict=True))}
    return pd.DataFrame({"x": x, "g": rng.choice(list("stuvwxyz"), 80), **columns})


def near(fit, estimate, names):
    """Hold posterior means to estimates: by 4 Monte Carlo errors, and 0.1 standard errors as means are no modes."""
    table = estimate.parameter_table() if hasattr(estimate, "parameter_table") else estimate.coef_table()
    for name in names:
        draws = fit.draws(name)[name].to_numpy()
        error = 4 * draws.std() / np.sqrt(len(draws) / 2) + 0.1 * table.se[name]
        assert abs(draws.mean() - table.estimate[name]) < error, name


def test_thresholds_and_coefficients_are_those_of_polr(ordinal, housing):
    found = st.glm("Sat ~ Infl + Type + Cont", housing, "cumulative", weights="Freq")
    near(ordinal, found, found.parameter_names)
    assert set(found.parameter_names) == set(ordinal.names)
    np.testing.assert_allclose(ordinal.se(), found.se(), rtol=0.12)
    np.testing.assert_allclose(ordinal.predict(), found.predict(), atol=0.01)
    np.testing.assert_allclose(
        ordinal.predict(type="linear.predictor"), found.predict(type="linear.predictor"), atol=0.05
    )


def test_predictions_are_by_outcome(ordinal, housing):
    new = housing.iloc[:3]
    p = ordinal.predict(new, se=True, interval="confidence")
    assert set(p.columns.get_level_values(0)) == {"mean", "se", "lower", "upper"}
    assert (p["lower"] < p["mean"]).all(axis=None) and (p["mean"] < p["upper"]).all(axis=None)
    np.testing.assert_allclose(p["mean"].sum(axis=1), 1)
    np.testing.assert_allclose(ordinal.predict(new, "cum.prob").iloc[:, -1], 1)
    likeliest = ordinal.predict(new, "class")
    assert list(likeliest) == list(p["mean"].columns[p["mean"].to_numpy().argmax(axis=1)])
    draws = ordinal.predict(new, "epred")
    np.testing.assert_allclose(draws.mean().unstack("outcome")[list(p["mean"])], p["mean"])
    drawn = ordinal.predict(new, "observations")
    assert drawn.shape == (2000, 3) and set(drawn[0].cat.categories) == {"Low", "Medium", "High"}
    with pytest.raises(st.ModelError, match="has no interval"):
        ordinal.predict(interval="prediction")
    with pytest.raises(st.ModelError, match="type"):
        ordinal.predict(type="median")


def test_fitted_residuals_and_simulations(ordinal, housing):
    p = ordinal.predict()
    own = [p.iloc[k][level] for k, level in enumerate(housing.Sat.astype(str))]
    np.testing.assert_allclose(ordinal.fitted(), own)
    r = ordinal.residuals()
    pd.testing.assert_series_equal(r, ordinal.residuals("quantile"))
    assert np.isfinite(r).all()
    np.testing.assert_allclose(ordinal.residuals("deviance"), np.sqrt(-2 * housing.Freq * np.log(own)))
    assert list(ordinal.simulate(2, seed=1)["sim_2"].cat.categories) == ["Low", "Medium", "High"]
    with pytest.raises(st.ModelError, match="quantile"):
        ordinal.residuals("working")


def test_the_summary_names_thresholds(ordinal):
    text = str(ordinal.summary())
    assert "Thresholds" in text and "Low|Medium" in text and "Standard deviations" not in text
    assert list(ordinal.to_arviz(groups="posterior").posterior["threshold"].coords["cut"].values) == [
        "Low|Medium", "Medium|High"
    ]  # fmt: skip


def test_steps_of_a_sequential_model_are_binary_regressions(housing):
    engine = NUTS(draws=500, warmup=500, seed=2)
    priors = {"threshold": "normal(0, 100)", "b_nominal": "normal(0, 100)"}
    fit = st.glm("Sat ~ 1", housing, "sequential", nominal="~ Cont", weights="Freq", engine=engine, priors=priors)
    place = pd.Categorical(housing.Sat, ["Low", "Medium", "High"]).codes
    for k, name in enumerate(["Low|Medium", "Medium|High"]):
        reached = housing[place >= k].assign(stops=(place[place >= k] == k).astype(int))
        found = st.glm("stops ~ Cont", reached, "binomial", weights="Freq")
        for shown, theirs in ((name, "Intercept"), (f"{name}:Cont[High]", "Cont[High]")):
            draws = fit.draws(shown)[shown]
            error = 4 * draws.std() / np.sqrt(1000) + 0.1 * found.se()[theirs]
            assert abs(draws.mean() - found.coef()[theirs]) < error


@pytest.mark.parametrize(
    ("family", "formula", "names"),
    [
        ("multinomial", "cbind(a, b, c) ~ x", "abc"),
        ("dirichlet", "cbind(p, q, r) ~ x", "pqr"),
        pytest.param("dirichlet", "cbind(p, q, r) ~ x + (1 | g)", "pqr", marks=pytest.mark.slow),
    ],
)
def test_columns_of_shares_and_of_counts(shares, family, formula, names):
    fit = st.fit(formula, shares, family, engine=NUTS(draws=400, warmup=400, seed=3, target_accept=0.95))
    assert list(fit.coef().index) == [f"{o}:{c}" for o in names[1:] for c in ("Intercept", "x")]
    assert abs(fit.coef()[f"{names[1]}:x"] - 1) < 4 * fit.se()[f"{names[1]}:x"]
    assert list(fit.fitted().columns) == list(names)
    np.testing.assert_allclose(fit.fitted().sum(axis=1), 1)
    assert fit.predict({"x": [0.0], "g": ["new"]}, new_levels="population").shape == (1, 3)
    assert fit.residuals().name == "residual" and fit.simulate(2).shape == (80, 6)
    observed = fit.to_arviz(groups=["observed_data"]).observed_data[formula.split(" ~")[0]]
    assert observed.shape == (80, 3)
    with pytest.raises(st.ModelError, match="several columns and no quantile"):
        fit.residuals("quantile")


@pytest.mark.slow
def test_iris_is_told_apart_as_well_as_in_tfp_on_jax():
    iris = st.load_dataset("iris").assign(one=1.0)
    columns = [name for name in iris.columns if name not in ("Species", "one")]
    # Standard normal weights of all three outcomes: log odds between two have a standard deviation of sqrt(2).
    fit = st.glm(
        "Species ~ 0 + one + " + " + ".join(columns),
        iris,
        "categorical",
        engine=NUTS(seed=1),
        priors={"b": "normal(0, 1.4142)"},
    )
    p = fit.predict(type="draws").to_numpy().reshape(-1, 150, 3)
    truth = pd.Categorical(iris.Species).codes
    assert (p.argmax(axis=-1) == truth).mean() == pytest.approx(0.969, abs=0.003)
    assert (p.mean(axis=0).argmax(axis=-1) == truth).mean() == pytest.approx(0.98, abs=1 / 149)


def test_responses_of_columns_are_refused_elsewhere_and_where_wrong(shares):
    with pytest.raises(st.DataError, match="has 3 columns; a response is one column"):
        st.glm("cbind(a, b, c) ~ x", shares)
    with pytest.raises(st.DataError, match="a multinomial model needs whole numbers"):
        st.fit("cbind(p, q, r) ~ x", shares, "multinomial")
    with pytest.raises(st.DataError, match="add up to 1"):
        st.fit("cbind(a, b, c) ~ x", shares, "dirichlet")
    with pytest.raises(st.DataError, match='For a factor write family="categorical"'):
        st.fit("g ~ x", shares, "multinomial")
