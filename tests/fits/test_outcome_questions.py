"""Fits of categories: tests of terms in turn, saved files, and pictures that show the figures they say."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from statmodels_tf.fits.plots.style import OUTCOMES


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def housing(formula="Sat ~ Infl + Type", family="cumulative", **options):
    return st.glm(formula, st.load_dataset("housing"), family, weights="Freq", **options)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(1)
    d = pd.DataFrame({"x": rng.normal(size=300), "z": rng.normal(size=300), "g": rng.choice(list("pq"), 300)})
    latent = d["x"] + (d["g"] == "q") + rng.logistic(size=300)
    return d.assign(y=pd.Categorical.from_codes(np.digitize(latent, [-1, 0.3, 1.5]), list("abcd"), ordered=True))


@pytest.mark.parametrize("family", ["cumulative", "categorical"])
def test_terms_are_tested_one_after_the_other(family):
    table = housing(family=family).anova()
    fits = [housing(f, family) for f in ("Sat ~ 1", "Sat ~ Infl", "Sat ~ Infl + Type")]
    assert list(table.index) == ["<none>", "Infl", "Type"]
    np.testing.assert_allclose(table["logLik"], [fit.loglik for fit in fits])
    np.testing.assert_allclose(table["LRT"][1:], [2 * (b.loglik - a.loglik) for a, b in pairwise(fits)])
    assert list(table["Df"][1:]) == [b.df_model - a.df_model for a, b in pairwise(fits)]


def test_terms_are_added():
    fit = housing("Sat ~ Infl")
    table = fit.add1(["Type", "Cont"])
    assert table.loc["Type", "LRT"] == pytest.approx(fit.anova(housing())["Chisq"].iloc[1])
    assert list(fit.add1("~ . + Cont", test=None).columns) == ["Df", "logLik", "AIC"]
    missing = st.load_dataset("housing").assign(few=lambda d: d["Freq"].where(d["Freq"] > 5))
    with pytest.raises(st.DataError, match="`few` is missing in"):
        st.glm("Sat ~ Infl", missing, "cumulative").add1("few")


@pytest.mark.parametrize(
    ("family", "options"),
    [("categorical", {}), ("cumulative", {"nominal": "~ Cont"}), ("cumulative", {"link": "probit", "scale": "~ Cont"})],
)
def test_saved_fits_are_the_same(family, options, tmp_path):
    fit = housing(family=family, **options)
    fit.save(tmp_path / "fit")
    again = st.load(tmp_path / "fit")
    np.testing.assert_allclose(again.parameters, fit.parameters, rtol=1e-12)
    pd.testing.assert_frame_equal(again.predict(), fit.predict())
    assert str(again.formula) == str(fit.formula) and again.family == fit.family
    again.update(". ~ . - Type")


@pytest.mark.parametrize("family", ["cumulative", "categorical"])
def test_effects_are_the_probabilities_of_each_outcome(family, data):
    fit = st.glm("y ~ x + g", data, family)
    lines = fit.plot_effects("x").lines
    x = lines[0].get_xdata()
    expected = fit.predict(pd.DataFrame({"x": x, "g": data["g"].mode()[0]}))
    for line, outcome, colour in zip(lines, "abcd", OUTCOMES, strict=False):
        np.testing.assert_allclose(line.get_ydata(), expected[outcome])
        assert line.get_label() == outcome and line.get_color() == colour
    levels = fit.plot_effects("g")
    assert [t.get_text() for t in levels.get_xticklabels()] == ["p", "q"]
    assert "at x" in levels.get_title(loc="left")


def test_effects_know_columns_of_other_predictors(data):
    fit = st.glm("y ~ x", data, "cumulative", nominal="~ g", scale="~ z")
    ax, usual = fit.plot_effects("z"), data["g"].mode()[0]
    assert ax.get_title(loc="left").endswith(f"at x {data['x'].mean():.4g}, g {usual}")
    assert [text.get_text() for text in ax.texts] == list("abcd")
    ends = fit.predict(pd.DataFrame({"x": data["x"].mean(), "g": usual, "z": data["z"].agg(["min", "max"])}))
    np.testing.assert_allclose([line.get_ydata()[[0, -1]] for line in ax.lines], ends.T)
    with pytest.raises(st.ModelError, match="There is `x`, `g`, `z`"):
        fit.plot_effects("w")


def test_an_offset_that_was_an_array_is_left_out_and_said(data):
    fit = st.glm("y ~ x", data, "cumulative", offset=np.full(len(data), 0.3))
    assert fit.plot_effects("x").get_title(loc="left").endswith("at offset 0")


def test_residuals_and_coefficients_are_drawn(data):
    fit, other = (st.glm("y ~ x + g", data, family) for family in ("cumulative", "categorical"))
    points = fit.plot().lines[0]
    np.testing.assert_allclose(points.get_ydata(), fit.residuals("quantile"))
    np.testing.assert_allclose(points.get_xdata(), fit.predict() @ [1, 2, 3, 4])
    assert fit.plot_coef().get_xlabel() == "shift of y on its latent scale"
    assert other.plot_coef().get_xlabel() == "change in the log odds of each y against a"


def test_a_search_by_aic_ends_where_no_change_lowers_it(capsys):
    fit = housing("Sat ~ Infl + Type + Cont")
    data = st.load_dataset("housing").assign(noise=lambda d: np.sin(np.arange(len(d))))
    wide = st.glm("Sat ~ Infl + Type + Cont + noise", data, "cumulative", weights="Freq")
    found = wide.step()
    assert str(found.formula) == "Sat ~ Infl + Type + Cont" and found.aic == pytest.approx(fit.aic, rel=1e-8)
    assert "AIC = " in capsys.readouterr().out
    start = st.glm("Sat ~ 1", data, "categorical", weights="Freq")
    assert start.step("~ Infl + noise", trace=False).drop1(scope="Infl").index.tolist() == ["<none>", "Infl"]
    assert start.step("~ Infl", k=1e6, trace=False) is start


def test_ratios_are_exponents_and_classes_have_no_error():
    fit = housing("Sat ~ Infl + Cont", scale="~ Cont")
    plain, ratios = fit.tidy(), fit.tidy(exponentiate=True)
    np.testing.assert_allclose(ratios["estimate"], np.exp(plain["estimate"]))
    np.testing.assert_allclose(ratios["std.error"], plain["std.error"])
    assert fit.parameter_table().index.is_unique and "log scale Cont[High]" in fit.parameter_names
    assert list(fit.scale_coef().index) == ["Cont[High]"]
    for asked in ({"se": True}, {"interval": "confidence"}):
        with pytest.raises(ModelError, match="an outcome has no standard error"):
            fit.predict(type="class", **asked)
