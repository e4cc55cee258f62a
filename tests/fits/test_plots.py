"""Plots return Axes with titles and labels, stay narrow, and show what they say."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from statmodels_tf.errors import ModelError
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


def test_thousands_of_points_and_levels_stay_light():
    rng = np.random.default_rng(2)
    n, levels = 6000, 100
    data = {"g": np.repeat(np.arange(levels), n // levels), "x": rng.normal(size=n)}
    data["y"] = data["x"] + rng.normal(size=levels)[data["g"]] + rng.normal(size=n)
    fit = dense_lmer("y ~ x + (1 | g)", {k: v[::20] for k, v in data.items()})
    (ax,) = drawn(fit.plot_ranef())
    assert len(ax.get_yticks()) == 0 and "100 levels" in ax.get_ylabel()


def test_units_are_shown_where_the_data_carry_them():
    data = data_of("slopes").copy()
    data.attrs["units"] = {"Reaction": "ms"}
    fit = dense_lmer("Reaction ~ Days + (1 | Subject)", data)
    assert fit.plot_effects("Days").get_ylabel() == "Reaction (ms)"


def test_plots_take_axes_of_the_caller():
    _, ax = plt.subplots()
    assert dense_fit("slopes").plot(ax=ax) is ax
    assert dense_fit("slopes").plot_effects("Days", ax=ax) is ax
