"""Slopes, comparisons and predictions of outcomes, one for each, on the scale of their probabilities."""

from dataclasses import replace

import numpy as np
import pytest

import statmodels_tf as st

CARS = st.load_dataset("mtcars").assign(gear=lambda d: d["gear"].astype(str))


@pytest.fixture(scope="module")
def fits():
    return {
        "categorical": st.glm("gear ~ hp + wt", CARS, "categorical"),
        "ordinal": st.glm("gear ~ hp + log(wt)", CARS, "cumulative"),
        "scale": st.glm("gear ~ hp + wt", CARS, "cumulative", scale="~ vs"),
    }


def delta(fit, ask):
    """Return the figures and standard errors of `ask(fit)` by differences in every parameter."""
    parameters, J = fit.parameters, []
    for j in range(len(parameters)):
        h = 1e-5 * max(abs(parameters[j]), 1e-3)
        ends = [ask(replace(fit, parameters=parameters + s * h * (np.arange(len(parameters)) == j))) for s in (1, -1)]
        J.append((ends[0] - ends[1]) / (2 * h))
    J = np.array(J)
    return ask(fit), np.sqrt(np.einsum("jk,jl,lk->k", J, fit.covariance, J))


@pytest.mark.parametrize("name", ["categorical", "ordinal", "scale"])
def test_predictions_are_average_probabilities(name, fits):
    table = fits[name].predictions().table
    expected, se = delta(fits[name], lambda f: f.predict(CARS).mean().to_numpy())
    assert list(table["outcome"]) == ["3", "4", "5"]
    np.testing.assert_allclose(table["estimate"], expected, rtol=1e-10)
    np.testing.assert_allclose(table["se"], se, rtol=1e-5)


@pytest.mark.parametrize("name", ["categorical", "ordinal", "scale"])
def test_slopes_are_derivatives_of_average_probabilities(name, fits):
    def ask(fit):
        ends = [fit.predict(CARS.assign(hp=CARS["hp"] + s)).mean().to_numpy() for s in (1e-2, -1e-2)]
        return (ends[0] - ends[1]) / 2e-2

    table = fits[name].slopes("hp").table
    expected, se = delta(fits[name], ask)
    np.testing.assert_allclose(table["estimate"], expected, rtol=1e-6)
    np.testing.assert_allclose(table["se"], se, rtol=1e-4)
    np.testing.assert_allclose(table["estimate"].sum(), 0, atol=1e-12)
    each = fits[name].slopes("hp", average=False).table
    assert len(each) == 3 * len(CARS)
    np.testing.assert_allclose(each.groupby("outcome")["estimate"].mean(), table["estimate"], rtol=1e-9)


def test_comparisons_are_differences_and_ratios_of_average_probabilities(fits):
    fit = fits["scale"]
    low, high = (fit.predict(CARS.assign(vs=v)).mean().to_numpy() for v in (0, 1))
    np.testing.assert_allclose(fit.comparisons("vs", step=(0, 1)).table["estimate"], high - low, rtol=1e-9)
    np.testing.assert_allclose(
        fit.comparisons("vs", step=(0, 1), comparison="ratio").table["estimate"], high / low, rtol=1e-9
    )
    assert "probability of each outcome" in str(fit.comparisons("vs"))


def test_the_latent_scale_is_asked_for_by_link(fits):
    table = fits["ordinal"].slopes("hp", type="link").table
    np.testing.assert_allclose(table["estimate"].iloc[0], fits["ordinal"].coef()["hp"])


def test_hypotheses_name_thresholds(fits):
    fit = fits["ordinal"]
    test = fit.hypothesis("hp + 3|4 = 0").table.iloc[0]
    names, V = list(fit.parameter_names), fit.parameter_vcov()
    L = np.array([name in ("hp", "3|4") for name in names], dtype=float)
    np.testing.assert_allclose(test["estimate"], L @ fit.parameters)
    np.testing.assert_allclose(test["se"], np.sqrt(L @ V.to_numpy() @ L))
    one, other = fit.hypothesis("hp = 0").table, fit.hypothesis([[1.0, 0.0]]).table
    np.testing.assert_allclose(one.to_numpy(float), other.to_numpy(float))
