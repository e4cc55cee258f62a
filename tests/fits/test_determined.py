"""What separated data determine has a standard error; what they leave open has the whole range."""

import warnings

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.fits.regression.determined import mean_range, undetermined
from tests.fits.cases import dense_fit

CARS = st.load_dataset("mtcars")


@pytest.fixture(scope="module")
def groups():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"g": np.repeat(list("abc"), 20), "x": rng.normal(size=60)})
    data["y"] = np.where(data["g"] == "a", 0, rng.random(60) < 0.5).astype(int)
    return data


def test_predictions_of_a_wholly_separated_fit_have_the_whole_range():
    fit = st.glm("am ~ wt", CARS.assign(am=(CARS["wt"] > 3).astype(int)), "binomial")
    with pytest.warns(st.DataWarning, match="rest on infinite estimates"):
        table = fit.predict({"wt": [3.1, 3.01]}, interval="confidence")
    assert table["se"].isna().all()
    np.testing.assert_array_equal(table[["lower", "upper"]], [[0, 1], [0, 1]])
    with pytest.warns(st.DataWarning, match="are not given"):
        fit.predict({"wt": [3.01]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit.predict({"wt": [5.0]})


@pytest.mark.parametrize("how", ["g", "C(g, contr.sum)", "g - 1"])
def test_what_the_other_rows_determine_is_predicted_as_without_the_separated_ones(groups, how):
    fit = st.glm(f"y ~ {how} + x", groups, "binomial")
    rows = {"g": ["b", "c"], "x": [0.3, -1.0]}
    alone = st.glm("y ~ g + x", groups[groups["g"] != "a"], "binomial")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown = fit.predict(rows, interval="confidence")
    np.testing.assert_allclose(shown, alone.predict(rows, interval="confidence"), rtol=1e-6)
    with pytest.warns(st.DataWarning, match="row 0 rest"):
        at_the_edge = fit.predict({"g": ["a"], "x": [0.0]}, interval="confidence")
    assert np.isnan(at_the_edge["se"].iloc[0]) and at_the_edge["upper"].iloc[0] == 1


def test_counts_of_an_empty_group_are_open_upwards():
    data = pd.DataFrame({"g": np.repeat(["a", "b"], 10), "y": np.r_[np.zeros(10), np.arange(10.0)]})
    fit = st.glm("y ~ g", data, "poisson")
    with pytest.warns(st.DataWarning):
        table = fit.predict({"g": ["a", "b"]}, interval="confidence")
    assert list(table.iloc[0, 2:]) == [0, np.inf] and np.isfinite(table.iloc[1]).all()
    with pytest.warns(st.DataWarning):
        latent = fit.predict({"g": ["a"]}, "link", interval="confidence")
    assert list(latent.iloc[0, 2:]) == [-np.inf, np.inf]


def test_functions_of_the_coefficients_are_told_apart(groups):
    fit = st.glm("y ~ g + x", groups, "binomial")
    L = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, -1, 0], [0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0]], dtype=float)
    np.testing.assert_array_equal(undetermined(fit, L), [True, False, False, False, True, False])
    finite = dense_fit("slopes")
    assert not undetermined(finite, np.eye(2)).any()


def test_ranges_of_means():
    named = {"binomial": (0, 1), "poisson": (0, np.inf), "gaussian": (-np.inf, np.inf)}
    for name, ends in named.items():
        assert mean_range(st.families.as_family(name)) == ends
    assert mean_range(st.families.as_family("binomial", "log")) == (0, 1)


def test_slopes_and_contrasts_take_what_is_determined(groups):
    """Of rows that say nothing of the others, what is left is the fit without them."""
    fit, alone = st.glm("y ~ g + x", groups, "binomial"), st.glm("y ~ g + x", groups[groups["g"] != "a"], "binomial")
    both, without = fit.emmeans("g").pairs(adjust="none").table, alone.emmeans("g").pairs(adjust="none").table
    columns = ["estimate", "se", "lower", "upper"]
    np.testing.assert_allclose(both[columns].iloc[2], without[columns].iloc[0], rtol=1e-6)
    assert both["se"].iloc[:2].isna().all() and np.isinf(both["estimate"].iloc[:2]).all()
    means, others = fit.predictions(by="g").table, alone.predictions(by="g").table
    np.testing.assert_allclose(means[columns].iloc[1:], others[columns], rtol=1e-6)
    wide = st.glm("am ~ wt", CARS.assign(am=(CARS["wt"] > 3).astype(int)), "binomial").slopes()
    assert wide.table["se"].isna().all() and "infinite" in str(wide)
