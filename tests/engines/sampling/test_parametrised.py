"""The coordinates of group effects follow what the data tell, and the start goes with them."""

import numpy as np
import pytest

from statmodels_tf.dataset import load_dataset
from statmodels_tf.design import build
from statmodels_tf.engines.sampling.parametrised import parametrised
from statmodels_tf.engines.sampling.start import near_mode
from statmodels_tf.model import build_model


def model_of(formula, data, family="gaussian"):
    return build_model(build(formula, load_dataset(data)), family)


def test_informed_groups_are_moved_themselves_from_the_same_point():
    model = model_of("Yield ~ 1 + (1 | Batch)", "Dyestuff")
    before, start = model.flat_numeric, near_mode(model.flat_numeric, model)
    density, moved = parametrised(before, model, start)
    assert density.model.centred == {"1 | Batch"}
    at, there = before.values(start.centre), density.values(moved.centre)
    for name, value in at.items():
        np.testing.assert_allclose(there[name], value, rtol=1e-9, atol=1e-12)
    assert np.all(np.isfinite(moved.sd)) and np.all(moved.sd > 0)
    assert np.isfinite(density.log_density(moved.centre))


def test_groups_of_few_rows_stay_as_they_are():
    model = model_of("cbind(incidence, size - incidence) ~ period + (1 | herd)", "cbpp", "binomial")
    start = near_mode(model.flat_numeric, model)
    density, same = parametrised(model.flat_numeric, model, start)
    assert density is model.flat_numeric and same is start


@pytest.mark.parametrize("formula", ["mpg ~ wt", "mpg ~ 1"])
def test_models_without_groups_stay_as_they_are(formula):
    model = model_of(formula, "mtcars")
    start = near_mode(model.flat_numeric, model)
    assert parametrised(model.flat_numeric, model, start)[1] is start
