"""Robust covariances against their definitions in dense matrices, and the ways to ask for them."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.errors import DataError, ModelError
from statmodels_tf.fits.uncertainty import clusters, robust


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(5)
    n = 60
    firm, year = rng.integers(9, size=n), rng.integers(6, size=n)
    x = rng.normal(size=n) + 0.3 * firm
    mu = np.exp(0.4 + 0.3 * x + 0.2 * rng.normal(size=9)[firm])
    return pd.DataFrame(
        {
            "y": rng.poisson(mu),
            "z": 1 + x + rng.normal(size=n) * np.abs(x),
            "x": x,
            "arm": rng.choice(list("abc"), size=n),
            "firm": [f"f{k}" for k in firm],
            "year": year,
            "w": rng.uniform(0.5, 2, size=n),
        },
        index=[f"row{i}" for i in range(n)],
    )


FITS = {
    "lm": lambda d: st.lm("z ~ x + arm", d, weights="w"),
    "glm": lambda d: st.glm("y ~ x + arm", d, "poisson", weights="w", offset="0.1 * x"),
}


@pytest.fixture(scope="module", params=FITS)
def fit(request, data):
    return FITS[request.param](data)


def parts(fit, data):
    """X, the rows' derivatives u by their predictors, the inverse information and the leverages, densely."""
    X, mu, w = fit.model_matrix().to_numpy(), fit.fitted().to_numpy(), data["w"].to_numpy()
    y = fit.model.design.response.values
    weight = w if fit.family.name == "gaussian" else w * mu
    inverse = fit.vcov().to_numpy() / fit.dispersion
    return X, w * (y - mu), inverse, weight * np.einsum("ij,jk,ik->i", X, inverse, X)


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
def test_independent_rows(fit, data, kind):
    X, u, inverse, h = parts(fit, data)
    n, p = X.shape
    factor = {"HC0": 1, "HC1": n / (n - p), "HC2": 1 / (1 - h), "HC3": 1 / (1 - h) ** 2}[kind]
    expected = inverse @ (X.T @ (X * (u**2 * factor)[:, None])) @ inverse
    np.testing.assert_allclose(fit.vcov(kind), expected, rtol=1e-8)
    np.testing.assert_allclose(fit.se(vcov=kind), np.sqrt(np.diag(expected)), rtol=1e-8)


def same(left, right):
    return (np.asarray(left)[:, None] == np.asarray(right)[None, :]).astype(float)


@pytest.mark.parametrize("entries", [4_000_000, 40])
def test_clusters_in_one_way_and_in_two(fit, data, entries, monkeypatch):
    monkeypatch.setattr(clusters, "_ENTRIES", entries)
    X, u, inverse, _ = parts(fit, data)
    n, p = X.shape
    S = X * u[:, None]
    correction = (n - 1) / (n - p) if fit.least_squares else 1.0

    def meat(*columns):
        together = np.prod([same(data[c], data[c]) for c in columns], axis=0)
        count = data.groupby(list(columns)).ngroups
        return S.T @ together @ S * count / (count - 1)

    one = inverse @ meat("firm") @ inverse * correction
    np.testing.assert_allclose(fit.vcov("cluster", cluster="firm"), one, rtol=1e-8)
    two = inverse @ (meat("firm") + meat("year") - meat("firm", "year")) @ inverse * correction
    for given in ("~ firm + year", ["firm", "year"], data[["firm", "year"]]):
        np.testing.assert_allclose(fit.vcov("cluster", cluster=given), two, rtol=1e-8, atol=1e-12)
    pairs = inverse @ meat("firm", "year") @ inverse * correction
    np.testing.assert_allclose(fit.vcov("cluster", cluster="~ firm:year"), pairs, rtol=1e-8)


def test_rows_of_weight_zero_make_no_clusters():
    rng = np.random.default_rng(0)
    n = 40
    d = pd.DataFrame({"x": rng.normal(size=n), "y": rng.poisson(3, n), "w": rng.integers(0, 2, n) * 1.0})
    d["g"], d["h"] = rng.integers(0, 6, n), rng.integers(0, 4, n)
    whole, left = st.glm("y ~ x", d, "poisson", weights="w"), st.glm("y ~ x", d[d.w > 0], "poisson")
    for cluster in ("g", ["g", "h"], "~ g:h"):
        np.testing.assert_allclose(whole.vcov("cluster", cluster=cluster), left.vcov("cluster", cluster=cluster), 1e-8)


@pytest.mark.parametrize("entries", [4_000_000, 40])
def test_neighbouring_rows(fit, data, entries, monkeypatch):
    monkeypatch.setattr(robust, "_ENTRIES", entries)
    X, u, inverse, _ = parts(fit, data)
    n, p = X.shape
    S, apart = X * u[:, None], np.abs(np.arange(n)[:, None] - np.arange(n)[None, :])
    for lags, correction in product((0, 1, 4), ("HC0", "HC1")):
        kernel = np.maximum(1 - apart / (lags + 1), 0)
        expected = inverse @ (S.T @ kernel @ S) @ inverse * (n / (n - p) if correction == "HC1" else 1)
        table = fit.vcov("HAC", lags=lags, correction=correction)
        np.testing.assert_allclose(table, expected, rtol=1e-8, atol=1e-14)
    assert fit.vcov("HAC").attrs["lags"] == int(4 * (60 / 100) ** (2 / 9))


def test_clusters_are_columns_expressions_or_labels(fit, data):
    table = fit.vcov("cluster", cluster="year")
    for given in (data["year"], data["year"].to_numpy(), list(data["year"]), "factor(year)", "year + 0"):
        pd.testing.assert_frame_equal(fit.vcov("cluster", cluster=given), table)
    pd.testing.assert_frame_equal(
        fit.vcov("cluster", cluster="firm"), fit.vcov("cluster", cluster=data["firm"].tolist())
    )


def test_clusters_of_a_subset_are_those_of_its_rows(data):
    kept = data[data["x"] > 0]
    part, whole = st.lm("z ~ x", kept), st.lm("z ~ x", data, subset="x > 0")
    np.testing.assert_allclose(whole.vcov("cluster", cluster="firm"), part.vcov("cluster", cluster="firm"))
    np.testing.assert_allclose(whole.vcov("cluster", cluster=data["firm"]), part.vcov("cluster", cluster="firm"))


def test_rows_of_weight_zero_have_no_say(data):
    weights = np.where(np.arange(60) % 7 == 0, 0.0, data["w"])
    whole, part = st.lm("z ~ x", data, weights=weights), st.lm("z ~ x", data[weights > 0], weights="w")
    asked = [("HC1", {}), ("HC3", {}), ("cluster", {"cluster": "firm"}), ("HAC", {"lags": 2})]
    for kind, options in asked:
        np.testing.assert_allclose(whole.vcov(kind, **options), part.vcov(kind, **options))


def test_tests_of_clustered_errors_count_the_clusters(data):
    fit, count = FITS["lm"](data), data["firm"].nunique()
    table = fit.coef_table(vcov={"type": "cluster", "cluster": "firm"})
    assert set(table["df"]) == {count - 1}
    assert np.all(np.isinf(FITS["glm"](data).coef_table(vcov={"type": "cluster", "cluster": "firm"})["df"]))
    assert set(fit.coef_table(vcov="HC3")["df"]) == {fit.df_residual}
    assert "clustered by firm, 9 clusters" in str(fit.summary(vcov={"type": "cluster", "cluster": "firm"}))
    given = fit.vcov("cluster", cluster="firm")
    pd.testing.assert_frame_equal(fit.coef_table(vcov=given), table)
    interval = fit.confint(vcov={"type": "cluster", "cluster": "firm"})
    pd.testing.assert_frame_equal(interval, table[["lower", "upper"]])


def test_a_matrix_may_be_given(data):
    fit = FITS["lm"](data)
    matrix = fit.vcov("HC2")
    expected = fit.se(vcov="HC2")
    for given in (matrix, matrix.to_numpy(), matrix.iloc[::-1, ::-1]):
        np.testing.assert_allclose(fit.se(vcov=given), expected)
    aliased = st.lm("z ~ x + I(2 * x) + w", data)
    kept = aliased.vcov("HC0").dropna(how="all").dropna(axis=1)
    assert list(kept.index) == ["Intercept", "x", "w"]
    np.testing.assert_allclose(aliased.se(vcov=kept.to_numpy()), aliased.se(vcov="HC0"))
    mixed = st.lmer("z ~ x + (1 | firm)", data)
    np.testing.assert_allclose(mixed.coef_table(vcov=4 * mixed.vcov())["se"], 2 * mixed.se())


def test_words_of_others_are_translated(data):
    fit = FITS["lm"](data)
    np.testing.assert_array_equal(fit.vcov("hc3"), fit.vcov("HC3"))
    np.testing.assert_array_equal(fit.vcov("nonrobust"), fit.vcov())
    with pytest.raises(ModelError, match='write `vcov="HC3"`'):
        fit.coef_table(cov_type="HC3")
    with pytest.raises(AttributeError, match="coef_table"):
        _ = fit.get_robustcov_results


def test_what_cannot_be_is_said(data):
    fit = FITS["lm"](data)
    for bad, message in [
        ({"type": "HC9"}, '"HC0"'),
        ({"type": "cluster"}, "needs `cluster=`"),
        ({"type": "HC1", "cluster": "firm"}, 'belongs to `type="cluster"`'),
        ({"type": "HC1", "lags": 2}, 'belongs to `type="HAC"`'),
        ({"type": "HC1", "correction": "HC1"}, "correction"),
        ({"type": "cluster", "cluster": "frim"}, "firm"),
        ({"type": "cluster", "cluster": np.ones(60)}, "two values or more"),
        ({"type": "cluster", "cluster": np.ones(7)}, "60 rows"),
        ({"type": "HAC", "lags": -1}, "lags"),
    ]:
        with pytest.raises((ModelError, DataError), match=message):
            fit.vcov(**bad)
    with pytest.raises(ModelError, match="Did you mean `cluster`"):
        fit.coef_table(vcov={"type": "cluster", "clusters": "firm"})
    with pytest.raises(ModelError, match="shape"):
        fit.coef_table(vcov=np.eye(2))
    with pytest.raises(DataError, match="missing in 3"):
        st.lm("z ~ x", data.assign(g=[None] * 3 + ["a", "b", "c"] * 19)).vcov("cluster", cluster="g")
    alone = st.lm("z ~ x + I(w > 1.98)", data.assign(w=[1.99] + [1.0] * 59))
    with pytest.raises(ModelError, match=r"row0.*fitted exactly"):
        alone.vcov("HC3")
    with pytest.raises(ModelError, match="Robust covariances do not exist for mixed models"):
        st.lmer("z ~ x + (1 | firm)", data).vcov("HC3")


def test_nothing_as_large_as_the_design_is_formed():
    """A factor of 2,000 levels stays coded: the information of HC1 is made of sums by level."""
    rng = np.random.default_rng(2)
    d = pd.DataFrame({"y": rng.normal(size=4000), "f": np.arange(4000) % 400, "x": rng.normal(size=4000)})
    fit = st.lm("y ~ x + factor(f)", d)
    X, u = fit.model_matrix().to_numpy(), fit.residuals().to_numpy()
    inverse = np.linalg.inv(X.T @ X)
    expected = (inverse[1] @ (X.T * u)) @ (X * u[:, None]) @ inverse[:, 1]
    assert fit.vcov("HC0").loc["x", "x"] == pytest.approx(expected)


def test_an_option_says_which_covariance_is_meant(data):
    lm = FITS["lm"](data)
    clustered = lm.vcov("cluster", cluster="firm")
    pd.testing.assert_frame_equal(lm.vcov(cluster="firm"), clustered)
    pd.testing.assert_frame_equal(lm.vcov(lags=3), lm.vcov("HAC", lags=3))
    np.testing.assert_array_equal(lm.se({"cluster": "firm"}), np.sqrt(np.diag(clustered)))
    with pytest.raises(ModelError, match='`correction=` belongs to `type="cluster"` and "HAC"'):
        lm.vcov(correction="HC1")
    with pytest.raises(ModelError, match='`cluster=` belongs to `type="cluster"`, and the type is "model"'):
        lm.vcov("model", cluster="firm")


@pytest.mark.parametrize("asked", [{"nsim": 10}, {"kind": "zzz"}, {"interval": "bca"}, {"seed": 1}])
def test_an_interval_refuses_the_arguments_of_another_method(data, asked):
    with pytest.raises(ModelError, match=f'`{next(iter(asked))}=` is of `method="boot"`, and the method is "wald"'):
        FITS["lm"](data).confint(**asked)
    with pytest.raises(ModelError, match=r'vcov=\{"cluster": \'firm\'\}'):
        FITS["lm"](data).confint(cluster="firm")


def test_the_f_test_of_a_summary_is_by_the_covariance_asked_for():
    cars = st.load_dataset("mtcars")
    fit = st.lm("mpg ~ wt + hp", cars)
    assert "· F(2, 29)" not in str(fit.summary(vcov="HC1")) and "Wald F(2, 29) 46.36" in str(fit.summary(vcov="HC1"))
    clustered = str(fit.summary(vcov={"cluster": "cyl"}))
    assert "Wald F(2, 2) " in clustered and "3 clusters, t on 2 df" in clustered
    assert "F(2, 29) 69.21" in str(fit.summary()) and "Wald" not in str(fit.summary())
    assert "F(" not in str(st.lm("mpg ~ 1", cars).summary(vcov="HC1"))
