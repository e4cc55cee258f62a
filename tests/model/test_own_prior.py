"""Priors of a family's own parameters fit what the parameter is: a size, a share, numbers in order."""

import re

import numpy as np
import pytest

from statmodels_tf.errors import ModelError
from statmodels_tf.model.own_prior import flat_like, own_prior
from statmodels_tf.priors import Beta, Dirichlet, Exponential, Gamma, HalfFlat, Normal, Ordered, StudentT, parse

THRESHOLDS = Ordered(StudentT(3.0, 0.0, 2.5), 3)
LABELS = ("low|mid", "mid|high", "high|top")


def given(**texts):
    return {key: parse(text) for key, text in texts.items()}


@pytest.mark.parametrize(
    ("default", "text", "says"),
    [
        (Gamma(2.0, 0.1), "lognormal(1, 1)", "lognormal(1, 1)"),
        (Gamma(2.0, 0.1), "uniform(1, 50)", "uniform(1, 50)"),
        (Gamma(2.0, 0.1), "4", "constant(4)"),
        (Beta(1.0, 1.0), "beta(2, 3)", "beta(2, 3)"),
        (Beta(1.0, 1.0), "uniform(0, 0.5)", "uniform(0, 0.5)"),
        (Beta(1.0, 1.0), "0.2", "constant(0.2)"),
        (Normal(0.0, 1.0), "half_normal(2)", "half_normal(2)"),
        (THRESHOLDS, "normal(0, 2)", "normal(0, 2)"),
        (Dirichlet(3, 1.0), "dirichlet(2)", "dirichlet(2)"),
        (Dirichlet(3, 1.0), "dirichlet(1, 2, 3)", "dirichlet(1, 2, 3)"),
    ],
)
def test_what_fits(default, text, says):
    made = own_prior("x", given(x=text), default)
    assert str(made) == says
    assert made.shape == default.shape


@pytest.mark.parametrize(
    ("default", "text", "says"),
    [
        (Beta(1.0, 1.0), "exponential(1)", "a number between 0 and 1, like `uniform(0, 1)`"),
        (Beta(1.0, 1.0), "1", "a number between 0 and 1"),
        (THRESHOLDS, "exponential(1)", "numbers of any sign"),
        (THRESHOLDS, "2", "numbers of any sign"),
        (Dirichlet(3, 1.0), "beta(1, 1)", "shares, like `dirichlet(1)`"),
        (Dirichlet(3, 1.0), "dirichlet(1, 2)", "there are 3 shares"),
        (Exponential(1.0), "lkj(1)", "a positive number"),
    ],
)
def test_what_does_not(default, text, says):
    with pytest.raises(ModelError, match=re.escape(says)):
        own_prior("x", given(x=text), default)


def test_thresholds_may_have_priors_of_their_own():
    made = own_prior("threshold", {"mid|high": parse("student_t(4, 1, 2)")}, THRESHOLDS, LABELS)
    assert isinstance(made, Ordered)
    np.testing.assert_array_equal(made.spread.df, [3, 4, 3])
    np.testing.assert_array_equal(made.spread.loc, [0, 1, 0])
    with pytest.raises(ModelError, match="take priors of one kind"):
        own_prior("threshold", {"mid|high": parse("normal(1, 2)")}, THRESHOLDS, LABELS)
    both = {"threshold": parse("normal(0, 3)"), "low|mid": parse("normal(-1, 1)")}
    np.testing.assert_array_equal(own_prior("threshold", both, THRESHOLDS, LABELS).spread.scale, [1, 3, 3])


@pytest.mark.parametrize(
    ("default", "says"),
    [
        (Gamma(2.0, 0.1), "half_flat"),
        (Beta(2.0, 3.0), "uniform(0, 1)"),
        (THRESHOLDS, "flat"),
        (Normal(1.0, 2.0), "flat"),
    ],
)
def test_flat(default, says):
    made = own_prior("x", {}, default, flat=True)
    assert str(made) == says
    assert made.shape == default.shape


def test_flat_priors_keep_the_scale_of_the_default():
    assert flat_like(Gamma(2.0, 0.1)).transform.unit == 20
    assert own_prior("x", {"x": HalfFlat()}, Gamma(2.0, 0.1)).transform.unit == 20
    assert own_prior("x", given(x="flat"), Normal(3.0, 2.0)).transform.loc == 3
