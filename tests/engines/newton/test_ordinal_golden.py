"""Cumulative models against MASS::polr and ordinal::clm: everything stored, to the tolerances of the references.

logLik 1e-7 absolute, estimates 1e-4 of a standard error, probabilities 1e-6. Standard errors and covariances of polr
come from optim's numerical Hessian, so they are held to 1e-4; those of clm to 1e-6.
"""

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st

GOLDEN = Path(__file__).parents[2] / "golden"
POLR = sorted(path.stem for path in GOLDEN.glob("polr_*.json"))
CLM = sorted(path.stem for path in GOLDEN.glob("clm_*.json"))
LINKS = {"logistic": "logit"}


@cache
def case_of(name):
    return json.loads((GOLDEN / f"{name}.json").read_text())


@cache
def fit_of(name):
    case = case_of(name)
    given = {k: v.strip('"') for k, v in case["options"]["args"].items()}
    link = given.get("link", given.get("method", "logit"))
    family = st.families.Cumulative(LINKS.get(link, link), given.get("threshold", "flexible"))
    others = {k: given[k] for k in ("weights", "nominal", "scale") if k in given}
    return st.glm(given["formula"], st.load_dataset(case["dataset"]), family, **others)


def r_name(name):
    """R's spelling: `Infl[High]:Type[Atrium]` is `InflHigh:TypeAtrium`, `1|2:DAY[2]` is `1|2.DAY2`."""
    name = re.sub(r"\[([^\]]*)\]", r"\1", name)
    threshold, colon, column = name.partition(":")
    if colon and "|" in threshold:
        return f"{threshold}.{'(Intercept)' if column == 'Intercept' else column}"
    return name


def check_figures(fit, stored):
    assert fit.converged
    assert fit.loglik == pytest.approx(stored["logLik"], abs=1e-7)
    assert fit.aic == pytest.approx(stored["AIC"], abs=2e-7)
    assert fit.bic == pytest.approx(stored["BIC"], abs=2e-7)
    assert fit.df_model == stored["logLik_df"]
    assert fit.nobs == stored["nobs"]
    assert stored["warnings"] == []
    assert not fit.check()


def check_predictions(fit, stored):
    if "predict" not in stored:
        return
    stored = stored["predict"]
    new = pd.DataFrame(stored["newdata"])
    table = fit.predict(new, se=True)
    np.testing.assert_allclose(table["mean"], stored["probs"], rtol=0, atol=1e-6)
    np.testing.assert_allclose(fit.predict(new), stored["probs"], rtol=0, atol=1e-6)
    if "se" in stored:
        np.testing.assert_allclose(table["se"], stored["se"], rtol=1e-5)
    if "class" in stored:
        assert list(fit.predict(new, type="class")) == stored["class"]


@pytest.mark.parametrize("name", POLR)
def test_polr(name):
    fit, stored = fit_of(name), case_of(name)["results"]
    check_figures(fit, stored)
    assert [r_name(x) for x in fit.coef().index] == stored["coef_names"]
    assert [r_name(x) for x in fit.thresholds().index] == stored["zeta_names"]
    p = len(stored["estimate"])
    se = np.array(stored["se"])
    assert np.all(np.abs(fit.coef() - stored["estimate"]) < 1e-4 * se[:p])
    assert np.all(np.abs(fit.thresholds() - stored["zeta"]) < 1e-4 * se[p:])
    ours = pd.concat([fit.se(), fit.thresholds(se=True)])
    np.testing.assert_allclose(ours, se, rtol=1e-4)
    np.testing.assert_allclose(pd.concat([fit.coef(), fit.thresholds()]) / ours, stored["t"], rtol=1e-3)
    order = [*fit.coef().index, *fit.thresholds().index]
    assert [r_name(x) for x in order] == stored["all_names"]
    np.testing.assert_allclose(fit.parameter_vcov().loc[order, order], stored["vcov"], rtol=1e-3, atol=1e-7)
    assert fit.deviance == pytest.approx(stored["deviance"], abs=2e-7)
    assert fit.df_model == stored["edf"]
    assert fit.df_residual == stored["df_residual"]
    assert fit.nobs == stored["n_rows"]
    assert list(fit.outcomes) == stored["response_levels"]
    np.testing.assert_allclose(fit.predict().head(5), stored["fitted_probs_head"], rtol=0, atol=1e-6)
    location = fit.predict(type="linear.predictor")["location"]
    np.testing.assert_allclose(location.head(10), stored["linear_predictor_head"], rtol=0, atol=1e-5)
    check_predictions(fit, stored)


@pytest.mark.parametrize("name", CLM)
def test_clm(name):
    fit, stored = fit_of(name), case_of(name)["results"]
    check_figures(fit, stored)
    table = fit.parameter_table()
    assert [r_name(x) for x in table.index] == stored["names"] == stored["vcov_names"]
    se = np.array(stored["se"])
    assert np.all(np.abs(table["estimate"] - stored["estimate"]) < 1e-4 * se)
    np.testing.assert_allclose(table["se"], se, rtol=1e-6)
    np.testing.assert_allclose(table["statistic"], stored["z"], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(table["p"], stored["p_value"], rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(fit.parameter_vcov(), stored["vcov"], rtol=1e-5, atol=1e-9)
    parts = {"alpha": fit.thresholds(), "beta": fit.coef(), "zeta_scale": fit.scale_coef()}
    for part, ours in parts.items():
        kept = stored[part] or {"names": [], "value": []}
        assert [r_name(x) for x in ours.index] == kept["names"]
        assert np.allclose(ours, kept["value"], rtol=0, atol=1e-5)
    assert fit.family.threshold == stored["threshold"]
    np.testing.assert_allclose(fit.fitted().head(10), stored["fitted_head"], rtol=0, atol=1e-6)
    check_predictions(fit, stored)


def test_all_cases_are_there():
    assert len(POLR) == 4
    assert len(CLM) == 4
