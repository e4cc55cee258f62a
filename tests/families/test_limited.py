"""Censored and truncated responses, against SciPy and against what can be counted."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import logsumexp

import statmodels_tf as st
from statmodels_tf.design import Response, build
from statmodels_tf.errors import DataError, EngineError, ModelError
from statmodels_tf.families import Censored, Truncated, as_family, limited
from statmodels_tf.families.count_laws import PoissonLaw
from statmodels_tf.model import build_model
from statmodels_tf.substrate import substrate
from tests.families.law_cases import SCIPY, VALUES, WITH_TAILS, called, own

TAILED = pytest.mark.parametrize("family", WITH_TAILS, ids=called)


def made(family, mu):
    """Return SciPy's distribution."""
    if family.name == "gaussian":
        return stats.norm(mu, VALUES["sigma"])
    if family.name == "poisson":
        return stats.poisson(mu)
    return SCIPY["asymmetric_laplace(0.3)" if family.name == "asymmetric_laplace" else family.name](mu, VALUES)


def asked(family, y, **limits):
    """Return the family of limited responses, its data and values, a linear predictor and SciPy's distribution."""
    response = Response("y", y, limits=limits)
    found = limited(family, response)
    eta = np.linspace(-0.5, 0.7, len(y))
    data = found.data(response, None)
    return found, data, own(found, data), eta, made(family, family.link.inverse(eta, np))


@TAILED
def test_censored_rows_have_the_probability_of_what_is_known(family):
    y, until = np.array([1.0, 1.0, 1.0, 1.0, 2.0]), np.array([2.0, 2.0, 2.0, 3.0, 3.0])
    code = np.array([0.0, -1.0, 1.0, 2.0, 2.0])
    found, data, values, eta, at = asked(family, y, censored=code, until=until)
    assert found == Censored(family)
    density = at.logpmf(y) if family.name == "poisson" else at.logpdf(y)
    expected = np.select(
        [code == 0, code == -1, code == 1], [density, at.logcdf(y), at.logsf(y)], np.log(at.cdf(until) - at.cdf(y))
    )
    np.testing.assert_allclose(found.log_density(eta, values, data, np), expected, rtol=1e-9)


@TAILED
@pytest.mark.parametrize("sides", [("lower",), ("upper",), ("lower", "upper")], ids="-".join)
def test_truncated_rows_are_divided_by_the_share_within_the_bounds(family, sides):
    y = np.array([1.0, 2.0, 1.0, 2.0])
    bounds = {"lower": np.array([1.0, 0.0, 1.0, 2.0]), "upper": np.array([3.0, 4.0, 5.0, 9.0])}
    found, data, values, eta, at = asked(family, y, **{side: bounds[side] for side in sides})
    assert found == Truncated(family, by_row=True)
    whole = family.name == "poisson"
    below = at.cdf(bounds["lower"] - whole) if "lower" in sides else 0.0
    share = (at.cdf(bounds["upper"]) if "upper" in sides else 1.0) - below
    density = at.logpmf(y) if whole else at.logpdf(y)
    np.testing.assert_allclose(found.log_density(eta, values, data, np), density - np.log(share), rtol=1e-9)
    lower, upper = found.law.tails(data, found.link.inverse(eta, np), values)
    np.testing.assert_allclose(lower, (at.cdf(y) - below) / share, rtol=1e-9)
    np.testing.assert_allclose(lower + upper, 1, rtol=1e-12)


@TAILED
@pytest.mark.parametrize(("lower", "upper"), [(1.0, None), (None, 2.0), (1.0, 3.0)])
def test_means_and_new_responses_lie_within_the_bounds(family, lower, upper):
    found, n = Truncated(family, lower, upper), 20_000
    eta = np.full((n, 1), 0.4)
    values = own(found, {"y": np.array([0.5, 1.5])})
    y = found.simulate(eta, values, {}, np.random.default_rng(0))
    assert y.min() >= (-np.inf if lower is None else lower) and y.max() <= (np.inf if upper is None else upper)
    ends = (-np.inf if lower is None else lower), (np.inf if upper is None else upper)
    at = made(family, family.link.inverse(np.array(0.4), np))
    if family.name == "poisson":
        k = np.arange(60)
        p = at.pmf(k) * (k >= ends[0]) * (k <= ends[1])
        mean, variance = p @ k / p.sum(), p @ k**2 / p.sum() - (p @ k / p.sum()) ** 2
    else:
        mean = at.expect(lb=ends[0], ub=ends[1], conditional=True)
        variance = at.expect(lambda x: (x - mean) ** 2, lb=ends[0], ub=ends[1], conditional=True)
    found_mean, found_variance = found.law.moments({}, found.link.inverse(eta[:1], np), values)
    kinked = family.name == "asymmetric_laplace"  # a kink costs averages over few quantiles digits
    assert float(found_mean[0, 0]) == pytest.approx(mean, rel=5e-3 if kinked else 2e-5)
    assert float(found_variance[0, 0]) == pytest.approx(variance, rel=5e-3)
    assert abs(y.mean() - mean) < 4.5 * np.sqrt(variance / n)


@TAILED
def test_residuals_of_what_was_not_all_seen_are_normal(family):
    rng, n = np.random.default_rng(5), 3000
    eta = np.linspace(-0.3, 0.6, n)
    whole = own(family, {"y": np.array([0.5, 1.5])})
    y, cut = family.simulate(eta, whole, {}, rng), 1.0
    right = y > cut
    response = Response("y", np.minimum(y, cut), limits={"censored": right.astype(float)})
    found = Censored(family)
    r = found.quantile_residuals(family.link.inverse(eta, np), whole, found.data(response, None), rng)
    assert stats.kstest(r, "norm").pvalue > 1e-3
    kept = y >= cut
    response = Response("y", y[kept], limits={"lower": np.full(kept.sum(), cut)})
    found = limited(family, response)
    assert found == Truncated(family, lower=cut)
    data = found.data(response, None)
    r = found.quantile_residuals(family.link.inverse(eta[kept], np), whole, data, rng)
    assert stats.kstest(r, "norm").pvalue > 1e-3


def test_far_in_the_tail_densities_keep_their_digits():
    found = Truncated(as_family("gaussian"), lower=20.0)
    response = Response("y", np.array([20.1]), limits={"lower": np.array([20.0])})
    data, values = found.data(response, None), {"sigma": np.ones(1)}
    expected = stats.norm.logpdf(20.1) - stats.norm.logsf(20.0)
    assert float(found.log_density(np.zeros(1), values, data, np)[0]) == pytest.approx(expected, rel=1e-12)
    assert np.isfinite(found.kernel(data)(np.zeros(1), values).eta).all()


@pytest.mark.parametrize(("mu", "lower", "upper"), [(720.0, None, 5.0), (1e-6, 30.0, None), (5.0, 100.0, None)])
def test_counts_within_bounds_of_next_to_no_probability_are_finite_and_inside(mu, lower, upper):
    found, eta = Truncated(as_family("poisson"), lower, upper), np.full((400, 1), np.log(mu))
    inside = np.arange(0.0, 6.0) if lower is None else np.arange(lower, lower + 60)
    p = stats.poisson.logpmf(inside, mu)
    p -= logsumexp(p)
    data = found.data(Response("y", inside), None)
    np.testing.assert_allclose(found.log_density(np.log(mu) + 0 * inside, {}, data, np), p, atol=1e-9)
    expected = inside / mu - np.exp(p) @ inside / mu  # y / mu - E[y] / mu
    np.testing.assert_allclose(found.kernel(data)(np.log(mu) + 0 * inside, {}).eta, mu * expected, rtol=1e-7, atol=1e-9)
    y = found.simulate(eta, {}, {}, np.random.default_rng(0))
    assert np.isin(y, inside).all()
    mean, variance = found.law.moments({}, np.full((1, 1), mu), {})
    assert float(mean[0, 0]) == pytest.approx(np.exp(p) @ inside, rel=1e-9)
    assert abs(y.mean() - mean[0, 0]) < 4.5 * np.sqrt(variance[0, 0] / len(y)) + 1e-3


def test_probabilities_of_censored_counts_too_small_for_a_number_have_a_logarithm():
    y, mu = np.array([5.0, 1000.0, 200.0]), np.array([1000.0, 5000.0, 1.0])
    lower, upper = PoissonLaw().log_tails(y, mu, {}, np)
    k = np.arange(6000.0)[:, None]
    log_p = stats.poisson.logpmf(k, mu)
    np.testing.assert_allclose(lower[:2], logsumexp(np.where(k <= y, log_p, -np.inf), axis=0)[:2], rtol=1e-11)
    np.testing.assert_allclose(upper[2], logsumexp(np.where(k > y, log_p, -np.inf), axis=0)[2], rtol=1e-11)
    on = substrate("jax")
    _, slope = on.value_and_grad(lambda at: on.xp.sum(PoissonLaw().log_tails(on.array(y[:2]), at, {}, on.xp)[0]))(
        on.array(mu[:2])
    )
    np.testing.assert_allclose(slope, -np.exp(stats.poisson.logpmf(y, mu) - lower)[:2], rtol=1e-9)


def table(n=60):
    rng = np.random.default_rng(1)
    x = rng.normal(size=n)
    y = 1 + x + rng.normal(size=n)
    return pd.DataFrame({"x": x, "y": np.minimum(y, 2.0), "c": np.where(y > 2, "right", "none"), "g": np.arange(n) % 5})


@pytest.mark.parametrize(
    "fit",
    [
        lambda d: st.lm("y | cens(c) ~ x", d),
        lambda d: st.glm("y | cens(c) ~ x", d, engine="irls"),
        lambda d: st.lmer("y | cens(c) ~ x + (1 | g)", d),
        lambda d: st.glm("y | trunc(upper = 2) ~ x", d, engine="irls"),
        lambda d: st.glm("y ~ x", d, "student", engine="irls"),
    ],
)
def test_engines_of_maximum_likelihood_name_the_one_that_samples(fit):
    with pytest.raises(EngineError, match='engine="nuts"'):
        fit(table())


def test_the_model_of_limited_responses_says_so():
    model = build_model(build("y | cens(c) ~ x", table()))
    assert model.family == Censored(as_family("gaussian")) and model.family.name == "censored gaussian"
    assert {"sigma"} == set(model.family_parameters)
    truncated = build_model(build("y | trunc(upper = 3) ~ x", table()))
    assert truncated.family == Truncated(as_family("gaussian"), upper=3.0)


def test_families_whose_tails_are_not_known_are_refused_in_words():
    with pytest.raises(ModelError, match="neither censored nor truncated here"):
        build_model(build("y | cens(c) ~ x", table()), family="student")


def test_bounds_that_are_not_known_of_new_rows_are_asked_for():
    found = Truncated(as_family("gaussian"), by_row=True)
    with pytest.raises(ModelError, match="bounds of new rows"):
        found.simulate(np.zeros(2), {"sigma": np.ones(1)}, {}, np.random.default_rng(0))


def test_blocks_of_data_have_no_limits(tmp_path):
    table().to_csv(tmp_path / "d.csv", index=False)
    with pytest.raises(DataError, match="block by block"):
        st.glm("y | trunc(upper = 3) ~ x", tmp_path / "d.csv")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gaussian", "lognormal", "weibull", "exponential"])
@pytest.mark.parametrize("how", ["cens", "trunc"])
def test_posteriors_are_about_what_made_the_data(name, how):
    rng, n, family = np.random.default_rng(7), 1500, as_family(name)
    x = rng.normal(size=n)
    eta = 0.3 + 0.5 * x
    values = own(family, {"y": np.array([0.5, 1.5])})
    y = family.simulate(eta, values, {}, rng)
    d = pd.DataFrame({"x": x, "y": y})
    if how == "cens":
        cut = np.quantile(y, 0.7)
        d = d.assign(c=(y > cut), y=np.minimum(y, cut))
        formula = "y | cens(c) ~ x"
    else:
        d = d[y > np.quantile(y, 0.2)].assign(low=np.quantile(y, 0.2))
        formula = "y | trunc(lower = low) ~ x"
    fit = st.glm(formula, d, name, engine=st.NUTS(seed=1, chains=2, draws=500, warmup=500))
    found = fit.draws(list(fit.names)[: 2 + len(values)]).agg(["mean", "std"])
    true = [0.3, 0.5, *(VALUES[key] for key in values)]
    np.testing.assert_array_less(np.abs(found.loc["mean"].to_numpy() - true), 4 * found.loc["std"].to_numpy())
