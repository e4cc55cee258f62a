"""Importance sampling: proposals, resampling, and chains whose effective sample sizes are what they say."""

import numpy as np
import pytest
from scipy.stats import multivariate_t

from statmodels_tf.engines.marginal import importance as module
from statmodels_tf.engines.marginal import proposal
from statmodels_tf.engines.marginal.density import marginal_density
from statmodels_tf.engines.marginal.importance import importance, points_wanted
from statmodels_tf.engines.marginal.mode import curvature_root, modes
from statmodels_tf.engines.marginal.proposal import Mixture, T, at_modes, by_kernels, plain
from statmodels_tf.fits.posterior.convergence import ess
from statmodels_tf.fits.validation.resample import systematic
from tests.model.cases import model_of


def silent(done, total):
    """Report nothing."""


def test_copies_are_the_weights_rounded_up_or_down():
    rng = np.random.default_rng(0)
    weights = rng.exponential(size=300)
    counts = systematic(weights, 1000, rng)
    exact = 1000 * weights / weights.sum()
    assert counts.sum() == 1000
    assert np.all((counts >= np.floor(exact)) & (counts <= np.ceil(exact)))


def test_copies_are_right_on_average():
    rng = np.random.default_rng(1)
    weights = np.array([0.05, 0.6, 0.35])
    mean = np.mean([systematic(weights, 10, rng) for _ in range(4000)], axis=0)
    assert mean == pytest.approx(10 * weights, abs=0.04)


def test_t_density_is_that_of_scipy():
    root = np.array([[1.0, 0.0], [0.7, 0.4]])
    part = plain(np.array([1.0, -2.0]), root, 5.0)
    q = part.draw(np.random.default_rng(2), 50)
    assert part.log_density(q) == pytest.approx(multivariate_t(part.centre, root @ root.T, 5.0).logpdf(q), rel=1e-12)


def test_a_stretched_t_is_a_density_and_draws_from_it():
    part = T(np.array([1.0, -2.0]), np.array([[1.0, 0.0], [0.7, 0.4]]), 5.0, np.array([3.0, 1.0]), np.array([1.0, 2.0]))
    about = plain(part.centre, 3 * part.root, 3.0)
    q = about.draw(np.random.default_rng(6), 100_000)
    ratio = np.exp(part.log_density(q) - about.log_density(q))
    assert abs(ratio.mean() - 1) < 4 * ratio.std() / np.sqrt(len(q))
    drawn = part.draw(np.random.default_rng(7), 100_000)
    inside = [np.all(np.abs(x - part.centre) < 1.0, axis=1) for x in (q, drawn)]
    error = np.hypot(np.std(ratio * inside[0]), np.std(inside[1])) / np.sqrt(len(q))
    assert abs(np.mean(ratio * inside[0]) - np.mean(inside[1])) < 4 * error


def test_proposals_reach_as_far_as_the_density():
    """The variance of a group that explains nothing: its logarithm has a long tail to the left only."""
    density = marginal_density(model_of("intercept"))
    mixture = at_modes(density, modes(density))
    assert sum(mixture.shares) == pytest.approx(1)
    part = mixture.parts[1]
    tau = int(np.argmax(np.abs(part.root[1])))
    assert max(part.below[tau], part.above[tau]) > 1.5
    q = mixture.draw(np.random.default_rng(3), 2000)
    logs = np.array([density.at(one)[0] for one in q]) - mixture.log_density(q)
    weights = np.exp(logs - logs.max())
    assert weights.sum() ** 2 / np.sum(weights**2) > 0.7 * len(q)


def test_kernels_follow_a_skewed_density():
    rng = np.random.default_rng(3)
    q = np.column_stack([rng.exponential(size=2000), rng.normal(size=2000)])
    first = Mixture((plain(np.zeros(2), np.eye(2)),), (1.0,))
    mixture = by_kernels(first, q, np.full(2000, 1 / 2000), rng)
    assert sum(mixture.shares) == pytest.approx(1)
    drawn = mixture.draw(rng, 20_000)[:, 0]
    assert np.mean((drawn - drawn.mean()) ** 3) > 0.5
    assert by_kernels(first, np.zeros((5, 2)), np.full(5, 0.2), rng) is None


def test_the_mode_is_where_the_gradient_vanishes():
    density = marginal_density(model_of("slopes"))
    top = modes(density)[0]
    value, gradient = density.value_and_gradient(top.q)
    assert value == top.value
    assert np.abs(top.root.T @ gradient).max() < 0.05
    assert curvature_root(density, top.q) == pytest.approx(top.root)


def test_weights_that_cannot_be_trusted_are_given_up(monkeypatch):
    density = marginal_density(model_of("intercept"))
    monkeypatch.setattr(module, "EVEN", 0.0)
    assert importance(density, modes(density), np.random.default_rng(4), 500, -np.inf, silent) > -np.inf


def test_points_without_weight_have_no_draws(monkeypatch):
    monkeypatch.setattr(proposal, "WIDER", 1000.0)
    density = marginal_density(model_of("no_groups"))
    sample = importance(density, modes(density), np.random.default_rng(4), 500, np.inf, silent)
    assert sample.values["sigma"].shape == (500,) and np.all(sample.values["sigma"] < 5)


def test_several_draws_at_a_point_count_as_what_they_are(monkeypatch):
    """With fewer points than draws a hyperparameter has as many effective draws as points, effects have more."""
    monkeypatch.setattr(module, "WORK", 0.0)
    monkeypatch.setattr(module, "FEWEST", 200)
    density = marginal_density(model_of("crossed"))
    assert points_wanted(density, 2000) == 200
    sample = importance(density, modes(density), np.random.default_rng(5), 2000, np.inf, silent)
    tau = next(p.name for p, _, _ in density.maps if p.name.startswith("tau"))
    points = len(np.unique(sample.lp))
    assert points < 400
    size = float(ess(sample.values[tau].reshape(4, 500)))
    assert 0.5 * points < size < 1.6 * points
    z = sample.values[density.model.groups[0].latent].reshape(4, 500, -1)
    assert np.min(ess(z)) > 2 * points
    assert len(np.unique(z)) == z.size
