"""Leverage, influence, residuals and terms of single rows are R's, and leaving a row out is what they say it is."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import statmodels_tf as st

CASES = json.loads((Path(__file__).parent.parent / "golden" / "diagnostics.json").read_text())["results"]
OURS = {
    "lm": lambda d: st.lm("mpg ~ wt + factor(cyl)", d),
    "lm_zero_weights": lambda d: st.lm("mpg ~ wt + qsec", d, weights="gear - 3"),
    "lm_exact_row": lambda d: st.lm("mpg ~ wt + I(hp == 335)", d),
    "lm_offset_holes": lambda d: st.lm("log(Ozone) ~ Wind * Temp + offset(0.01 * Temp)", d),
    "lm_no_intercept": lambda d: st.lm("mpg ~ 0 + wt + hp", d),
    "binary": lambda d: st.glm("am ~ wt", d, "binomial"),
    "grouped": lambda d: st.glm("cbind(ncases, ncontrols) ~ agegp + alcgp", d, "binomial"),
    "poisson": lambda d: st.glm("breaks ~ wool * tension", d, "poisson"),
    "quasi": lambda d: st.glm("breaks ~ wool + tension", d, "quasipoisson"),
    "gamma": lambda d: st.glm("lot1 ~ log(u)", d, "Gamma"),
    "gamma_weights": lambda d: st.glm("mpg ~ wt", d, "Gamma", link="log", weights="gear - 3"),
}


@cache
def fit_of(name):
    return OURS[name](st.load_dataset(CASES[name]["dataset"]))


def counted(fit):
    """The rows that R keeps where it leaves out those of weight 0."""
    weights = fit.model.design.weights
    return np.arange(fit.model.design.n) if weights is None else np.flatnonzero(weights > 0)


def same(ours, stored, fit):
    """Equal to 1e-6, an exact row's zero over zero aside; R leaves rows of weight 0 out of some of its vectors."""
    ours, stored = np.asarray(ours, dtype=float), np.array(stored, dtype=float)
    if len(stored) < len(ours):
        ours = ours[counted(fit)]
    scale = np.nanmax(np.abs(stored[np.isfinite(stored)]), initial=1e-8)
    known = np.isfinite(stored)
    np.testing.assert_allclose(ours[known], stored[known], rtol=1e-6, atol=2e-8 * scale)
    return known


def test_every_case_has_a_fit():
    assert list(CASES) == list(OURS)


@pytest.mark.parametrize("name", CASES)
def test_measures(name):
    fit, stored = fit_of(name), CASES[name]
    table = fit.influence()
    for column, values in zip(table.columns[:-1], stored["measures"], strict=True):
        same(table[column], values, fit)
    stars = table["influential"].to_numpy()
    np.testing.assert_array_equal(stars if len(stars) == len(stored["influential"]) else stars[counted(fit)],
                                  [bool(star) for star in stored["influential"]])  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_accessors(name):
    fit, stored = fit_of(name), CASES[name]
    pairs = {
        "hat": fit.hatvalues(), "cook": fit.cooks_distance(), "rstandard": fit.rstandard(),
        "rstudent": fit.rstudent(), "dffits": fit.dffits(), "covratio": fit.covratio(),
        "sigma": fit.augment()[".sigma"], "working": fit.residuals("working"),
    }  # fmt: skip
    for what, series in pairs.items():
        same(series, stored[what], fit)
    if stored["rstandard_pearson"]:
        same(fit.rstandard("pearson"), stored["rstandard_pearson"], fit)
    for table, what in ((fit.dfbeta(), "dfbeta"), (fit.dfbetas(), "dfbetas")):
        for column, values in zip(table, stored[what], strict=True):
            same(table[column], values, fit)


@pytest.mark.parametrize("name", CASES)
def test_terms_and_partial_residuals(name):
    fit, stored = fit_of(name), CASES[name]
    terms, partial = fit.predict(type="terms"), fit.residuals("partial")
    assert list(terms.columns) == stored["terms_names"] == list(partial.columns)
    assert terms.attrs["constant"] == pytest.approx(stored["constant"], rel=1e-6)
    for table, what in ((terms, "terms"), (partial, "partial")):
        for column, values in zip(table, stored[what], strict=True):
            same(table[column], values, fit)
    offset = 0 if fit.model.design.offset is None else fit.model.design.offset
    np.testing.assert_allclose(terms.sum(axis=1) + terms.attrs["constant"] + offset, fit.predict(type="link"))


@pytest.mark.parametrize("name", CASES)
def test_tables_are_broom_s(name):
    fit, stored = fit_of(name), CASES[name]
    tidy, glance, augment = fit.tidy(), fit.glance(), fit.augment()
    assert list(tidy.columns) == ["term", *stored["tidy"], "conf.low", "conf.high"]
    for column, values in stored["tidy"].items():
        np.testing.assert_allclose(tidy[column], np.array(values, dtype=float), rtol=1e-5, atol=1e-9)
    assert list(glance.columns) == list(stored["glance"])
    figures = {name: np.nan if value is None else value for name, value in stored["glance"].items()}
    if name == "gamma_weights":  # R's BIC counts rows of weight 0, which its nobs does not
        figures["BIC"] += 3 * np.log(figures["nobs"] / 32)
    np.testing.assert_allclose(glance.iloc[0].astype(float), list(figures.values()), rtol=1e-6)
    added = [column for column in stored["augment"] or () if column.startswith(".")]
    assert len(added) == (0 if name == "gamma_weights" else 6)
    for column in added:
        ours, values = augment[column].to_numpy(), np.array(stored["augment"][column], dtype=float)
        same(ours[counted(fit)], values[counted(fit)] if len(values) == len(ours) else values, fit)


def test_odds_ratios():
    tidy = fit_of("binary").tidy(exponentiate=True).set_index("term")
    table = fit_of("binary").coef_table()
    np.testing.assert_allclose(tidy["estimate"], np.exp(table["estimate"]))
    np.testing.assert_allclose(tidy["conf.low"], np.exp(table["lower"]))
    np.testing.assert_allclose(tidy["std.error"], table["se"])


def test_leaving_a_row_out_is_what_the_linear_model_says():
    cars = st.load_dataset("mtcars")
    fit = st.lm("mpg ~ wt + hp", cars, weights="qsec")
    for row in (0, 16, 30):
        less = st.lm("mpg ~ wt + hp", cars.drop(index=row), weights="qsec")
        np.testing.assert_allclose(fit.coef() - less.coef(), fit.dfbeta().loc[row], rtol=1e-9)
        left = cars["mpg"][row] - less.predict(cars.loc[[row]]).iloc[0]
        assert fit.loo_residuals()[row] == pytest.approx(left, rel=1e-9)
        assert fit.measures.sigma[row] == pytest.approx(less.sigma, rel=1e-9)
    assert fit.press == pytest.approx(np.sum(cars["qsec"] * fit.loo_residuals() ** 2))


def test_leaving_a_row_out_of_a_glm_is_one_step_off():
    cars = st.load_dataset("mtcars")
    fit = st.glm("carb ~ wt", cars, "poisson")
    less = st.glm("carb ~ wt", cars.drop(index=10), "poisson")
    left = cars["carb"][10] - less.predict(cars.loc[[10]]).iloc[0]
    assert fit.loo_residuals()[10] == pytest.approx(left, rel=0.02)


def test_chunks_of_rows_change_nothing(monkeypatch):
    fit = st.lm("mpg ~ wt + hp", st.load_dataset("mtcars"))
    whole = fit.dfbetas()
    monkeypatch.setattr("statmodels_tf.fits.regression.influence._CHUNK", 5)
    np.testing.assert_allclose(st.lm("mpg ~ wt + hp", st.load_dataset("mtcars")).dfbetas(), whole, rtol=1e-12)
