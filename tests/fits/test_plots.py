"""Plots return Axes with titles and labels, stay narrow, and show what they say."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from statmodels_tf.fits.effect_data import effect_data
from tests.fits.cases import data_of, dense_fit, dense_lmer


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def drawn(axes):
    """Every Axes has a title and labels; the figure is at most ten inches wide and renders."""
    axes = np.ravel(axes)
    for ax in axes:
        assert ax.get_title(loc="left") and ax.get_xlabel()
    figure = axes[0].figure
    figure.canvas.draw()
    assert figure.get_figwidth() <= 10
    return axes


def test_residuals_against_fitted_values():
    fit = dense_fit("slopes")
    (ax,) = drawn(fit.plot())
    points = ax.lines[0]
    np.testing.assert_allclose(points.get_xdata(), fit.fitted())
    np.testing.assert_allclose(points.get_ydata(), fit.residuals())


def test_diagnostics_are_four():
    assert drawn(dense_fit("crossed").plot_diagnostics()).shape == (4,)
    assert drawn(dense_fit("singular").plot_diagnostics()).shape == (4,)


def test_random_effects_stand_in_order_with_their_levels():
    fit = dense_fit("slopes")
    first, second = drawn(fit.plot_ranef())
    order = fit.ranef()["Subject"].sort_values("Intercept")
    assert [label.get_text() for label in first.get_yticklabels()] == list(order.index)
    assert "Intercept by Subject" in first.get_title(loc="left") and "Days" in second.get_title(loc="left")
    (lone,) = drawn(dense_fit("crossed").plot_ranef("h"))
    assert len(lone.get_yticks()) == 4
    with pytest.raises(ModelError, match="Did you mean `Subject`"):
        fit.plot_ranef("Subjects")


def test_coefficients_leave_the_intercept_out():
    (ax,) = drawn(dense_fit("crossed").plot_coef())
    assert "Intercept" not in [label.get_text() for label in ax.get_yticklabels()]
    (alone,) = drawn(dense_fit("singular").plot_coef())
    assert [label.get_text() for label in alone.get_yticklabels()] == ["Intercept"]


def test_effects_of_numbers_and_factors():
    fit = dense_fit("slopes")
    (ax,) = drawn(fit.plot_effects("Days"))
    line = ax.lines[-1]
    np.testing.assert_allclose(line.get_ydata(), fit.coef()["Intercept"] + fit.coef()["Days"] * line.get_xdata())
    crossed = dense_fit("crossed")
    (ax,) = drawn(crossed.plot_effects("arm"))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["old", "new", "none"]
    assert "x " in ax.get_title(loc="left")
    with pytest.raises(ModelError, match="Did you mean `Days`"):
        fit.plot_effects("days")


def test_points_of_an_effect_are_partial_residuals():
    """Line and points differ by residuals only, whatever the other columns do."""
    fit = dense_fit("crossed")
    shown, data = effect_data(fit, "x", 0.95), data_of("crossed")
    (ax,) = drawn(fit.plot_effects("x"))
    assert shown.by == "arm" and [one.level for one in shown.series] == ["old", "new", "none"]
    for k, one in enumerate(shown.series):
        own = data["arm"] == one.level
        expected = fit.predict(data, random="exclude")[own] + fit.residuals()[own]
        np.testing.assert_allclose(one.points, expected)
        np.testing.assert_allclose(ax.lines[2 * k].get_ydata(), expected)
    assert "points: partial residuals" in ax.get_title(loc="left")
    (factor,) = effect_data(fit, "arm", 0.95).series
    middle = [factor.points[factor.values == i].mean() for i in range(3)]
    assert np.all(np.abs(middle - factor.band["mean"]) < 0.5)


def test_factors_are_held_at_their_most_frequent_level():
    rng = np.random.default_rng(3)
    data = {"x": rng.normal(size=30), "f": ["a"] * 8 + ["b"] * 14 + ["c"] * 8}
    data["y"] = data["x"] + rng.normal(size=30)
    fit = st.lm("y ~ x + f", data)
    shown = effect_data(fit, "x", 0.95)
    assert shown.held == "at f b" and shown.by is None
    held = fit.predict({"x": data["x"], "f": ["b"] * 30})
    np.testing.assert_allclose(shown.series[0].points, held + fit.residuals())


def test_effects_say_at_which_offset():
    data = data_of("slopes").assign(o=lambda d: 10.0 + d["Days"])
    within = dense_lmer("Reaction ~ Days + offset(o) + (1 | Subject)", data)
    assert "offset at its mean, 14.5" in within.plot_effects("Days").get_title(loc="left")
    beside = dense_lmer("Reaction ~ Days + (1 | Subject)", data, offset=data["o"].to_numpy())
    assert "offset at its mean, 14.5" in beside.plot_effects("Days").get_title(loc="left")
    (one,), (two,) = effect_data(within, "Days", 0.95).series, effect_data(beside, "Days", 0.95).series
    np.testing.assert_allclose(one.band, two.band)
    np.testing.assert_allclose(one.points, two.points)


def test_residuals_of_weighted_fits_are_called_pearsons():
    assert dense_fit("crossed").plot().get_ylabel() == "Pearson residual"
    assert dense_fit("slopes").plot().get_ylabel() == "residual"


def test_the_axis_of_a_factor_covers_the_data_when_there_are_thousands():
    rng = np.random.default_rng(4)
    n = 4400
    data = {"g": np.repeat(np.arange(40), n // 40), "f": np.tile(["a", "b"], n // 2)}
    data["y"] = rng.normal(size=n) + rng.normal(size=40)[data["g"]]
    ax = st.lmer("y ~ f + (1 | g)", data).plot_effects("f")
    low, high = ax.get_ylim()
    assert low < -1.4 and high > 1.4 and "middle 90%" in ax.get_title(loc="left")


def test_thousands_of_points_and_levels_stay_light():
    rng = np.random.default_rng(2)
    n, levels = 6000, 100
    data = {"g": np.repeat(np.arange(levels), n // levels), "x": rng.normal(size=n)}
    data["y"] = data["x"] + rng.normal(size=levels)[data["g"]] + rng.normal(size=n)
    fit = dense_lmer("y ~ x + (1 | g)", {k: v[::20] for k, v in data.items()})
    (ax,) = drawn(fit.plot_ranef())
    assert len(ax.get_yticks()) == 0 and "100 levels" in ax.get_ylabel()
    # The names of the first and the last level stand outside the intervals beside them, and within the panel.
    ax.figure.canvas.draw()
    bars = [line for bars in ax.collections for line in bars.get_segments()]
    for text in ax.texts:
        (x0, y0), (x1, y1) = ax.transData.inverted().transform(text.get_window_extent().get_points())
        assert ax.get_xlim()[0] < x0 and x1 < ax.get_xlim()[1]
        assert not any(y0 <= y <= y1 and low < x1 and high > x0 for (low, y), (high, _) in bars)


def test_units_are_shown_where_the_data_carry_them():
    data = data_of("slopes").copy()
    data.attrs["units"] = {"Reaction": "ms"}
    fit = dense_lmer("Reaction ~ Days + (1 | Subject)", data)
    assert fit.plot_effects("Days").get_ylabel() == "Reaction (ms)"


def test_plots_take_axes_of_the_caller():
    _, ax = plt.subplots()
    assert dense_fit("slopes").plot(ax=ax) is ax
    assert dense_fit("slopes").plot_effects("Days", ax=ax) is ax
