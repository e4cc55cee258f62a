"""Covariances of group effects: the parameters of a factor give the factor back."""

import numpy as np
import pytest

from statmodels_tf.model.effects.covariance import DecovCovariance, SeparateCovariance
from statmodels_tf.priors import LKJ, Decov, HalfNormal

COVARIANCES = [
    DecovCovariance("g", 3, Decov(), "sigma"),
    DecovCovariance("g", 1, Decov(), None),
    SeparateCovariance("g", 2, HalfNormal(np.ones(2)), LKJ()),
]


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_values_of_a_factor_make_the_factor(covariance):
    rng = np.random.default_rng(3)
    size = covariance.size
    factor = np.tril(rng.normal(size=(size, size)), -1) + np.diag(rng.uniform(0.1, 2, size))
    values = covariance.values_of(factor, 2.5)
    assert set(values) == {p.name for p in covariance.parameters}
    assert covariance.factor({**values, "sigma": np.float64(2.5)}, np) == pytest.approx(factor, rel=1e-12)
