"""R-hat and effective sample sizes are ArviZ's; the verdict names the worst parameter and the remedy."""

import warnings

import numpy as np
import pytest

from statmodels_tf.fits.posterior.convergence import ess, ess_tail, mcse, r_hat, verdict


def chains(coefficient, seed=0, shape=(4, 400)):
    """Return autoregressive chains."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape)
    for t in range(1, shape[1]):
        x[:, t] += coefficient * x[:, t - 1]
    return x


@pytest.mark.parametrize("coefficient", [0.0, 0.5, 0.95, -0.5])
@pytest.mark.parametrize("count", [400, 401])
def test_they_are_arvizs(coefficient, count):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import arviz
    x = chains(coefficient, shape=(4, count))
    assert r_hat(x) == pytest.approx(float(arviz.rhat(x)), rel=1e-10)
    # ArviZ leaves the last pair of the initial sequence out of the monotone step, and of an odd number of draws takes
    # the quantiles before it drops the middle one.
    assert ess(x) == pytest.approx(float(arviz.ess(x, method="bulk")), rel=0.02)
    assert ess_tail(x) == pytest.approx(float(arviz.ess(x, method="tail", prob=(0.05, 0.95))), rel=0.02)
    assert mcse(x) == pytest.approx(float(arviz.mcse(x, method="mean")), rel=0.01)


def test_entries_of_arrays_are_taken_one_by_one():
    x = np.stack([chains(c, k) for k, c in enumerate([0, 0.5, 0.9])], axis=-1)
    for function in (r_hat, ess, ess_tail):
        np.testing.assert_allclose(function(x), [function(x[..., k]) for k in range(3)], rtol=1e-12)


def test_what_never_moves_has_neither():
    assert np.isnan(r_hat(np.ones((4, 100))))
    assert np.isnan(ess(np.ones((4, 100))))
    assert np.isnan(r_hat(np.zeros((4, 3))))


def test_verdicts():
    good = {"b": chains(0.0), "u": np.stack([chains(0, k) for k in range(3)], axis=-1)}
    calm = {"diverging": np.zeros((4, 400), dtype=bool)}
    assert verdict(good, calm)[:2] == (True, "")
    apart = good | {"sigma": chains(0.0) + np.arange(4)[:, None]}
    ok, said, figures = verdict(apart, calm)
    assert not ok
    assert said.startswith("the chains disagree on `sigma` (R-hat")
    assert "NUTS(draws=..., warmup=...)" in said
    assert figures["r_hat"] > 1.5
    few = calm["diverging"].copy()
    few[0, :5] = True
    ok, said, figures = verdict(good, {"diverging": few})
    assert ok
    assert "5 of 1,600 draws diverged: use NUTS(target_accept=0.95)" in said
    assert figures["divergences"] == 5
    assert not verdict(good, {"diverging": ~calm["diverging"]})[0]
    ok, said, _ = verdict({"b": chains(0.7, 1)}, calm)
    assert "effective draws" in said
