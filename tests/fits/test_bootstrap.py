"""Bootstrap replicates against refits one at a time, and the intervals made of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from statmodels_tf.fits.uncertainty import bootstrap as bootstrap_file
from statmodels_tf.fits.uncertainty import replicates


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(3)
    n = 80
    x, arm = rng.normal(size=n), rng.choice(list("abc"), size=n)
    eta = 0.3 + 0.6 * x - 0.4 * (arm == "b")
    return pd.DataFrame(
        {
            "x": x,
            "arm": arm,
            "z": eta + rng.normal(size=n),
            "y": rng.poisson(np.exp(eta)),
            "s": rng.binomial(5, 1 / (1 + np.exp(-eta))),
            "b": rng.binomial(1, 1 / (1 + np.exp(-eta))),
            "p": rng.gamma(3, np.exp(eta) / 3),
            "w": rng.uniform(0.5, 2, size=n),
            "g": rng.integers(12, size=n),
        }
    ).assign(f=lambda d: 5 - d["s"])


FITS = {
    "lm": lambda d: st.lm("z ~ x + arm", d, weights="w"),
    "aliased": lambda d: st.lm("z ~ x + I(2 * x) + arm", d),
    "poisson": lambda d: st.glm("y ~ x + arm", d, "poisson", weights="w", offset="0.1 * x"),
    "trials": lambda d: st.glm("cbind(s, f) ~ x + arm", d, "binomial"),
    "logit": lambda d: st.glm("b ~ x", d, "binomial"),
    "probit": lambda d: st.glm("b ~ x", d, "binomial", link="probit"),
    "gamma": lambda d: st.glm("p ~ x", d, "Gamma", link="log"),
}


@pytest.fixture(scope="module", params=FITS)
def fit(request, data):
    return FITS[request.param](data)


def refits_of_rows(fit, counts):
    """The coefficients of each set of counts, as the weights of a fit."""
    design, out = fit.model.design, []
    for times in counts:
        weights = times * (1.0 if design.weights is None else design.weights)
        out.append(fit.engine.fit(replace(fit.model, design=replace(design, weights=weights))).beta)
    return np.array(out)


@pytest.mark.parametrize("entries", [200_000, 300])
def test_pairs_are_fits_with_rows_counted(fit, entries, monkeypatch):
    monkeypatch.setattr(replicates, "_ENTRIES", entries)
    rng, n = np.random.default_rng(8), 80
    counts = [np.bincount(rng.integers(n, size=n), minlength=n) for _ in range(6)]
    draws = fit.bootstrap(6, 8)
    expected = refits_of_rows(fit, counts)
    np.testing.assert_allclose(draws / fit.se().to_numpy(), expected / fit.se().to_numpy(), atol=1e-6)
    assert draws.attrs["failed"] == 0 and list(draws.columns) == list(fit.names)


def test_parametric_replicates_are_fits_of_simulated_responses(fit):
    draws = fit.bootstrap(5, 4, kind="parametric")
    sims = fit.simulate(5, 4)
    response = fit.model.design.response
    expected = [
        fit.engine.fit(
            replace(fit.model, design=replace(fit.model.design, response=replace(response, values=sims[c].to_numpy())))
        ).beta
        for c in sims
    ]
    np.testing.assert_allclose(draws / fit.se().to_numpy(), expected / fit.se().to_numpy(), atol=1e-6)


def test_the_same_seed_gives_the_same_replicates_however_many_at_once(data, monkeypatch):
    fit = FITS["logit"](data)
    whole = fit.bootstrap(30, 1)
    monkeypatch.setattr(bootstrap_file, "_ENTRIES", 7 * 80)
    pd.testing.assert_frame_equal(fit.bootstrap(30, 1), whole, rtol=1e-6)
    assert not fit.bootstrap(30, 2).equals(whole)


def test_clusters_are_drawn_whole(data):
    fit = FITS["lm"](data)
    draws = fit.bootstrap(4, 6, cluster="g")
    rng = np.random.default_rng(6)
    found, codes = np.unique(data["g"], return_inverse=True)
    counts = []
    for _ in range(4):
        times = np.bincount(rng.integers(len(found), size=len(found)), minlength=len(found))
        counts.append(times[pd.factorize(data["g"], sort=True)[0]])
    assert len(codes) == 80
    draws_of_clusters = refits_of_rows(fit, counts)
    # Clusters are numbered as they come in the data, so the sets of counts differ from these: only the spread agrees.
    assert draws.shape == draws_of_clusters.shape
    wide = fit.bootstrap(1000, 6, cluster="g").std() / fit.se(vcov={"type": "cluster", "cluster": "g"})
    assert np.all((wide > 0.7) & (wide < 1.4))


def test_replicates_spread_as_the_theory_says(data):
    """Pairs as HC3's standard errors, responses drawn as the model's, within the error of 2,000 replicates and of n."""
    for name in ("lm", "poisson"):
        fit = FITS[name](data)
        assert np.all(np.abs(fit.bootstrap(2000, 1).std() / fit.se(vcov="HC3") - 1) < 0.15)
    for kind in ("parametric", "residual"):
        fit = st.lm("z ~ x + arm", data)
        assert np.all(np.abs(fit.bootstrap(2000, 1, kind=kind).std() / fit.se() - 1) < 0.08), kind


def test_intervals_are_made_of_the_replicates(data):
    fit = FITS["poisson"](data)
    draws, estimate = fit.bootstrap(999, 5), fit.coef()
    table = fit.confint(0.9, "boot", nsim=999, seed=5)
    np.testing.assert_allclose(table["lower"], np.sort(draws, axis=0)[49])
    np.testing.assert_allclose(table["upper"], np.sort(draws, axis=0)[949])
    assert table.attrs["heading"] == "percentile bootstrap of pairs, 999 replicates"
    basic = fit.confint(0.9, "boot", nsim=999, seed=5, interval="basic")
    np.testing.assert_allclose(basic["lower"], 2 * estimate - table["upper"])
    normal = fit.confint(0.9, "boot", nsim=999, seed=5, interval="normal")
    np.testing.assert_allclose(normal.mean(axis=1), 2 * estimate - draws.mean())
    np.testing.assert_allclose(normal["upper"] - normal["lower"], 2 * stats.norm.ppf(0.95) * draws.std())
    bca = fit.confint(0.9, "boot", nsim=999, seed=5, interval="bca")
    assert np.all(np.abs(bca - table) < 0.6 * np.array(fit.se())[:, None]) and not np.allclose(bca, table)


def test_bca_is_efrons(data):
    """For the mean of a sample the acceleration is its skewness over 6 sqrt(n)."""
    fit = st.lm("p ~ 1", data)
    draws = np.sort(fit.bootstrap(1999, 9)["Intercept"])
    r = data["p"] - data["p"].mean()
    a = np.sum(r**3) / (6 * np.sum(r**2) ** 1.5)
    z0 = stats.norm.ppf(np.mean(draws < fit.coef().iloc[0]))
    z = z0 + stats.norm.ppf([0.025, 0.975])
    at = 2000 * stats.norm.cdf(z0 + z / (1 - a * z))
    expected = np.interp(at, np.arange(1, 2000), draws)
    got = fit.confint(method="boot", nsim=1999, seed=9, interval="bca").iloc[0]
    np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_separated_replicates_are_infinite_and_counted():
    rng = np.random.default_rng(0)
    x = np.linspace(-1, 1, 14)
    y = (x + 0.5 * rng.normal(size=14) > 0).astype(int)
    fit = st.glm("y ~ x", {"x": x, "y": y}, "binomial")
    assert not fit.separated
    draws = fit.bootstrap(200, 1)
    assert draws.attrs["infinite"] == int(np.isinf(draws["x"]).sum()) > 8
    table = fit.confint(method="boot", nsim=200, seed=1)
    assert table.loc["x", "upper"] == np.inf and np.isfinite(table.loc["x", "lower"])
    assert "infinite" in table.attrs["heading"]


def test_replicates_that_lack_a_level_are_counted_as_failed():
    d = pd.DataFrame({"y": np.arange(12.0) ** 1.5, "f": ["a"] * 11 + ["b"]})
    fit = st.lm("y ~ f", d)
    draws = fit.bootstrap(300, 1)
    assert draws.attrs["failed"] == int(draws["f[b]"].isna().sum()) > 50
    assert np.isfinite(fit.confint(method="boot", nsim=300, seed=1)).all(axis=None)


def test_theta_is_estimated_in_every_replicate():
    fit = st.glm("Days ~ Eth", st.load_dataset("quine"), "negative_binomial")
    rng, n = np.random.default_rng(2), 146
    counts = [np.bincount(rng.integers(n, size=n), minlength=n) for _ in range(3)]
    np.testing.assert_allclose(fit.bootstrap(3, 2), refits_of_rows(fit, counts), rtol=1e-6)


def test_rows_of_weight_zero_are_not_drawn(data):
    weights = np.where(np.arange(80) % 5 == 0, 0.0, 1.0)
    whole, part = st.lm("z ~ x", data, weights=weights), st.lm("z ~ x", data[weights > 0])
    for kind in ("pairs", "residual"):
        spread = whole.bootstrap(800, 1, kind=kind).std() / part.bootstrap(800, 2, kind=kind).std()
        assert np.all(np.abs(spread - 1) < 0.15)
    np.testing.assert_allclose(whole.bootstrap(20, 3), part.bootstrap(20, 3), rtol=1e-8)


def test_what_cannot_be_is_said(data):
    lm, quasi = FITS["lm"](data), st.glm("y ~ x", data, "quasipoisson")
    for fit, options, message in [
        (lm, {"kind": "rows"}, '"pairs", "parametric", "residual"'),
        (lm, {"nsim": 0}, "whole number"),
        (lm, {"kind": "parametric", "cluster": "g"}, "belongs to"),
        (lm, {"interval": "exact"}, '"percentile", "basic"'),
        (lm, {"kind": "residual", "interval": "bca"}, "acceleration"),
        (lm, {"cluster": ["g", "arm"]}, "one way only"),
        (quasi, {"kind": "parametric"}, "no distribution"),
        (quasi, {"kind": "residual"}, "linear models"),
    ]:
        with pytest.raises(ModelError, match=message):
            fit.confint(method="boot", **options)
