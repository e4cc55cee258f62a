"""A fit of data that are read block by block is that of the table in memory, whatever the blocks and whoever reads."""

import warnings

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.errors import DataError, EngineError, ModelError
from statmodels_tf.families import FAMILIES, ExponentialFamily, as_family

pytest.importorskip("pyarrow")

N = 3000
RNG = np.random.default_rng(8)
ETA = RNG.normal(size=N)


def _data():
    x, z, g = RNG.normal(size=N), RNG.exponential(size=N), RNG.choice(list("abcde"), N)
    k = RNG.integers(1, 5, N)
    eta = 0.3 + 0.5 * x - 0.2 * z + 0.1 * k + (g == "b") * 0.7
    frame = pd.DataFrame({"x": x, "z": z, "g": g, "k": k, "w": RNG.integers(0, 4, N).astype(float)})
    frame["y"] = eta + RNG.normal(size=N)
    frame["hit"] = (RNG.random(N) < 1 / (1 + np.exp(-eta))).astype(int)
    frame["sick"] = np.where(frame["hit"] == 1, "yes", "no")
    frame["count"] = RNG.poisson(np.exp(eta / 2))
    frame["size"] = RNG.gamma(2, np.exp(eta) / 2)
    frame["amount"] = np.where(frame["count"] > 0, frame["size"], 0.0)
    frame["share"] = RNG.beta(4, 4 * np.exp(-eta / 3))
    frame.loc[[7, 800, 2999], "x"] = np.nan
    frame.loc[[8, 800], "g"] = None
    return frame


DATA = _data()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("parquet")
    for i in range(5):
        DATA.iloc[600 * i : 600 * (i + 1)].to_parquet(path / f"{i}.parquet", index=False)
    return path


def assert_same(fit, whole, rtol=1e-10):
    np.testing.assert_allclose(fit.beta, whole.beta, rtol=rtol, atol=1e-12)
    np.testing.assert_allclose(fit.vcov(), whole.vcov(), rtol=1e-8, atol=1e-14)
    for name in ("deviance", "null_deviance", "loglik", "aic", "sigma"):
        np.testing.assert_allclose(getattr(fit, name), getattr(whole, name), rtol=rtol, err_msg=name)
    for name in ("nobs", "df_residual", "df_model", "rank", "converged"):
        assert getattr(fit, name) == getattr(whole, name), name
    assert fit.model.design.dropped == whole.model.design.dropped
    assert fit.model.design.missing_by == whole.model.design.missing_by


CASES = [
    ("hit ~ x + g", "binomial", {}),
    ("sick ~ x * g", "binomial", {"link": "probit"}),
    ("hit ~ poly(x, 3) + ns(z, 3) + factor(k)", "binomial", {"subset": "z < quantile(z, 0.9)"}),
    ("count ~ scale(x) + g + offset(log(k))", "poisson", {}),
    ("count ~ x + bs(z, df = 5)", "quasipoisson", {"weights": "w"}),
    ("cbind(hit, k) ~ x + cut(z, 3)", "binomial", {}),
    ("size ~ x + g", "Gamma", {"link": "log", "weights": "w + 1"}),
    ("size ~ z", "inverse.gaussian", {"link": "log"}),
    ("y ~ x + z", "gaussian", {"weights": "w"}),
    ("y ~ 0 + g:x", "gaussian", {}),
    ("count ~ x + I(2 * x) + g", "poisson", {"offset": "z"}),
]


@pytest.mark.parametrize(("formula", "family", "options"), CASES)
def test_a_fit_is_that_of_the_table(folder, formula, family, options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit, whole = (st.glm(formula, data, family, **options) for data in (str(folder), DATA))
    assert_same(fit, whole)


RESPONSES = {
    "beta(phi=9)": "share",
    "binomial": "hit",
    "gamma(log)": "size",
    "gaussian": "y",
    "inverse_gaussian(log)": "size",
    "negative_binomial(theta=2)": "count",
    "poisson": "count",
    "tweedie(power=1.5)": "amount",
}
"""What each family with a likelihood is fitted to, its own parameters fixed."""


def test_every_family_with_a_likelihood_is_among_the_responses():
    dense = {n for n, f in FAMILIES.items() if issubclass(f, ExponentialFamily) and f.likelihood}
    assert {family.partition("(")[0] for family in RESPONSES} == dense


@pytest.mark.parametrize("weights", [None, "w + 1"], ids=["plain", "weights"])
@pytest.mark.parametrize("family", RESPONSES)
def test_every_figure_of_every_likelihood_is_that_of_the_table(folder, family, weights):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fits = [st.glm(f"{RESPONSES[family]} ~ x + g", d, as_family(family), weights=weights) for d in (folder, DATA)]
    assert np.isfinite([fits[0].loglik, fits[0].aic, fits[0].null_deviance]).all()
    assert_same(*fits)


@pytest.mark.parametrize("block_rows", [1, 7, 1000, N])
def test_the_size_of_blocks_changes_nothing(tmp_path, block_rows):
    data = DATA if block_rows > 1 else DATA.iloc[:200]
    data.to_parquet(tmp_path / "d.parquet")
    fit = st.glm("hit ~ scale(x) + g", tmp_path / "d.parquet", "binomial", block_rows=block_rows)
    assert_same(fit, st.glm("hit ~ scale(x) + g", data, "binomial"))


def test_linear_models(folder):
    fit, whole = (st.lm("y ~ x * g + poly(z, 2)", data) for data in (folder, DATA))
    assert_same(fit, whole)
    assert fit.r_squared == pytest.approx(whole.r_squared, rel=1e-10)


def test_runners_give_the_very_same_numbers(folder):
    fits = [st.glm("hit ~ x + g", folder, "binomial", runner=runner) for runner in ("serial", "threads", 3)]
    assert all(np.array_equal(fit.beta, fits[0].beta) for fit in fits)


def test_other_sources_give_the_same_fit(folder):
    whole = st.glm("hit ~ x + g", DATA, "binomial")
    duckdb, dd, dask = map(pytest.importorskip, ("duckdb", "dask.dataframe", "dask"))
    relation = duckdb.connect().read_parquet(f"{folder}/*.parquet")
    assert_same(st.glm("hit ~ x + g", relation, "binomial"), whole)
    with dask.config.set(scheduler="synchronous"):
        assert_same(st.glm("hit ~ x + g", dd.from_pandas(DATA, npartitions=3), "binomial"), whole)


def test_many_rows_start_from_a_sample(tmp_path):
    n = 60_000
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"x": rng.normal(size=n), "g": np.sort(rng.choice(list("abcdefgh"), n))})
    data["y"] = rng.poisson(np.exp(0.2 * data["x"] + (data["g"] > "d")))
    data.to_parquet(tmp_path / "d.parquet", row_group_size=5000)
    engine = st.engines.IRLS(warm=10_000)
    fit = st.glm("y ~ x + g", tmp_path / "d.parquet", "poisson", engine=engine)
    assert_same(fit, st.glm("y ~ x + g", data, "poisson"))
    rows = fit.model.design.source.sample(5000, 0)
    sizes = [block.common.shape[0] for block in rows]
    assert 4000 < sum(sizes) < 6000
    assert {v for block in rows for v in np.unique(block.response.values)} >= {0.0, 1.0, 2.0}


def test_what_follows_from_the_sums_is_answered(folder):
    fit, whole = (st.glm("hit ~ x + g", data, "binomial") for data in (folder, DATA))
    less, less_whole = (st.glm("hit ~ x", data, "binomial", subset="!is.na(g)") for data in (folder, DATA))
    new = DATA.dropna().head(4)
    pd.testing.assert_frame_equal(fit.predict(new, se=True), whole.predict(new, se=True), rtol=1e-9)
    pd.testing.assert_frame_equal(fit.coef_table(), whole.coef_table(), rtol=1e-8)
    pd.testing.assert_frame_equal(
        pd.DataFrame(st.anova(less, fit)), pd.DataFrame(st.anova(less_whole, whole)), rtol=1e-8
    )
    assert fit.update(". ~ . - g").coef().index.tolist() == ["Intercept", "x"]
    for type in ("HC0", "HC1", "HC2", "HC3"):
        np.testing.assert_allclose(fit.vcov(type), whole.vcov(type), rtol=1e-9)
    said = str(fit.summary())
    assert "2,996 rows in 5 files (0.parquet to 4.parquet), streamed" in said
    assert "4 rows with missing values dropped" in said
    assert list(fit.check()) == []


ROWWISE = {
    "fitted": lambda fit: fit.fitted(),
    "residuals": lambda fit: fit.residuals("pearson"),
    "predict": lambda fit: fit.predict(),
    "hatvalues": lambda fit: fit.hatvalues(),
    "influence": lambda fit: fit.influence(),
    "augment": lambda fit: fit.augment(),
    "simulate": lambda fit: fit.simulate(seed=1),
    "model_frame": lambda fit: fit.model_frame(),
    "model_matrix": lambda fit: fit.model_matrix(),
    "save": lambda fit: fit.save("nowhere.fit"),
}


@pytest.mark.parametrize("verb", ROWWISE)
def test_what_needs_all_rows_says_what_to_write_instead(folder, verb):
    fit = st.glm("hit ~ x", folder, "binomial")
    with pytest.raises(ModelError, match=r"need all rows in memory.*block by block.*fit\.predict\(newdata\)"):
        ROWWISE[verb](fit)


def test_drawing_rows_is_refused_with_what_tells_the_same(folder):
    fit = st.glm("hit ~ x", folder, "binomial")
    for ask in (fit.bootstrap, lambda: fit.confint(method="boot", nsim=10)):
        with pytest.raises(ModelError, match=r'draw rows of the whole data.*confint\(vcov="HC3"\)'):
            ask()
    assert fit.confint(vcov="HC3").shape == (2, 2)


def test_outcomes_are_refused_with_the_reason(folder):
    for family in ("cumulative", "categorical"):
        with pytest.raises(ModelError, match=f"the {family} family is fitted by an engine that keeps all rows"):
            st.glm("g ~ x", folder, family)


def test_what_cannot_be_streamed_is_refused(folder):
    with pytest.raises(DataError, match="`weights` is ndarray"):
        st.glm("hit ~ x", folder, "binomial", weights=np.ones(N))
    with pytest.raises(DataError, match=r"rank\(\) needs all rows at once"):
        st.glm("hit ~ rank(x)", folder, "binomial")
    with pytest.raises(DataError, match="no column `u` in the data"):
        st.glm("hit ~ u", folder, "binomial")
    with pytest.raises(DataError, match="row"):
        st.glm("y ~ x", folder, "poisson")
    with pytest.raises(ModelError, match="block by block"):
        st.lmer("y ~ x + (1 | g)", folder)
    with pytest.raises(ModelError, match=r"`1 \| g` cannot be fitted"):
        st.lm("y ~ x + (1 | g)", folder)
    with pytest.raises(EngineError, match="needs all rows in memory"):
        st.glm("hit ~ x", folder, "binomial", engine="nuts")
    with pytest.raises(EngineError, match="power"):
        st.glm("count ~ x", folder, "tweedie")
    for name, value in (("runner", "serial"), ("block_rows", 10)):
        with pytest.raises(ModelError, match="leave it out for a table in memory"):
            st.lm("y ~ x", DATA, **{name: value})
    with pytest.raises(DataError, match="whole number of rows"):
        st.lm("y ~ x", folder, block_rows=0)


def test_separation_is_found_in_blocks(tmp_path):
    data = pd.DataFrame({"x": np.arange(200.0), "g": np.tile(["a", "b"], 100)}).assign(y=lambda d: d["x"] > 99.5)
    data.to_parquet(tmp_path / "d.parquet")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit, whole = (
            st.glm("y ~ x + g", at, "binomial", **o) for at, o in ((tmp_path, {"block_rows": 30}), (data, {}))
        )
    assert fit.infinite.tolist() == whole.infinite.tolist()
    assert fit.separated


def test_progress_shows_passes(folder, capsys):
    st.glm("hit ~ x", folder, "binomial", progress=True)
    shown = capsys.readouterr().err
    assert "levels and missing values" in shown
    assert "iteration 2" in shown
    st.glm("hit ~ x", folder, "binomial", progress=False)
    assert capsys.readouterr().err == ""
