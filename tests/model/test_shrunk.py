"""Coefficients shrunk together: one density on every library, its gradient in NumPy, programs that run."""

import numpy as np
import pytest

from statmodels_tf.design import build
from statmodels_tf.model import Flat, NumericFlat, build_model
from statmodels_tf.substrate import substrate
from tests.model.cases import toy

PRIORS = [
    {"b": "horseshoe(3, 0.5)"},
    {"b": "R2D2(0.3, 4)"},
    {"b": "horseshoe()", "x": "normal(0, 1)"},
    {"b": "horseshoe(autoscale=False)", "x": "cauchy(0, 1)", "arm[b]": "normal(0, 3)"},
]


def model(priors, formula="y ~ x + arm + (1 | g)"):
    return build_model(build(formula, toy()), priors=priors)


@pytest.mark.parametrize("formula", ["y ~ x + arm + (1 | g)", "y ~ 0 + x + arm"])
@pytest.mark.parametrize("priors", PRIORS, ids=str)
def test_value_and_gradient_are_those_of_jax(priors, formula):
    made, on = model(priors, formula), substrate("jax")
    numeric, flat = NumericFlat(made), Flat(made, on)
    assert numeric.size == flat.size
    q = np.random.default_rng(3).normal(size=numeric.size) * 0.5
    data = made.data_on(on)
    value, slope = on.value_and_grad(lambda u: flat.log_density(u, data))(on.array(q))
    found, gradient = numeric.value_and_gradient(q)
    assert found == pytest.approx(float(value), rel=1e-10)
    np.testing.assert_allclose(gradient, slope, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("priors", PRIORS, ids=str)
def test_the_joint_distribution_and_the_program_have_the_density(priors):
    made, on = model(priors), substrate("tensorflow")
    numeric = NumericFlat(made)
    values = numeric.values(np.random.default_rng(4).normal(size=numeric.size) * 0.5)
    joint = made.joint_distribution(on)
    named = {p.key: on.array(values[p.name]) for p in made.parameters}
    found = joint.log_prob(**named, **{made.response_key: on.array(made.data["likelihood"]["y"])})
    assert made.log_density(values) == pytest.approx(float(found), rel=1e-8)
    scope: dict = {}
    exec(made.code(), scope)
    theirs = scope["log_density"](**{p.key: values[p.name] for p in made.parameters})
    assert made.log_density(values) == pytest.approx(float(theirs), rel=1e-8)


def test_shown_coefficients_are_those_of_the_columns():
    made = model(PRIORS[0])
    numeric = NumericFlat(made)
    values = numeric.values(np.random.default_rng(5).normal(size=(2, 3, numeric.size)))
    shown, (x, *_) = made.shown(values), made.common.shrunk.positions
    assert shown["x"].shape == shown["global(b)"].shape == (2, 3)
    np.testing.assert_allclose(shown["x"], made.common.shrunk.coefficients(values, np)[..., 0])
    eta = made.linear_predictor({name: v[0, 0] for name, v in values.items()})
    dense = made.design.common.dense() @ made.common.coefficients(values, np)[0, 0]
    np.testing.assert_allclose(eta, dense + made.groups[0].contribute({k: v[0, 0] for k, v in values.items()}, np))
    assert made.design.columns[x] == "x"


def test_the_summary_says_how_many_are_shrunk():
    texts = model(PRIORS[2]).prior_texts()
    assert texts["x"] == "normal(0, 1)"
    assert texts["3 coefficients together"] == "horseshoe(1, 1, 1, 2, 4)"
