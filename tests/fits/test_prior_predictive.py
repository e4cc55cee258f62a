"""Draws from the prior: their moments are the priors', they are quick, and the data stand beside them."""

from time import process_time

import numpy as np
import pytest

import statmodels_tf as st
from statmodels_tf.errors import ModelError


@pytest.fixture(scope="module")
def sleep():
    return st.lmer("Reaction ~ Days + (Days | Subject)", st.load_dataset("sleepstudy"))


def test_parameters_have_their_priors_moments(sleep):
    found = sleep.prior_predictive(4000, seed=3, priors={"Days": "normal(5, 2)", "sigma": "exponential(0.1)"}).draws()
    error = 4 / np.sqrt(4000)
    assert found["Days"].mean() == pytest.approx(5, abs=2 * error)
    assert found["Days"].std() == pytest.approx(2, rel=error)
    assert found["sigma"].mean() == pytest.approx(10, rel=error)
    # The intercept at the mean of the predictors has the prior, that of the columns follows.
    at_centre = found["Intercept"] + found["Days"] * 4.5
    y = sleep.model_frame()["Reaction"]
    assert at_centre.std() == pytest.approx(2.5 * y.std(), rel=error)


def test_responses_have_the_variance_of_the_model():
    fit = st.lm("Reaction ~ 1", st.load_dataset("sleepstudy"))
    drawn = fit.prior_predictive(2000, priors={"Intercept": "normal(100, 3)", "sigma": "4"})
    y = drawn.simulate().to_numpy()
    assert y.shape == (180, 2000)
    assert y.mean() == pytest.approx(100, abs=4 * 3.1 / np.sqrt(2000))
    assert y[0].std() == pytest.approx(5, rel=4 / np.sqrt(4000))
    assert drawn.table.loc["mean", "below"] == 1.0
    assert "The data lie outside of what the priors let expect: mean" in str(drawn)


def test_the_same_seed_gives_the_same_draws(sleep):
    one, two = sleep.prior_predictive(20, seed=5), sleep.prior_predictive(20, seed=5)
    np.testing.assert_array_equal(one.simulate(), two.simulate())
    assert not np.array_equal(one.simulate(), sleep.prior_predictive(20, seed=6).simulate())


def test_it_takes_well_under_a_second():
    fit = st.glm("switch ~ arsenic + dist", st.load_dataset("wells"), "binomial")
    began = process_time()
    text = str(fit.prior_predictive())
    assert process_time() - began < 1.0
    assert "400 data sets drawn from the priors, of 3,020 rows" in text
    assert "share of zeros" in text


@pytest.mark.parametrize(
    ("formula", "data", "family"),
    [
        ("Sat ~ Infl + Type", "housing", "cumulative"),
        ("Species ~ Petal.Length", "iris", "categorical"),
    ],
)
def test_outcomes_are_shown_by_their_shares(formula, data, family):
    fit = st.glm(formula, st.load_dataset(data), family)
    table = fit.prior_predictive(50).table
    assert table["observed"].sum() == pytest.approx(1)
    assert list(table.index) == list(fit.family.outcomes(fit.model.design.response, fit.model.design.weights))


def test_improper_priors_cannot_be_drawn(sleep):
    with pytest.raises(ModelError, match="is no distribution: nothing can be drawn"):
        sleep.prior_predictive(priors="flat")
    with pytest.raises(ModelError, match="no parameter `Dys`"):
        sleep.prior_predictive(priors={"Dys": "normal(0, 1)"})


def test_quasi_families_have_none():
    fit = st.glm("count ~ mined", st.load_dataset("Salamanders"), "quasipoisson")
    with pytest.raises(ModelError, match="no distribution to draw responses from"):
        fit.prior_predictive()


def test_it_goes_to_arviz_and_plots(sleep):
    drawn = sleep.prior_predictive(30)
    data = drawn.to_arviz()
    assert data["prior_predictive"]["Reaction"].shape == (1, 30, 180)
    assert "sd(Subject)" in data["prior"]
    assert "30 new data sets" in drawn.plot(draws=30).get_title(loc="left")
    with pytest.raises(ModelError, match="leave-one-out needs a fit"):
        drawn.plot("pit")
