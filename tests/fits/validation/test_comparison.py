"""Comparisons, weights, k-fold and averages of predictions."""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

import statmodels_tf as st
from statmodels_tf.errors import DataError, ModelError
from statmodels_tf.fits.validation.comparison import pseudo_bma, stacking
from tests.fits.validation.samples import SHORT, counts, linear, smaller
from tests.model.cases import toy


def test_stacking_is_the_best_average():
    rng = np.random.default_rng(0)
    density = rng.normal([0, 0.1, -1, 0], size=(200, 4))

    def loss(x):
        w = np.exp(x - x.max())
        return -np.sum(np.log(np.exp(density) @ (w / w.sum())))

    w = stacking(density)
    assert w.sum() == pytest.approx(1)
    assert np.all(w >= 0)
    assert -np.sum(np.log(np.exp(density) @ w)) <= minimize(loss, np.zeros(4)).fun + 1e-6
    gradient = np.mean(np.exp(density) / (np.exp(density) @ w)[:, None], axis=0)
    assert gradient.max() <= 1 + 1e-8  # the condition of the optimum


def test_a_better_fit_gets_the_weight():
    density = np.column_stack([np.zeros(50), np.full(50, -3.0)])
    np.testing.assert_allclose(stacking(density), [1, 0], atol=1e-9)
    assert pseudo_bma(density)[0] > 0.999
    np.testing.assert_allclose(stacking(np.zeros((10, 2))), [0.5, 0.5])


def test_the_table():
    found = st.compare(linear(), smaller())
    assert set(found.table.index) == {"x + arm", "x"}
    best, other = found.table.iloc[0], found.table.iloc[1]
    assert best["difference"] == 0
    assert other["difference"] == pytest.approx(other["elpd"] - best["elpd"])
    apart = linear().loo().pointwise["elpd"] - smaller().loo().pointwise["elpd"]
    assert other["se_difference"] == pytest.approx(np.sqrt(60 * apart.var(ddof=0)))
    assert found.weights.sum() == pytest.approx(1)
    assert "P(worse)" in str(found)
    assert len(found.plot().get_yticklabels()) == 2
    plt.close("all")
    named = st.compare({"big": linear(), "small": smaller()}, by="waic", weights="equal")
    assert list(named.weights) == [0.5, 0.5]
    assert set(named.table.index) == {"big", "small"}
    pd.testing.assert_frame_equal(linear().compare(smaller()).table, found.table)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ModelError, match="two fits"):
        st.compare(linear())
    with pytest.raises(ModelError, match="is a LinearEstimate"):
        st.compare(linear(), st.lm("y ~ x", toy()))
    with pytest.raises(ModelError, match="rows"):
        st.compare(linear(), counts())
    other = st.glm("y ~ x", toy().assign(y=lambda d: d["y"] + 1), engine=SHORT)
    with pytest.raises(ModelError, match="different responses"):
        st.compare(smaller(), other)


def test_kfold_is_near_leave_one_out():
    fit = smaller()
    found = fit.kfold(3, seed=2)
    apart = found.pointwise["elpd"] - fit.loo().pointwise["elpd"]
    assert abs(apart.sum()) < 4 * np.sqrt(60 * apart.var()) + 2
    assert sorted(np.bincount(found.folds)) == [20] * 3
    assert "3 folds" in str(found)


def test_kfold_keeps_levels_whole():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", st.ConvergenceWarning)
        fit = st.glm("y ~ x + (1 | g)", toy(), engine=st.NUTS(draws=100, warmup=100, chains=2, seed=1, progress=False))
    found = fit.kfold(2, group="g")
    levels = toy()["g"].to_numpy()
    assert all(len(set(found.folds[levels == level])) == 1 for level in set(levels))
    assert np.isfinite(found.elpd)
    with pytest.raises(ModelError, match="from 2 to 5"):
        fit.kfold(6, group="g")
    with pytest.raises(DataError, match="60 rows"):
        fit.kfold(folds=[0, 1])


def test_an_average_is_the_mixture():
    fits = linear(), smaller()
    found = st.average_predictions(*fits, weights=[3, 1])
    parts = [fit.predict(type="epred").to_numpy() for fit in fits]
    mean = 0.75 * parts[0].mean(axis=0) + 0.25 * parts[1].mean(axis=0)
    np.testing.assert_allclose(found["mean"], mean, rtol=1e-10)
    between = 0.75 * 0.25 * (parts[0].mean(axis=0) - parts[1].mean(axis=0)) ** 2
    within = 0.75 * parts[0].var(axis=0) + 0.25 * parts[1].var(axis=0)
    np.testing.assert_allclose(found["se"] ** 2, between + within, rtol=1e-8)
    assert np.all(found["lower"] < found["mean"])
    assert np.all(found["upper"] > found["mean"])
    assert list(found.attrs["weights"].values()) == [0.75, 0.25]
    new = st.average_predictions(*fits, newdata=toy(5, seed=9), interval="prediction")
    assert len(new) == 5
    assert np.all(new["upper"] - new["lower"] > 2)
    by_comparison = st.average_predictions(*fits, weights=st.compare(*fits))
    assert sum(by_comparison.attrs["weights"].values()) == pytest.approx(1)
    assert st.average_predictions(*fits, draws=True).shape[1] == 60
    with pytest.raises(ModelError, match="2 numbers"):
        st.average_predictions(*fits, weights=[1, 2, 3])
