"""A model's density is the same on NumPy, TensorFlow and JAX, in the joint distribution, and by dense matrices."""

import numpy as np
import pytest
from scipy import stats

from statmodels_tf.design import build
from statmodels_tf.errors import ModelError
from statmodels_tf.model import Flat, build_model
from statmodels_tf.substrate import substrate
from tests.model.cases import CASES, draw, model_of, toy

SUBSTRATES = ["tensorflow", "jax"]
# TFP 0.25 asks JAX for the shape of None where it draws a gamma.
TFP_ON_JAX = pytest.mark.filterwarnings("ignore:shape requires ndarray or scalar:DeprecationWarning")


def dense_predictor(model, values):
    """Return the linear predictor of one set of values by dense matrices."""
    design, eta = model.design, np.zeros(len(model.design.rows))
    shown = model.shown(values)
    for j, name in enumerate(design.columns):
        eta += design.common.dense()[:, j] * shown.get(name, 0.0)
    for effect, block in zip(model.groups, design.groups, strict=True):
        Z = np.eye(len(block.levels))[block.codes]
        for k, name in enumerate(effect.names()):
            eta += (Z @ shown[name]) * (1.0 if block.columns is None else block.columns[:, k])
    return eta if design.offset is None else eta + design.offset


@pytest.mark.parametrize("case", CASES)
def test_linear_predictor_is_the_dense_one(case):
    model, values = model_of(case), draw(model_of(case), 1)
    np.testing.assert_allclose(model.linear_predictor(values), dense_predictor(model, values), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_log_density_is_the_normal_density_plus_the_priors(case):
    model, values = model_of(case), draw(model_of(case), 2)
    weights = 1.0 if model.design.weights is None else model.design.weights
    likelihood = stats.norm(dense_predictor(model, values), values["sigma"] / np.sqrt(weights))
    prior = sum(float(p.prior.log_density(values[p.name], np)) for p in model.parameters)
    expected = likelihood.logpdf(model.design.response.values).sum() + prior
    assert model.log_density(values) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_leading_axes_are_a_batch(case):
    model = model_of(case)
    values = draw(model, 3, (2, 3))
    found = model.log_density(values)
    assert found.shape == (2, 3)
    for i, j in [(0, 0), (1, 2)]:
        one = {name: array[i, j] for name, array in values.items()}
        assert found[i, j] == pytest.approx(model.log_density(one), rel=1e-12)


@TFP_ON_JAX
@pytest.mark.parametrize("name", SUBSTRATES)
@pytest.mark.parametrize("case", CASES)
def test_log_density_is_the_same_everywhere(case, name):
    model, on = model_of(case), substrate(name)
    values = draw(model, 4)
    data, joint = model.data_on(on), model.joint_distribution(name)
    y = on.array(model.design.response.values)

    def densities(there):
        parts = {p.key: there[p.name] for p in model.parameters}
        return model.log_density(there, on.xp, data), joint.log_prob(**parts, **{model.response_key: y})

    compiled = on.jit(densities) if name == "jax" else densities  # uncompiled, JAX compiles each step by itself
    found = compiled({key: on.array(array) for key, array in values.items()})
    assert [float(f) for f in found] == pytest.approx([model.log_density(values)] * 2, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("name", SUBSTRATES)
@pytest.mark.parametrize("case", ["slopes", "factor_effects", "priors", "weights"])
def test_flat_density_adds_the_jacobian_and_holds_a_batch(case, name):
    on = substrate(name)
    flat = Flat(model_of(case), on)
    data = flat.model.data_on(on)
    q = np.random.default_rng(5).normal(size=(3, flat.size)) / 2
    evaluate = on.jit(lambda q: (flat.log_density(q, data), flat.values(q)))
    found, values = evaluate(on.array(q))
    without = flat.model.log_density({k: np.asarray(v) for k, v in values.items()})
    assert tuple(found.shape) == (3,)
    found = np.asarray(found)
    assert np.all(np.abs(found - without) > 1e-3)
    moved = q.copy()
    moved[:, 0] += 0.5  # the first real parameter: a linear map, so that the Jacobian stays
    there, at = evaluate(on.array(moved))
    expected = flat.model.log_density({k: np.asarray(v) for k, v in at.items()})
    np.testing.assert_allclose(np.asarray(there) - expected, found - without, rtol=1e-8)


def test_flat_density_integrates_to_the_marginal_likelihood():
    rng = np.random.default_rng(0)
    y = rng.normal(1.0, 1.0, 8)
    priors = {"Intercept": "normal(0, 2)", "sigma": "gamma(3, 2)"}
    on = substrate("jax")
    flat = Flat(build_model(build("y ~ 1", {"y": y}), priors=priors), on)
    a, b = np.linspace(-8, 8, 401), np.linspace(-6, 4, 401)
    grid = np.stack(np.meshgrid(a, b, indexing="ij"), axis=-1).reshape(-1, 2)
    density = np.exp(np.asarray(flat.log_density(on.array(grid), flat.model.data_on(on))))
    found = density.sum() * (a[1] - a[0]) * (b[1] - b[0])
    sigma = np.linspace(1e-3, 12, 4001)
    covariance = [s**2 * np.eye(8) + 4.0 for s in sigma]
    given = [stats.multivariate_normal(np.zeros(8), c).pdf(y) for c in covariance]
    assert found == pytest.approx(
        np.sum(given * stats.gamma(3, scale=0.5).pdf(sigma)) * (sigma[1] - sigma[0]), rel=1e-5
    )


def test_names_and_keys():
    model = model_of("slopes")
    assert [(p.name, p.key, p.shape) for p in model.parameters] == [
        ("Intercept", "Intercept", ()),
        ("b", "b", (1,)),
        ("sigma", "sigma", ()),
        ("tau(x | g)", "tau_x_g", ()),
        ("pi(x | g)", "pi_x_g", (2,)),
        ("L(x | g)", "L_x_g", (2, 2)),
        ("z(x | g)", "z_x_g", (5, 2)),
    ]
    shown = model.shown(draw(model, 0, (2, 4)))
    assert {name: array.shape[2:] for name, array in shown.items()} == {
        "Intercept": (), "x": (), "sigma": (), "sd(g)[Intercept]": (), "sd(g)[x]": (), "cor(g)[Intercept,x]": (),
        "1|g": (5,), "x|g": (5,),
    }  # fmt: skip


def test_the_same_effect_twice_by_one_factor_keeps_its_own_name():
    shown = model_of("twice_the_same").shown(draw(model_of("twice_the_same"), 0))
    assert {"sd(g)[Intercept]", "sd(g.1)[Intercept]", "1|g", "1|g.1", "x|g.1"} <= set(shown)


def test_aliased_columns_have_no_draws():
    shown = model_of("aliased").shown(draw(model_of("aliased"), 0))
    assert "twice" not in shown
    assert {"x", "arm[b]"} <= set(shown)


def test_the_intercept_is_at_the_mean_of_the_predictors():
    model, values = model_of("no_groups"), draw(model_of("no_groups"), 6)
    assert np.mean(model.linear_predictor(values)) == pytest.approx(values["Intercept"], rel=1e-12)
    b = np.array([model.shown(values)[c] for c in model.design.columns])
    back = model.common.values_of(b)
    assert all(np.allclose(back[name], values[name], rtol=1e-12) for name in back)


@pytest.mark.parametrize("case", ["slopes", "factor_effects", "priors"])
def test_standard_deviations_and_correlations_are_those_of_the_effects(case):
    model, values = model_of(case), draw(model_of(case), 7)
    shown = model.shown(values)
    for effect in model.groups:
        factor = effect.factor(values, np)
        covariance = factor @ factor.T
        for k, name in enumerate(effect.effects):
            assert shown[f"sd({effect.group})[{name}]"] == pytest.approx(np.sqrt(covariance[k, k]), rel=1e-12)
        for i, j in effect.pairs():
            cor = covariance[i, j] / np.sqrt(covariance[i, i] * covariance[j, j])
            name = f"cor({effect.group})[{effect.effects[i]},{effect.effects[j]}]"
            assert shown[name] == pytest.approx(cor, rel=1e-10)


def test_decov_splits_the_trace_as_rstanarm():
    model, values = model_of("factor_effects"), draw(model_of("factor_effects"), 8)
    effect = model.groups[0]
    factor = effect.factor(values, np)
    tau = values["tau(0 + arm | g)"]
    assert np.trace(factor @ factor.T) == pytest.approx(4 * (values["sigma"] * tau) ** 2, rel=1e-12)


def test_log_prior_terms_are_the_log_prior_without_z():
    for case in ("slopes", "priors", "twice_the_same"):
        model, values = model_of(case), draw(model_of(case), 9, (2,))
        terms = sum(model.log_prior_terms(values).values())
        z = sum(p.prior.log_density(values[p.name], np) for p in model.parameters if p.name.startswith("z("))
        np.testing.assert_allclose(terms + z, model.log_prior(values), rtol=1e-12)


@TFP_ON_JAX
@pytest.mark.parametrize("name", SUBSTRATES)
def test_prior_draws_come_from_the_joint_distribution(name):
    on, model = substrate(name), model_of("slopes")
    joint = model.joint_distribution(on)
    if name == "jax":
        drawn = on.jit(lambda seed: joint.sample(400, seed=seed))(on.seed((1, 2)))
    else:
        drawn = joint.sample(400, seed=1)
    sigma = np.asarray(drawn.sigma)
    assert np.asarray(getattr(drawn, model.response_key)).shape == (400, 60)
    mean = float(np.std(model.design.response.values, ddof=1))
    assert sigma.mean() == pytest.approx(mean, abs=4 * mean / 20)


def test_a_row_of_weight_zero_has_no_density():
    data = toy().assign(w=lambda d: d["w"].where(d["g"] != "g1", 0.0))
    model = build_model(build("y ~ x + (1 | g)", data, weights="w"))
    with pytest.raises(ModelError, match="weight 0 has no density"):
        model.log_density(draw(model, 0))
