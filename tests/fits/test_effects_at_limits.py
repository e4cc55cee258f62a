"""Means at the limits of infinite estimates: edges, the slopes there, and what nothing determines."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st

X = np.array([-2, -1, -2, -3, 0, 0, -2, -2, 2, 2, 3, 1, 1, 1, -3.0])
COLUMNS = ["estimate", "se", "lower", "upper"]


@pytest.fixture(scope="module")
def steps():
    """x tells all responses apart but two at zero, for one of three groups."""
    frame = pd.DataFrame(
        {"a": pd.Categorical(list("pqqqrrqrrqqrqqr")), "x": X, "y": [0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0]}
    )
    return st.glm("y ~ a + x", frame, "binomial")


@pytest.fixture(scope="module")
def empty():
    """A group without successes beside two others; the fit of all, and of the others."""
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"g": np.repeat(list("abc"), 20), "x": rng.normal(size=60)})
    data["y"] = np.where(data["g"] == "a", 0, rng.random(60) < 0.5).astype(int)
    return st.glm("y ~ g + x", data, "binomial"), st.glm("y ~ g + x", data[data["g"] != "a"], "binomial")


def test_means_by_row_are_the_edge_or_determined(steps):
    table = steps.predictions(average=False).table
    np.testing.assert_allclose(table["estimate"], np.where(X < 0, 0, np.where(X > 0, 1, 0.5)), rtol=1e-6)
    assert set(table["estimate"]) >= {0.0, 1.0}
    np.testing.assert_array_equal(table["se"].isna(), X != 0)
    np.testing.assert_allclose(table["se"][X == 0], 0.25 * np.sqrt(1 / 0.5), rtol=1e-5)


def test_slopes_by_row_are_zero_at_edges_and_infinite_on_a_step(steps):
    table = steps.slopes("x", average=False).table
    np.testing.assert_array_equal(table["estimate"], np.where(X == 0, np.inf, 0))
    assert table["se"].isna().all()


def test_average_slopes_follow_the_limit_and_not_where_iterations_stopped(steps):
    np.testing.assert_array_equal(steps.slopes("x", by="a").table["estimate"], [0, 0, np.inf])
    total = steps.slopes("x")
    assert total.table["estimate"].item() == np.inf and np.isnan(total.table["se"].item())
    assert "infinite" in str(total)


def test_averages_over_rows_that_nothing_determines_are_not_estimable(steps):
    rows = pd.DataFrame({"a": ["p", "p", "q"], "x": [-1.0, -2.0, -2.0]})
    table = steps.predictions(newdata=rows, by="a").table
    assert np.isnan(table["estimate"].iloc[0]) and table["estimate"].iloc[1] == 0
    assert np.isnan(table[COLUMNS].iloc[0].to_numpy(dtype=float)).all()
    for asked in (steps.comparisons("x"), steps.predictions(newdata=rows)):
        assert asked.table["estimate"].isna().all()
        assert "not estimable" in str(asked) and "leave open" in str(asked)
    weighted = steps.predictions(newdata=rows, by="a", weights=[0, 1, 1]).table
    np.testing.assert_array_equal(weighted["estimate"], [0, 0])


def test_on_the_scale_of_the_linear_predictor_they_are_infinite(steps):
    rows = pd.DataFrame({"a": list("qqpr"), "x": [-2.0, 2.0, 0.0, 0.0]})
    link = steps.predictions(newdata=rows, type="link", average=False).table["estimate"]
    np.testing.assert_allclose(link, [-np.inf, np.inf, np.nan, 0], atol=1e-8)
    assert steps.slopes("x", type="link").table["estimate"].item() == np.inf


def test_an_edge_adds_nothing_to_slopes_and_errors(empty):
    both, alone = empty
    table, other = both.slopes("x").table.iloc[0], alone.slopes("x").table.iloc[0]
    np.testing.assert_allclose(table[COLUMNS].astype(float), 2 / 3 * other[COLUMNS].astype(float), rtol=1e-5)
    assert "without error" in str(both.slopes("x")) and "without error" not in str(alone.slopes("x"))
    by = both.slopes("x", by="g").table
    assert by["estimate"].iloc[0] == 0 and np.isnan(by["se"].iloc[0]) and by["se"].iloc[1:].notna().all()


def test_comparisons_with_an_edge(empty):
    both, alone = empty
    difference = both.comparisons("g", newdata={"g": ["b"], "x": [0.3]}).table
    mean = alone.predict({"g": ["b"], "x": [0.3]}, interval="confidence")
    np.testing.assert_allclose(difference[["estimate", "se"]].iloc[0], mean[["mean", "se"]].iloc[0], rtol=1e-5)
    for comparison, value in (("ratio", np.inf), ("lnratio", np.inf), ("oddsratio", np.inf)):
        table = both.comparisons("g", comparison=comparison).table
        assert (table["estimate"] == value).all() and table["se"].isna().all()
    against = both.comparisons("g", comparison="lnratio", levels="pairwise").table
    assert np.isfinite(against[["estimate", "se"]].iloc[2]).all()


def test_counts_without_end():
    """Where a rate falls to zero it does so on one side; on the other it would grow without end."""
    data = pd.DataFrame({"g": np.repeat(["a", "b"], 10), "x": np.tile([0.0, 1.0], 10), "y": np.r_[:10, np.zeros(10)]})
    fit = st.glm("y ~ g:x", data.assign(y=np.where(data["x"] * (data["g"] == "b") > 0, 0, data["y"] + 1)), "poisson")
    rows = {"g": ["b", "b", "a"], "x": [1.0, -1.0, 1.0]}
    means = fit.predictions(newdata=rows, average=False).table
    np.testing.assert_array_equal(means["estimate"].iloc[:2], [0, np.inf])
    slopes = fit.slopes("x", newdata=rows, average=False).table
    np.testing.assert_array_equal(slopes["estimate"].iloc[:2], [0, -np.inf])
    assert np.isfinite(means["se"].iloc[2]) and np.isfinite(slopes["se"].iloc[2])


def test_marginal_means_at_an_edge_are_the_edge(empty):
    assert empty[0].emmeans("g", type="response").table["prob"].iloc[0] == 0
