"""What a fit says of itself: variances the data do not identify, weights that range too far, units beyond numbers."""

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.design import build
from statmodels_tf.engines import PLS
from statmodels_tf.errors import DataError
from statmodels_tf.model import build_model

RNG = np.random.default_rng(5)
SUBJECT, ITEM = np.repeat(np.arange(16), 12), np.tile(np.arange(12), 16)
DATA = pd.DataFrame({"s": SUBJECT, "i": ITEM, "B": np.array(list("abc"))[ITEM % 3], "x": RNG.normal(size=192)})
DATA["y"] = RNG.normal(size=16)[SUBJECT] + 0.5 * RNG.normal(size=12)[ITEM] + DATA["x"] + RNG.normal(size=192)


def _fit(formula, data=DATA, **options):
    return PLS().fit(build_model(build(formula, data, **options)))


@pytest.mark.parametrize(
    ("formula", "flat"),
    [
        ("y ~ x + (x | s) + (1 | i)", ()),
        ("y ~ x + (x || s) + (1 | i)", ()),
        ("y ~ B + (1 | s) + (0 + B | i)", ("cor(i)[B[a],B[b]]", "cor(i)[B[a],B[c]]", "cor(i)[B[b],B[c]]")),
        ("y ~ x + (1 | s) + (x | s)", ("sd(s)[Intercept]",)),
    ],
)
def test_variances_that_the_data_do_not_identify_are_named(formula, flat):
    assert _fit(formula).diagnostics["flat"] == flat


@pytest.mark.parametrize("effects", ["0 + B", "B"])
def test_flat_directions_do_not_make_degrees_of_freedom_endless(effects):
    """A slope on what is constant within items: the correlations are free, the df those of B as simple variances."""
    df = _fit(f"y ~ B + (1 | s) + ({effects} | i)").system.satterthwaite(np.eye(3))
    parts = DATA.assign(**{level: (DATA["B"] == level) * 1.0 for level in "abc"})
    apart = _fit("y ~ B + (1 | s) + (0 + a | i) + (0 + b | i) + (0 + c | i)", parts).system.satterthwaite(np.eye(3))
    np.testing.assert_allclose(df, apart, rtol=1e-3)
    assert np.all((df > 1.0) & (df < 40.0))


@pytest.mark.parametrize(("weight", "right"), [(1e8, True), (1e13, False), (1e15, False)])
def test_a_weight_that_drowns_the_others_is_reported(weight, right):
    w = np.ones(192)
    w[5] = weight
    fit = _fit("y ~ x + (1 | s)", DATA.assign(w=w), weights="w")
    assert fit.diagnostics["converged"] == right
    if not right:
        assert "weights range from 1 to" in fit.diagnostics["message"]
    near = _fit("y ~ x + (1 | s)", DATA.assign(w=np.where(w > 1.0, 1e6, 1.0)), weights="w")
    assert not right or abs(fit.criterion - near.criterion) < 1e-2  # the row is all but exact either way


def test_weights_that_range_far_and_wide_are_no_cause_for_alarm():
    w = 10.0 ** np.random.default_rng(0).uniform(-8, 8, 192)
    assert _fit("y ~ x + (x | s)", DATA.assign(w=w), weights="w").diagnostics["converged"]


def test_the_unit_of_weights_and_slopes_does_not_make_a_fit_singular():
    base = _fit("y ~ x + (x | s)")
    for scale in (1e-9, 1e9):
        w = np.full(192, scale)
        assert (
            _fit("y ~ x + (x | s)", DATA.assign(w=w), weights="w").diagnostics["singular"]
            == base.diagnostics["singular"]
        )
        wide = _fit("y ~ x + (x | s)", DATA.assign(x=scale * DATA["x"]))
        assert wide.diagnostics["singular"] == base.diagnostics["singular"]
        assert wide.diagnostics["singular_terms"] == base.diagnostics["singular_terms"]


@pytest.mark.parametrize("scale", [1e100, 1e-100, 1e140, 1e-140])
def test_columns_whose_squares_are_no_numbers_fit_as_others_do(scale):
    base = _fit("y ~ x + B:x + (x | s)")
    fit = _fit("y ~ x + B:x + (x | s)", DATA.assign(x=scale * DATA["x"]))
    p = len(base.beta)
    np.testing.assert_allclose(fit.beta[1:] * scale, base.beta[1:], rtol=1e-8)
    np.testing.assert_allclose(fit.system.satterthwaite(np.eye(p)), base.system.satterthwaite(np.eye(p)), rtol=1e-3)
    tall = _fit("y ~ x + B:x + (x | s)", DATA.assign(y=scale * DATA["y"]))
    np.testing.assert_allclose(tall.beta / scale, base.beta, rtol=1e-8)
    np.testing.assert_allclose(tall.criterion - base.criterion, 2 * (192 - p) * np.log(scale), rtol=1e-10)


@pytest.mark.parametrize("scale", [1e-300, 1e-170])
def test_a_response_whose_variance_is_no_number_is_refused(scale):
    with pytest.raises(DataError, match="`y` is nowhere above 1e-150"):
        _fit("y ~ x + (1 | s)", DATA.assign(y=scale * DATA["y"]))


@pytest.mark.parametrize("scale", [1e-160, 1e-157])
def test_a_column_whose_coefficient_is_no_number_is_refused_by_name(scale):
    with pytest.raises(DataError, match="`x` is nowhere above 1e-150"):
        _fit("y ~ x + (1 | s)", DATA.assign(x=scale * DATA["x"]))


def test_shifted_columns_keep_their_digits():
    base, far = _fit("y ~ x + (x | s)"), _fit("y ~ x + (x | s)", DATA.assign(x=DATA["x"] + 1e6))
    rows = base.model.design.common.dense()
    assert np.isclose(base.system.logdet_X, far.system.logdet_X, atol=1e-7)
    moved = far.system.coefficient_variance(far.model.design.common.dense())
    np.testing.assert_allclose(moved, base.system.coefficient_variance(rows), rtol=1e-6)
    expected = np.einsum("ij,jk,ik->i", rows, base.covariance, rows)
    np.testing.assert_allclose(base.system.coefficient_variance(rows), expected, rtol=1e-9)
    logdet = -np.linalg.slogdet(base.covariance / base.sigma**2)[1]
    assert np.isclose(base.system.logdet_X, logdet, rtol=1e-10)
