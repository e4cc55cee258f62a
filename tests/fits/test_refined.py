"""Refining an approximation by importance resampling."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.engines.approximate import VI, Pathfinder
from statmodels_tf.errors import ModelError
from statmodels_tf.fits.validation.resample import systematic


@pytest.fixture(scope="module")
def fits():
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    data = pd.DataFrame({"x": x, "z": 0.7 * x + 0.7 * rng.normal(size=60), "y": rng.poisson(np.exp(0.5 + 0.3 * x))})
    engine = VI(rank="mean-field", linear_response=False, draws=2000, seed=1)
    return st.glm("y ~ x + z", data, "poisson"), st.glm("y ~ x + z", data, "poisson", engine=engine), data


def test_resampled_draws_have_the_spread_that_independence_lacked(fits):
    estimate, rough, _ = fits
    fine = rough.refine(seed=2)
    assert rough.se()["x"] < 0.85 * estimate.se()["x"]
    np.testing.assert_allclose(fine.se(), estimate.se(), rtol=0.15)
    assert "resampled by importance" in fine.diagnostics["approximate"]
    assert fine.diagnostics["ess"] < 0.9 * fine.diagnostics["effective_draws"] * 4


def test_a_summary_says_that_it_is_approximate(fits):
    _, rough, _ = fits
    said = str(rough.summary())
    assert "APPROXIMATE: mean-field variational inference" in said and "Pareto k" in said


def test_draws_that_are_already_weighted_are_not_refined_again(fits):
    _, _, data = fits
    with pytest.raises(ModelError, match="whose density is known"):
        st.glm("y ~ x", data, "poisson", engine=Pathfinder(draws=50, paths=2, seed=1)).refine()


def test_systematic_resampling_takes_each_draw_as_often_as_its_weight():
    rng = np.random.default_rng(1)
    weights = rng.dirichlet(np.ones(20))
    counts = np.array([systematic(weights, 50, rng) for _ in range(400)])
    assert np.all(counts.sum(axis=1) == 50)
    assert np.all(np.abs(counts - 50 * weights) < 1)
    np.testing.assert_allclose(counts.mean(axis=0), 50 * weights, atol=0.15)
