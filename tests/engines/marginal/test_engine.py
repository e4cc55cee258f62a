"""The marginal engine: what it refuses, numerical integration, edges, NUTS; `test_bayes_golden.py` has rstanarm's."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import logsumexp

import statmodels_tf as st
from statmodels_tf.api.run import choose_engine
from statmodels_tf.dataset import load_dataset
from statmodels_tf.design import build
from statmodels_tf.engines import ENGINES
from statmodels_tf.engines.marginal import Marginal
from statmodels_tf.engines.marginal.density import marginal_density
from statmodels_tf.errors import EngineError
from statmodels_tf.fits.posterior.convergence import mcse
from statmodels_tf.model import build_model
from tests.model.cases import CASES, model_of, toy


def six_rows():
    return pd.DataFrame({"y": [1.0, 2.5, 0.3, 2.0, 3.1, 2.2], "g": list("aabbcc")})


def test_it_is_registered():
    assert ENGINES["marginal"] is Marginal


@pytest.mark.parametrize(
    ("options", "says"),
    [({"draws": 0}, "`draws` counts"), ({"chains": True}, "`chains` counts"), ({"method": "mcmc"}, "There is")],
)
def test_options_that_make_no_sense(options, says):
    with pytest.raises(EngineError, match=says):
        Marginal(**options)


def test_what_cannot_be_integrated_out_is_refused_with_a_reason():
    table = toy().assign(z=lambda d: (d["y"] > 3).astype(int))
    refusals = {
        "is binomial with link logit": build_model(build("z ~ x + (1 | g)", table), family="binomial"),
        "is gaussian with link log": build_model(build("w ~ x + (1 | g)", table), family="gaussian", link="log"),
        "weight 0": build_model(build("y ~ x", table, weights=np.r_[0.0, np.ones(59)])),
        "the prior": model_of("priors"),
    }
    for says, model in refusals.items():
        assert says in Marginal().supports(model)


@pytest.mark.parametrize("case", [case for case in CASES if case != "priors"])
def test_every_form_of_model_is_fitted(case):
    model = model_of(case)
    fit = Marginal(draws=100, chains=2, seed=1).fit(model)
    assert {name: array.shape[2:] for name, array in fit.values.items()} == {p.name: p.shape for p in model.parameters}
    assert all(np.all(np.isfinite(array)) for array in fit.values.values())
    assert fit.stats["lp"].shape == (2, 100)
    assert fit.diagnostics["r_hat"] < 1.2
    assert fit.diagnostics["method"] == ("nuts" if fit.diagnostics["hyperparameters"] > 6 else "importance")


def test_the_same_seed_gives_the_same_draws():
    one, two, three = (Marginal(draws=50, chains=2, seed=seed).fit(model_of("slopes")) for seed in (1, 1, 2))
    for name, array in one.values.items():
        assert np.array_equal(array, two.values[name])
        assert not np.array_equal(array, three.values[name])
    drawn = Marginal(draws=10).fit(model_of("intercept")).diagnostics["seed"]
    assert drawn != Marginal(draws=10).fit(model_of("intercept")).diagnostics["seed"]


def close(fit, name, mean, sd):
    """Hold draws to a mean within 4 Monte Carlo errors and to a standard deviation within 5%."""
    x = fit.shown[name]
    assert abs(x.mean() - mean) < 4 * float(mcse(x)), name
    assert x.std() == pytest.approx(sd, rel=0.05), name


@pytest.mark.parametrize("priors", [{}, {"sd": "half_normal(1)"}], ids=["decov", "separate"])
def test_six_rows_against_a_grid(priors):
    """Of sigma and the group's variance, on which all else is conditionally normal."""
    model = build_model(build("y ~ 1 + (1 | g)", six_rows()), priors=priors)
    density = marginal_density(model)
    axes = [np.linspace(-3, 6, 91), np.linspace(-12, 5, 121)]
    q = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=-1)
    logs = np.array([density.at(one)[0] for one in q])
    weights = np.exp(logs - logsumexp(logs))
    values = density.values(q)
    sd = model.groups[0].factor(values, np)[..., 0, 0]
    at = [density.evaluate(density.values(one)) for one in q]
    intercept = np.array([e.prior.values(e.delta[None])["Intercept"][0] for e in at])
    spread = np.array([(e.prior.basis / e.L)[0, 0] ** 2 for e in at])
    fit = Marginal(draws=4000, seed=8).fit(model)
    for name, x, within in (
        ("sigma", values["sigma"], 0),
        ("sd(g)[Intercept]", sd, 0),
        ("Intercept", intercept, spread),
    ):
        mean = weights @ x
        close(fit, name, mean, np.sqrt(weights @ ((x - mean) ** 2 + within)))


def test_flat_priors_give_the_classical_answer():
    """Of coefficients, with sigma's prior flat on it too: t distributions about least squares."""
    table = toy(40)
    fit = Marginal(draws=4000, seed=2).fit(
        build_model(build("y ~ x + w", table), priors={"b": "flat", "Intercept": "flat"})
    )
    X = np.column_stack([np.ones(40), table["x"], table["w"]])
    beta, rss = np.linalg.lstsq(X, table["y"].to_numpy(), rcond=None)[:2]
    for k, name in enumerate(["Intercept", "x", "w"]):
        draws = fit.shown[name]
        assert abs(draws.mean() - beta[k]) < 4 * float(mcse(draws))
        assert draws.std() == pytest.approx(np.sqrt(rss[0] / 37 * np.linalg.inv(X.T @ X)[k, k]), rel=0.06)


def test_a_given_sigma_leaves_nothing_to_sample():
    """Draws are then exact and independent."""
    model = build_model(build("y ~ x", toy()), priors={"sigma": "constant(2)"})
    fit = Marginal(draws=1000, seed=2).fit(model)
    assert fit.diagnostics["hyperparameters"] == 0
    assert np.all(fit.values["sigma"] == 2)
    with pytest.raises(EngineError, match="no parameter left"):
        Marginal(method="nuts").fit(model)


def test_more_coefficients_than_rows_are_held_by_their_priors():
    table = toy(8).assign(**{f"v{k}": np.random.default_rng(k).normal(size=8) for k in range(12)})
    formula = "y ~ " + " + ".join(f"v{k}" for k in range(12))
    fit = Marginal(draws=200, seed=1).fit(build_model(build(formula, table), priors={"b": "normal(0, 0.5)"}))
    assert fit.converged
    assert np.all(fit.se().dropna() < 20)


def test_a_group_that_explains_nothing():
    """The posterior reaches zero, on the logarithm of which its tail is long."""
    table = toy(200)
    table["y"] = np.random.default_rng(0).normal(size=200)
    fit = Marginal(seed=1).fit(build_model(build("y ~ x + (1 | g)", table)))
    assert fit.converged and fit.diagnostics["pareto_k"] < 0.7
    sd = fit.shown["sd(g)[Intercept]"]
    assert sd.min() < 0.01 < 0.05 < sd.mean() < 0.5


def test_bayes_takes_it_where_it_can():
    table = toy().assign(z=lambda d: (d["y"] > 3).astype(int))
    fit = st.lmer("y ~ x + (1 | g)", table).bayes()
    assert fit.diagnostics["engine"] == "marginal" and "first engine" in fit.diagnostics["why"]
    assert fit.update(". ~ . - x").diagnostics["engine"] == "marginal"
    assert fit.call.again(engine="auto", priors={"sd(g)": "half_normal(1)"}).diagnostics["engine"] == "marginal"
    assert st.lmer("y ~ x + (1 | g)", table, engine="auto").diagnostics["engine"] == "pls"
    assert choose_engine("posterior", model_of("priors"), REML=True, progress=None)[0].name == "nuts"
    assert st.glm("y ~ x + (1 | g)", table, engine="posterior").diagnostics["engine"] == "marginal"


@pytest.mark.slow
def test_both_methods_agree():
    model = build_model(build("Reaction ~ Days + (Days | Subject)", load_dataset("sleepstudy")))
    one, two = (Marginal(draws=4000, method=method, seed=1).fit(model) for method in ("importance", "nuts"))
    for name in one.names:
        x, y = one.shown[name], two.shown[name]
        assert abs(x.mean() - y.mean()) < 4 * np.hypot(float(mcse(x)), float(mcse(y))), name
        assert x.std() == pytest.approx(y.std(), rel=0.06), name
