"""The density of every family that least squares fit is SciPy's and TFP's, and what draws from it has its moments."""

import numpy as np
import pytest
from scipy import stats

from statmodels_tf.design import Response
from statmodels_tf.families import as_family
from statmodels_tf.substrate import substrate
from tests.families.registered import (
    DENSE,
    DENSITY,
    DISPERSION,
    IN_SCIPY,
    OWN,
    WEIGHTED,
    case,
    few_links,
    means,
    observed,
    values,
)


@IN_SCIPY
@WEIGHTED
def test_log_densities_are_scipys(family, weighted):
    eta, data = observed(family, weighted)
    weights = data.get("weights", data.get("trials", 1.0))
    made = case(family).scipy(family.link.inverse(eta, np), weights, values(family))
    expected = made.logpmf(data["y"]) if hasattr(made.dist, "logpmf") else made.logpdf(data["y"])
    expected = expected * (weights if case(family).repeats else 1.0)
    np.testing.assert_allclose(family.log_density(eta, values(family), data, np), expected, rtol=1e-10, atol=1e-12)
    if family.known_dispersion:
        y, a = family.observations(data)
        np.testing.assert_allclose(family.loglik(y, family.link.inverse(eta, np), a, data), expected, rtol=1e-10)


@DENSITY
@pytest.mark.parametrize(("weighted", "on"), [(True, "jax"), (False, "tensorflow")], ids=["w", "plain"])
def test_log_densities_agree_on_all_substrates(family, weighted, on):
    on = substrate(on)
    for linked in few_links(family):
        eta, data = observed(linked, weighted)
        expected = linked.log_density(eta, values(linked, (2,)), data, np)
        there = {name: on.array(array) for name, array in data.items()}
        given = {name: on.array(array) for name, array in values(linked, (2,)).items()}
        found = linked.log_density(on.array(eta), given, there, on.xp)
        np.testing.assert_allclose(
            np.broadcast_to(found, expected.shape), expected, rtol=1e-10, atol=1e-10, err_msg=linked.link.name
        )


@pytest.mark.parametrize(
    ("family", "on"),
    [
        pytest.param(as_family(name), on, marks=[pytest.mark.slow] if (name, on) == ("tweedie", "jax") else [])
        for name in DENSE
        for on in ("tensorflow", "jax")
    ],
)
@pytest.mark.filterwarnings("ignore:You have created an Inflated distribution", "ignore:shape requires ndarray")
def test_tfps_distribution_and_the_programs_text_have_the_same_density(family, on):
    name, on = on, substrate(on)
    for linked in few_links(family):
        eta, data = observed(linked, False)
        expected = float(linked.log_density(eta, values(linked), data, np).sum())
        there = {key: on.array(array) for key, array in data.items()}
        given = {key: on.array(array) for key, array in values(linked).items()}
        made = linked.distribution(on.array(eta), given, there, on)
        assert float(made.log_prob(there["y"])) == pytest.approx(expected, rel=1e-9), linked.link.name
        if name == "tensorflow":
            scope = {"tf": on_tensorflow(), "tfp": on.tfp, "tfd": on.tfd, "np": np, "f": np.float64}
            keys = {key: f"own_{key}" for key in given}
            scope |= {"eta": on.array(eta)} | {keys[key]: array for key, array in given.items()}
            text = linked.code("y", keys, {key: key for key in data if key != "y"})
            written = eval(text, scope)
            assert float(written.log_prob(there["y"])) == pytest.approx(expected, rel=1e-9), linked.link.name


def on_tensorflow():
    import tensorflow

    return tensorflow


@DENSITY
@WEIGHTED
def test_simulated_responses_have_mean_and_variance(family, weighted):
    n, rows = 40_000, 5
    mu = means(family, rows)
    weights = np.array([1.0, 2.0, 3.0, 1.0, 4.0]) if weighted else None
    data = family.data(None, weights)
    eta = np.broadcast_to(family.link.link(mu, np), (n, rows))
    y = family.simulate(eta, values(family, (n,)), data, np.random.default_rng(1))
    a = weights if weighted and not case(family).repeats else np.ones(rows)
    share = y / a if family.shares else y
    variance = family.variance(mu) * (family.known_dispersion or DISPERSION) / a
    np.testing.assert_array_less(np.abs(share.mean(axis=0) - mu), 4.5 * np.sqrt(variance / n))
    np.testing.assert_allclose(share.var(axis=0), variance, rtol=0.12)


@DENSITY
def test_quantile_residuals_of_the_true_model_are_normal(family):
    n = 4000
    eta = family.link.link(means(family, n), np)
    rng = np.random.default_rng(2)
    y = family.simulate(eta, values(family), {}, rng)
    data = family.data(Response("y", y), None)
    r = family.quantile_residuals(family.link.inverse(eta, np), values(family), data, rng)
    assert stats.kstest(r, "norm").pvalue > 1e-3


@DENSITY
def test_priors_are_of_what_densities_take(family):
    _, data = observed(family, False)
    assert set(family.default_priors(data)) <= set(family.values_at(1.0))
    centre, unit = family.default_scale(data)
    assert np.isfinite(centre) and unit > 0


@OWN
@pytest.mark.filterwarnings("ignore:You have created an Inflated distribution")
def test_each_row_may_have_its_own_parameters(family):
    (eta, data), one = observed(family, False), values(family)
    by_row = {name: at * np.linspace(0.7, 1.4, len(eta)) for name, at in one.items()}
    rows = [
        family.log_density(
            eta[k : k + 1],
            {name: at[k : k + 1] for name, at in by_row.items()},
            {name: array[k : k + 1] for name, array in data.items()},
            np,
        )
        for k in range(len(eta))
    ]
    expected = np.concatenate(rows)
    np.testing.assert_allclose(family.log_density(eta, by_row, data, np), expected, rtol=1e-12)
    on = substrate("tensorflow")
    given = {name: on.array(at) for name, at in by_row.items()}
    made = family.distribution(on.array(eta), given, {}, on)
    assert float(made.log_prob(data["y"])) == pytest.approx(expected.sum(), rel=1e-9)
    scope = {"tf": on_tensorflow(), "tfp": on.tfp, "tfd": on.tfd, "np": np, "f": np.float64, "eta": on.array(eta)}
    written = eval(family.code("y", {name: f"own_{name}" for name in given}, {}), scope | own_scope(given))
    assert float(written.log_prob(data["y"])) == pytest.approx(expected.sum(), rel=1e-9)
    mu = family.link.inverse(eta, np)
    residuals = family.quantile_residuals(mu, by_row, data, np.random.default_rng(0))
    assert family.simulate(eta, by_row, {}, np.random.default_rng(0)).shape == eta.shape == residuals.shape


def own_scope(given):
    """Return the own parameters as the variables of a program."""
    return {f"own_{name}": array for name, array in given.items()}
