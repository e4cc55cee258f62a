"""Hypotheses about draws, what is doubtful of them, predictive checks, and fits side by side."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy import stats

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from statmodels_tf.fits.plots.predictive import density
from statmodels_tf.fits.posterior.estimate import Posterior
from tests.fits.posteriors import posterior_of
from tests.fits.validation.samples import SHORT, counts, herds, linear
from tests.model.cases import toy


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_the_probability_of_an_inequality_is_a_share_of_draws():
    fit = linear()
    found = fit.hypothesis(["x < 0", "arm[b] > 2 * arm[c]", "exp(x) < 1"]).table
    x, b, c = (fit.shown[name].ravel() for name in ("x", "arm[b]", "arm[c]"))
    share = np.mean(x < 0)
    assert found.loc["x < 0", "probability"] == pytest.approx(share)
    assert found.loc["x < 0", "evidence_ratio"] == pytest.approx(share / (1 - share))
    assert found.loc["exp(x) < 1", "probability"] == pytest.approx(share)
    other = found.loc["arm[b] > 2 * arm[c]"]
    assert other["estimate"] == pytest.approx((b - 2 * c).mean())
    assert other["lower"] == pytest.approx(np.quantile(b - 2 * c, 0.05))
    assert other["star"] == (other["probability"] > 0.95)


def test_the_evidence_of_an_equality_is_savage_and_dickeys():
    fit = linear()
    found = fit.hypothesis("x = 0").table.iloc[0]
    x = fit.shown["x"].ravel()
    prior = next(p for p in fit.model.parameters if p.name == "b").prior
    before = prior.sample(np.random.default_rng(0), (20_000,))[:, 0]
    exact = stats.norm.pdf(0, x.mean(), x.std()) / stats.norm.pdf(0, 0, before.std())
    assert found["evidence_ratio"] == pytest.approx(exact, rel=0.25)
    assert found["probability"] == pytest.approx(found["evidence_ratio"] / (1 + found["evidence_ratio"]))
    assert [found["lower"], found["upper"]] == pytest.approx(list(np.quantile(x, [0.025, 0.975])))


def test_every_shown_name_can_be_written():
    fit = posterior_of("slopes")
    found = fit.hypothesis(
        {"spread": "sd(g)[x] > sd(g)[Intercept]", "one": "x|g[g3] > 0", "rho": "cor(g)[Intercept,x] < 0"}
    )
    assert list(found.table.index) == ["spread", "one", "rho"]
    at = [str(v) for v in fit.model.groups[0].levels].index("g3")
    assert found.table.loc["one", "probability"] == pytest.approx(np.mean(fit.shown["x|g"][..., at] > 0))
    assert found.plot().get_xlabel() == "difference"
    assert "evidence ratio" in str(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [("z < 0", "no coefficient `z`"), ("x", "is missing"), ("x < 0 < 1", "not expected|tested"), ("1 < 2", "names no")],
)
def test_what_cannot_be_read_is_said(text, said):
    with pytest.raises(ModelError, match=said):
        linear().hypothesis(text)


def changed(fit, **stats):
    return Posterior(fit.model, fit.engine, fit.diagnostics, None, fit.values, {**fit.stats, **stats})


def test_a_good_sample_has_nothing_to_report():
    said = [line for line in counts().check() if not line.startswith("Effective draws")]
    assert not said


def test_each_trouble_is_named_with_its_remedy():
    fit = linear()
    some = np.zeros((4, 500), dtype=bool)
    some[0, :40] = True
    walk = np.cumsum(np.random.default_rng(0).normal(size=(4, 500)), axis=1)
    said = str(changed(fit, diverging=some, reached_max_treedepth=some, energy=walk).check())
    assert "Divergences: 40 of 2,000" in said
    assert "target_accept" in said
    assert "Tree depth: 40" in said
    assert "E-BFMI" in said
    apart = {name: array + 5 * np.arange(4).reshape(4, 1, *[1] * (array.ndim - 2)) if name == "Intercept" else array
             for name, array in fit.values.items()}  # fmt: skip
    said = str(Posterior(fit.model, fit.engine, fit.diagnostics, None, apart, fit.stats).check())
    assert "R-hat: the chains disagree on `Intercept`" in said
    assert "Effective draws: `Intercept`" in said


def test_pareto_k_is_reported_once_leave_one_out_was_asked_for():
    fit = changed(herds())
    assert "Pareto k" not in str(fit.check())
    fit.loo()
    assert "Pareto k" in str(fit.check())


def test_a_prior_that_the_data_contradict_is_found():
    data = toy().assign(y=lambda d: d["y"] + 3 * d["x"])
    fit = st.glm("y ~ x + arm", data, engine=SHORT, priors={"x": "normal(-3, 0.5)"})
    assert "different things of `x`" in str(fit.check())
    assert "different things" not in str(linear().check())


def test_a_standard_deviation_near_zero_is_found():
    fit = posterior_of("slopes")
    values = dict(fit.values)
    values["tau(x | g)"] = (
        values["tau(x | g)"] * np.random.default_rng(0).uniform(0, 1, values["tau(x | g)"].shape) ** 4
    )
    near = Posterior(fit.model, None, fit.diagnostics, None, values, fit.stats)
    assert "may be zero" in str(near.check())


def test_the_density_integrates_to_one():
    x = np.random.default_rng(0).exponential(size=5000)
    grid = np.linspace(0, 12, 600)
    d = density(x, grid, positive=True)
    assert np.trapezoid(d, grid) == pytest.approx(1, abs=0.01)
    assert np.max(np.abs(d - np.exp(-grid))) < 0.12


@pytest.mark.parametrize("kind", ["auto", "density", "bars", "stat", "intervals", "pit"])
def test_predictive_checks_draw_for_counts(kind):
    ax = counts().pp_check(kind)
    assert ax.get_title(loc="left")
    assert ax.get_xlabel()


def test_predictive_checks_show_the_data():
    ax = counts().pp_check()
    heights = [bar.get_height() for bar in ax.patches]
    assert sum(heights) == 54
    assert "breaks" in ax.get_xlabel()
    lines = linear().pp_check(draws=7).get_lines()
    assert len(lines) == 8
    panels = counts().pp_check(group="tension")
    assert panels.ravel()[0].get_title(loc="left").startswith("tension")
    with pytest.raises(ModelError, match="no column `wol`"):
        counts().pp_check(group="wol")
    with pytest.raises(ModelError, match="no `kind="):
        counts().pp_check("hist")


def test_categories_have_their_names_and_weights_count_rows():
    data = st.load_dataset("housing")
    fit = st.glm("Sat ~ Infl", data, "cumulative", weights="Freq", engine=SHORT)
    ax = fit.pp_check()
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["Low", "Medium", "High"]
    assert sum(bar.get_height() for bar in ax.patches) == data["Freq"].sum()
    means = fit.emmeans("Infl").table
    np.testing.assert_allclose(means.groupby("Infl", observed=True)["prob"].sum(), 1)
    average = st.average_predictions(fit, fit, weights="equal", newdata=data.head(2))
    assert list(average.index.get_level_values("outcome")[:3]) == ["Low", "Medium", "High"]
    with pytest.raises(ModelError, match="measurement"):
        linear().pp_check("bars")


def test_a_statistic_the_model_misses_is_far_out():
    def spread(y):
        return np.var(y) / np.mean(y)

    ax = st.glm("breaks ~ 1", st.load_dataset("warpbreaks"), "poisson", engine=SHORT).pp_check("stat", stat=spread)
    assert "0% of new ones above" in ax.texts[0].get_text()


def test_maximum_likelihood_and_posterior_stand_side_by_side():
    data = st.load_dataset("sleepstudy")
    fit = st.lmer("Reaction ~ Days + (Days | Subject)", data)
    drawn = posterior_of("slopes")
    both = st.compare_estimates(st.lm("y ~ x + arm", toy()), linear())
    assert both.fits == ["qr", "nuts"]
    own = both.table["nuts"]
    assert own.loc["x", "estimate"] == pytest.approx(linear().coef()["x"])
    assert both.table["qr"].loc["x", "se"] == pytest.approx(st.lm("y ~ x + arm", toy()).se()["x"])
    assert abs(both.shift.loc["x", "nuts"]) < 0.3
    assert "shift" in str(both)
    assert both.plot().shape[1] == 3
    apart = st.compare_estimates({"a": fit, "b": drawn}).table
    assert np.isnan(apart["a"].loc["sd(Subject)[Days]", "se"])
    assert apart["a"].loc["sd(Subject)[Days]", "estimate"] == pytest.approx(5.922, abs=1e-3)
    assert isinstance(apart, pd.DataFrame)
    with pytest.raises(ModelError, match="two fits"):
        st.compare_estimates(fit)
