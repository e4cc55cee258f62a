"""Posteriors of simulated data rank the values they were simulated with evenly, by each engine and kind of response."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.engines.marginal import Marginal

LEVELS = 8
TIGHT = {"b": "normal(0, 0.5)", "sd": "half_normal(0.5)", "cor": "lkj(2)"}
FORMULA = "y ~ x + (1 + x | g)"
COUNTS = {"Intercept": "normal(1, 0.4)"}
RESPONSES = {
    "gaussian": (FORMULA, "gaussian", {"Intercept": "normal(0, 1)", "sigma": "lognormal(0, 0.25)"}),
    "binomial": ("y | trials(size) ~ x + (1 + x | g)", "binomial", {"Intercept": "normal(0, 1)"}),
    "poisson": (FORMULA, "poisson", COUNTS),
    "negative_binomial": (FORMULA, "negative_binomial", COUNTS | {"theta": "gamma(4, 1)"}),
    "cumulative": ("grade ~ x + (1 + x | g)", "cumulative", {"threshold": "normal(0, 1.5)"}),
}


def table(n=64):
    """Return the rows; of the response only the kind matters, since it is simulated."""
    rng = np.random.default_rng(7)
    rows = np.arange(n)
    columns = {"x": rng.normal(size=n), "g": [f"g{i % LEVELS}" for i in rows], "size": 1 + rows % 12, "y": rows % 2}
    return pd.DataFrame({**columns, "grade": pd.Categorical.from_codes(rows % 4, list("abcd"), ordered=True)})


def ranked(response, n, engine="nuts"):
    """Return the calibration over so many data sets, its table printed for a log."""
    formula, family, priors = RESPONSES[response]
    found = st.sbc(formula, table(), family, n=n, engine=engine, priors=TIGHT | priors, seed=11, progress=False)
    print(found)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("response", RESPONSES)
def test_ranks_by_the_sampler_are_uniform(response):
    found = ranked(response, 200)
    assert {"x", "sd(g)[Intercept]", "sd(g)[x]", "cor(g)[Intercept,x]", "log-likelihood"} <= set(found.ranks)
    assert found.about["failed"] <= 2
    assert found.uniform, found


@pytest.mark.slow
def test_ranks_with_all_but_the_scales_integrated_out_are_uniform():
    found = ranked("gaussian", 200, Marginal(draws=250, chains=2))
    assert found.about["engine"] == "marginal" and found.about["failed"] == 0
    assert found.uniform, found
