"""Marginal means, slopes and comparisons of draws: what the draws say by hand, and near what estimates say."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from tests.fits.posteriors import posterior_of
from tests.fits.validation.samples import counts, herds, linear
from tests.model.cases import toy


def flat(fit, name):
    return fit.shown[name].ravel()


def test_means_are_averages_of_the_grid_at_each_draw():
    fit = linear()
    found = fit.emmeans("arm")
    assert list(found.table.columns) == ["arm", "emmean", "se", "lower", "upper"]
    at = toy()["x"].mean()
    b = flat(fit, "Intercept") + at * flat(fit, "x") + flat(fit, "arm[b]")
    row = found.table.set_index("arm").loc["b"]
    assert row["emmean"] == pytest.approx(b.mean())
    assert row["se"] == pytest.approx(b.std(ddof=1))
    assert [row["lower"], row["upper"]] == pytest.approx(list(np.quantile(b, [0.025, 0.975])))
    overall = fit.emmeans().table
    assert overall["emmean"][0] == pytest.approx(found.table["emmean"].mean())
    narrow = found.confint(0.5).table
    assert np.all(narrow["upper"] - narrow["lower"] < found.table["upper"] - found.table["lower"])


def test_contrasts_are_differences_of_draws():
    fit = linear()
    found = fit.emmeans("pairwise ~ arm").contrasts.table
    assert list(found.columns) == ["contrast", "estimate", "se", "lower", "upper", "pd"]
    row = found.set_index("contrast").loc["b - c"]
    draws = flat(fit, "arm[b]") - flat(fit, "arm[c]")
    assert row["estimate"] == pytest.approx(draws.mean())
    assert row["pd"] == pytest.approx(max(np.mean(draws > 0), np.mean(draws < 0)))
    assert len(fit.emmeans("arm").contrast("trt.vs.ctrl").table) == 3
    assert "probability of the direction" in str(fit.emmeans("arm").pairs())


def test_ratios_on_the_scale_of_the_response():
    fit = counts()
    means = fit.emmeans("tension", "wool", type="response")
    estimate = st.glm("breaks ~ wool * tension", st.load_dataset("warpbreaks"), "poisson")
    there = estimate.emmeans("tension", "wool", type="response").table
    assert np.all(np.abs(means.table["rate"] - there["rate"]) < there["se"])
    ratio = means.pairs().table
    expected = np.exp(-flat(fit, "tension[M]"))
    row = ratio[(ratio["contrast"] == "L / M") & (ratio["wool"] == "A")].iloc[0]
    assert row["ratio"] == pytest.approx(np.median(expected))
    assert row["lower"] == pytest.approx(np.quantile(expected, 0.025))


def test_slopes_are_those_of_the_mean_at_each_draw():
    fit = linear()
    found = fit.slopes("x").table
    assert found["estimate"][0] == pytest.approx(flat(fit, "x").mean(), rel=1e-6)
    assert found["upper"][0] == pytest.approx(np.quantile(flat(fit, "x"), 0.975), rel=1e-6)
    by_row = fit.slopes("x", average=False).table
    assert len(by_row) == 60
    arms = fit.slopes("arm").table
    assert arms["estimate"][0] == pytest.approx(flat(fit, "arm[b]").mean())


def test_averages_of_a_curved_mean():
    fit = herds()
    at = {"period": ["1", "2"]}
    found = fit.comparisons("period", comparison="ratio", levels="sequential").table
    eta = flat(fit, "Intercept")[:, None] + np.column_stack(
        [np.zeros(len(flat(fit, "Intercept"))), flat(fit, "period[2]")]
    )
    p = 1 / (1 + np.exp(-eta))
    assert found["estimate"][0] == pytest.approx(np.median(p[:, 1] / p[:, 0]), rel=1e-9)
    means = fit.predictions(at=at).table
    np.testing.assert_allclose(means["estimate"], p.mean(axis=0), rtol=1e-9)
    assert "pd" not in means.columns
    link = fit.comparisons("period", type="link").table
    assert link["estimate"][0] == pytest.approx(flat(fit, "period[2]").mean())


def test_groups_and_new_rows():
    fit = linear()
    found = fit.predictions(by="arm").table
    by_hand = fit.predict(type="epred").to_numpy()
    inside = (toy()["arm"] == "c").to_numpy()
    assert found.set_index("arm").loc["c", "estimate"] == pytest.approx(by_hand[:, inside].mean())
    new = toy(8, seed=4)
    assert fit.predictions(newdata=new, average=False).table["estimate"].to_numpy() == pytest.approx(
        fit.predict(new).to_numpy()
    )


def test_trends_and_special_forms():
    fit = posterior_of("crossed")
    found = fit.emtrends("x", "arm").table.set_index("arm")
    draws = flat(fit, "x") + flat(fit, "x:arm[c]")
    assert found.loc["c", "x.trend"] == pytest.approx(draws.mean(), rel=1e-6)
    shifted = posterior_of("offset").emmeans(offset=0).table["emmean"][0]
    whole = posterior_of("offset").emmeans().table["emmean"][0]
    assert whole - shifted == pytest.approx(2 * toy()["x"].mean())


def test_what_draws_do_not_take_is_refused():
    with pytest.raises(ModelError, match="no argument `vcov`"):
        linear().slopes("x", vcov="HC3")
    with pytest.raises(ModelError, match="has no slope"):
        linear().emtrends("arm")
    with pytest.raises(ModelError, match="no column `z`"):
        linear().emmeans("z")


def test_tables_print_and_plot():
    fit = counts()
    assert "Marginal means of the posterior" in str(fit.emmeans("~ tension | wool"))
    assert fit.emmeans("~ tension | wool").plot().get_title(loc="left").startswith("Marginal means of the posterior")
    assert fit.slopes().plot().get_title(loc="left").startswith("Average slopes of the posterior")
    assert isinstance(fit.emmeans("tension").pairs().table, pd.DataFrame)
    plt.close("all")
