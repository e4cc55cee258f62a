"""The flat density in NumPy is the compiled one, in value and gradient, and the joint density with its Jacobian."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.design import build
from statmodels_tf.errors import ModelError
from statmodels_tf.model import Flat, NumericFlat, build_model
from statmodels_tf.substrate import substrate
from tests.model.cases import CASES, model_of, toy

FORMULAS = {
    "lm": ("{y} ~ x + arm", {}),
    "group": ("{y} ~ x + (1 | g) + offset(0.1 * x)", {}),
    "slopes": ("{y} ~ arm + (1 + x | g) + (x || h)", {}),
    "three": ("{y} ~ 1 + (0 + arm | g)", {"cor": "lkj(2)", "Intercept": "student_t(3, 0, 1)"}),
    "separate": ("{y} ~ 0 + x + (x | g) + (1 | h)", {"sd": "half_normal(1)", "sd(g)": "half_student_t(3, 1)"}),
}
RESPONSES = {
    "gaussian": "y",
    "binomial": "cbind(s, m - s)",
    "poisson": "k",
    "negative_binomial": "k",
    "gamma": "p",
    "inverse_gaussian": "p",
    "beta": "u",
}


def data():
    """Return the toy data with a response of every kind."""
    rng = np.random.default_rng(4)
    return toy().assign(
        m=8,
        s=rng.binomial(8, 0.4, 60),
        k=rng.poisson(2.0, 60),
        p=rng.gamma(2.0, 1.0, 60),
        u=rng.beta(2.0, 3.0, 60),
    )


@cache
def model(family, formula):
    """Return the model of a family and a formula."""
    text, priors = FORMULAS[formula]
    link = "log" if RESPONSES[family] == "p" else None
    return build_model(build(text.format(y=RESPONSES[family]), data()), family, link, dict(priors))


def compiled(made, name, q):
    """Return the value and the gradient of the substrate's flat density."""
    on = substrate(name)
    flat, arrays = Flat(made, on), made.data_on(on)
    value, gradient = on.jit(lambda q: on.value_and_grad(lambda q: flat.log_density(q, arrays))(q))(on.array(q))
    return float(value), np.asarray(gradient)


def check(made, name):
    """Compare value and gradient at a random point with those of a substrate."""
    flat = NumericFlat(made)
    q = np.random.default_rng(7).normal(size=flat.size) / 2
    value, gradient = flat(q)
    expected, slope = compiled(made, name, q)
    assert value == pytest.approx(expected, rel=1e-8, abs=1e-8)
    np.testing.assert_allclose(gradient, slope, rtol=1e-8, atol=1e-8 * np.abs(slope).max())


SLOW = pytest.mark.slow


@pytest.mark.parametrize("case", [c if c in ("priors", "crossed") else pytest.param(c, marks=SLOW) for c in CASES])
def test_numeric_density_is_the_compiled_one_of_every_form(case):
    check(model_of(case), "jax")


@pytest.mark.parametrize("formula", [f if f == "slopes" else pytest.param(f, marks=SLOW) for f in FORMULAS])
@pytest.mark.parametrize("family", RESPONSES)
def test_numeric_density_is_the_compiled_one_of_every_family(family, formula):
    check(model(family, formula), "jax")


@pytest.mark.slow
@pytest.mark.parametrize("formula", FORMULAS)
def test_numeric_density_is_the_compiled_one_on_tensorflow(formula):
    check(model("gaussian", formula), "tensorflow")


@pytest.mark.parametrize("case", CASES)
def test_numeric_density_is_the_joint_density_and_the_jacobian(case):
    made = model_of(case)
    flat = made.flat_numeric
    q = np.random.default_rng(8).normal(size=flat.size)
    values = flat.values(q)
    jacobian = sum(float(p.prior.transform.log_jacobian(q[part])) for p, part in flat.parts())
    assert flat.log_density(q) == pytest.approx(made.log_density(values) + jacobian, rel=1e-11)
    assert flat.value_and_gradient(q)[0] == flat.log_density(q)


def test_values_are_those_of_the_compiled_density_and_go_back():
    made, on = model_of("priors"), substrate("jax")
    flat, other = made.flat_numeric, Flat(made, on)
    q = np.random.default_rng(9).normal(size=(2, 3, flat.size))
    values = flat.values(q)
    there = on.jit(other.values)(on.array(q))
    for p, part in flat.parts():
        np.testing.assert_allclose(values[p.name], there[p.name], rtol=1e-12, atol=1e-12)
        assert values[p.name].shape == (2, 3, *p.shape)
        assert (p.name, part) in [(p.name, part) for p, part in other.parts()]
    np.testing.assert_allclose(flat.inverse(values), q, rtol=1e-9, atol=1e-9)


def test_a_point_too_far_off_has_no_finite_density_and_no_warning():
    flat = model("poisson", "lm").flat_numeric
    value, _ = flat(np.full(flat.size, 1e4))
    assert not np.isfinite(value)


def test_many_columns_of_a_factor_are_worked_by_their_codes():
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {"y": rng.normal(size=200), "f": [f"l{i % 50}" for i in range(200)], "x": rng.normal(size=200)}
    )
    check(build_model(build("y ~ x + f", table)), "jax")


def test_a_family_without_scores_is_refused_with_a_reason():
    made = build_model(build("k ~ x", data()), family="quasipoisson")
    assert "quasipoisson" in NumericFlat.refusal(made)
    with pytest.raises(ModelError, match="no gradient in closed form"):
        NumericFlat(made)
