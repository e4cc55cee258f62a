"""Families with parameters of their own: joint maximum and joint information."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

import statmodels_tf as st
from statmodels_tf.families import FAMILIES
from statmodels_tf.fits.regression.own import own_parameters


def shares(n=400):
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=n)})
    mu = expit(-1 + 0.8 * data.x)
    return data.assign(y=np.clip(rng.beta(mu * 12, (1 - mu) * 12), 1e-6, 1 - 1e-6))


def test_theta_and_coefficients_are_a_joint_maximum():
    data = st.load_dataset("quine")
    fit = st.glm("Days ~ Sex + Age", data, "negative_binomial")
    theta = fit.family.values["theta"]
    assert fit.converged
    around = [st.glm("Days ~ Sex + Age", data, st.families.NegativeBinomial(theta=theta * f)).loglik
              for f in (0.99, 1.01)]  # fmt: skip
    assert fit.loglik > max(around)
    fixed = st.glm("Days ~ Sex + Age", data, st.families.NegativeBinomial(theta=theta))
    np.testing.assert_allclose(fit.coef(), fixed.coef(), rtol=0, atol=1e-8)
    assert fit.df_model == fixed.df_model + 1


def test_standard_errors_of_beta_regression_are_those_of_the_joint_information():
    data = shares()
    fit = st.glm("y ~ x", data, "beta")
    phi = fit.family.values["phi"]
    fixed = st.glm("y ~ x", data, st.families.Beta(phi=phi))
    X = fit.model.design.common.dense()
    y, a = fit.observations
    cross, own = fit.family.information(fit.linear_predictor, y, a)
    gram = np.linalg.inv(fixed.system.covariance)
    shared = X.T @ np.reshape(cross, (len(y), 1))
    joint = np.linalg.inv(np.block([[gram, shared], [shared.T, np.atleast_2d(own)]]))
    np.testing.assert_allclose(fit.covariance_matrix(), joint[:2, :2], rtol=1e-6)
    assert own_parameters(fit)["phi"] == pytest.approx((phi, np.sqrt(joint[2, 2])), rel=1e-6)
    around = [st.glm("y ~ x", data, st.families.Beta(phi=phi * f)).loglik for f in (0.99, 1.01)]
    assert fit.converged
    assert fit.loglik > max(around)


@pytest.mark.parametrize("family", ["negative_binomial", "tweedie"])
def test_a_group_of_zeros_is_at_infinity_whatever_the_familys_own_parameter(family):
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"g": np.repeat(list("abc"), 40), "y": rng.negative_binomial(1.5, 0.3, size=120)})
    data.loc[data["g"] == "a", "y"] = 0
    fit = st.glm("y ~ g", data, family)
    assert list(fit.coef()) == [-np.inf, np.inf, np.inf]
    rest = st.glm("y ~ g", data[data["g"] != "a"], family)
    own, others = fit.family_parameters()["estimate"].iloc[0], rest.family_parameters()["estimate"].iloc[0]
    assert own == pytest.approx(others, rel=1e-4)
    assert any("Separation" in told for told in fit.check())


def test_nothing_but_zeros_has_an_infinite_intercept_whatever_the_familys_own_parameter():
    data = pd.DataFrame({"y": np.zeros(20)})
    for family in ("negative_binomial", "tweedie"):
        assert st.glm("y ~ 1", data, family).coef()["Intercept"] == -np.inf


def test_theta_is_estimated_where_rows_are_read_block_by_block(tmp_path):
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"x": rng.normal(size=5000), "g": rng.choice(list("abc"), 5000), "w": rng.integers(0, 3, 5000)})
    data["y"] = rng.poisson(np.exp(0.5 + 0.4 * data["x"]) * rng.gamma(1.7, 1 / 1.7, 5000))
    data.to_parquet(tmp_path / "rows.parquet")
    for weights in (None, "w"):
        whole = st.glm("y ~ x + g", data, "negative_binomial", weights=weights)
        fit = st.glm("y ~ x + g", str(tmp_path / "rows.parquet"), "negative_binomial", weights=weights, block_rows=700)
        np.testing.assert_allclose(fit.coef(), whole.coef(), rtol=1e-9)
        np.testing.assert_allclose(fit.family_parameters(), whole.family_parameters(), rtol=1e-8)
        figures = [(one.loglik, one.deviance, one.null_deviance, one.aic) for one in (fit, whole)]
        np.testing.assert_allclose(*figures, rtol=1e-9)
        assert fit.converged and f"theta {fit.theta:.3f}" in str(fit)


def test_a_parameter_that_is_not_estimated_in_streams_is_said_with_what_to_write(tmp_path):
    shares().to_parquet(tmp_path / "rows.parquet")
    with pytest.raises(st.EngineError, match=r'fix it: `family="tweedie\(power = ...\)"`'):
        st.glm("y ~ x", str(tmp_path / "rows.parquet"), "tweedie")


@pytest.mark.parametrize("family", [f for f in FAMILIES.values() if getattr(f, "own_names", ())])
def test_own_parameters_share_information_with_the_means_or_are_said_to_be_orthogonal(family):
    made, y = family(), np.array([0.2, 0.5, 0.7])
    cross, own = made.information(made.link.link(y, np), y, None)
    assert (cross is None) == made.own_orthogonal
    assert np.shape(own) == (len(made.own_names),) * 2
