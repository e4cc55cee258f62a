"""The plots of lm and glm show the figures that they say they show."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from scipy import stats

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from statmodels_tf.fits.plots.calibration import wilson
from statmodels_tf.fits.plots.interval import intervals
from statmodels_tf.fits.plots.label import name_lines, name_points
from statmodels_tf.fits.plots.piece import local_line
from tests.fits.test_plots import drawn


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def linear():
    return st.lm("mpg ~ wt + factor(cyl)", st.load_dataset("mtcars"))


@pytest.fixture(scope="module")
def logistic():
    return st.glm("switch ~ dist + arsenic", st.load_dataset("wells"), "binomial")


@pytest.fixture(scope="module")
def counts():
    return st.glm("y ~ lbase * trt + lage + V4", st.load_dataset("epil"), "poisson")


def points(ax):
    """The first line of the Axes that is drawn as points."""
    return next(line for line in ax.lines if line.get_marker() == "o")


def test_the_four_plots_of_a_linear_model(linear):
    residuals, normal, spread, leverage = drawn(linear.plot_diagnostics())
    np.testing.assert_allclose(points(residuals).get_ydata(), linear.residuals())
    np.testing.assert_allclose(points(normal).get_ydata(), np.sort(linear.rstandard()))
    np.testing.assert_allclose(points(spread).get_ydata(), np.sqrt(np.abs(linear.rstandard())))
    np.testing.assert_allclose(points(leverage).get_xdata(), linear.hatvalues())
    worst = linear.rstandard().abs().idxmax()
    for ax in (residuals, normal, spread):
        assert str(worst) in [text.get_text() for text in ax.texts]
    assert str(linear.cooks_distance().idxmax()) in [text.get_text() for text in leverage.texts]


def test_contours_have_the_cooks_distance_that_they_say(linear):
    ax = linear.plot_leverage()
    contour = next(line for line in ax.lines if line.get_linestyle() == "--")
    hat, height = contour.get_data()
    np.testing.assert_allclose(height**2 * hat / (1 - hat) / linear.rank, 0.5)


def test_the_four_plots_of_a_glm_show_quantile_residuals(logistic):
    residuals, *_ = drawn(logistic.plot_diagnostics())
    np.testing.assert_allclose(points(residuals).get_ydata(), logistic.residuals("quantile"))
    np.testing.assert_allclose(points(residuals).get_xdata(), logistic.linear_predictor)


def test_rows_of_weight_zero_are_not_drawn():
    data = st.load_dataset("mtcars").assign(w=np.r_[np.zeros(4), np.ones(28)])
    fit = st.lm("mpg ~ wt", data, weights="w")
    assert all(len(points(ax).get_xdata()) == 28 for ax in drawn(fit.plot_diagnostics()))


def test_equal_fitted_values_share_a_mean():
    data = {"y": np.arange(60.0) % 7, "g": np.repeat(list("abc"), 20)}
    (ax,) = drawn(st.lm("y ~ g", data).plot())
    mean = next(line for line in ax.lines if line.get_color() == "#D55E00")
    assert len(mean.get_xdata()) == 3
    np.testing.assert_allclose(mean.get_ydata(), 0, atol=1e-12)


def test_a_rootogram_hangs_observed_from_expected(counts):
    (ax,) = drawn(counts.plot_rootogram())
    y, mu = counts.model.design.response.values, counts.fitted().to_numpy()
    bars, line = ax.patches, points(ax)
    edge = bars[1].get_x() - bars[0].get_x()
    assert round(edge) == 2  # counts up to 102 are put into bins of two
    expected = np.sum(stats.poisson.pmf(0, mu) + stats.poisson.pmf(1, mu))
    np.testing.assert_allclose(line.get_ydata()[0], np.sqrt(expected))
    np.testing.assert_allclose(bars[0].get_height(), np.sqrt(np.sum(y < 2)))
    np.testing.assert_allclose(bars[0].get_y() + bars[0].get_height(), np.sqrt(expected))


def test_a_rootogram_needs_counts(linear, logistic):
    with pytest.raises(ModelError, match="of a gaussian model are none"):
        st.lm("carb ~ wt", st.load_dataset("mtcars")).plot_rootogram()
    with pytest.raises(ModelError, match="plot_calibration"):
        logistic.plot_rootogram()
    with pytest.raises(ModelError, match="of a gamma model are none"):
        st.glm("carb ~ wt", st.load_dataset("mtcars"), "Gamma", link="log").plot_rootogram()
    quasi = st.glm("breaks ~ wool", st.load_dataset("warpbreaks"), "quasipoisson")
    with pytest.raises(ModelError, match="no distribution"):
        quasi.plot_rootogram()


def test_calibration_compares_shares_with_probabilities(logistic):
    (ax,) = drawn(logistic.plot_calibration())
    expected, share = points(ax).get_data()
    mu, y = logistic.fitted().to_numpy(), logistic.model.design.response.values
    lowest = mu <= np.quantile(mu, 0.1)
    np.testing.assert_allclose(expected[0], mu[lowest].mean())
    np.testing.assert_allclose(share[0], y[lowest].mean())
    assert len(expected) == 10


def test_calibration_counts_trials():
    fit = st.glm("cbind(ncases, ncontrols) ~ agegp", st.load_dataset("esoph"), "binomial")
    (ax,) = drawn(fit.plot_calibration())
    expected, share = points(ax).get_data()
    np.testing.assert_allclose(share, expected)  # the model is saturated in agegp, and a bin holds whole groups


def test_calibration_needs_probabilities(counts):
    with pytest.raises(ModelError, match="plot_rootogram"):
        counts.plot_calibration()


def test_wilsons_interval_has_its_definition():
    share, count = np.array([0.0, 0.3, 1.0]), np.array([5.0, 40.0, 7.0])
    low, high = wilson(share, count, 0.9)
    assert low[0] == 0 and high[2] == 1
    for end, at in ((low[1:], slice(1, None)), (high[:2], slice(None, 2))):
        z = np.abs(end - share[at]) / np.sqrt(end * (1 - end) / count[at])
        np.testing.assert_allclose(z, stats.norm.ppf(0.95))


def test_effects_show_residuals_or_data(linear, logistic, counts):
    (ax,) = drawn(linear.plot_effects("wt"))
    assert "partial residuals" in ax.get_title(loc="left")
    (ax,) = drawn(logistic.plot_effects("arsenic"))
    assert "grey: data" in ax.get_title(loc="left")
    assert set(np.round(points(ax).get_ydata())) == {0.0, 1.0}
    (ax,) = drawn(counts.plot_effects("trt"))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["placebo", "progabide"]


def test_an_effect_of_a_glm_is_its_prediction(counts):
    (ax,) = drawn(counts.plot_effects("lage"))
    line = next(line for line in ax.lines if line.get_marker() == "None" and len(line.get_xdata()) == 101)
    frame = counts.model.design.frame
    row = frame.iloc[[0]].assign(
        lage=line.get_xdata()[7], lbase=frame["lbase"].mean(), V4=frame["V4"].mean(), trt="progabide"
    )
    np.testing.assert_allclose(line.get_ydata()[7], counts.predict(row).iloc[0])


def test_a_mean_for_each_level_of_an_interacting_factor(counts):
    (ax,) = drawn(counts.plot_effects("lbase"))
    lines = [line for line in ax.lines if len(line.get_xdata()) == 101]
    assert [text.get_text() for text in ax.texts] == ["trt placebo", "trt progabide"]
    assert ax.get_ylabel() == "expected y" and "trt" not in ax.get_title(loc="left")
    frame = counts.model.design.frame
    for line, text, level in zip(lines, ax.texts, ("placebo", "progabide"), strict=True):
        row = {"lbase": line.get_xdata()[[50]], "trt": [level], "lage": frame["lage"].mean(), "V4": frame["V4"].mean()}
        np.testing.assert_allclose(line.get_ydata()[50], counts.predict(row).iloc[0])
        assert text.get_color() == line.get_color()


def test_an_offset_is_held_at_its_own_mean():
    data = st.load_dataset("mtcars")
    fit = st.glm("carb ~ wt + offset(log(hp))", data, "poisson")
    (ax,) = drawn(fit.plot_effects("wt"))
    line = next(line for line in ax.lines if len(line.get_xdata()) == 101)
    beta = fit.coef()
    eta = beta["Intercept"] + beta["wt"] * line.get_xdata() + np.log(data["hp"]).mean()
    np.testing.assert_allclose(line.get_ydata(), np.exp(eta))
    title = ax.get_title(loc="left")
    assert "offset at its mean, 4.882" in title and "hp" not in title


def test_probabilities_are_called_so():
    fit = st.glm("Admit ~ Gender + Dept", st.load_dataset("ucbadmissions"), "binomial", weights="Freq")
    assert fit.plot_effects("Dept").get_ylabel() == "P(Admit = Rejected)"
    assert "P(Admit = Rejected)" in fit.plot_calibration().get_xlabel()
    shares = st.glm("cbind(ncases, ncontrols) ~ agegp", st.load_dataset("esoph"), "binomial")
    assert shares.plot_effects("agegp").get_ylabel() == "share of successes, cbind(ncases, ncontrols)"
    assert st.glm("am ~ wt", st.load_dataset("mtcars"), "binomial").plot_effects("wt").get_ylabel() == "P(am = 1)"


def test_what_separation_leaves_open_is_drawn_so():
    data = st.load_dataset("mtcars")
    fit = st.glm("am ~ wt + hp", data.assign(am=(data["wt"] > 3).astype(int)), "binomial")
    with pytest.warns(st.DataWarning, match="mean over `wt` rests on infinite"):
        ax = fit.plot_effects("wt")
    (band,) = ax.collections
    assert set(band.get_paths()[0].vertices[:, 1]) == {0.0, 1.0}
    groups = {"g": np.repeat(list("abc"), 4), "y": [0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0]}
    (ax,) = drawn(st.glm("y ~ g", groups, "binomial").plot_coef())
    assert {"infinite", "minus infinite"} == {text.get_text() for text in ax.texts} - {""}
    empty = st.glm("y ~ g", {"g": np.repeat(["a", "b"], 10), "y": np.r_[np.zeros(10), np.arange(10.0)]}, "poisson")
    with pytest.warns(st.DataWarning):
        ax = empty.plot_effects("g")
    assert 9 < ax.get_ylim()[1] < 12


def test_the_residuals_drawn_are_named(logistic, linear):
    assert logistic.plot().get_title(loc="left") == "Pearson residuals against fitted values"
    assert logistic.plot_diagnostics()[0, 0].get_title(loc="left") == "Quantile residuals"
    assert linear.plot().get_title(loc="left") == "Residuals against fitted values"


def test_local_means_follow_a_curve_and_are_exact_on_a_line():
    rng = np.random.default_rng(0)
    x = rng.normal(size=3020)
    at, mean = local_line(x, 2 - 3 * x)
    np.testing.assert_allclose(mean, 2 - 3 * at, atol=0.02)
    small, mean = local_line(x[:40], 2 - 3 * x[:40])
    np.testing.assert_allclose(mean, 2 - 3 * small, atol=1e-9)
    at, mean = local_line(x, np.sin(2 * x) + rng.normal(size=3020))
    inner = np.abs(at) < 1.5
    assert np.abs(mean - np.sin(2 * at))[inner].max() < 0.4
    at, mean = local_line(np.repeat([0.0, 1.0], 30), rng.normal(size=60))
    assert list(at) == [0, 1]


def test_nine_rows_and_rows_fitted_exactly_are_drawn():
    data = st.load_dataset("mtcars")
    nine = drawn(st.lm("mpg ~ wt", data.head(9)).plot_diagnostics())
    assert all(len(points(ax).get_xdata()) == 9 for ax in nine)
    drawn(st.lm("mpg ~ wt + hp", data.head(3)).plot_diagnostics())  # no residual is left to name


def test_labels_of_points_and_lines_do_not_lie_on_one_another():
    _, ax = plt.subplots(figsize=(5, 4))
    x, y = np.array([0.5, 0.51, 0.505, 0.0, 1.0]), np.array([0.5, 0.5, 0.51, 0.0, 1.0])
    ax.plot(x, y, "o")
    name_points(ax, pd.Index(["first", "second", "third", "low", "high"]), x, y, np.array([0, 1, 2]))
    name_lines(ax, [0.95, 0.951, 0.952, 0.2], ["a", "b", "c", "d"])
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


def test_intervals_stand_in_groups_with_open_ends():
    what = {"title": "t", "what": "w", "reference": 0.0}
    ax = intervals(["a", "b", "c"], [1, np.inf, 2], [0, 0, -np.inf], [2, np.inf, 3], groups=["g", "g", "h"], **what)
    labels = {text.get_text(): at for at, text in zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)}
    assert labels["g"] > labels["a"] > labels["b"] > labels["h"] > labels["c"]
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["infinite"]
    assert points(ax).get_xdata().tolist() == [1, 2]


def test_an_offset_given_as_an_array_is_part_of_the_mean_drawn():
    data = st.load_dataset("seatbelts")
    shown, written = (
        st.glm("drivers ~ law", data, "poisson", offset=np.log(data["kms"].to_numpy())),
        st.glm("drivers ~ law + offset(log(kms))", data, "poisson"),
    )
    first, second = (points(drawn(fit.plot_effects("law"))[0]).get_ydata() for fit in (shown, written))
    np.testing.assert_allclose(first, second)
