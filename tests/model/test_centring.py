"""Coordinates of group effects: centred and non-centred ones are the same density, and the data choose."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from statmodels_tf.dataset import load_dataset
from statmodels_tf.design import build
from statmodels_tf.model import Flat, NumericFlat, build_model, informed
from statmodels_tf.model.centring import units
from statmodels_tf.substrate import substrate
from tests.model.cases import model_of


def centred(case):
    """Return the model of a case with its first group centred, and that group."""
    model = model_of(case)
    group = model.groups[0]
    return replace(model, centred=frozenset([group.label])), group


@pytest.mark.parametrize("case", ["slopes", "priors", "crossed"])
def test_both_parametrisations_are_the_same_density(case):
    model, group = centred(case)
    flat, other = NumericFlat(model), NumericFlat(model_of(case))
    q = np.random.default_rng(1).normal(size=flat.size) / 2
    values = flat.values(q)
    factor, unit = group.factor(values, np), units(model)[group.latent]
    jacobian = len(group.levels) * (np.sum(np.log(unit)) - np.sum(np.log(np.diag(factor))))  # |dz / dq|
    assert flat.log_density(q) == pytest.approx(other.log_density(other.inverse(values)) + jacobian, rel=1e-12)
    np.testing.assert_allclose(flat.inverse(values), q, atol=1e-12)


@pytest.mark.parametrize("case", ["slopes", "crossed"])
def test_centred_gradient_is_the_compiled_one(case):
    model, _ = centred(case)
    on, numeric = substrate("jax"), NumericFlat(model)
    flat, arrays = Flat(model, on), model.data_on(on)
    q = np.random.default_rng(2).normal(size=numeric.size) / 2
    value, gradient = on.jit(on.value_and_grad(lambda q: flat.log_density(q, arrays)))(on.array(q))
    found, slope = numeric(q)
    assert found == pytest.approx(float(value), rel=1e-10)
    np.testing.assert_allclose(slope, gradient, rtol=1e-8, atol=1e-8)


def choice(model):
    """Return the groups that are informed at the joint mode."""
    flat = NumericFlat(model)
    found = minimize(lambda q: tuple(-part for part in flat(q)), np.zeros(flat.size), jac=True, method="L-BFGS-B")
    return informed(model, flat.values(found.x))


def test_groups_of_many_rows_are_informed():
    model = build_model(build("Reaction ~ Days + (Days | Subject)", load_dataset("sleepstudy")))
    assert choice(model) == {"Days | Subject"}


def test_groups_of_few_rows_are_not():
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    assert choice(build_model(build(formula, load_dataset("cbpp")), "binomial")) == frozenset()


def test_of_two_groups_only_the_informed_one_is_chosen():
    rng = np.random.default_rng(3)
    many, few = np.arange(1200) % 10, np.arange(1200) % 400
    y = rng.normal(size=10)[many] + 0.3 * rng.normal(size=400)[few] + rng.normal(size=1200)
    table = pd.DataFrame({"y": y, "many": many.astype(str), "few": few.astype(str)})
    assert choice(build_model(build("y ~ 1 + (1 | many) + (1 | few)", table))) == {"1 | many"}
