"""Own parameters of a family as arguments: formulas and numbers."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.engines import NUTS
from statmodels_tf.errors import ModelError

ENGINE = NUTS(draws=250, warmup=250, chains=2, seed=1)


@pytest.fixture(scope="module")
def data():
    """Return a response whose standard deviation grows with x."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, 400)
    return pd.DataFrame({"x": x, "y": 1 + 2 * x + np.exp(0.3 + 0.8 * x) * rng.normal(size=400)})


@pytest.fixture(scope="module")
def modelled(data):
    return st.glm("y ~ x", data, sigma="~ x", engine=ENGINE)


@pytest.mark.filterwarnings("ignore::statmodels_tf.ConvergenceWarning")
def test_a_formula_models_the_parameter(modelled):
    draws = modelled.draws()
    assert list(draws.columns) == ["Intercept", "x", "sigma_Intercept", "sigma_x"]
    for name, truth in {"Intercept": 1.0, "x": 2.0, "sigma_Intercept": 0.3, "sigma_x": 0.8}.items():
        assert abs(draws[name].mean() - truth) < 4 * draws[name].std()


def test_new_rows_have_their_own_standard_deviation(modelled):
    table = modelled.predict(pd.DataFrame({"x": [-0.9, 0.9]}), interval="prediction")
    width = (table["upper"] - table["lower"]).to_numpy()
    assert width[1] / width[0] == pytest.approx(np.exp(1.8 * 0.8), rel=0.35)


def test_a_row_that_lacks_a_value_of_the_other_formula_has_no_prediction(data):
    table = data.assign(z=data["x"] ** 2)
    fit = st.glm("y ~ x", table, sigma="~ z", engine=ENGINE)
    found = fit.predict(pd.DataFrame({"x": [0.1, 0.1], "z": [np.nan, 0.1]}))
    assert np.isnan(found.iloc[0]) and not np.isnan(found.iloc[1])


def test_a_number_fixes_the_parameter(data):
    fit = st.glm("y ~ x", data, sigma=2, engine=ENGINE)
    assert list(fit.draws().columns) == ["Intercept", "x"]
    assert np.all(fit.values["sigma"] == 2)
    again = fit.update(sigma="~ 1")
    assert "sigma_Intercept" in again.draws().columns


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"sigm": "~ x"}, r"no argument `sigm`. Did you mean `sigma`"),
        ({"sigma": "x"}, r"write a formula without a left side, `sigma=\"~ x\"`"),
        ({"theta": 1}, "no argument `theta`"),
        ({"sigma": 1, "priors": {"sigma": "exponential(1)"}}, "fixes `sigma`, and `priors` has a prior of it"),
    ],
)
def test_what_cannot_be_is_said(data, own, said):
    with pytest.raises(ModelError, match=said):
        st.glm("y ~ x", data, engine=ENGINE, **own)


def test_engines_that_maximise_take_none(data):
    with pytest.raises(ModelError, match="for engines that sample, and irls does not"):
        st.glm("y ~ x", data, sigma="~ x", engine="irls")
