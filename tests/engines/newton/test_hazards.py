"""What goes wrong in practice: separation, empty categories, units, huge predictors, tiny data, many categories."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.families.latent import LATENT

BOTH = pytest.mark.parametrize("family", ["cumulative", "categorical"])


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(1)
    n = 300
    d = pd.DataFrame({"x": rng.normal(size=n), "g": rng.choice(list("pqr"), n), "y": rng.integers(0, 4, n)})
    d["y"] = pd.Categorical.from_codes(np.where(d.g == "r", 3, d.y), list("abcd"))
    return d


@pytest.mark.parametrize("link", LATENT)
def test_perfect_prediction_is_infinite_and_said(link):
    x = np.arange(30.0)
    d = pd.DataFrame({"x": x, "y": pd.Categorical.from_codes((x // 10).astype(int), list("abc"))})
    fit = st.glm("y ~ x", d, "cumulative", link=link)
    assert fit.loglik == pytest.approx(0, abs=1e-9)
    assert fit.coef()["x"] == np.inf
    assert np.isnan(fit.se()["x"])
    assert np.all(np.isinf(fit.thresholds()))
    assert "Separation: `a|b`, `b|c`, `x` tell some outcomes apart" in str(fit.check())
    np.testing.assert_allclose(fit.fitted(), 1, atol=1e-9)
    assert list(fit.predict(pd.DataFrame({"x": [2.0, 15.0, 28.0]}), type="class")) == ["a", "b", "c"]


def test_perfect_prediction_of_categories():
    x = np.arange(30.0)
    d = pd.DataFrame({"x": x, "y": pd.Categorical.from_codes((x // 10).astype(int), list("abc"))})
    fit = st.glm("y ~ x", d, "categorical")
    assert fit.coef()["c:x"] == np.inf
    assert "Separation" in str(fit.check())


@pytest.mark.parametrize("link", LATENT)
def test_what_one_level_separates_leaves_the_rest_finite(data, link):
    fit = st.glm("y ~ x + g", data, "cumulative", link=link)
    rest = st.glm("y ~ x + g", data[data.g != "r"], "cumulative", link=link)
    assert fit.coef()["g[r]"] == np.inf
    assert fit.confint().loc["g[r]", "upper"] == np.inf
    same = [name for name in fit.parameter_names if name != "g[r]"]
    ours, theirs = fit.parameter_table().loc[same], rest.parameter_table().loc[same]
    np.testing.assert_allclose(ours["estimate"], theirs["estimate"], atol=1e-5)
    np.testing.assert_allclose(ours["se"], theirs["se"], rtol=1e-5)
    assert "Separation: `g[r]` tells some outcomes apart" in str(fit.check())
    assert fit.loglik == pytest.approx(rest.loglik, abs=1e-6)


def test_a_level_with_one_outcome_leaves_the_other_odds_unidentified(data):
    fit = st.glm("y ~ x + g", data, "categorical")
    rest = st.glm("y ~ x + g", data[data.g != "r"], "categorical")
    assert fit.coef()["d:g[r]"] == np.inf
    assert "Not identified" in str(fit.check())
    assert fit.se()[["b:g[r]", "c:g[r]", "d:g[r]"]].isna().all()
    np.testing.assert_allclose(fit.coef()[rest.coef().index], rest.coef(), atol=1e-5)
    np.testing.assert_allclose(fit.se()[rest.coef().index], rest.se(), rtol=1e-5)


def test_overlap_is_not_called_separation():
    rng = np.random.default_rng(3)
    x = rng.normal(size=200)
    y = np.digitize(9 * x + rng.logistic(size=200), [-3, 3])
    d = pd.DataFrame({"x": x, "y": pd.Categorical.from_codes(y, list("abc"))})
    fit = st.glm("y ~ x", d, "cumulative")
    assert np.all(np.isfinite(fit.parameter_table()["se"]))
    assert not fit.check()


def test_a_scale_that_grows_without_end_is_said(data):
    fit = st.glm("y ~ x", data, "cumulative", scale="~ g")
    assert "Not identified: where the likelihood is largest it does not depend on `g[r]`" in str(fit.check())
    assert np.isnan(fit.scale_coef(se=True)["g[r]"])


@BOTH
def test_a_category_of_weight_zero_is_left_out(data, family):
    weighted = data.assign(w=(data.y != "b").astype(float))
    fit = st.glm("y ~ x", weighted, family, weights="w")
    less = st.glm("y ~ x", data[data.y != "b"], family)
    assert fit.outcomes == ("a", "c", "d")
    pd.testing.assert_series_equal(fit.coef(), less.coef())
    assert fit.loglik == pytest.approx(less.loglik, rel=1e-12)
    assert fit.nobs == less.nobs
    assert fit.fitted()[data.y == "b"].isna().all()
    assert "only rows of weight 0 have the outcome `b`" in str(fit.check())
    with pytest.raises(st.DataError, match=r"takes 2 values .* in rows of positive weight"):
        st.glm("y ~ x", data.assign(w=data.y.isin(["a", "c"]) * 1.0), family, weights="w")


@BOTH
def test_a_row_of_weight_zero_does_not_count(data, family):
    w = np.ones(len(data))
    w[:50] = 0
    ours, rest = (st.glm("y ~ x", d, family, **k) for d, k in [(data, {"weights": w}), (data[50:], {})])
    pd.testing.assert_series_equal(ours.coef(), rest.coef())
    assert ours.fitted().notna().all()


@BOTH
def test_weights_count_rows(data, family):
    rng = np.random.default_rng(5)
    w = rng.integers(0, 4, len(data))
    ours = st.glm("y ~ x", data, family, weights=w)
    repeated = st.glm("y ~ x", data.loc[data.index.repeat(w)], family)
    np.testing.assert_allclose(ours.coef(), repeated.coef(), atol=1e-9)
    np.testing.assert_allclose(ours.vcov(), repeated.vcov(), rtol=1e-7)
    assert ours.bic == pytest.approx(repeated.bic)


@BOTH
def test_units_do_not_matter(data, family):
    plain = st.glm("y ~ x", data, family)
    moved = st.glm("y ~ z", data.assign(z=1e8 * data.x + 1e9), family)
    assert moved.converged
    assert moved.loglik == pytest.approx(plain.loglik, abs=1e-8)
    slopes = [name for name in plain.coef().index if name.endswith("x")]
    np.testing.assert_allclose(moved.coef()[[s[:-1] + "z" for s in slopes]] * 1e8, plain.coef()[slopes], rtol=1e-4)
    large = st.glm("y ~ x", data, family, weights=np.full(len(data), 1e12))
    np.testing.assert_allclose(large.coef(), plain.coef(), atol=1e-7)


@pytest.mark.parametrize("link", LATENT)
def test_a_far_row_does_no_harm(data, link):
    far = data.copy()
    far.loc[0, "x"] = 1e4
    fit = st.glm("y ~ x", far, "cumulative", link=link)
    assert fit.converged
    assert np.all(np.isfinite(fit.parameter_table()["se"]))
    assert np.isfinite(fit.loglik)
    assert np.all(np.isfinite(fit.predict(pd.DataFrame({"x": [-1e6, 1e6]}))))


@pytest.mark.parametrize("threshold", ["flexible", "symmetric", "symmetric2", "equidistant"])
def test_twenty_categories(threshold):
    rng = np.random.default_rng(2)
    x = rng.normal(size=1500)
    y = np.clip(np.round(10 + 3 * x + 3 * rng.normal(size=1500)), 0, 19).astype(int)
    d = pd.DataFrame({"x": x, "y": pd.Categorical.from_codes(y, [f"c{k:02d}" for k in range(20)])})
    fit = st.glm("y ~ x", d, st.families.Cumulative("probit", threshold))
    assert fit.converged
    assert fit.diagnostics["max_gradient"] < 1e-3
    assert np.all(np.isfinite(fit.parameter_table()["se"]))


def test_near_equal_thresholds():
    rng = np.random.default_rng(8)
    n = 20_000
    y = np.digitize(rng.logistic(size=n), [-1.0, -1.0 + 4e-4, 1.0])
    d = pd.DataFrame({"x": rng.normal(size=n), "y": pd.Categorical.from_codes(y, list("abcd"))})
    fit = st.glm("y ~ x", d, "cumulative")
    assert fit.converged
    gap = np.diff(fit.thresholds())[0]
    share = np.mean(y == 1)
    p = 1 / (1 + np.exp(1))
    assert gap == pytest.approx(share / (p * (1 - p)), rel=0.05)


@BOTH
def test_few_rows_and_no_terms(family):
    d = pd.DataFrame({"x": [1.0, 2, 3, 4], "y": list("abca")})
    fit = st.glm("y ~ 1", d, family)
    np.testing.assert_allclose(fit.predict().iloc[0], [0.5, 0.25, 0.25], atol=1e-9)
    assert st.glm("y ~ x", d, family).converged


def test_what_cannot_be_told_apart_is_aliased(data):
    more = data.assign(z=2 * data.x, one=1.0)
    plain, fit = st.glm("y ~ x", more, "cumulative"), st.glm("y ~ x + z + one", more, "cumulative")
    assert fit.coef()[["z", "one"]].isna().all()
    assert fit.loglik == pytest.approx(plain.loglik, abs=1e-9)
    assert fit.df_model == plain.df_model
    assert "Aliased: `z`, `one` are combinations" in str(fit.check())
    both = st.glm("y ~ x", data, "cumulative", nominal="~ x")
    assert np.isnan(both.coef()["x"])
    assert both.df_model == 6


def test_a_fit_that_runs_out_of_iterations_says_so(data):
    engine = st.Newton(max_iterations=1)
    with pytest.warns(st.ConvergenceWarning, match="1 iterations were not enough"):
        fit = st.glm("y ~ x", data, "cumulative", engine=engine)
    assert not fit.converged


def test_many_rows_are_fitted_in_chunks():
    rng = np.random.default_rng(4)
    n = 100_000
    x = rng.normal(size=(n, 3))
    y = np.digitize(x @ [0.5, -0.2, 0.1] + rng.logistic(size=n), [-1, 0, 1])
    d = pd.DataFrame(x, columns=list("uvw")).assign(y=pd.Categorical.from_codes(y, list("abcd")))
    fit = st.glm("y ~ u + v + w", d, "cumulative")
    assert np.all(np.abs(fit.coef() - [0.5, -0.2, 0.1]) < 5 * fit.se())
    assert fit.diagnostics["iterations"] <= 8


@BOTH
def test_separation_is_found_from_some_rows_of_many(family):
    """Two of 40,000 rows have a level of their own, always the same outcome; the rest overlap."""
    rng = np.random.default_rng(6)
    n = 40_000
    x = rng.normal(size=n)
    y = np.digitize(x + rng.logistic(size=n), [-1, 1])
    g = np.where(rng.random(n) < 0.5, "p", "q").astype(object)
    g[[100, 31_000]], y[[100, 31_000]] = "rare", 2
    d = pd.DataFrame({"x": x, "g": g, "y": pd.Categorical.from_codes(y, list("abc"))})
    fit = st.glm("y ~ x + g", d, family)
    assert [name for name, value in fit.coef().items() if np.isinf(value)] == [
        "g[rare]" if family == "cumulative" else "c:g[rare]"
    ]
    none = st.glm("y ~ x", d, family)
    assert not none.separated
