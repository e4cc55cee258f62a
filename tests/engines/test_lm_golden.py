"""`lm` against R's lm: every stored figure of every stored case, with the tolerances of the reference results."""

import numpy as np
import pandas as pd
import pytest

from tests.engines.regression_golden import LM, close, fit_of, golden, numbers, r_name, results_of

PREDICTED = [case for case in LM if "predict" in golden(case)["results"]]


def tolerance(case):
    return 1e-6 if "longley" in case else 1e-9


def compare(case, pairs):
    for ours, name in pairs:
        close(ours, results_of(case)[name], tolerance(case))


def test_there_are_twenty_six_cases_and_ten_predictions():
    assert len(LM) == 26
    assert len(PREDICTED) == 10


@pytest.mark.parametrize("case", LM)
def test_coefficients(case):
    fit, results = fit_of(case), results_of(case)
    table = fit.coef_table()
    assert fit.converged
    assert [r_name(name) for name in table.index] == results["coef_names"]
    compare(case, [(table["estimate"], "estimate"), (table["se"], "se"), (table["statistic"], "statistic")])
    close(table["p"], results["p_value"], 1e-4, 1e-6)
    assert fit.statistic_name == results["statistic_name"]
    known = table.index[table["estimate"].notna()]
    assert [r_name(name) for name in known] == results["vcov_names"]
    covariance, se = fit.vcov().loc[known, known], table["se"][known]
    np.testing.assert_allclose(covariance / np.outer(se, se), numbers(results["vcov"]) / np.outer(se, se),
                               rtol=0, atol=tolerance(case))  # fmt: skip


@pytest.mark.parametrize("case", LM)
def test_intervals(case):
    fit, results = fit_of(case), results_of(case)
    for table, name in ((fit.confint(), "confint_t"), (fit.coef_table(df="none"), "confint_default")):
        close(table["lower"], results[name]["lower"], tolerance(case))
        close(table["upper"], results[name]["upper"], tolerance(case))


@pytest.mark.parametrize("case", LM)
def test_statistics(case):
    fit, results = fit_of(case), results_of(case)
    counts = [fit.rank, fit.nobs, fit.model.design.dropped, fit.df_residual, fit.df_model]
    assert counts == [results[name] for name in ("rank", "nobs", "n_dropped_na", "df_residual", "logLik_df")]
    compare(case, [(fit.dispersion, "dispersion"), (fit.deviance, "deviance"), (fit.sigma, "sigma"),
                   (fit.loglik, "logLik"), (fit.aic, "AIC"), (fit.bic, "BIC"),
                   (fit.r_squared, "r_squared"), (fit.adj_r_squared, "adj_r_squared")])  # fmt: skip
    close(fit.fstatistic[["value", "numdf", "dendf"]], results["fstatistic"]["value"], tolerance(case))


@pytest.mark.parametrize("case", LM)
def test_rows(case):
    fit = fit_of(case)
    pairs = [
        (fit.fitted(), "fitted_head"),
        (fit.residuals(), "residuals_deviance_head"),  # R's residuals(), which for lm are plain differences
        (fit.residuals("pearson"), "residuals_pearson_head"),
        (fit.hatvalues(), "hat_head"),
        (fit.cooks_distance(), "cooks_distance_head"),
        (fit.rstandard(), "rstandard_head"),
        (fit.predict(type="link"), "linear_predictor_head"),
    ]
    compare(case, [(series.to_numpy()[:10], name) for series, name in pairs])


# R warns of it too: a new row that brings no weight has weight one.
@pytest.mark.filterwarnings("ignore:the fit has weights")
@pytest.mark.parametrize("case", PREDICTED)
def test_predictions(case):
    fit, stored = fit_of(case), results_of(case)["predict"]
    new = pd.DataFrame(stored["newdata"])
    near, far = (fit.predict(new, interval=interval) for interval in ("confidence", "prediction"))
    pairs = [(near["mean"], "fit"), (near["se"], "se"), (near["lower"], "conf_lower"), (near["upper"], "conf_upper")]
    for ours, name in [*pairs, (far["lower"], "pred_lower"), (far["upper"], "pred_upper")]:
        close(ours, stored[name], tolerance(case))


@pytest.mark.parametrize("case", LM)
def test_design(case):
    design, expected = fit_of(case).model.design, results_of(case)["model_matrix"]
    assert [r_name(name) for name in design.columns] == expected["columns"]
    assert design.n == expected["nrow"]
    np.testing.assert_allclose(design.common.dense(np.arange(5)), expected["head"], rtol=1e-9, atol=1e-9)
