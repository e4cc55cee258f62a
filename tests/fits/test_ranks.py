"""Ranks of simulation-based calibration: the tests find what is not uniform, and nothing else."""

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.fits.calibration.ranks import Calibration
from statmodels_tf.fits.plots.rank import band


def made(seed, n=200):
    rng = np.random.default_rng(seed)
    names = [f"q{k}" for k in range(6)]
    return pd.DataFrame({name: rng.integers(0, 100, n) for name in names}), rng


@pytest.mark.parametrize("seed", range(5))
def test_uniform_ranks_pass(seed):
    ranks, _ = made(seed)
    assert Calibration(ranks, 99, {}).uniform


@pytest.mark.parametrize(("a", "b"), [(1.6, 1.0), (2.0, 2.0), (0.5, 0.5)])
def test_drawn_aside_too_wide_and_too_narrow_posteriors_are_found(a, b):
    ranks, rng = made(1)
    ranks["wrong"] = np.minimum(99, (100 * rng.beta(a, b, 200)).astype(int))
    found = Calibration(ranks, 99, {"engine": "e", "failed": 3, "reason": "because"})
    assert list(found.table.index[found.table["p_adjusted"] < 0.01]) == ["wrong"]
    assert "NOT UNIFORM" in repr(found) and "3 could not be fitted: because" in repr(found)


def test_tests_of_uniform_ranks_are_uniform():
    p = [Calibration(made(seed, 100)[0].iloc[:, :1], 99, {}).table["p"].iloc[0] for seed in range(300)]
    assert np.mean(np.array(p) < 0.05) < 0.09  # conservative: twice the smaller of two
    assert np.mean(np.array(p) < 0.5) > 0.3


def test_the_band_holds_the_whole_curve_of_uniform_numbers():
    rng, size = np.random.default_rng(5), 150
    low, high = band(size)
    grid = np.linspace(0, 1, len(low))
    curves = np.array([np.searchsorted(np.sort(rng.uniform(size=size)), grid[1:-1]) / size for _ in range(1000)])
    inside = np.mean(np.all((curves >= low[1:-1]) & (curves <= high[1:-1]), axis=1))
    assert inside == pytest.approx(0.95, abs=4 * np.sqrt(0.05 * 0.95 / 1000))


def test_plots_have_one_panel_for_each_quantity_and_the_failing_one_red():
    ranks, rng = made(2)
    ranks["wrong"] = np.minimum(99, (100 * rng.beta(3, 1, 200)).astype(int))
    calibration = Calibration(ranks, 99, {})
    for kind in ("ecdf", "hist"):
        axes = calibration.plot(kind)
        shown = [ax for ax in axes.flat if ax.get_visible()]
        assert [ax.get_title(loc="left") for ax in shown] == list(ranks)
    line = calibration.plot().flat[6].get_lines()[-1]
    assert line.get_color() == "#D55E00"
