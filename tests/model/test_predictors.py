"""Models with several linear predictors: of other parameters than the mean, and of each outcome."""

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.design.predictors import Predictor, build_predictors
from statmodels_tf.errors import ModelError
from statmodels_tf.families import as_family
from statmodels_tf.model import Flat, build_model
from statmodels_tf.substrate import substrate
from tests.model.cases import toy

CASES = {
    "sigma": ("y ~ x + (1 | g)", "gaussian", {"sigma": "~ x + (1 | h)"}, {}),
    "priors": (
        "y ~ x",
        "gaussian",
        {"sigma": "~ arm"},
        {"sigma_Intercept": "normal(0, 1)", "b_sigma": "laplace(0, 2)", "sigma_arm[b]": "normal(0, 3)"},
    ),
    "shape": ("p ~ x", "gamma(link='log')", {"shape": "~ x"}, {}),
    "outcomes": ("o ~ x + (1 | g)", "categorical", {}, {"b": "normal(0, 1)", "b:x": "normal(0, 2)"}),
    "thresholds": ("o ~ x", "cumulative", {"nominal": "~ z", "scale": "~ x"}, {}),
}


def data():
    """Return the toy data with a factor of three outcomes and a positive response."""
    rng = np.random.default_rng(6)
    outcome = pd.Categorical(rng.choice(list("abc"), 60))
    return toy().assign(o=outcome, p=rng.gamma(2.0, 1.0, 60), z=rng.normal(size=60))


def model_of(case):
    """Return the model of a case."""
    formula, family, others, priors = CASES[case]
    made = as_family(family)
    mean = Predictor(formula, "implied" if made.predictors else "written")
    chosen = {name: Predictor(text, made.predictors.get(name, "written")) for name, text in others.items()}
    design, predictors = build_predictors(mean, chosen, data(), {})
    return build_model(design, made, priors=priors, predictors=predictors)


@pytest.fixture(params=CASES)
def model(request):
    return model_of(request.param)


def at_random(model, seed=1):
    """Return values of the parameters at random."""
    flat = model.flat_numeric
    return flat.values(np.random.default_rng(seed).normal(size=flat.size) / 2)


def test_numeric_density_is_the_compiled_one(model):
    on, numeric = substrate("jax"), model.flat_numeric
    flat, arrays = Flat(model, on), model.data_on(on)
    q = np.random.default_rng(2).normal(size=numeric.size) / 2
    value, gradient = on.jit(on.value_and_grad(lambda q: flat.log_density(q, arrays)))(on.array(q))
    found, slope = numeric(q)
    assert found == pytest.approx(float(value), rel=1e-10)
    np.testing.assert_allclose(slope, gradient, rtol=1e-8, atol=1e-8)


def test_predictors_on_the_same_rows_are_those_of_the_fit(model):
    values = at_random(model)
    shown = model.shown({name: array[None, None] for name, array in values.items()})
    eta = model.predictor_on(model.design, shown)
    np.testing.assert_allclose(eta[0, 0], model.linear_predictor(values), rtol=1e-10, atol=1e-12)
    own = model.own_on(model.predictors, shown)
    for name, array in model.family_values(values).items():
        np.testing.assert_allclose(own[name][0, 0], array, rtol=1e-10)


def test_the_program_has_the_density_of_the_model(model):
    values = at_random(model, 3)
    substrate("tensorflow")  # loads TFP without its deprecations
    names: dict = {"__name__": "program"}
    exec(compile(model.code(), "program", "exec"), names)
    found = float(names["log_density"](**{p.key: values[p.name] for p in model.parameters}))
    assert found == pytest.approx(float(model.log_density(values)), rel=1e-9)


def test_coefficients_are_named_by_their_parameter_or_outcome():
    shown = {case: list(model_of(case).shown(at_random(model_of(case)))) for case in CASES}
    assert shown["sigma"] == [
        "Intercept", "x", "sigma_Intercept", "sigma_x", "sd(g)[Intercept]", "1|g", "sd(h)[sigma_Intercept]",
        "sigma_Intercept|h",
    ]  # fmt: skip
    assert shown["outcomes"][:4] == ["b:Intercept", "b:x", "c:Intercept", "c:x"]
    assert shown["thresholds"] == ["x", "a|b:z", "b|c:z", "scale_x", "a|b", "b|c"]


def test_priors_are_given_by_the_names_shown():
    texts = model_of("priors").prior_texts()
    assert texts["sigma_Intercept (at the mean of the predictors)"] == "normal(0, 1)"
    assert texts["sigma_arm[b]"] == "normal(0, 3)"
    assert texts["sigma_arm[c]"] == "laplace(0, 2)"
    assert model_of("outcomes").prior_texts()["b:x"] == "normal(0, 2)"
    assert model_of("outcomes").prior_texts()["c:x"] == "normal(0, 1)"


def test_a_prior_of_a_modelled_parameter_is_refused():
    formula, family, others, _ = CASES["sigma"]
    chosen = {name: Predictor(text) for name, text in others.items()}
    design, predictors = build_predictors(Predictor(formula), chosen, data(), {})
    with pytest.raises(ModelError, match="no parameter `sigma`"):
        build_model(design, family, priors={"sigma": "exponential(1)"}, predictors=predictors)
