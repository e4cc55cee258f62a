"""Priors are shown on the scale of the data, with the rule they follow."""

from dataclasses import replace

import numpy as np

import statmodels_tf as st
from statmodels_tf.fits.posterior.prior_summary import prior_summary


def test_defaults_show_their_rule_and_what_is_given_does_not():
    data = st.load_dataset("sleepstudy")
    fit = st.lmer("Reaction ~ Days + (Days | Subject)", data)
    table, sd = fit.prior_summary(), data["Reaction"].std()
    assert table.loc["Days"].tolist() == [
        f"normal(0, {2.5 * sd / data['Days'].std():.4g})", "default", "normal(0, 2.5 sd(y) / sd(x))",
    ]  # fmt: skip
    assert table["rule"].tolist()[0] == "normal(mean(y), 2.5 sd(y))"
    assert table.loc["sigma"].tolist() == [f"exponential({1 / sd:.4g})", "default", "exponential(1 / sd(y))"]
    assert table.loc["(Days | Subject)"].tolist() == ["decov(1, 1, 1, 1)", "default", ""]


def test_a_given_prior_is_told_from_a_default():
    data = st.load_dataset("wells")
    fit = st.glm("switch ~ arsenic + dist", data, "binomial")
    table = prior_summary(replace(fit.model, priors={"dist": st.priors.normal(0, 1)}))
    assert table["source"].tolist() == ["default", "default", "given"]
    assert table.loc["dist", "prior"] == "normal(0, 1)"
    assert table["rule"].tolist() == ["normal(0, 2.5)", "normal(0, 2.5 / sd(x))", ""]
    assert table.loc["arsenic", "prior"] == f"normal(0, {2.5 / np.std(data['arsenic'], ddof=1):.4g})"
