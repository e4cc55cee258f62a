"""What holds of every family that is made of a law: densities, slopes, TFP's distributions, new responses."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from statmodels_tf.design import Response
from statmodels_tf.errors import ModelError
from statmodels_tf.families import FAMILIES, Truncated, as_family, family_text
from statmodels_tf.families.of_law import OfLaw
from statmodels_tf.substrate import substrate
from tests.families.law_cases import COUNTS, FAMILY, SCIPY, SEEN, TEXTS, TRIALS, VALUES, etas, observed, own


def test_every_family_of_a_law_is_tested():
    known = {as_family(text).name for text in TEXTS}
    assert {"censored", "truncated"}.isdisjoint(FAMILIES)  # the left side of a formula makes them
    assert {name for name, made in FAMILIES.items() if issubclass(made, OfLaw)} == known


@pytest.mark.parametrize("text", SCIPY)
def test_densities_and_tails_are_scipys(text):
    family = as_family(text)
    eta, data, values = observed(family)
    made = SCIPY[text](family.link.inverse(eta, np), VALUES)
    y = data["y"]
    np.testing.assert_allclose(family.log_density(eta, values, data, np), made.logpdf(y), rtol=1e-9, atol=1e-11)
    lower, upper = family.law.tails(data, family.link.inverse(eta, np), values)
    np.testing.assert_allclose(lower, made.cdf(y), rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(upper, made.sf(y), rtol=1e-8, atol=1e-10)
    if text != "von_mises":
        np.testing.assert_allclose(family.expected(eta, values, data), made.mean(), rtol=1e-9)
        variance = family.law.moments(data, family.link.inverse(eta, np), values)[1]
        np.testing.assert_allclose(np.broadcast_to(variance, eta.shape), made.var(), rtol=1e-8)


@pytest.mark.parametrize("text", COUNTS)
def test_probabilities_of_counts_are_scipys_with_more_zeros(text):
    family = as_family(text)
    eta, data, values = observed(family, 60)
    inner, zi, y = COUNTS[text](family.link.inverse(eta, np), VALUES), VALUES["zi"], data["y"]
    expected = np.log(zi * (y == 0) + (1 - zi) * inner.pmf(y))
    np.testing.assert_allclose(family.log_density(eta, values, data, np), expected, rtol=1e-9, atol=1e-11)
    lower, upper = family.law.tails(data, family.link.inverse(eta, np), values)
    np.testing.assert_allclose(lower, zi + (1 - zi) * inner.cdf(y), rtol=1e-9)
    np.testing.assert_allclose(upper, (1 - zi) * inner.sf(y), rtol=1e-9, atol=1e-14)


def test_zero_one_inflated_shares_are_as_brms_says():
    family = as_family("zero_one_inflated_beta")
    y = np.array([0.0, 0.2, 0.7, 1.0])
    data, values = family.data(Response("y", y), None), own(family, {"y": y})
    zoi, coi, phi = (VALUES[name] for name in ("zoi", "coi", "phi"))
    beta = stats.beta(0.5 * phi, 0.5 * phi)
    expected = [np.log(zoi * (1 - coi)), *(np.log(1 - zoi) + beta.logpdf(y[1:3])), np.log(zoi * coi)]
    np.testing.assert_allclose(family.log_density(np.zeros(4), values, data, np), expected, rtol=1e-12)
    lower = [zoi * (1 - coi), *(zoi * (1 - coi) + (1 - zoi) * beta.cdf(y[1:3])), 1.0]
    np.testing.assert_allclose(family.law.tails(data, np.full(4, 0.5), values)[0], lower, rtol=1e-12)


@FAMILY
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weights"])
def test_kernels_are_log_densities_and_their_slopes(family, weighted):
    weights = np.linspace(0.5, 3, 40) if weighted else None
    eta, data, values = observed(family, 40, weights)
    values = {name: v + 0.1 * np.cos(np.arange(40)) * v for name, v in values.items()}
    score = family.kernel(data)(eta, values)

    def total(eta, values):
        return np.sum(family.log_density(eta, values, data, np))

    assert score.density == pytest.approx(total(eta, values), rel=1e-12)

    def slopes(moved):
        return [(moved(k, 1e-5) - moved(k, -1e-5)) / 2e-5 for k in range(40)]

    expected = slopes(lambda k, h: total(eta + h * (np.arange(40) == k), values))
    np.testing.assert_allclose(score.eta, expected, rtol=1e-6, atol=1e-6)
    assert set(score.own) == set(values)
    for name, v in values.items():
        expected = slopes(lambda k, h, n=name, v=v: total(eta, values | {n: v + h * (np.arange(40) == k)}))
        np.testing.assert_allclose(score.own[name], expected, rtol=1e-6, atol=1e-6, err_msg=name)


@FAMILY
@pytest.mark.parametrize("on", ["tensorflow", "jax"])
def test_log_densities_agree_on_all_substrates(family, on):
    on = substrate(on)
    eta, data, values = observed(family)
    there = {key: on.array(array) for key, array in data.items()}
    given = {key: on.array(array) for key, array in values.items()}
    found = on.jit(lambda eta: family.log_density(eta, given, there, on.xp))(on.array(eta))
    np.testing.assert_allclose(found, family.log_density(eta, values, data, np), rtol=1e-10, atol=1e-10)


@FAMILY
@pytest.mark.parametrize("on", ["tensorflow", pytest.param("jax", marks=pytest.mark.slow)])
@pytest.mark.filterwarnings("ignore:shape requires ndarray")
def test_tfps_distribution_and_the_programs_text_have_the_same_density(family, on):
    name, on = on, substrate(on)
    eta, data, values = observed(family)
    total = float(np.sum(family.log_density(eta, values, data, np)))
    there = {key: on.array(array) for key, array in data.items()}
    given = {key: on.array(array) for key, array in values.items()}
    made = family.distribution(on.array(eta), given, there, on)
    assert float(made.log_prob(there["y"])) == pytest.approx(total, rel=1e-9)
    assert np.isfinite(np.asarray(made.sample(seed=on.seed([1, 2])))).all()
    if name == "tensorflow":
        import tensorflow as tf

        scope = {"tf": tf, "tfp": on.tfp, "tfd": on.tfd, "np": np, "f": np.float64, "eta": on.array(eta)}
        scope |= {f"own_{key}": array[0] for key, array in given.items()} | {k: v for k, v in there.items() if k != "y"}
        text = family.code("y", {key: f"own_{key}" for key in given}, {key: key for key in data if key != "y"})
        written = eval(text, scope)
        assert float(written.log_prob(there["y"])) == pytest.approx(total, rel=1e-9)
        assert np.isfinite(np.asarray(written.sample(seed=on.seed([1, 2])))).all()


@pytest.mark.slow
@FAMILY
def test_samples_of_tfp_have_the_moments_of_new_responses(family):
    on, n = substrate("tensorflow"), 4000
    eta, data, values = observed(family, 5)
    there = {key: on.array(array) for key, array in data.items()}
    made = family.distribution(on.array(eta), {key: on.array(v) for key, v in values.items()}, there, on)
    y = np.asarray(made.sample(n, seed=on.seed([3, 4])))
    mean, variance = family.law.moments(data, family.link.inverse(eta, np), values)
    if family.name != "von_mises":
        np.testing.assert_array_less(np.abs(y.mean(axis=0) - mean), 4.5 * np.sqrt(variance / n) + 0 * mean)


@FAMILY
def test_slopes_of_kernels_are_jaxs(family):
    import jax

    on = substrate("jax")
    eta, data, values = observed(family, 30)
    score = family.kernel(data)(eta, values)
    there = {key: on.array(array) for key, array in data.items()}

    def total(eta, values):
        return on.xp.sum(family.log_density(eta, values, there, on.xp))

    by_eta, by_own = jax.grad(total, argnums=(0, 1))(on.array(eta), {k: on.array(v) for k, v in values.items()})
    np.testing.assert_allclose(score.eta, by_eta, rtol=1e-8, atol=1e-9)
    for name, slope in by_own.items():
        assert float(np.sum(score.own[name])) == pytest.approx(float(slope[0]), rel=1e-8, abs=1e-8), name


@FAMILY
def test_simulated_responses_have_mean_and_variance(family):
    n = 40_000
    if isinstance(family, Truncated):
        n, family = 8_000, replace(family, lower=0.6, upper=3.0)
    eta = np.broadcast_to(etas(family, 4), (n, 4))
    data = {"trials": np.full(4, TRIALS)} if family.name == "zero_inflated_binomial" else {}
    values = own(family, {"y": np.linspace(0.1, 0.9, 4)}, (n,))
    y = family.simulate(eta, values, data, np.random.default_rng(1))
    mu = family.link.inverse(eta, np)
    mean, variance = (np.broadcast_to(m, (n, 4))[0] for m in family.law.moments(data, mu, values))
    if family.name == "von_mises":
        apart = y - mu
        np.testing.assert_array_less(np.abs(np.mean(np.sin(apart), axis=0)), 4 / np.sqrt(n))
        np.testing.assert_allclose(np.mean(2 - 2 * np.cos(apart), axis=0), variance, rtol=0.05)
        return
    np.testing.assert_array_less(np.abs(y.mean(axis=0) - mean), 4.5 * np.sqrt(variance / n))
    np.testing.assert_allclose(y.var(axis=0), variance, rtol=0.15 if n > 10_000 else 0.3)


@SEEN
def test_quantile_residuals_of_the_true_model_are_normal(family):
    eta, data, values = observed(family, 4000, seed=3)
    mu = family.link.inverse(eta, np)
    r = family.quantile_residuals(mu, values, data, np.random.default_rng(0))
    assert stats.kstest(r, "norm").pvalue > 1e-3
    pearson = family.pearson_residuals(mu, values, data)
    assert abs(np.mean(pearson)) < 0.1 and np.std(pearson) == pytest.approx(1, rel=0.2)


@FAMILY
def test_residuals_of_deviance_are_refused_in_words(family):
    with pytest.raises(ModelError, match='type="quantile"'):
        family.deviance_residuals(np.ones(1), {}, {})


@SEEN
def test_a_family_is_made_again_from_its_text(family):
    assert as_family(family_text(family)) == family


@FAMILY
def test_default_scales_are_finite(family):
    _, data, values = observed(family)
    centre, unit = family.default_scale(data)
    assert np.isfinite(centre) and unit > 0
    assert set(family.own_links) == set(values)
    for prior in family.default_priors(data).values():
        assert prior.shape == ()


@pytest.mark.parametrize(
    ("text", "bad"),
    [("lognormal", 0.0), ("weibull", -1.0), ("exponential", 0.0), ("von_mises", 4.0), ("zero_one_inflated_beta", 1.2),
     ("zero_inflated_poisson", -1.0)],
)  # fmt: skip
def test_a_response_out_of_range_is_refused_by_its_row(text, bad):
    said = as_family(text).refuses(Response("y", np.array([0.5, bad])))
    assert "in row 1" in said and f"{bad:g}" in said


def test_what_cannot_be_is_refused_in_words():
    with pytest.raises(ModelError, match="between 0 and 1"):
        as_family("asymmetric_laplace(1.5)")
    assert "trials(n)" in as_family("zero_inflated_binomial").refuses(Response("y", np.ones(2)))


def test_far_tails_of_distributions_by_quantile_have_a_density():
    on, family = substrate("tensorflow"), as_family("skew_normal")
    data, eta = family.data(Response("y", np.array([-9.0, 30.0])), None), np.zeros(2)
    values = {"sigma": np.array([0.7]), "alpha": np.array([2.0])}
    given = {key: on.array(array) for key, array in values.items()}
    found = family.distribution(on.array(eta), given, {}, on).log_prob(on.array(data["y"]))
    assert float(found) == pytest.approx(float(family.log_density(eta, values, data, np).sum()), rel=1e-9)
