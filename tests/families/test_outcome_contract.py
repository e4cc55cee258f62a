"""What holds of every family of responses in categories, whichever it is: a family registers, and is held to this."""

import numpy as np
import pytest
from scipy import stats

from statmodels_tf.design import Response
from statmodels_tf.families import FAMILIES, as_family, family_text
from statmodels_tf.families.outcome import OutcomeFamily

NAMES = sorted(name for name in FAMILIES if issubclass(FAMILIES[name], OutcomeFamily))
FAMILY = pytest.mark.parametrize("family", [as_family(name) for name in NAMES], ids=NAMES)
LEVELS = ("low", "mid", "high", "top")
VALUES = {"threshold": np.array([-1.0, 0.2, 1.1])}


def predictors(family, n, seed=0):
    """Return linear predictors of n rows: one, or one for each outcome but the first."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, len(LEVELS) - 1) if family.by_outcome else n)


def response(codes):
    return Response("y", np.asarray(codes, dtype=float), levels=LEVELS)


@FAMILY
def test_probabilities_are_positive_and_sum_to_one(family):
    p = family.probabilities(predictors(family, 50), VALUES)
    assert p.shape == (50, len(LEVELS)) and (p > 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)


@FAMILY
def test_the_log_density_is_the_log_of_the_outcomes_probability(family):
    eta, codes = predictors(family, 8), [0, 1, 2, 3, 3, 2, 1, 0]
    data = family.data(response(codes), None)
    expected = np.log(family.probabilities(eta, VALUES)[np.arange(8), codes])
    np.testing.assert_allclose(family.log_density(eta, VALUES, data, np), expected, rtol=1e-12)


@FAMILY
def test_simulated_outcomes_have_the_probabilities(family):
    n = 40_000
    eta = np.repeat(predictors(family, 1), n, axis=0)
    found = np.bincount(family.simulate(eta, VALUES, {}, np.random.default_rng(1)), minlength=len(LEVELS)) / n
    p = family.probabilities(eta[:1], VALUES)[0]
    np.testing.assert_array_less(np.abs(found - p), 4 * np.sqrt(p * (1 - p) / n))


@FAMILY
def test_quantile_residuals_of_the_true_model_are_normal(family):
    rng = np.random.default_rng(2)
    eta = predictors(family, 4000)
    data = family.data(response(family.simulate(eta, VALUES, {}, rng)), None)
    r = family.quantile_residuals(family.probabilities(eta, VALUES), VALUES, data, rng)
    assert stats.kstest(r, "norm").pvalue > 1e-3


@FAMILY
def test_a_family_is_made_again_from_its_text(family):
    assert as_family(family_text(family)) == family
    assert family.unsampled is None and not family.has_mean and family.by_count
