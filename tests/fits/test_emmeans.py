"""Marginal means, contrasts and trends against the stored results of R's emmeans, and by hand."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from tests.fits.cases import dense_fit

GOLDEN = Path(__file__).parents[1] / "golden"


def golden(case):
    return json.loads((GOLDEN / f"emm_{case}.json").read_text())["results"]


def column(values):
    """Return a golden column as numbers; null is infinite in degrees of freedom."""
    return np.array([np.inf if v is None else v for v in values], dtype=float)


R_NAMES = {
    "SE": "se", "lower.CL": "lower", "upper.CL": "upper", "asymp.LCL": "lower", "asymp.UCL": "upper",
    "t.ratio": "statistic", "z.ratio": "statistic", "p.value": "p",
}  # fmt: skip


def agrees(table, reference, rtol, df=1e-10):
    for name, values in reference.items():
        if name == "rows":
            assert len(table) == len(values)
            continue
        own = table[R_NAMES.get(name, name)]
        if isinstance(values[0], str):
            assert list(own.astype(str)) == values
        elif name == "df":
            np.testing.assert_allclose(own, column(values), rtol=df)
        elif name == "p.value":
            np.testing.assert_allclose(own, values, rtol=1e-4, atol=1e-6)
        else:
            np.testing.assert_allclose(own, values, rtol=rtol, atol=1e-12)


@cache
def warp(formula="breaks ~ wool * tension"):
    return st.lm(formula, st.load_dataset("warpbreaks"))


@cache
def infert():
    return st.glm("case ~ education + spontaneous + induced", st.load_dataset("infert"), "binomial")


def test_cells_pairs_margins_and_polynomials():
    reference = golden("warpbreaks_lm")
    cells = warp().emmeans("~ tension | wool")
    agrees(cells.table, reference["cells"], 1e-6)
    agrees(cells.pairs().table, reference["pairs"], 1e-6)
    agrees(warp().emmeans("tension").table, reference["marginal"], 1e-6)
    agrees(cells.contrast("poly").table, reference["poly"], 1e-6)
    assert warp().emmeans("tension", by="wool").table.equals(cells.table)


def test_adjusted_means_and_trends():
    reference, cars = golden("ancova_mtcars"), st.load_dataset("mtcars")
    fit = st.lm("mpg ~ factor(cyl) + wt", cars)
    agrees(fit.emmeans("~ cyl").table, reference["adjusted"], 1e-6)
    agrees(fit.emmeans("cyl", at={"wt": 3}).table, reference["at"], 1e-6)
    trend = st.lm("mpg ~ factor(cyl) * wt", cars).emtrends("wt", "cyl")
    agrees(trend.table, reference["trend"], 1e-6)


def test_logistic_means_and_odds_ratios():
    reference = golden("infert_glm")
    agrees(infert().emmeans("education").table, reference["link"], 1e-6)
    response = infert().emmeans("education", type="response")
    agrees(response.table, reference["response"], 1e-6)
    pairs = response.pairs()
    agrees(pairs.table, reference["odds_ratios"], 1e-6)
    assert (pairs.table["lower"] < pairs.table["odds.ratio"]).all()
    assert "logit scale" in str(pairs)


def test_mixed_model_means():
    reference = golden("ham_lmer")
    formula = "Informed.liking ~ Product * Information + (1 | Consumer) + (1 | Product:Consumer)"
    fit = st.lmer(formula, st.load_dataset("ham"))
    agrees(fit.emmeans("~ Product | Information").table, reference["satterthwaite"], 1e-4, df=1e-2)
    normal = fit.emmeans("~ Product | Information", df="none")
    agrees(normal.table, reference["asymptotic"], 1e-4)
    agrees(fit.emmeans("Product", df="none").pairs().table, reference["pairs"], 1e-4)
    with pytest.raises(ModelError, match="satterthwaite"):
        fit.emmeans("Product", df="kenward-roger").table  # noqa: B018


def test_a_mean_is_the_prediction_at_the_reference_grid():
    fit = st.lm("mpg ~ log(hp) + poly(wt, 2) + factor(cyl)", st.load_dataset("mtcars"))
    cars = fit.model.design.frame
    at = pd.DataFrame({"hp": cars["hp"].mean(), "wt": cars["wt"].mean(), "cyl": [4, 6, 8]})
    expected = fit.predict(at, interval="confidence")
    table = fit.emmeans("cyl").table
    np.testing.assert_allclose(table["emmean"], expected["mean"], rtol=1e-12)
    np.testing.assert_allclose(table["lower"], expected["lower"], rtol=1e-9)


def test_a_trend_of_a_transformed_column_is_its_derivative():
    fit = st.lm("mpg ~ log(hp) * factor(am) + I(wt^2)", st.load_dataset("mtcars"))
    b, hp = fit.coef(), 120.0
    table = fit.emtrends("hp", "am", at={"hp": hp}).table
    expected = [b["log(hp)"] / hp, (b["log(hp)"] + b["log(hp):factor(am)[1]"]) / hp]
    np.testing.assert_allclose(table["hp.trend"], expected, rtol=1e-8)
    wt = fit.emtrends("wt").table
    mean = fit.model.design.frame["wt"].mean()
    np.testing.assert_allclose(wt["wt.trend"], 2 * mean * b["I(wt^2)"], rtol=1e-9)


def test_weights_of_the_other_factors():
    data = st.load_dataset("warpbreaks").iloc[5:]
    fit = st.lm("breaks ~ wool + tension", data)
    b, share = fit.coef(), data["tension"].value_counts(normalize=True)
    expected = b["Intercept"] + b["tension[M]"] * share["M"] + b["tension[H]"] * share["H"]
    assert fit.emmeans("wool", weights="proportional").table["emmean"][0] == pytest.approx(expected)
    own = data[data["wool"] == "A"]["tension"].value_counts(normalize=True)
    expected = b["Intercept"] + b["tension[M]"] * own["M"] + b["tension[H]"] * own["H"]
    assert fit.emmeans("wool", weights="cells").table["emmean"][0] == pytest.approx(expected)


def test_cells_without_rows_cannot_be_estimated():
    data = st.load_dataset("warpbreaks").query("not (wool == 'A' and tension == 'H')")
    fit = st.lm("breaks ~ wool * tension", data)
    means = fit.emmeans("~ tension | wool")
    assert list(means.table["emmean"].isna()) == [False, False, True, False, False, False]
    assert "not estimable" in str(means)
    assert fit.emmeans("wool").table["emmean"].isna().tolist() == [True, False]
    pairs = means.pairs().table
    assert pairs["estimate"].isna().tolist() == [False, True, True, False, False, False]
    np.testing.assert_allclose(pairs["p"][[0, 3]], [0.000916, 0.9938], rtol=2e-2)
    tests = fit.emmeans(["wool", "tension"]).joint_tests().table
    assert list(tests["term"])[-1] == "wool:tension" and list(tests["df1"])[-1] == 1


def test_a_nested_factor_brings_its_nest():
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"y": rng.normal(size=24), "a": np.repeat(["u", "v"], 12), "b": np.repeat(list("pqrs"), 6)})
    fit = st.lm("y ~ a/b", data)
    table = fit.emmeans("b").table
    assert table[["b", "a"]].to_numpy().tolist() == [["p", "u"], ["q", "u"], ["r", "v"], ["s", "v"]]
    np.testing.assert_allclose(table["emmean"], data.groupby("b")["y"].mean(), rtol=1e-10)
    np.testing.assert_allclose(fit.emmeans("a").table["emmean"], data.groupby("a")["y"].mean(), rtol=1e-10)


def test_transformed_responses_go_back():
    fit = warp("log(breaks) ~ tension")
    means = fit.emmeans("tension", type="response")
    link = fit.emmeans("tension").table
    np.testing.assert_allclose(means.table["response"], np.exp(link["emmean"]))
    np.testing.assert_allclose(means.table["se"], np.exp(link["emmean"]) * link["se"])
    pairs = means.pairs().table
    assert list(pairs["contrast"]) == ["L / M", "L / H", "M / H"] and "ratio" in pairs
    assert "estimate" in warp("sqrt(breaks) ~ tension").emmeans("tension", type="response").pairs().table


def test_contrasts_of_ones_own():
    means = warp().emmeans("tension")
    table = means.contrast({"L - rest": [1, -0.5, -0.5], "by name": {"L": 1, "H": -1}}).table
    m = means.table["emmean"]
    np.testing.assert_allclose(table["estimate"], [m[0] - (m[1] + m[2]) / 2, m[0] - m[2]])
    assert list(means.contrast("trt.vs.ctrl", ref="M").table["contrast"]) == ["L - M", "H - M"]
    assert len(warp().emmeans("~ tension | wool").contrast("pairwise", by=[]).table) == 15
    assert list(warp().emmeans("pairwise ~ tension").contrasts.table["contrast"]) == ["L - M", "L - H", "M - H"]


def test_simultaneous_intervals_of_means():
    plain, wide = warp().emmeans("tension"), warp().emmeans("tension").confint(adjust="tukey")
    assert wide.adjust == "sidak"
    assert (wide.table["upper"] > plain.table["upper"]).all()


def test_robust_covariances_are_used():
    fit = warp()
    table = fit.emmeans("tension", vcov="HC3").table
    V, X = fit.vcov("HC3").to_numpy(), np.array([[1, 0.5, 0, 0, 0, 0]])
    assert table["se"][0] == pytest.approx(float(np.sqrt(X @ V @ X.T)[0, 0]))
    assert table["se"][0] != pytest.approx(fit.emmeans("tension").table["se"][0])


def test_offsets_are_at_their_mean():
    data = st.load_dataset("warpbreaks").assign(n=np.tile([1.5, 2.5, 3.5], 18))
    fit = st.lm("breaks ~ wool", data, offset="n")
    array = st.lm("breaks ~ wool", data, offset=data["n"].to_numpy())
    np.testing.assert_allclose(fit.emmeans("wool").table["emmean"], array.emmeans("wool").table["emmean"])
    assert fit.emmeans("wool").table["emmean"][0] == pytest.approx(fit.coef()["Intercept"] + 2.5)


def test_means_print_draw_and_come_from_any_mixed_fit():
    means = dense_fit("crossed").emmeans("arm")
    assert "emmean" in str(means) and "<table>" in means._repr_html_() and "| arm" in means.to_markdown()
    axes = means.plot()
    assert axes.get_title(loc="left").startswith("Marginal means")
    assert [t.get_text() for t in axes.get_yticklabels()] == ["arm old", "arm new", "arm none"]
    assert means.pairs().plot().get_title(loc="left").startswith("Contrasts")


def test_groups_of_means_are_drawn_apart_and_the_axis_names_the_mean():
    fit = st.glm("breaks ~ wool * tension", st.load_dataset("warpbreaks"), "poisson")
    axes = fit.emmeans("tension", by="wool").plot()
    names = [t.get_text() for t in axes.get_yticklabels()]
    assert {"wool A", "wool B", "tension L"} <= set(names) and axes.get_xlabel() == "log of expected breaks"
    assert fit.emmeans("tension", type="response").plot().get_xlabel() == "expected breaks"
    pairs = [t.get_text() for t in fit.emmeans("tension", by="wool").pairs().plot().get_yticklabels()]
    assert pairs.count("L - M") == 2 and "wool B" in pairs


def test_separated_data_have_no_standard_errors():
    data = pd.DataFrame({"g": list("aaabbbbccc"), "y": [0, 0, 0, 1, 0, 1, 1, 0, 1, 1]})
    fit = st.glm("y ~ g", data, "binomial")
    means = fit.emmeans("g")
    assert means.table["emmean"][0] == -np.inf
    assert np.isnan(means.table["se"][0])
    assert "fit.check()" in str(means)
    pairs = means.pairs().table
    assert pairs["estimate"][0] == -np.inf and np.isnan(pairs["p"][0])
    row = fit.hypothesis("Intercept = 0")
    assert row.table["estimate"].iloc[0] == -np.inf and np.isnan(row.table["se"].iloc[0])
    assert fit.predictions(by="g").table["estimate"][1] == pytest.approx(0.75, abs=1e-6)
    assert np.isnan(fit.predictions(by="g").table["se"][0])


def test_the_coding_of_factors_changes_nothing():
    data = st.load_dataset("warpbreaks").iloc[4:]
    plain = st.lm("breaks ~ wool * tension", data)
    for coding in ("contr.sum", "contr.helmert"):
        other = st.lm("breaks ~ wool * tension", data, contrasts={"wool": coding, "tension": coding})
        for ask in (lambda f: f.emmeans("tension"), lambda f: f.emmeans("~ wool | tension").pairs()):
            ours, theirs = ask(plain).table, ask(other).table
            for name in ("se", "df", "lower", "upper"):
                np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-9)
        tests = [f.emmeans(["wool", "tension"]).joint_tests().table["statistic"] for f in (plain, other)]
        np.testing.assert_allclose(*tests, rtol=1e-9)


def test_clusters_have_their_own_degrees_of_freedom():
    data = st.load_dataset("warpbreaks").assign(block=np.tile(np.arange(9), 6))
    fit = st.lm("breaks ~ tension", data)
    robust = {"type": "cluster", "cluster": data["block"].to_numpy()}
    assert fit.emmeans("tension", vcov=robust).table["df"].tolist() == [8, 8, 8]
    assert fit.slopes("tension", vcov=robust).table["df"].tolist() == [8, 8]
    assert fit.hypothesis("tension[M]", vcov=robust).table["df"].tolist() == [8]


def test_a_saved_fit_answers_the_same(tmp_path):
    infert().save(tmp_path / "fit")
    loaded = st.load(tmp_path / "fit")
    for ask in (lambda f: f.emmeans("education", type="response"), lambda f: f.slopes("induced")):
        pd.testing.assert_frame_equal(ask(loaded).table, ask(infert()).table, rtol=1e-9)
