"""Intervals by the parametric bootstrap."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.errors import ModelError


def test_bootstrap_intervals_are_the_quantiles_of_refits_to_simulated_responses():
    fit = st.lmer("Reaction ~ Days + (Days | Subject)", st.load_dataset("sleepstudy"))
    table = fit.confint(0.9, "boot", nsim=40, seed=3)
    assert list(table.index) == [
        "Intercept", "Days", "sd(Subject)[Intercept]", "sd(Subject)[Days]", "cor(Subject)[Intercept,Days]", "sigma",
    ]  # fmt: skip
    rng = np.random.default_rng(3)
    slopes = [fit.refit(fit.simulate(1, rng)).coef()["Days"] for _ in range(40)]
    # At 41 x 0.05 and 41 x 0.95 in the order of the refits, between the two nearest.
    np.testing.assert_allclose(table.loc["Days"], np.quantile(slopes, [0.05, 0.95], method="weibull"))
    pd.testing.assert_frame_equal(table, fit.confint(0.9, "boot", nsim=40, seed=3))
    with pytest.raises(ModelError, match="whole number"):
        fit.confint(method="boot", nsim=0)


def test_bootstrap_intervals_agree_with_wald_where_normality_holds():
    fit = st.lmer("Reaction ~ Days + (Days | Subject)", st.load_dataset("sleepstudy"), REML=False)
    boot, wald = fit.confint(method="boot", nsim=400, seed=1), fit.confint()
    # The 2.5% quantile of 400 normal draws has the standard error sqrt(0.025 0.975 / 400) / phi(1.96) = 0.134 sd.
    error = 4 * 0.134 * fit.se()
    assert np.all(np.abs(boot.loc[wald.index, "lower"] - wald["lower"]) < error)
    assert np.all(np.abs(boot.loc[wald.index, "upper"] - wald["upper"]) < error)


def test_rows_of_weight_zero_have_no_say_in_the_bootstrap():
    data = st.load_dataset("sleepstudy")
    weights = np.ones(180)
    weights[3] = 0
    fit = st.lmer("Reaction ~ Days + (1 | Subject)", data, weights=weights)
    assert fit.simulate(1, 1)["sim_1"].isna().sum() == 1
    assert fit.confint(method="boot", nsim=10, seed=1).notna().all(axis=None)
