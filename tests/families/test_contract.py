"""What holds of every family that least squares fit, whichever it is: a family registers, and is held to this."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import stats

from statmodels_tf.design import Response
from statmodels_tf.families import FAMILIES, LINKS, ExponentialFamily, Quasi, as_family, as_link, family_text, rowed
from statmodels_tf.substrate import substrate

NAMES = sorted(name for name in FAMILIES if issubclass(FAMILIES[name], ExponentialFamily))
FAMILY = pytest.mark.parametrize("family", [as_family(name) for name in NAMES], ids=NAMES)
DENSE = [name for name in NAMES if FAMILIES[name].likelihood]
DENSITY = pytest.mark.parametrize("family", [as_family(name) for name in DENSE], ids=DENSE)
QUASI = [Quasi("log", "mu"), Quasi("logit", "mu(1-mu)"), Quasi("inverse", "mu^2"), Quasi("1/mu^2", "mu^3")]
WEIGHTED = pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weights"])
DISPERSION = 0.4


@dataclass(frozen=True)
class Case:
    """What is known of a family besides what it says itself: a new one adds a row to `CASES`.

    `scipy` makes SciPy's distribution of means, weights and values; `repeats` says that prior weights multiply the log
    density (those of others divide a variance, or count trials); `low` is near the least response; `by_variance` says
    that scores and deviances are those of the variance function.
    """

    scipy: Any = None
    repeats: bool = False
    low: float = 0.0
    by_variance: bool = True


CASES = {
    "beta": Case(lambda mu, w, v: stats.beta(mu * v["phi"], (1 - mu) * v["phi"]), True, 1e-3, False),
    "binomial": Case(lambda mu, w, v: stats.binom(w, mu)),
    "gamma": Case(lambda mu, w, v: stats.gamma(w * v["shape"], scale=mu / (w * v["shape"])), low=1e-3),
    "gaussian": Case(lambda mu, w, v: stats.norm(mu, v["sigma"] / np.sqrt(w))),
    "inverse_gaussian": Case(lambda mu, w, v: stats.invgauss(mu / (w * v["shape"]), scale=w * v["shape"]), low=1e-3),
    "negative_binomial": Case(lambda mu, w, v: stats.nbinom(v["theta"], v["theta"] / (v["theta"] + mu)), True),
    "poisson": Case(lambda mu, w, v: stats.poisson(mu), True),
}


def case(family):
    """Return what is known of a family."""
    return CASES.get(family.name, Case())


BY_VARIANCE = [family for family in [*map(as_family, NAMES), *QUASI] if case(family).by_variance]


def means(family, n=12):
    """Return means [n] in the range of a family."""
    if not family.valid(np.array([2.0])):
        return np.linspace(0.1, 0.9, n)
    return np.linspace(0.3, 6, n) if not family.valid(np.array([-1.0])) else np.linspace(-2, 3, n)


def observed(family, weighted, n=12, seed=0):
    """Return the predictor of some means, responses that have them, and prior weights, as data of the family."""
    rng, mu = np.random.default_rng(seed), means(family, n)
    eta = family.link.link(mu, np)
    weights = rng.integers(1, 4, n).astype(float) if weighted else None
    if not family.likelihood:
        y = np.clip(mu * rng.uniform(0.5, 1.4, n), None, 1 if mu.max() < 1 else np.inf)
        return eta, family.data(Response("y", y), weights)
    y = family.simulate(eta, values(family), family.data(None, weights), rng)
    share = y / weights if family.shares and weighted else y
    return eta, family.data(Response("y", share), weights)


def few_links(family):
    """Return the family with each link of probabilities, or with its own: links are compared among themselves too."""
    return links(family) if family.shares else [family]


def values(family, size=()):
    return rowed(family.values_at(np.full(size, 1.0 if family.known_dispersion else DISPERSION)))


def links(family):
    """Return the family with each link that has values at its means, and an inverse."""
    for name in [*LINKS, "power(0.3)", "power(-0.7)"]:
        with np.errstate(all="ignore"):
            eta = as_link(name).link(means(family), np)
        if as_link(name).valid(eta):
            given = family_text(family).replace(f'link="{family.link.name}"', f'link="{name}"')
            yield as_family(given)


@pytest.mark.parametrize("family", [*map(as_family, NAMES), *QUASI], ids=lambda f: family_text(f))
@WEIGHTED
def test_scores_are_half_the_slope_of_the_objective(family, weighted):
    for linked in links(family):
        eta, data = observed(linked, weighted)
        y, a = linked.observations(data)
        work, step = linked.working(eta, y, a), 1e-5 * np.maximum(np.abs(eta), 0.1)
        for k in range(len(eta)):
            row = slice(k, k + 1)
            each = None if a is None else a[row]
            up, down = (linked.working(eta[row] + s * step[row], y[row], each).objective for s in (1, -1))
            expected = -(up - down) / (4 * step[k])
            assert work.score[k] == pytest.approx(expected, rel=1e-5, abs=1e-7), (linked.link.name, k)


@pytest.mark.parametrize("family", BY_VARIANCE, ids=family_text)
@WEIGHTED
def test_working_is_by_definition(family, weighted):
    for linked in links(family):
        eta, data = observed(linked, weighted)
        y, a = linked.observations(data)
        work, w = linked.working(eta, y, a), 1.0 if a is None else a
        mu, slope = linked.link.inverse(eta, np), linked.link.derivative(eta, np)
        np.testing.assert_allclose(work.weight, w * slope**2 / linked.variance(mu), rtol=1e-9)
        np.testing.assert_allclose(work.score, w * (y - mu) * slope / linked.variance(mu), rtol=1e-8, atol=1e-11)
        moved = linked.link.link(mu * 0.9, np)
        change = linked.working(moved, y, a).objective - work.objective
        deviances = linked.deviance(y, mu * 0.9) - linked.deviance(y, mu)
        assert change == pytest.approx(float(np.sum(w * deviances)), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("family", BY_VARIANCE, ids=family_text)
def test_the_deviance_is_nought_at_the_response_and_falls_with_the_score(family):
    mu = means(family)
    np.testing.assert_allclose(family.deviance(mu, mu), 0, atol=1e-14)
    for y in (mu * 1.1, mu * 0.9):
        assert np.all(family.deviance(y, mu) >= 0)
        step = 1e-6 * np.maximum(np.abs(mu), 0.1)
        slope = (family.deviance(y, mu + step) - family.deviance(y, mu - step)) / (2 * step)
        np.testing.assert_allclose(slope, -2 * (y - mu) / family.variance(mu), rtol=1e-5, atol=1e-8)


@FAMILY
def test_where_to_start_is_in_range(family):
    low = case(family).low
    top = 1 - low if means(family).max() < 1 else 50.0
    y = np.array([low, low, 0.3, top])
    for a in (None, np.array([1.0, 2.0, 0.0, 3.0])):
        mu = family.start(y, a)
        assert family.valid(mu) and np.isfinite(family.link.link(mu, np)).all()


@FAMILY
def test_a_mean_out_of_range_has_no_finite_objective(family):
    for linked in links(family):
        for at in (np.nan, -np.inf):
            for a in (None, np.ones(2)):
                objective = linked.working(np.array([1.0, at]), np.array([0.4, 0.4]), a).objective
                assert not np.isfinite(objective), (linked.link.name, at)


@DENSITY
@WEIGHTED
def test_log_densities_are_scipys(family, weighted):
    if case(family).scipy is None:
        pytest.skip("SciPy has no such distribution")
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


@DENSITY
@pytest.mark.filterwarnings("ignore:You have created an Inflated distribution")
def test_each_row_may_have_its_own_parameters(family):
    (eta, data), one = observed(family, False), values(family)
    if not family.default_priors(data):
        pytest.skip("the family has no parameters of its own")
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


@pytest.mark.parametrize("family", [*map(as_family, NAMES), *QUASI], ids=family_text)
def test_a_family_is_made_again_from_its_text(family):
    assert as_family(family_text(family)) == family


@pytest.mark.parametrize(
    ("name", "one", "two"),
    [
        ("negative_binomial", ({"theta": 0.5}, "theta=0.5"), ({"theta": 4.0}, "theta=4.0")),
        ("beta", ({"phi": 3.0}, "phi=3.0"), ({"phi": 40.0}, "phi=40.0")),
        ("tweedie", ({"shape": 1.0}, "power=1.5"), ({"shape": 4.0}, "power=1.2")),
    ],
)
def test_residuals_are_at_the_own_parameters_of_the_values(name, one, two):
    family = as_family(name)
    eta, data = observed(family, True)
    mu, first = family.link.inverse(eta, np), np.arange(len(eta)) < 5
    rows = {key: np.where(first, one[0][key], two[0][key]) for key in one[0]}
    for ask in ("pearson_residuals", "deviance_residuals"):
        expected = [getattr(as_family(f"{name}({text})"), ask)(mu, {}, data) for _, text in (one, two)]
        found = getattr(family, ask)(mu, rows, data)
        np.testing.assert_allclose(found, np.where(first, *expected), rtol=1e-9)
        np.testing.assert_allclose(
            getattr(family, ask)(mu, rowed({k: np.array(v) for k, v in one[0].items()}), data), expected[0], rtol=1e-9
        )
