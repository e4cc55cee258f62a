"""What holds of every family that is made of a law: densities, slopes, TFP's distributions, new responses."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from statmodels_tf.design import Response
from statmodels_tf.errors import ModelError
from statmodels_tf.families import FAMILIES, Censored, Truncated, as_family, family_text
from statmodels_tf.families.of_law import OfLaw
from statmodels_tf.substrate import substrate

VALUES = {
    "sigma": 0.7, "nu": 4.5, "shape": 1.8, "alpha": 2.5, "kappa": 3.0, "phi": 6.0, "zoi": 0.3, "coi": 0.4, "zi": 0.25,
    "theta": 1.7, "sigma1": 0.7, "sigma2": 1.1, "gap2": 2.0, "share1": 0.4, "gap3": 0.6, "share2": 0.7,
    "shape1": 1.8, "shape2": 2.5, "shape3": 1.1, "nu1": 4.5, "nu2": 9.0,
}  # fmt: skip
TRIALS = 7.0


def asymmetric(mu, v):
    p = 0.3
    kappa = np.sqrt(p / (1 - p))
    return stats.laplace_asymmetric(kappa, loc=mu, scale=v["sigma"] / np.sqrt(p * (1 - p)))


def skewed(mu, v):
    delta = v["alpha"] / np.sqrt(1 + v["alpha"] ** 2)
    omega = v["sigma"] / np.sqrt(1 - 2 * delta**2 / np.pi)
    return stats.skewnorm(v["alpha"], loc=mu - omega * delta * np.sqrt(2 / np.pi), scale=omega)


def weibull(mu, v):
    from scipy.special import gamma

    return stats.weibull_min(v["shape"], scale=mu / gamma(1 + 1 / v["shape"]))


SCIPY = {
    "student": lambda mu, v: stats.t(v["nu"], loc=mu, scale=v["sigma"]),
    "lognormal": lambda mu, v: stats.lognorm(v["sigma"], scale=np.exp(mu)),
    "weibull": weibull,
    "exponential": lambda mu, v: stats.expon(scale=mu),
    "skew_normal": skewed,
    "asymmetric_laplace(0.3)": asymmetric,
    "von_mises": lambda mu, v: stats.vonmises(v["kappa"], loc=mu),
}
WITH_TAILS = [
    as_family(text)
    for text in ("gaussian", "lognormal", "weibull", "exponential", "asymmetric_laplace(0.3)", "poisson")
]
COUNTS = {
    "zero_inflated_poisson": lambda mu, v: stats.poisson(mu),
    "zero_inflated_negative_binomial": lambda mu, v: stats.nbinom(v["theta"], v["theta"] / (v["theta"] + mu)),
    "zero_inflated_binomial": lambda mu, v: stats.binom(TRIALS, mu),
}
MIXTURES = ['mixture("gaussian", 2)', 'mixture("poisson", 2)', 'mixture("weibull", 3)', 'mixture("student")']
TEXTS = [*SCIPY, *COUNTS, "zero_one_inflated_beta", *MIXTURES]
LIMITED = [*map(Censored, WITH_TAILS), *map(Truncated, WITH_TAILS)]
OF_LAWS = [as_family(text) for text in TEXTS]


def called(family):
    return getattr(family, "component", family.name).replace("link=", "")


FAMILY = pytest.mark.parametrize("family", [*OF_LAWS, *LIMITED], ids=called)
SEEN = pytest.mark.parametrize("family", OF_LAWS, ids=called)


def etas(family, n=14):
    return np.linspace(-1.2, 1.5, n)


def own(family, data, size=()):
    """Return values of the family's own parameters, with the axis of rows."""
    return {name: np.full((*size, 1), VALUES[name]) for name in family.default_priors(data)}


def limits(family, y):
    """Return what is known of censored rows, or bounds around truncated ones, in turn."""
    k = np.arange(len(y))
    if isinstance(family, Censored):
        return {"censored": np.array([0.0, -1.0, 1.0, 2.0])[k % 4], "until": y + np.where(k % 4 == 3, 2.0, 1.0)}
    if isinstance(family, Truncated):
        return {"lower": np.floor(y - 1 - k % 2), "upper": np.ceil(y + 1 + k % 3)}
    return {}


def observed(family, n=14, weights=None, seed=0):
    """Return linear predictors, the data of simulated responses and the values they come from."""
    eta, rng = etas(family, n), np.random.default_rng(seed)
    trials = np.full(n, TRIALS) if family.name == "zero_inflated_binomial" else None
    given = {"y": np.linspace(0.1, 0.9, n)}
    values = own(family, given)
    data = {} if trials is None else {"trials": trials}
    y = np.asarray(getattr(family, "of", family).simulate(eta, values, data, rng))
    response = Response("y", y, trials, limits=limits(family, y))
    assert family.refuses(response) is None
    return eta, family.data(response, weights), values


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
