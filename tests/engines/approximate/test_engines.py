"""Approximate engines: near the posterior as far as each can be, labelled, and with a Pareto k that tells."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.engines.approximate import VI, LaplacePosterior, Pathfinder
from statmodels_tf.errors import EngineError

ENGINES = {
    "full": VI(seed=1),
    "mean-field": VI(rank="mean-field", seed=1),
    "directions": VI(rank=2, seed=1),
    "stochastic": VI(rank="mean-field", objective="stochastic", seed=1),
    "laplace": LaplacePosterior(seed=1),
    "pathfinder": Pathfinder(seed=1),
}


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    return pd.DataFrame({"x": x, "z": 0.8 * x + 0.6 * rng.normal(size=400), "y": rng.poisson(np.exp(0.5 + 0.3 * x))})


@pytest.fixture(scope="module")
def estimate(data):
    return st.glm("y ~ x + z", data, "poisson")


@pytest.mark.parametrize("name", ENGINES)
def test_a_posterior_of_much_data_is_that_of_the_estimate(name, data, estimate):
    fit = st.glm("y ~ x + z", data, "poisson", engine=ENGINES[name])
    assert fit.converged and fit.diagnostics["approximate"]
    assert fit.diagnostics["pareto_k"] < 1
    se = estimate.se()
    assert np.all(np.abs(fit.coef() - estimate.coef()) < 0.25 * se)
    if name != "stochastic":  # independent coordinates without linear response have standard deviations too small
        np.testing.assert_allclose(fit.se(), se, rtol=0.1)


def test_draws_of_pathfinder_follow_their_weights():
    few = pd.DataFrame({"y": [1.2, -0.3, 2.2, 0.5]})
    long = st.glm("y ~ 1", few, engine=st.NUTS(draws=4000, seed=1, progress=False))
    fit = st.glm("y ~ 1", few, engine=Pathfinder(draws=4000, seed=1))
    assert fit.diagnostics["pareto_k"] < 0.7  # of which the fit says that it is as good as exact
    for name in ("Intercept", "sigma"):
        exact, found = long.shown[name], fit.shown[name]
        assert abs(found.mean() - exact.mean()) < 0.1 * exact.std()
        assert found.std() == pytest.approx(exact.std(), rel=0.15)


def test_mean_field_leaves_covariances_out_and_linear_response_brings_them_back(data, estimate):
    without = st.glm("y ~ x + z", data, "poisson", engine=VI(rank="mean-field", linear_response=False, seed=2))
    with_ = st.glm("y ~ x + z", data, "poisson", engine=VI(rank="mean-field", seed=2))
    assert with_.diagnostics["linear_response"] and not without.diagnostics["linear_response"]
    assert without.se()["x"] < 0.8 * estimate.se()["x"]
    np.testing.assert_allclose(with_.se(), estimate.se(), rtol=0.1)
    assert without.diagnostics["pareto_k"] > with_.diagnostics["pareto_k"]


def test_group_effects_are_approximated_and_the_same_seed_gives_the_same_draws():
    data = st.load_dataset("cbpp")
    formula = "incidence | trials(size) ~ period + (1 | herd)"
    one, two = (st.glm(formula, data, "binomial", engine=VI(seed=3, iterations=800)) for _ in range(2))
    np.testing.assert_array_equal(one.shown["sd(herd)[Intercept]"], two.shown["sd(herd)[Intercept]"])
    assert 0.4 < one.shown["sd(herd)[Intercept]"].mean() < 1.0  # by NUTS 0.72
    assert one.shown["Intercept"].mean() == pytest.approx(-1.40, abs=0.1)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: VI(rank="half"), 'write "full", "mean-field", or a number'),
        (lambda: VI(rank=0), "a number of directions"),
        (lambda: VI(objective="exact"), 'one of "auto", "deterministic", "stochastic"'),
        (lambda: VI(draws=0), "`draws` counts"),
        (lambda: Pathfinder(paths=1.5), "`paths` counts"),
        (lambda: LaplacePosterior(draws=True), "`draws` counts"),
    ],
)
def test_options_that_make_no_sense_are_told(make, said):
    with pytest.raises(EngineError, match=said):
        make()


def test_engines_by_name_are_not_taken_by_auto(data):
    fit = st.glm("y ~ x", data, "poisson", engine="vi")
    assert fit.diagnostics["engine"] == "vi" and "variational" in fit.diagnostics["approximate"]
    assert st.fit("y ~ x", data, "poisson").diagnostics["engine"] == "irls"
