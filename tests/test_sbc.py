"""sbc: posteriors that are right have uniform ranks, those that are not are found."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.engines.approximate import VI
from statmodels_tf.errors import DataError, EngineError, ModelError

PRIORS = {"b": "normal(0, 0.5)", "Intercept": "normal(0.5, 0.5)"}


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=40)
    return pd.DataFrame({"x": x, "z": 0.9 * x + 0.3 * rng.normal(size=40), "y": rng.poisson(2, 40)})


def test_ranks_of_a_nearly_normal_posterior_are_uniform_and_the_same_for_any_number_of_processes(data):
    engine = VI(rank="full", draws=100, iterations=300)
    found = st.sbc("y ~ x", data, "poisson", n=24, engine=engine, priors=PRIORS, seed=3)
    assert list(found.ranks) == ["Intercept", "x", "log-likelihood"]
    assert found.ranks.to_numpy().min() >= 0 and found.ranks.to_numpy().max() <= 99
    assert found.uniform and found.about["failed"] == 0
    again = st.sbc("y ~ x", data, "poisson", n=24, engine=engine, priors=PRIORS, seed=3, cores=1)
    pd.testing.assert_frame_equal(found.ranks, again.ranks)


def test_simulated_responses_leave_the_default_priors_as_they_are(data):
    model = st.lm("y ~ x", data).model
    other = model.with_response(100 * model.design.response.values)
    assert [str(p.prior) for p in other.parameters] == [str(p.prior) for p in model.parameters]
    assert other.data["likelihood"]["y"].max() == 100 * data["y"].max()
    assert other.with_response(model.design.response.values).origin is model


def test_data_that_cannot_be_fitted_are_counted_with_the_reason(data):
    wide = {"Intercept": "normal(0, 2000)", "b": "normal(0, 1)"}
    with pytest.raises(EngineError, match=r"could fit . of 3 .* not finite"):
        st.sbc("y ~ x", data, "poisson", n=3, engine=VI(draws=10), priors=wide, seed=1)


def test_engines_that_do_not_sample_are_refused(data):
    with pytest.raises(ModelError, match="engines that sample, and irls does not"):
        st.sbc("y ~ x", data, "poisson", engine="irls")
    with pytest.raises(DataError, match="no column `w`"):
        st.sbc("y ~ w", data, "poisson")


def test_outcomes_that_no_row_has_this_time_keep_their_thresholds(data):
    grades = pd.Categorical.from_codes(np.arange(40) % 4, list("abcd"), ordered=True)
    model = st.fit("y ~ x", data.assign(y=grades), "cumulative", engine=VI(draws=10, iterations=10)).model
    other = model.with_response(np.where(np.arange(40) % 2, 2, 0))  # neither the second nor the last
    assert other.data["likelihood"]["y"].tolist() == [0, 2] * 20
    q = np.zeros(other.flat_numeric.size)
    (new, gradient), (old, _) = other.flat_numeric(q), model.flat_numeric(q)
    assert np.all(np.isfinite(gradient))
    values = model.flat_numeric.values(q)
    change = other.log_likelihood(values).sum() - model.log_likelihood(values).sum()  # the prior is the same
    assert new - old == pytest.approx(float(change), rel=1e-9)
