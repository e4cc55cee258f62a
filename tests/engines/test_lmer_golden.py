"""`lmer` against lme4: every stored case, with the tolerances of the reference results."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st

GOLDEN = Path(__file__).parent.parent / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("lmer_*.json"))
TESTS = sorted(path.stem for path in GOLDEN.glob("anova_lmer_lrt_*.json"))
FREEDOM = sorted(path.stem for path in GOLDEN.glob("df_*.json"))


def golden(case):
    return json.loads((GOLDEN / f"{case}.json").read_text())


@cache
def data_of(dataset):
    """The data set with R's column names."""
    data = st.load_dataset(dataset)
    return data.rename(columns={"student": "s", "instructor": "d", "rating": "y"}) if dataset == "InstEval" else data


@cache
def fit_of(case):
    reference = golden(case)
    arguments = reference["options"].get("args", {})
    data = data_of(reference["dataset"])
    weights = arguments.get("weights")
    if weights:
        assert reference["options"]["prep"] == "sleepstudy$w <- 1 + (sleepstudy$Days %% 3)"
        data = data.assign(w=1 + data["Days"] % 3)
    return st.lmer(
        arguments.get("formula", reference["formula"]), data, REML=arguments.get("REML") != "FALSE", weights=weights
    )


def r_name(name):
    """Our name in R's spelling: brackets left out."""
    return name.replace("[", "").replace("]", "").replace("Intercept", "(Intercept)")


def test_there_are_twenty_three_cases_and_two_tests():
    assert len(CASES) == 23
    assert len(TESTS) == 2
    assert len(FREEDOM) == 3


@pytest.mark.parametrize("case", CASES)
def test_objective(case):
    fit, results = fit_of(case), golden(case)["results"]
    tolerance = 1e-4 if "insteval" in case else 1e-6
    assert fit.converged
    assert fit.criterion <= results["objective"] + tolerance
    # lme4's own optimum may be loose, but not by much.
    assert fit.criterion >= results["objective"] - 1e-4
    assert fit.loglik == pytest.approx(results["logLik"], abs=1e-4)
    assert fit.aic == pytest.approx(results["AIC"], abs=1e-4)
    assert fit.bic == pytest.approx(results["BIC"], abs=1e-4)
    assert (fit.df_model, fit.nobs) == (results["logLik_df"], results["nobs"])
    assert results["REML"] == fit.REML


@pytest.mark.parametrize("case", CASES)
def test_coefficients(case):
    fit, results = fit_of(case), golden(case)["results"]
    se = np.array(results["se"])
    assert [r_name(name) for name in fit.coef().index] == results["fixef_names"]
    np.testing.assert_array_less(np.abs(fit.coef() - results["fixef"]), 1e-4 * se)
    np.testing.assert_allclose(fit.se(), se, rtol=1e-4)
    np.testing.assert_allclose(fit.coef() / fit.se(), results["statistic"], rtol=1e-4, atol=1e-4)
    scale = np.outer(se, se)
    np.testing.assert_allclose(fit.vcov() / scale, np.array(results["vcov"]) / scale, atol=2e-4)
    wald = results["confint_wald_fixef"]
    interval = fit.confint(method="wald")
    np.testing.assert_array_less(np.abs(interval["lower"] - wald["lower"]), 4e-4 * se)
    np.testing.assert_array_less(np.abs(interval["upper"] - wald["upper"]), 4e-4 * se)


@pytest.mark.parametrize("case", CASES)
def test_the_parts_of_the_criterion(case):
    fit, parts = fit_of(case), golden(case)["results"]["REMLcrit_or_deviance_components"]
    nu = fit.nobs - fit.rank if fit.REML else fit.nobs
    assert (fit.residuals("pearson") ** 2).sum() == pytest.approx(parts["wrss"], rel=1e-3)
    assert fit.sigma**2 * nu == pytest.approx(parts["pwrss"], rel=2e-5)
    assert fit.system.logdet_X == pytest.approx(parts["ldRX2"], abs=1e-3)


@pytest.mark.parametrize("case", CASES)
def test_variances(case):
    fit, results = fit_of(case), golden(case)["results"]
    assert fit.sigma == pytest.approx(results["sigma"], rel=1e-5)
    assert fit.singular == results["singular"]
    if not results["singular"]:
        np.testing.assert_allclose(fit.theta, results["theta"], atol=1e-3)
    table = fit.varcorr()
    reference = pd.DataFrame(results["VarCorr"])
    assert len(table) == len(reference)
    # lme4 calls the second block of `(x || g)` g.1; here both are g.
    reference["grp"] = reference["grp"].str.replace(r"\.\d+$", "", regex=True)
    reference = reference.set_index(["grp", "var1", "var2"])["sdcor"]
    for row in table.itertuples():
        names = tuple(None if name is None else r_name(name) for name in (row.term1, row.term2))
        matching = [value for key, value in reference.items() if _same(key, (row.group, *names))]
        assert len(matching) == 1, (row.group, names)
        tolerance = 1e-2 if row.term2 is not None else 1e-3 * fit.sigma
        assert row.sdcor == pytest.approx(matching[0], abs=tolerance)


def _same(key, names):
    return all((a is None or a != a) == (b is None) and (b is None or a == b) for a, b in zip(key, names, strict=True))


@pytest.mark.parametrize("case", CASES)
def test_random_effects(case):
    fit, results = fit_of(case), golden(case)["results"]
    assert fit.ngrps == results["ngrps"]
    modes, spread = fit.ranef(), fit.ranef(se=True)
    assert list(modes) == list(results["ranef"])
    for group, reference in results["ranef"].items():
        table = modes[group]
        assert len(table) == reference["n_levels"]
        assert [str(level) for level in table.index[: len(reference["levels"])]] == reference["levels"]
        assert [r_name(name) for name in table.columns] == reference["columns"]
        head = len(reference["levels"])
        np.testing.assert_allclose(table.iloc[:head], reference["value"], atol=1e-3 * fit.sigma)
        squares = np.array(reference["sum_of_squares"])
        np.testing.assert_allclose((table**2).sum(), squares, rtol=2e-3, atol=1e-6 * fit.sigma**2)
        sd = spread[group][[f"se({name})" for name in table.columns]]
        np.testing.assert_allclose(sd.iloc[:head], reference["cond_sd"], rtol=1e-3, atol=1e-6 * fit.sigma)


@pytest.mark.parametrize("case", CASES)
def test_fitted_values_and_residuals(case):
    fit, results = fit_of(case), golden(case)["results"]
    np.testing.assert_allclose(fit.fitted()[:10], results["fitted_head"], atol=1e-3 * fit.sigma)
    np.testing.assert_allclose(fit.residuals()[:10], results["residuals_head"], atol=1e-3 * fit.sigma)


PREDICTED = [case for case in CASES if "predict" in golden(case)["results"]]


def test_predictions_are_stored_for_eleven_cases():
    assert len(PREDICTED) == 11


@pytest.mark.parametrize("case", PREDICTED)
def test_predictions(case):
    fit, reference = fit_of(case), golden(case)["results"]["predict"]
    new = pd.DataFrame(reference["newdata"])
    levels = "population" if reference["allow_new_levels"] else "error"
    full = fit.predict(new, new_levels=levels)
    np.testing.assert_allclose(full, reference["re_form_full"], atol=1e-3 * fit.sigma)
    population = fit.predict(new, random="exclude")
    np.testing.assert_allclose(population, reference["re_form_NA"], atol=1e-3 * fit.sigma)


@pytest.mark.parametrize("case", TESTS)
def test_likelihood_ratio_tests(case):
    reference = golden(case)
    fits = []
    for call in reference["options"]["models"].values():
        formula, rest = call.removeprefix("lmer(").split(", data = ")
        fits.append(st.lmer(formula, data_of(reference["dataset"]), REML="REML = FALSE" not in rest))
    table, expected = st.anova(*fits), pd.DataFrame(reference["results"]["table"]).drop(columns="rows")
    assert list(table.columns) == list(expected.columns)
    assert table["npar"].tolist() == expected["npar"].tolist()
    np.testing.assert_allclose(table.to_numpy(float, na_value=np.nan), expected.astype(float), atol=1e-4)
    assert ("REML" in table.attrs["heading"]) == bool(reference["results"]["warnings"])


@pytest.mark.parametrize("case", FREEDOM)
def test_satterthwaite(case):
    fit, results = fit_of(case), golden(case)["results"]
    table = fit.coef_table()
    np.testing.assert_allclose(table["df"], results["satterthwaite"]["df"], rtol=1e-2)
    np.testing.assert_allclose(table["p"], results["satterthwaite"]["p_value"], rtol=1e-4, atol=1e-6)
    for kind, key in (("III", "anova_type3_satterthwaite"), ("I", "anova_type1_satterthwaite")):
        expected = pd.DataFrame(results[key]).set_index("rows")
        tests = fit.anova(type=kind)
        assert list(tests.index) == list(expected.index)
        assert list(tests.columns) == list(expected.columns)
        np.testing.assert_array_equal(tests["NumDF"], expected["NumDF"])
        np.testing.assert_allclose(tests["DenDF"], expected["DenDF"], rtol=1e-2)
        for column in ("Sum Sq", "Mean Sq", "F value"):
            np.testing.assert_allclose(tests[column], expected[column], rtol=1e-3)


@pytest.mark.parametrize("case", ["lmer_radon_slope"])
def test_the_better_of_two_optima_is_found(case):
    results = golden(case)["results"]
    assert fit_of(case).criterion < results["default_optimizer"]["objective"] - 4.9
