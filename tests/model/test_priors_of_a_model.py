"""Default priors are rstanarm's, in the units of the data; what the caller writes goes where it belongs."""

import re

import numpy as np
import pytest

from statmodels_tf.dataset import load_dataset
from statmodels_tf.design import build
from statmodels_tf.errors import ModelError
from statmodels_tf.model import build_model
from tests.model.cases import toy

SLEEP = "Reaction ~ Days + (Days | Subject)"


def sleepstudy(priors=None):
    return build_model(build(SLEEP, load_dataset("sleepstudy")), priors=priors)


def test_defaults():
    y, x = (load_dataset("sleepstudy")[c].to_numpy(float) for c in ("Reaction", "Days"))
    sd = y.std(ddof=1)
    assert sleepstudy().prior_texts() == {
        "Intercept (at the mean of the predictors)": f"normal({y.mean():.4g}, {2.5 * sd:.4g})",
        "Days": f"normal(0, {2.5 * sd / x.std(ddof=1):.4g})",
        "sigma": f"exponential({1 / sd:.4g})",
        "(Days | Subject)": "decov(1, 1, 1, 1)",
    }


def test_rstanarms_example_can_be_written():
    model = sleepstudy({"b": "normal(0, 50)", "Intercept": "normal(300, 100)", "sigma": "exponential(0.02)"})
    assert model.prior_texts() == {
        "Intercept (at the mean of the predictors)": "normal(300, 100)",
        "Days": "normal(0, 50)",
        "sigma": "exponential(0.02)",
        "(Days | Subject)": "decov(1, 1, 1, 1)",
    }


def test_a_coefficients_own_prior_goes_before_that_of_all():
    model = build_model(build("y ~ x + arm + (1 | g)", toy()), priors={"b": "normal(0, 1)", "x": "normal(0, 3)"})
    texts = model.prior_texts()
    assert texts["x"] == "normal(0, 3)"
    assert texts["arm[b]"] == "normal(0, 1)"
    assert [p.name for p in model.parameters][:2] == ["Intercept", "b"]


def test_priors_of_two_kinds_are_two_vectors():
    model = build_model(build("y ~ x + arm + (1 | g)", toy()), priors={"x": "cauchy(0, 1)"})
    assert [(p.name, p.shape) for p in model.parameters][1:3] == [("b", (1,)), ("b(normal)", (3,))]


@pytest.mark.parametrize(
    ("priors", "says"),
    [
        ({"cor": "lkj(2)"}, "decov(2, 1, 1, 1)"),
        ({"cor(Subject)": "lkj(3)"}, "decov(3, 1, 1, 1)"),
        ({"cov": "decov(1, 1, 2, 3)"}, "decov(1, 1, 2, 3)"),
        ({"cov(Subject)": "decov(1, 1, 2, 3)", "cov": "decov()"}, "decov(1, 1, 2, 3)"),
        ({"sd": "half_normal(20)", "cor": "lkj(2)"}, "sd half_normal(20), correlations lkj(2)"),
        ({"sd(Subject)[Days]": "exponential(0.1)"}, "sd exponential("),
    ],
)
def test_priors_of_a_group(priors, says):
    assert sleepstudy(priors).prior_texts()["(Days | Subject)"].startswith(says)


def test_flat_turns_off_all_priors_but_those_given():
    model = build_model(build(SLEEP, load_dataset("sleepstudy")), priors={"all": "flat", "sigma": "exponential(1)"})
    assert model.prior_texts() == {
        "Intercept (at the mean of the predictors)": "flat",
        "Days": "flat",
        "sigma": "exponential(1)",
        "(Days | Subject)": "sd half_flat, correlations lkj(1)",
    }
    defaults = {p.name: p.prior.transform for p in sleepstudy().parameters}
    for p in model.parameters[:2]:  # coordinates stay those of the defaults
        np.testing.assert_array_equal(p.prior.transform.scale, defaults[p.name].scale)


def test_a_number_fixes_a_coefficient_or_a_standard_deviation():
    model = sleepstudy({"Days": 10, "sigma": 25, "sd(Subject)": 3})
    texts = model.prior_texts()
    assert (texts["Days"], texts["sigma"]) == ("constant(10)", "constant(25)")
    assert [p.name for p in model.parameters if p.prior.transform.size == 0] == ["b", "sigma", "sd(Days | Subject)"]


def test_counts_and_shares_have_rstanarms_defaults():
    x = load_dataset("wells")["arsenic"].to_numpy(float)
    texts = build_model(build("switch ~ arsenic", load_dataset("wells")), "binomial").prior_texts()
    assert texts["Intercept (at the mean of the predictors)"] == "normal(0, 2.5)"
    assert texts["arsenic"] == f"normal(0, {2.5 / x.std(ddof=1):.4g})"
    texts = build_model(build("breaks ~ wool", load_dataset("warpbreaks")), "poisson").prior_texts()
    assert texts == {
        "Intercept (at the mean of the predictors)": "normal(0, 2.5)",
        "wool[B]": f"normal(0, {2.5 / np.repeat([0.0, 1.0], 27).std(ddof=1):.4g})",
    }


def test_standard_deviations_of_one_term_may_differ():
    priors = {"sd(Subject)[Days]": "half_normal(5)", "sd(Subject)[Intercept]": "half_normal(30)"}
    sd = next(p for p in sleepstudy(priors).parameters if p.name.startswith("sd("))
    np.testing.assert_array_equal(sd.prior.scale, [30, 5])


@pytest.mark.parametrize(
    ("priors", "says"),
    [
        ({"Dys": "normal(0, 1)"}, "no parameter `Dys` to give a prior. Did you mean `Days`"),
        ({"zzz": "normal(0, 1)"}, "There is `Intercept`, `b`, `Days`, `sigma`"),
        ({"sigma": "normal(0, 1)"}, "it must be one of a positive number"),
        ({"b": "exponential(1)"}, "a number of any sign"),
        ({"cov": "lkj(1)"}, "a covariance matrix"),
        ({"cor": "normal(0, 1)"}, "a correlation matrix"),
        ({"sd": "lkj(1)"}, "a positive number"),
        ({"sigma": "normal(0, 1)"}, "Its positive half is `half_normal(1)`"),
        ({"sigma": "student_t(3, 0, 2)"}, "Its positive half is `half_student_t(3, 2)`"),
        ({"sigma": "horseshoe()"}, "a positive number"),
        ({"sigma": -1}, "a positive number"),
        ({"sigma": 0}, "a positive number"),
        ({"sigma": "uniform(-1, 1)"}, "a positive number"),
        ({"sd": "uniform(-1, 1)"}, "a positive number"),
        ({"Intercept": 0}, "To fix the intercept, write `0 +`"),
        ({"all": "normal(0, 1)"}, "can only be `flat`"),
        ({"(Intercept)": "normal(0, 1)"}, "Here it is `Intercept`"),
        ({"b_Days": "normal(0, 1)"}, "Here it is `Days`"),
        ({"sd_Subject__Days": "half_normal(1)"}, "Here it is `sd(Subject)[Days]`"),
        ({"prior_covariance": "decov()"}, "Here it is `cov`"),
        ({"prior_aux": "exponential(1)"}, "Here it is `sigma`"),
        ({"cor_Subject__Intercept__Days": "lkj(2)"}, "Here it is `cor(Subject)`"),
        ({"cov": "decov()", "sd": "half_normal(1)"}, "both `cov` and `sd`"),
        (
            {"sd(Subject)[Days]": "half_normal(1)", "sd(Subject)[Intercept]": "exponential(1)"},
            "take priors of one kind",
        ),
    ],
)
def test_priors_that_make_no_sense(priors, says):
    with pytest.raises(ModelError, match=re.escape(says)):
        sleepstudy(priors)
