"""Where estimates are infinite, not determined, or neither: by levels, by programmes, in memory and in streams."""

import warnings

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.engines.irls.edges import Edges, moving
from statmodels_tf.engines.irls.level import level_direction
from statmodels_tf.engines.irls.memory import memory_rows
from statmodels_tf.linalg import Coded, Dense, Stacked

pytestmark = [
    pytest.mark.filterwarnings("ignore::statmodels_tf.DataWarning"),
    pytest.mark.filterwarnings("ignore::statmodels_tf.ConvergenceWarning"),
]

THREE = pd.DataFrame({
    "a": pd.Categorical(list("pqqqrrqrrqqrqqr")),
    "x": [-2, -1, -2, -3, 0, 0, -2, -2, 2, 2, 3, 1, 1, 1, -3.0],
    "y": [0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0.0],
})  # fmt: skip


@pytest.mark.parametrize("family", ["negative_binomial", "tweedie", "poisson"])
@pytest.mark.parametrize("column", [list("pppppqqqqq"), np.arange(10.0)])
def test_an_own_parameter_does_not_hide_what_is_infinite(family, column):
    y = [0] * 5 + [2.0, 4, 1, 7, 3] if column[0] == "p" else [0.0] * 9 + [50]
    fit = st.glm("y ~ x", pd.DataFrame({"y": y, "x": column}), family)
    np.testing.assert_array_equal(fit.coef(), [-np.inf, np.inf])
    assert fit.se().isna().all()
    assert np.isfinite([fit.deviance, fit.loglik]).all()


def test_what_the_remaining_rows_do_not_identify_is_not_reported_as_a_number():
    fit = st.glm("y ~ a + x", THREE, "binomial")
    np.testing.assert_array_equal(fit.coef(), [np.nan, np.nan, np.nan, np.inf])
    assert fit.se().isna().all() and fit.vcov().isna().all(axis=None)
    table = fit.hypothesis(["Intercept + `a[r]` = 0", "`a[r]` = 0", "x = 0"]).table
    np.testing.assert_allclose(table["estimate"], [0, np.nan, np.inf], atol=1e-9)
    np.testing.assert_allclose(table["se"], [np.sqrt(2), np.nan, np.nan], rtol=1e-6)
    (said,) = [one for one in fit.check() if one.startswith("Not determined")]
    assert "`Intercept`, `a[q]`, `a[r]`" in said
    assert fit.deviance == pytest.approx(4 * np.log(2))


def test_predictions_are_estimated_at_an_edge_or_not_given():
    fit = st.glm("y ~ a + x", THREE, "binomial")
    rows = {"a": ["r", "r", "p"], "x": [0.0, 2.0, 0.0]}
    mean = fit.predict(rows)
    np.testing.assert_allclose(mean[:2], [0.5, 1], atol=1e-8)
    assert np.isnan(mean[2])


@pytest.mark.parametrize("link", ["logit", "probit", "cauchit", "loglog", "cloglog"])
def test_the_deviance_is_that_of_the_limit_under_every_link(link):
    x = np.arange(-5, 6.0)
    data, family = pd.DataFrame({"x": x, "y": (x > 0) * 1.0}), st.families.Binomial(link=link)
    fit = st.glm("y ~ x", data, family)
    assert fit.deviance == fit.loglik == 0
    np.testing.assert_allclose(fit.fitted(), data["y"], atol=1e-300)
    alone = pd.DataFrame({"x": np.r_[x, x], "y": np.tile([0.0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 1], 2), "g": 0})
    more = pd.concat([alone, pd.DataFrame({"x": x, "y": 1.0, "g": 1})])
    both, one = st.glm("y ~ x + g", more, family), st.glm("y ~ x", alone, family)
    assert both.deviance == pytest.approx(one.deviance, rel=1e-10)
    assert both.loglik == pytest.approx(one.loglik, rel=1e-10)
    np.testing.assert_allclose(both.fitted()[more["g"] == 1], 1, atol=1e-15)


def test_an_extreme_value_does_not_make_other_rows_look_separated():
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    y = (rng.random(60) < 1 / (1 + np.exp(-x))).astype(float)
    x[0], y[0] = 1e12, 1
    fit = st.glm("y ~ x", pd.DataFrame({"x": x, "y": y}), "binomial")
    rest = st.glm("y ~ x", pd.DataFrame({"x": x[1:], "y": y[1:]}), "binomial")
    assert not fit.separated
    np.testing.assert_allclose(fit.coef(), rest.coef(), rtol=1e-6)


def test_nothing_but_zeros_leaves_no_deviance_and_no_dispersion():
    fit = st.glm("y ~ 1", pd.DataFrame({"y": np.zeros(20)}), st.families.Tweedie(power=1.5))
    assert fit.deviance == fit.null_deviance == fit.dispersion == 0


@pytest.mark.parametrize("seed", range(27))
def test_a_stream_gives_what_the_table_gives_whatever_its_blocks(tmp_path, seed):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {"x": rng.normal(size=60), "a": rng.choice(list("uvwxyz"), 60), "b": rng.choice(["k", "l"], 60)}
    )
    data["y"] = ((rng.random(60) < 0.5) & (data["a"] != "w")).astype(int)
    if seed % 2:
        data = data.sort_values(["a", "x"], kind="stable")
    data.to_parquet(tmp_path / "d.parquet", index=False)
    formula = ["y ~ x + a", "y ~ a", "y ~ a + b", "y ~ a * b + x", "y ~ x:a + a"][seed % 5]
    family, size = "poisson" if seed % 3 == 0 else "binomial", int(rng.integers(1, 21))
    whole = st.glm(formula, data, family)
    fit = st.glm(formula, str(tmp_path / "d.parquet"), family, block_rows=size, progress=False)
    assert whole.separated
    np.testing.assert_allclose(fit.coef(), whole.coef(), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(fit.se(), whole.se(), rtol=1e-6)
    np.testing.assert_allclose([fit.deviance, fit.loglik], [whole.deviance, whole.loglik], rtol=1e-8)


def test_levels_and_cells_on_an_edge_are_found_by_counting():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 4, 300).astype(np.int32), rng.integers(0, 3, 300).astype(np.int32)
    y = rng.poisson(3, 300) + 1.0
    y[(a == 2) & (b == 1)] = 0
    main = [Dense(np.ones((300, 1))), Coded(a, np.eye(4)[:, 1:]), Coded(b, np.eye(3)[:, 1:])]
    cells = Coded(3 * a + b, np.kron(np.eye(4)[:, 1:], np.eye(3)[:, 1:]))
    edges = Edges(True, False)
    rows = memory_rows(Stacked((*main, cells)), y, None, None)
    found = level_direction(rows, edges)
    np.testing.assert_array_equal(moving(rows.common, (found,)), -((a == 2) & (b == 1)).astype(float))
    assert level_direction(memory_rows(Stacked(tuple(main)), y, None, None), edges) is None


def test_levels_of_a_large_factor_cost_no_more_than_its_fit():
    rng = np.random.default_rng(1)
    g, x = rng.integers(0, 1200, 30_000), rng.normal(size=30_000)
    data = pd.DataFrame({"x": x, "g": pd.Categorical(g.astype(str))})
    data["y"] = np.where((g == 7) | (g == 11), 0, rng.poisson(3, 30_000))
    fit = st.glm("y ~ x + g", data, "poisson")
    rest = st.glm("y ~ x + g", data[~data["g"].isin(["7", "11"])].astype({"g": str}), "poisson")
    estimate = fit.coef()
    assert list(estimate.index[np.isinf(estimate)]) == ["g[11]", "g[7]"]
    np.testing.assert_allclose(estimate[rest.coef().index], rest.coef(), rtol=1e-8)
    np.testing.assert_allclose(fit.se()[rest.se().index], rest.se(), rtol=1e-7)


def test_no_warning_but_ours_comes_of_a_separated_fit():
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        fit = st.glm("y ~ a + x", THREE, "binomial")
        assert "not determined" in fit.diagnostics["message"]
        fit.predict(THREE, interval="confidence")
        fit.residuals()


@pytest.mark.parametrize("size", [1, 5, 10, 1000])
def test_a_level_without_weight_is_aliased_in_the_same_order_in_streams(tmp_path, size):
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=60), "a": np.repeat(list("uvw"), 20), "w": np.repeat([0.0, 1.0], 30)})
    data["y"] = ((rng.random(60) < 0.5) & (data["a"] != "w")).astype(int)
    data.to_parquet(tmp_path / "d.parquet", index=False)
    whole = st.glm("y ~ x + a", data, "binomial", weights="w")
    fit = st.glm("y ~ x + a", str(tmp_path / "d.parquet"), "binomial", weights="w", block_rows=size, progress=False)
    assert list(whole.coef().isna()) == [False, False, False, True]
    np.testing.assert_allclose(fit.coef(), whole.coef(), rtol=1e-6)


def test_a_stream_whose_first_rows_weigh_nothing_is_fitted(tmp_path):
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=60), "a": np.repeat(list("uvw"), 20), "w": 0.0})
    data["y"] = (rng.random(60) < 0.5).astype(int)
    data = data.sample(frac=1, random_state=0).reset_index(drop=True)
    data.loc[40:, "w"] = 1.0
    data.to_parquet(tmp_path / "d.parquet", index=False)
    fit = st.glm("y ~ x + a", str(tmp_path / "d.parquet"), "binomial", weights="w", block_rows=5, progress=False)
    np.testing.assert_allclose(fit.coef(), st.glm("y ~ x + a", data, "binomial", weights="w").coef(), rtol=1e-8)


def test_means_and_contrasts_that_nothing_determines_are_not_given():
    means = st.glm("y ~ a + x", THREE, "binomial").emmeans("a")
    assert means.table["emmean"][:2].isna().all() and means.table["emmean"][2] == -np.inf
    assert means.pairs().table["estimate"].isna().all()
