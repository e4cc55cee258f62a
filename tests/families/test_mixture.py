"""Mixtures: the sum over components, their order, and what cannot be mixed."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import statmodels_tf as st
from statmodels_tf.design import Response
from statmodels_tf.errors import ModelError
from statmodels_tf.families import Mixture, as_family
from tests.families.law_cases import VALUES, own


def test_a_mixture_is_the_sum_of_its_components():
    family, y, eta = as_family('mixture("gaussian", 3)'), np.linspace(-2, 5, 9), np.linspace(-1, 1, 9)
    values = own(family, {"y": y})
    v = {name: float(value[0]) for name, value in values.items()}
    shares = [v["share1"], (1 - v["share1"]) * v["share2"], (1 - v["share1"]) * (1 - v["share2"])]
    means = [eta, eta + v["gap2"], eta + v["gap2"] + v["gap3"]]
    density = sum(
        w * stats.norm.pdf(y, m, v[f"sigma{k}"]) for k, (w, m) in enumerate(zip(shares, means, strict=True), 1)
    )
    data = family.data(Response("y", y), None)
    np.testing.assert_allclose(family.log_density(eta, values, data, np), np.log(density), rtol=1e-12)
    np.testing.assert_allclose(family.expected(eta, values, data), sum(map(np.multiply, shares, means)), rtol=1e-12)


def test_gaps_are_along_the_link():
    family, y, eta = as_family('mixture("poisson", 2)'), np.arange(5.0), np.full(5, 0.3)
    values = own(family, {"y": y})
    share, gap = VALUES["share1"], VALUES["gap2"]
    expected = share * stats.poisson.pmf(y, np.exp(0.3)) + (1 - share) * stats.poisson.pmf(y, np.exp(0.3 + gap))
    data = family.data(Response("y", y), None)
    np.testing.assert_allclose(np.exp(family.log_density(eta, values, data, np)), expected, rtol=1e-12)


def test_parameters_of_components_are_numbered_and_a_formula_may_model_each():
    family = as_family('mixture("student", 2)')
    assert family.own_links == {
        "sigma1": "log", "nu1": "log", "sigma2": "log", "nu2": "log", "gap2": "log", "share1": "logit"
    }  # fmt: skip
    assert set(family.default_priors({"y": np.arange(4.0)})) == set(family.own_links)
    assert Mixture("gaussian", 2) == as_family("mixture") == Mixture(component=as_family("gaussian"))
    assert as_family("mixture(gaussian, 2, link=log)").link.name == "log"


def test_shares_are_uniform_a_priori():
    priors = as_family('mixture("gaussian", 3)').default_priors({"y": np.arange(4.0)})
    rng = np.random.default_rng(0)
    first = rng.beta(1.0, 2.0, 20_000)
    assert str(priors["share1"]) == "beta(1, 2)" and str(priors["share2"]) == "beta(1, 1)"
    assert stats.kstest(first, stats.dirichlet([1, 1, 1]).rvs(20_000, random_state=1)[:, 2]).pvalue > 1e-3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mixture(beta, 2)", "cannot be mixed"),
        ("mixture(mixture, 2)", "cannot be mixed"),
        ("mixture(gaussian, 1)", "2 components or more"),
        ("mixture(von_mises, 2)", "no order under the tan_half link"),
        ('mixture("gausian", 2)', "Did you mean"),
    ],
)
def test_what_cannot_be_mixed_is_refused_in_words(text, said):
    with pytest.raises(ModelError) as caught:
        as_family(text)
    assert said in str(caught.value)


@pytest.mark.slow
def test_components_are_found_again():
    rng, n = np.random.default_rng(2), 800
    x = rng.normal(size=n)
    y = np.where(rng.uniform(size=n) < 0.4, -1.0, 3.0) + 0.5 * x + 0.7 * rng.normal(size=n)
    fit = st.glm("y ~ x", pd.DataFrame({"x": x, "y": y}), "mixture", engine=st.NUTS(seed=1, chains=2))
    found = fit.draws(["Intercept", "x", "sigma1", "sigma2", "gap2", "share1"]).agg(["mean", "std"])
    apart = np.abs(found.loc["mean"].to_numpy() - [-1.0, 0.5, 0.7, 0.7, 4.0, 0.4])
    np.testing.assert_array_less(apart, 4 * found.loc["std"].to_numpy())
    assert fit.fitted().mean() == pytest.approx(y.mean(), abs=0.1)
