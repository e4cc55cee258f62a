"""Factors that are given are judged: at an optimum converged, elsewhere not."""

import numpy as np
import pytest

import statmodels_tf as st


@pytest.mark.parametrize(
    ("formula", "data"),
    [
        ("Reaction ~ Days + (Days | Subject)", "sleepstudy"),
        ("Yield ~ 1 + (1 | Batch)", "dyestuff2"),
        ("strength ~ 1 + (1 | batch/cask)", "pastes"),
    ],
)
@pytest.mark.parametrize("REML", [True, False])
def test_factors_are_judged_where_they_are(formula, data, REML):
    fit = st.lmer(formula, st.load_dataset(data), REML=REML)
    again = fit.engine.at(fit.model, fit.factors)
    assert again.converged and again.diagnostics["message"] == "converged"
    assert again.diagnostics["predicted_decrease"] < 1e-6
    assert again.singular == fit.singular
    away = fit.engine.at(fit.model, [factor + 0.03 * np.eye(len(factor)) for factor in fit.factors])
    assert not away.converged and "lower the criterion" in away.diagnostics["message"]
    # The step's promise is Newton's: near the optimum what there is to gain.
    assert away.diagnostics["predicted_decrease"] == pytest.approx(away.criterion - fit.criterion, rel=0.1)


def test_factors_without_end_have_not_converged():
    fit = st.lmer("Yield ~ 1 + (1 | Batch)", st.load_dataset("dyestuff2"))
    assert not fit.engine.at(fit.model, [np.array([[1e7]])]).converged
