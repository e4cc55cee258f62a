"""What is asked of a fit of data that are read block by block is answered as of the table in memory."""

import warnings

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st

pytest.importorskip("pyarrow")

N = 1200


def _data():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"x": rng.normal(size=N), "z": rng.exponential(size=N), "g": rng.choice(list("abc"), N)})
    frame["k"], frame["w"] = rng.integers(1, 5, N), rng.integers(0, 3, N).astype(float)
    frame["firm"], frame["year"] = rng.choice([f"f{i}" for i in range(40)], N), rng.integers(2000, 2012, N)
    eta = 0.3 + 0.5 * frame["x"] - 0.2 * frame["z"] + 0.1 * frame["k"] + (frame["g"] == "b") * 0.7
    frame["y"] = eta + rng.normal(size=N)
    frame["hit"] = (rng.random(N) < 1 / (1 + np.exp(-eta))).astype(int)
    frame["count"] = rng.poisson(np.exp(eta / 2))
    frame["share"] = rng.beta(6 / (1 + np.exp(-eta)), 6 / (1 + np.exp(eta)))
    frame["size"] = rng.gamma(2, np.exp(eta) / 2)
    frame.loc[[7, 500, N - 1], "x"] = np.nan
    return frame


DATA = _data()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("parquet")
    for i in range(3):
        DATA.iloc[400 * i : 400 * (i + 1)].to_parquet(path / f"{i}.parquet", index=False)
    return path


def _logistic(data, **how):
    return st.glm("hit ~ x * g + poly(z, 2)", data, "binomial", **how)


def _gamma(data, **how):
    return st.glm("size ~ x + g", data, "Gamma", link="log", weights="w + 1", **how)


def _linear(data, **how):
    return st.lm("y ~ x * g + z", data, **how)


def _poisson(data, **how):
    return st.glm("count ~ 0 + x + g", data, "poisson", offset="log(k)", weights="w", **how)


FITS = {"logistic": _logistic, "gamma": _gamma, "linear": _linear, "poisson": _poisson}


def both(make, folder, **how):
    """Return the fit of the files, in blocks smaller than they are, and that of the table."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make(folder, block_rows=150, **how), make(DATA)


def assert_same_table(one, other):
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other), rtol=1e-8, atol=1e-12)


TERMS = {
    "anova": lambda fit: fit.anova(),
    "anova F": lambda fit: fit.anova(test="F"),
    "anova II": lambda fit: fit.anova(type="II"),
    "anova III": lambda fit: fit.anova(type="III"),
    "drop1": lambda fit: fit.drop1("Chisq"),
    "drop1 of all": lambda fit: fit.drop1("F", scope=["x", "g"]),
    "add1": lambda fit: fit.add1("~ . + k + factor(k)", "F"),
    "score_test": lambda fit: fit.score_test("k", "factor(k)", "I(2 * x) + k"),
}


@pytest.mark.parametrize("ask", TERMS)
@pytest.mark.parametrize("fit", FITS)
def test_terms_are_tested_by_refits_from_the_source(folder, fit, ask):
    assert_same_table(*map(TERMS[ask], both(FITS[fit], folder)))


RAO = {
    "anova": lambda fit: fit.anova(test="Rao"),
    "drop1": lambda fit: fit.drop1("Rao"),
    "add1": lambda fit: fit.add1(["k", "factor(k)"], "Rao"),
    "anova of two": lambda fit: st.anova(fit, fit.update(". ~ . + k"), test="Rao"),
}


@pytest.mark.parametrize("ask", RAO)
@pytest.mark.parametrize("fit", ["logistic", "gamma", "poisson"])
def test_score_tests_add_up_scores_and_information(folder, fit, ask):
    assert_same_table(*map(RAO[ask], both(FITS[fit], folder)))


def test_a_stepwise_search_ends_at_the_same_model(folder):
    found = [fit.step("~ . + k", trace=False) for fit in both(_logistic, folder)]
    assert str(found[0].formula) == str(found[1].formula) != str(both(_logistic, folder)[1].formula)
    np.testing.assert_allclose(found[0].beta, found[1].beta, rtol=1e-9)


def test_a_score_test_says_where_its_terms_lack_rows(folder):
    fit, _ = both(lambda data, **how: st.glm("hit ~ z", data, "binomial", **how), folder)
    with pytest.raises(ValueError, match=r"`x` is missing in 3 of the rows used"):
        fit.score_test("x")


CLUSTERS = ["firm", "year", "~ firm + year", ["g", "year"], "~ firm:year", "~ firm + g:year"]


@pytest.mark.parametrize("cluster", CLUSTERS, ids=str)
@pytest.mark.parametrize("fit", FITS)
def test_clusters_of_rows_are_summed_over_blocks(folder, fit, cluster):
    fit, whole = both(FITS[fit], folder)
    found, known = (each.vcov("cluster", cluster=cluster) for each in (fit, whole))
    np.testing.assert_allclose(found, known, rtol=1e-9, atol=1e-15)
    assert found.attrs == known.attrs


def test_clusters_reach_tables_and_tests(folder):
    fit, whole = both(_linear, folder)
    assert_same_table(*(each.coef_table(vcov={"cluster": "firm"}) for each in (fit, whole)))
    assert_same_table(*(each.vcov("cluster", cluster="year", correction="HC0") for each in (fit, whole)))


def test_clusters_that_are_not_in_the_data_are_refused(folder):
    fit = st.lm("y ~ z", folder)
    with pytest.raises(ValueError, match=r"no column `frim` in the data.*`firm`"):
        fit.vcov("cluster", cluster="frim")
    with pytest.raises(ValueError, match=r"cluster `x` is missing in 3 of the 1,200 rows"):
        fit.vcov("cluster", cluster="x")
    with pytest.raises(ValueError, match="no row numbers to match"):
        fit.vcov("cluster", cluster=np.arange(N))


def test_the_order_of_rows_is_not_relied_on(folder):
    with pytest.raises(ValueError, match="rows in their order"):
        st.lm("y ~ z", folder).vcov("HAC")


@pytest.mark.parametrize("fit", ["linear", "gamma", "poisson"])
def test_profile_intervals_are_found_by_passes(folder, fit):
    fit, whole = both(FITS[fit], folder)
    assert_same_table(*(each.confint(method="profile") for each in (fit, whole)))


def test_a_profile_is_that_of_the_table(folder):
    fit, whole = both(lambda data, **how: st.glm("hit ~ x", data, "binomial", **how), folder)
    tables = [each.profile(points=2).table for each in (fit, whole)]
    pd.testing.assert_frame_equal(*tables, rtol=1e-7)


WAYS = [{}, {"se": True, "type": "link"}, {"interval": "confidence"}, {"type": "terms"}]


@pytest.mark.parametrize("how", WAYS, ids=str)
@pytest.mark.parametrize("fit", FITS)
def test_files_are_predicted_block_by_block(folder, fit, how):
    fit = FITS[fit](DATA)
    parts = list(fit.predict_blocks(folder, block_rows=150, **how))
    assert [len(part) for part in parts] == [150, 150, 100] * 3
    known = fit.predict(DATA, **how)
    np.testing.assert_allclose(pd.concat(parts), known, rtol=1e-10)
    assert pd.concat(parts).index.equals(known.index)


def test_a_streamed_fit_predicts_its_own_files(folder):
    fit, whole = both(_logistic, folder)
    found = pd.concat(fit.predict_blocks(folder))
    np.testing.assert_allclose(found, whole.predict(DATA), rtol=1e-9)


def test_predict_and_predict_blocks_name_each_other(folder):
    fit = _linear(DATA)
    with pytest.raises(ValueError, match=r"fit\.predict_blocks\(newdata\)"):
        fit.predict(str(folder))
    with pytest.raises(ValueError, match=r"`fit\.predict\(newdata\)`"):
        fit.predict_blocks(DATA)


@pytest.mark.parametrize("weights", [None, "w"])
def test_the_precision_of_a_beta_model_is_estimated_by_passes(folder, weights):
    fit, whole = both(lambda data, **how: st.glm("share ~ x + g", data, "beta", weights=weights, **how), folder)
    np.testing.assert_allclose(fit.beta, whole.beta, rtol=1e-8)
    np.testing.assert_allclose(fit.phi, whole.phi, rtol=1e-9)
    np.testing.assert_allclose(fit.vcov(), whole.vcov(), rtol=1e-8, atol=1e-14)
    assert_same_table(fit.family_parameters(), whole.family_parameters())
    np.testing.assert_allclose(fit.loglik, whole.loglik, rtol=1e-10)
    assert fit.converged
