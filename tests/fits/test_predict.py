"""Predictions: means, what is uncertain about them, and simulated responses."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.errors import DataError, ModelError
from tests.fits.cases import CASES, data_of, dense_fit

NEW = pd.DataFrame({"Days": [0.0, 5.0, 5.0], "Subject": ["308", "330", "999"]}, index=["a", "b", "c"])


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_data_as_new_data_give_the_fitted_values(case):
    fit = dense_fit(case)
    np.testing.assert_allclose(fit.predict(data_of(case)), fit.fitted(), rtol=1e-10)
    np.testing.assert_allclose(fit.predict(), fit.fitted(), rtol=1e-12)
    old, new = fit.predict(se=True), fit.predict(data_of(case), se=True)
    np.testing.assert_allclose(old, new, rtol=1e-8)


def test_population_means_need_no_groups():
    fit = dense_fit("slopes")
    mean = fit.predict(NEW[["Days"]], random="exclude")
    np.testing.assert_allclose(mean, fit.coef()["Intercept"] + fit.coef()["Days"] * NEW["Days"])
    assert list(mean.index) == ["a", "b", "c"]
    table = fit.predict(NEW[["Days"]], random="exclude", se=True)
    X = np.column_stack([np.ones(3), NEW["Days"]])
    np.testing.assert_allclose(table["se"], np.sqrt(np.diag(X @ fit.covariance @ X.T)))


def test_a_level_not_seen_is_a_choice():
    fit = dense_fit("slopes")
    with pytest.raises(DataError, match="999"):
        fit.predict(NEW)
    table = fit.predict(NEW, new_levels="population", se=True)
    assert table["mean"].iloc[2] == pytest.approx(fit.predict(NEW, random="exclude").iloc[2])
    x = np.array([1.0, 5.0])
    variance = x @ (fit.covariance + fit.group_covariance(0)) @ x
    assert table["se"].iloc[2] == pytest.approx(np.sqrt(variance))
    assert table["se"].iloc[1] < table["se"].iloc[2]


def test_standard_errors_cover_coefficients_and_random_effects_together():
    """Over simulated data and effects, the error of the prediction has the variance that is claimed."""
    fit = dense_fit("slopes")
    rng = np.random.default_rng(5)
    subject, days = fit.model.design.groups[0].codes, fit.model_frame()["Days"].to_numpy(float)
    claimed = fit.predict(se=True)["se"].to_numpy()
    Z = np.column_stack([np.ones(180), days])
    errors = []
    for _ in range(400):
        b = rng.multivariate_normal([0, 0], fit.group_covariance(0), size=18)
        truth = Z @ fit.beta + np.sum(Z * b[subject], axis=1)
        y = truth + fit.sigma * rng.standard_normal(180)
        design = fit.model.design
        again = fit.engine.at(_with_response(fit.model, y), fit.factors)
        errors.append(again.fitted().to_numpy() - truth)
        assert design.response.values is not y
    ratio = np.mean(np.square(errors), axis=0) / claimed**2
    # 400 squared normals have a relative standard error of sqrt(2 / 400); the mean over rows has less.
    assert abs(ratio.mean() - 1) < 4 * np.sqrt(2 / 400) / np.sqrt(18)
    assert np.all(np.abs(ratio - 1) < 5 * np.sqrt(2 / 400))


def _with_response(model, y):
    design = model.design
    return replace(model, design=replace(design, response=replace(design.response, values=y)))


def test_intervals_widen_from_mean_to_observation():
    fit = dense_fit("slopes")
    confidence = fit.predict(NEW[:2], interval="confidence", level=0.9)
    prediction = fit.predict(NEW[:2], interval="prediction", level=0.9)
    assert list(prediction.columns) == ["mean", "se", "lower", "upper"]
    z = 1.6448536269514722
    np.testing.assert_allclose(confidence["upper"], confidence["mean"] + z * confidence["se"])
    wide = np.sqrt(confidence["se"] ** 2 + fit.sigma**2)
    np.testing.assert_allclose(prediction["lower"], prediction["mean"] - z * wide)
    outside = fit.predict(NEW, random="exclude", interval="prediction", level=0.9)
    unseen = fit.predict(NEW.assign(Subject="new"), new_levels="population", interval="prediction", level=0.9)
    np.testing.assert_allclose(outside, unseen)


def test_rows_that_lack_a_value_are_predicted_missing():
    fit = dense_fit("slopes")
    new = NEW[:2].assign(Days=[np.nan, 5.0])
    table = fit.predict(new, interval="confidence")
    assert table.iloc[0].isna().all() and table.iloc[1].notna().all()
    group = NEW[:2].assign(Subject=[None, "330"])
    assert fit.predict(group).isna().tolist() == [True, False]


def test_options_are_checked():
    fit = dense_fit("slopes")
    for options in ({"random": "none"}, {"new_levels": "zero"}, {"interval": "conf"}, {"type": "terms"}):
        with pytest.raises(ModelError, match="There is"):
            fit.predict(NEW[:2], **options)


def test_new_observations_have_the_weights_of_the_new_data():
    fit = dense_fit("crossed")
    new = data_of("crossed").iloc[:3].assign(w=[1.0, 4.0, 0.25])
    table = fit.predict(new, interval="prediction")
    half = 1.959963984540054 * np.sqrt(table["se"] ** 2 + fit.sigma**2 / new["w"])
    np.testing.assert_allclose(table["upper"] - table["mean"], half)
    # Without the column a new observation has weight one.
    alone = fit.predict(new.drop(columns="w"), interval="prediction")
    np.testing.assert_allclose(alone["upper"] - alone["mean"], 1.959963984540054 * np.hypot(table["se"], fit.sigma))
    with pytest.raises(DataError, match="must not be negative"):
        fit.predict(new.assign(w=-1.0), interval="prediction")


def test_intervals_of_new_levels_need_no_grouping_columns():
    fit = dense_fit("slopes")
    without = fit.predict(NEW[["Days"]], random="exclude", interval="prediction")
    np.testing.assert_allclose(without, fit.predict(NEW, random="exclude", interval="prediction"))
    # A group that is missing does not matter where levels do not.
    holes = NEW.assign(Subject=[None, "308", "999"])
    np.testing.assert_allclose(fit.predict(holes, random="exclude", interval="prediction"), without)
    crossed = dense_fit("crossed")
    new = data_of("crossed").iloc[:4]
    full = crossed.predict(new, random="exclude", interval="prediction")
    bare = crossed.predict(new.drop(columns=["g", "h"]), random="exclude", interval="prediction")
    np.testing.assert_allclose(bare, full)


def test_a_column_that_new_data_lack_is_said_to_be_theirs():
    with pytest.raises(DataError, match="`Days` in newdata"):
        dense_fit("slopes").predict(NEW[["Subject"]])


def test_statsmodels_prediction_names():
    fit = dense_fit("slopes")
    frame = fit.get_prediction(NEW[:2]).summary_frame(alpha=0.1)
    expected = fit.predict(NEW[:2], interval="prediction", level=0.9)
    np.testing.assert_allclose(frame["mean"], expected["mean"])
    np.testing.assert_allclose(frame["obs_ci_upper"], expected["upper"])
    prediction = fit.get_prediction(NEW[:2])
    np.testing.assert_allclose(prediction.se_mean, frame["mean_se"])
    np.testing.assert_allclose(prediction.predicted_mean, frame["mean"])
    np.testing.assert_allclose(prediction.conf_int(0.1), frame[["mean_ci_lower", "mean_ci_upper"]])
    np.testing.assert_allclose(prediction.conf_int(0.1, obs=True), frame[["obs_ci_lower", "obs_ci_upper"]])


def test_simulated_responses_have_the_models_moments():
    fit = dense_fit("crossed")
    n = 4000
    drawn = fit.simulate(n, seed=1).to_numpy()
    kept = fit.simulate(n, seed=1, random="include").to_numpy()
    noise = fit.sigma**2 / fit.model.design.weights
    between = np.zeros(48)
    for k, block in enumerate(fit.model.design.groups):
        z = np.ones((48, 1)) if block.columns is None else block.columns
        between += np.einsum("ij,jk,ik->i", z, fit.group_covariance(k), z)
    bound = 5 * np.sqrt(2 / n)
    assert np.all(np.abs(drawn.var(axis=1) / (noise + between) - 1) < bound)
    assert np.all(np.abs(kept.var(axis=1) / noise - 1) < bound)
    mean = fit.predict(random="exclude").to_numpy()
    assert np.all(np.abs(drawn.mean(axis=1) - mean) < 5 * np.sqrt((noise + between) / n))
    assert np.all(np.abs(kept.mean(axis=1) - fit.fitted()) < 5 * np.sqrt(noise / n))


def test_simulation_repeats_with_its_seed():
    fit = dense_fit("slopes")
    pd.testing.assert_frame_equal(fit.simulate(2, seed=3), fit.simulate(2, seed=3))
    assert list(fit.simulate(2, seed=3).columns) == ["sim_1", "sim_2"]
    assert not fit.simulate(1, seed=3).equals(fit.simulate(1, seed=4))
    with pytest.raises(ModelError, match="whole number"):
        fit.simulate(0)
