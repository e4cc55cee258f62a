"""Models of several outcomes: every view of the density agrees, and thresholds are shown at zero of the predictors."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.api.predictors import designs
from statmodels_tf.families import as_family
from statmodels_tf.model import Flat, NumericFlat, build_model
from statmodels_tf.substrate import substrate

ROWS = dict.fromkeys(("weights", "offset", "subset", "contrasts", "functions"))
MODELS = {
    "cumulative": ("y ~ x + g", "cumulative", {}),
    "cumulative, scale, nominal": ("y ~ g + (1 | h)", "cumulative(cloglog)", {"nominal": "~ x", "scale": "~ x + g"}),
    "cumulative, nothing": ("y ~ 1", "cumulative(probit)", {}),
    "sequential": ("y ~ x + (1 | h)", "sequential(loglog)", {"nominal": "~ g"}),
    "adjacent": ("y ~ x", "adjacent(cauchit)", {"scale": "~ x"}),
    "categorical": ("y ~ x + (1 + x | h)", "categorical", {}),
    "multinomial": ("cbind(a, b, c) ~ x + g", "multinomial", {}),
    "dirichlet": ("cbind(p, q, r) ~ x", "dirichlet", {"phi": "~ x"}),
}
BY_MODEL = pytest.mark.parametrize("name", MODELS)


@cache
def table():
    rng = np.random.default_rng(4)
    n = 60
    shares = rng.dirichlet([2.0, 3.0, 4.0], n)
    made = {
        "x": 1 + 0.5 * rng.normal(size=n),
        "g": rng.choice(list("uv"), n),
        "h": rng.choice(list("stw"), n),
        "y": pd.Categorical.from_codes(rng.permutation(np.arange(n) % 4), ["low", "mid", "high", "top"], ordered=True),
    }
    counts = rng.poisson(3, (n, 3))
    return pd.DataFrame(made | dict(zip("abc", counts.T, strict=True)) | dict(zip("pqr", shares.T, strict=True)))


@cache
def model(name):
    formula, family, predictors = MODELS[name]
    made = as_family(family)
    design, others = designs(made, formula, table(), ROWS, predictors)
    return build_model(design, family=made, predictors=others)


def point(name, seed=0):
    flat = NumericFlat(model(name))
    return 0.1 * np.random.default_rng(seed).normal(size=flat.size)


@BY_MODEL
def test_the_gradient_in_numpy_is_that_of_jax(name):
    numeric, on = NumericFlat(model(name)), substrate("jax")
    flat, data = Flat(model(name), on), model(name).data_on(on)
    q = point(name)
    value, gradient = numeric(q)
    expected, slope = on.jit(on.value_and_grad(lambda x: flat.log_density(x, data)))(on.array(q))
    assert value == pytest.approx(float(expected), rel=1e-10)
    np.testing.assert_allclose(gradient, slope, rtol=1e-8, atol=1e-8)


@BY_MODEL
def test_the_program_and_the_joint_distribution_have_the_density(name):
    made = model(name)
    values = NumericFlat(made).values(point(name))
    keys = {p.name: p.key for p in made.parameters}
    expected = float(made.log_density(values))
    substrate("tensorflow")  # loads TFP without its warnings
    scope = {"__name__": "program"}
    exec(compile(made.code(), "program", "exec"), scope)
    given = {keys[name]: value for name, value in values.items()}
    assert float(scope["log_density"](**given)) == pytest.approx(expected, rel=1e-9)
    on = substrate("jax")
    joint, y = made.joint_distribution(on), on.array(made.data["likelihood"]["y"])
    density = on.jit(lambda there: joint.log_prob(**there, **{made.response_key: y}))
    there = {key: on.array(value) for key, value in given.items()}
    assert float(density(there)) == pytest.approx(expected, rel=1e-9)


@BY_MODEL
def test_draws_by_shown_name_give_the_same_densities(name):
    made, flat = model(name), NumericFlat(model(name))
    q = np.stack([point(name, seed) for seed in range(3)])[None]
    values = flat.values(q)
    shown = made.shown(values)
    eta, own = made.predictor_on(made.design, shown), made.own_on(made.predictors, shown)
    np.testing.assert_allclose(
        made.family.log_density(eta, own, made.data["likelihood"], np),
        made.log_likelihood(values),
        rtol=1e-9,
        atol=1e-9,
    )


def test_thresholds_are_shown_at_zero_by_name():
    made = model("cumulative, scale, nominal")
    values = NumericFlat(made).values(point("cumulative, scale, nominal")[None, None])
    shown = made.shown(values)
    assert {"low|mid", "mid|high", "high|top", "mid|high:x", "scale_x"} <= set(shown) and "threshold" not in shown
    data = table()
    at_means = shown["low|mid"] + shown["low|mid:x"] * data.x.mean() - shown["g[v]"] * (data.g == "v").mean()
    np.testing.assert_allclose(at_means, values["threshold"][..., 0])
    assert made.places()["low|mid"].variable == "threshold"


def test_a_threshold_may_have_a_prior_of_its_own():
    design, others = designs(as_family("sequential"), "y ~ x", table(), ROWS, {})
    made = build_model(
        design, family=as_family("sequential"), predictors=others, priors={"mid|high": "student_t(3, 1, 2)"}
    )
    (prior,) = (p.prior for p in made.parameters if p.name == "threshold")
    assert list(prior.loc) == [0, 1, 0] and list(prior.scale) == [2.5, 2, 2.5]
