"""Score and information of the likelihoods are the derivatives of their values."""

import numpy as np
import pytest

from statmodels_tf.engines.newton.categorical import CategoricalLikelihood
from statmodels_tf.engines.newton.cumulative import CumulativeLikelihood
from statmodels_tf.families import Cumulative, as_link
from statmodels_tf.families.latent import LATENT
from statmodels_tf.families.thresholds import STRUCTURES, threshold_map
from statmodels_tf.linalg import Coded, Dense, Stacked

N, K = 60, 5


def drawn(seed=0):
    rng = np.random.default_rng(seed)
    y = np.r_[np.arange(K), rng.integers(0, K, N - K)]
    codes = rng.integers(0, 3, N).astype(np.int32)
    X = Stacked((Dense(rng.normal(size=(N, 2))), Coded(codes, np.eye(3)[:, 1:])))
    return rng, y, X, rng.uniform(0.2, 3, N), rng.normal(size=N) / 4


def cumulative(link, threshold, nominal, scale, weighted=True):
    rng, y, X, w, offset = drawn()
    design = np.column_stack([np.ones(N), rng.integers(0, 2, N)]) if nominal else np.ones((N, 1))
    S = rng.normal(size=(N, 2)) if scale else np.empty((N, 0))
    T = threshold_map(threshold, K)
    P = design.shape[1] * T.shape[1] + X.shape[1] + S.shape[1]
    likelihood = CumulativeLikelihood(
        Cumulative(link, threshold), y, w if weighted else None, X, offset, design, S,
        offset[::-1] if scale else None, T, np.arange(P),
    )  # fmt: skip
    x = likelihood.start
    x[T.shape[1] :] += rng.normal(size=P - T.shape[1]) / 10
    return likelihood, x


def categorical():
    rng, y, X, w, offset = drawn()
    likelihood = CategoricalLikelihood(y, w, X, offset, K, np.arange(X.shape[1]))
    return likelihood, rng.normal(size=len(likelihood.start)) / 3


def check(likelihood, x):
    here, h = likelihood.at(x), 1e-5
    assert np.isfinite(here.value)
    steps = h * np.eye(len(x))
    ends = [(likelihood.at(x + s), likelihood.at(x - s)) for s in steps]
    score = np.array([(a.value - b.value) / (2 * h) for a, b in ends])
    information = -np.array([(a.score - b.score) / (2 * h) for a, b in ends])
    np.testing.assert_allclose(here.score, score, rtol=1e-6, atol=1e-5)
    np.testing.assert_allclose(here.information, information, rtol=1e-5, atol=2e-5)
    np.testing.assert_array_equal(here.information, here.information.T)


@pytest.mark.parametrize("scale", [False, True], ids=["", "scale"])
@pytest.mark.parametrize("nominal", [False, True], ids=["", "nominal"])
@pytest.mark.parametrize("threshold", STRUCTURES)
@pytest.mark.parametrize("link", LATENT)
def test_derivatives_of_the_cumulative_likelihood(link, threshold, nominal, scale):
    check(*cumulative(link, threshold, nominal, scale))


def test_derivatives_of_the_categorical_likelihood():
    check(*categorical())


@pytest.mark.parametrize("link", LATENT)
def test_value_is_the_log_of_the_difference_of_distribution_functions(link):
    likelihood, x = cumulative(link, "flexible", True, True)
    theta, beta, zeta = likelihood.split(x)
    eta = likelihood.location.dense() @ beta + likelihood.offset
    cut = (likelihood.nominal @ theta - eta[:, None]) / np.exp(likelihood.scale @ zeta + likelihood.scale_offset)[
        :, None
    ]
    F = np.column_stack([np.zeros(N), as_link(link).inverse(cut, np), np.ones(N)])
    p = np.diff(F, axis=1)[np.arange(N), likelihood.y]
    assert likelihood.at(x).value == pytest.approx(likelihood.weights @ np.log(p), rel=1e-10)


def test_sums_do_not_depend_on_the_chunks(monkeypatch):
    for make in (lambda: cumulative("logit", "flexible", True, True), categorical):
        likelihood, x = make()
        whole = likelihood.at(x)
        monkeypatch.setattr("statmodels_tf.engines.newton.cumulative.CHUNK", 7)
        monkeypatch.setattr("statmodels_tf.engines.newton.categorical.CHUNK", 7)
        likelihood, x = make()
        parts = likelihood.at(x)
        np.testing.assert_allclose(parts.score, whole.score, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(parts.information, whole.information, rtol=1e-10, atol=1e-12)
        monkeypatch.undo()


@pytest.mark.parametrize("link", LATENT)
def test_a_threshold_out_of_order_is_out_of_range(link):
    likelihood, x = cumulative(link, "flexible", False, False)
    x[0] = x[1] + 1
    assert not np.isfinite(likelihood.at(x).value)
