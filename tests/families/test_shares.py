"""Binomial and quasibinomial: all forms of the response, R's weights, and the warning and errors they give.

The figures are of R 4.2.2, `glm(..., binomial, control = glm.control(epsilon = 1e-15))`.
"""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.design import Response, build
from statmodels_tf.families import Binomial, Quasibinomial, fractional

P = np.array([0.1, 0.3, 0.6, 0.9, 0.7, 0.4])
SHARE, TRIALS = np.array([0, 0.25, 0.5, 1, 0.8, 0.3]), np.array([4, 4, 6, 3, 5, 2.5])
WINS, LOSSES, WEIGHTS = np.array([1.0, 2, 3, 0, 4, 2]), np.array([3.0, 2, 1, 2, 1, 2]), np.array([1, 2, 0.5, 1, 3, 2])
ORDERED = pd.DataFrame(
    {"p": P, "wins": WINS, "losses": LOSSES, "w": WEIGHTS, "share": SHARE, "trials": TRIALS, "all": WINS + LOSSES}
)


def fitted(response, weights=None, family=None):
    """Return coefficients, log-likelihood and deviance of `response ~ p`, by Newton's method in full."""
    family = family or Binomial()
    X = np.column_stack([np.ones(6), P])
    data = family.data(response, weights)
    y, a = family.observations(data)
    eta = family.link.link(family.start(y, a), np)
    for _ in range(30):
        work = family.working(eta, y, a)
        b = np.linalg.solve(X.T @ (work.weight[:, None] * X), X.T @ (work.weight * eta + work.score))
        eta = X @ b
    mu = family.link.inverse(eta, np)
    deviance = family.deviance_residuals(mu, {}, data)
    return b, float(family.loglik(y, mu, a, data).sum()), deviance, family.pearson_residuals(mu, {}, data)


def test_shares_whose_weights_are_trials():
    _, loglik, deviance, pearson = fitted(Response("y", SHARE), TRIALS)
    assert loglik == pytest.approx(-4.5330791701561584, rel=1e-12)
    assert np.sum(deviance**2) == pytest.approx(1.3545150864622197, rel=1e-12)
    np.testing.assert_allclose(pearson[:2], [-0.39043008443714122, 0.59478894371586544], rtol=1e-9)
    np.testing.assert_allclose(deviance[:2], [-0.54699692706525349, 0.54935438868962339], rtol=1e-9)


def test_successes_and_failures_with_prior_weights():
    b, loglik, deviance, _ = fitted(Response("cbind(s, k)", WINS, WINS + LOSSES), WEIGHTS)
    np.testing.assert_allclose(b, [-0.68401234458279769, 2.01726932374347756], rtol=1e-9)
    assert loglik == pytest.approx(-11.549709856391598, rel=1e-12)
    assert np.sum(deviance**2) == pytest.approx(7.3082018050823248, rel=1e-12)


def test_fractional_shares_without_weights():
    response = Response("y", np.array([0.2, 0.4, 0.6, 0.8, 0.3, 0.5]))
    _, loglik, deviance, _ = fitted(response)
    assert loglik == pytest.approx(-3.1406346607552473, rel=1e-12)
    assert np.sum(deviance**2) == pytest.approx(0.46926196804595099, rel=1e-12)
    said = fractional(Binomial(), Binomial().data(response, None))
    assert "non-integer counts" in said and said.index("`weights=`") < said.index("quasibinomial")
    assert "`weights=`" not in fractional(Binomial(), Binomial().data(response, np.full(6, 3.0)))
    assert fractional(Quasibinomial(), Binomial().data(response, None)) is None


def test_the_first_level_is_failure_and_all_others_success():
    response = Response("f", np.array([0.0, 1, 2, 0, 1, 0]), levels=("a", "b", "c"))
    b, loglik, *_ = fitted(response, None, Binomial("probit"))
    np.testing.assert_allclose(b, [-0.30158906816075531, 0.59823158413310229], rtol=1e-9)
    assert loglik == pytest.approx(-4.1112038073479198, rel=1e-12)


@pytest.mark.parametrize(
    ("formula", "weights"),
    [("cbind(wins, losses) ~ p", None), ("wins | trials(all) ~ p", None), ("I(wins / all) ~ p", "all")],
)
def test_three_ways_to_write_the_same_counts(formula, weights):
    design = build(formula, ORDERED, weights=weights)
    data = Binomial().data(design.response, design.weights)
    y, a = Binomial().observations(data)
    np.testing.assert_allclose(y, WINS / (WINS + LOSSES))
    np.testing.assert_allclose(a, WINS + LOSSES)
    np.testing.assert_allclose(data["y"], WINS)


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (Response("y", np.array([0.0, 2, 1, -1]), index=pd.Index(list("abcd"))), "`y` is 2 in rows b, d: a binomial"),
        (Response("s", np.array([1.0, 5]), np.array([2.0, 4])), "`s` is 5 in row 1: a binomial model needs from 0 to"),
        (Response("y", np.full(9, 3.0)), "is 3 in rows 0, 1, 2, 3, 4 and 4 more"),
        (Response("f", np.zeros(2), np.ones(2), ("a", "b", "c")), "more than two levels, and trials count"),
    ],
)
def test_responses_out_of_range_are_named(response, says):
    assert says in Binomial().refuses(response)


def test_rows_in_the_message_are_the_datas():
    data = pd.DataFrame({"y": [0, 1, 3, 1, 0], "x": [1.0, np.nan, 2, 3, 4]}, index=[10, 20, 30, 40, 50])
    with pytest.raises(st.DataError, match="the response `y` is 3 in row 30: a binomial model"):
        st.glm("y ~ x", data, "binomial")


def test_counts_that_are_not_whole_are_warned_of_once():
    with pytest.warns(st.DataWarning, match=r"2 of 6, the first 1.5\. .*quasibinomial") as caught:
        st.glm("s ~ p", ORDERED.assign(s=[0, 0.375, 0.5, 1, 0.1, 0.3]), "binomial", weights=[4, 4, 6, 3, 5, 10])
    assert len(caught) == 1


def test_rows_without_trials_count_for_nothing():
    data = Binomial().data(Response("s", np.array([0.0, 2]), np.array([0.0, 4])), None)
    y, a = Binomial().observations(data)
    mu = np.array([0.3, 0.5])
    assert Binomial().loglik(y, mu, a, data)[0] == 0 and a[0] == 0
    work = Binomial().working(np.zeros(2), y, a)
    assert work.weight[0] == work.score[0] == 0


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "loglog", "cauchit"])
def test_far_predictors_have_finite_weights_scores_and_objectives(link):
    eta = np.array([-700.0, -40, -9, 9, 40, 700])
    eta = eta if link in ("logit", "cauchit") else eta / 100 if "loglog" in link else np.clip(eta, -37, 37)
    for y in (np.zeros(6), np.ones(6)):
        work = Binomial(link).working(eta, y, None)
        assert np.isfinite(work.objective) and np.isfinite(work.weight).all() and np.isfinite(work.score).all()
    wrong = Binomial(link).working(np.array([-5.0]), np.ones(1), None)
    rare = Binomial(link).link.logs(np.array([-5.0]), np)[0]
    assert wrong.objective == pytest.approx(-2 * float(rare[0]), rel=1e-12)


def test_the_deviance_at_the_edge_is_finite():
    mu = Binomial().link.inverse(np.array([-800.0, 800.0]), np)
    assert np.isfinite(Binomial().deviance(np.array([0.0, 1.0]), mu)).all()
    np.testing.assert_allclose(Binomial().deviance(np.array([0.0, 1.0]), mu), 0, atol=1e-15)


@pytest.mark.slow
def test_a_logistic_model_is_sampled():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=80)})
    data["y"] = (rng.random(80) < 1 / (1 + np.exp(-0.5 - data["x"]))).astype(float)
    flat = st.glm("y ~ x", data, "binomial")
    found = st.glm("y ~ x", data, "binomial", engine=st.NUTS(draws=400, warmup=400, chains=2, seed=1))
    assert np.all(np.abs(found.coef() - flat.coef()) < 0.5 * flat.se())
    assert set(np.unique(found.simulate(2))) == {0.0, 1.0}
    assert found.residuals("quantile").abs().max() < 5
