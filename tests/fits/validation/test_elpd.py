"""Leave-one-out agrees with ArviZ to rounding, and with what is exact where that is known."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from statmodels_tf.fits.validation.elpd import loo_of, waic_of
from statmodels_tf.fits.validation.pareto import fit_pareto, good_shape, smoothed
from tests.fits.validation.samples import counts, herds, linear, rates

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import arviz as az

GOLDEN = Path(__file__).parents[2] / "golden"
OLD = int(az.__version__.split(".")[0]) < 1


def test_the_shape_of_pareto_exceedances_is_found():
    rng = np.random.default_rng(0)
    for k in (-0.3, 0.2, 0.8):
        x = np.sort(stats.genpareto.rvs(k, scale=2.0, size=20_000, random_state=rng))
        shape, scale = fit_pareto(x)
        assert shape == pytest.approx(k, abs=4 * (1 + k) / np.sqrt(len(x)))  # the standard error of the shape
        assert scale == pytest.approx(2.0, rel=0.06)


def test_smoothed_weights_sum_to_one_and_keep_their_order():
    ratios = np.random.default_rng(1).standard_t(3, size=(1000, 4))
    weights, shapes = smoothed(ratios)
    np.testing.assert_allclose(np.exp(weights).sum(axis=0), 1)
    assert np.all(np.isfinite(shapes))
    for j in range(4):
        assert np.all(np.diff(weights[np.argsort(ratios[:, j]), j]) >= -1e-12)


def test_too_few_draws_have_no_shape():
    weights, shapes = smoothed(np.random.default_rng(0).normal(size=(10, 2)))
    assert np.all(np.isinf(shapes))
    np.testing.assert_allclose(np.exp(weights).sum(axis=0), 1)
    assert good_shape(100) < good_shape(4000) == 0.7


@pytest.mark.skipif(not OLD, reason="ArviZ 0.x takes plain arrays")
@pytest.mark.filterwarnings("ignore")
def test_the_figures_are_arviz_s():
    density = linear().log_likelihood()
    flat = density.reshape(-1, density.shape[2])
    data = az.from_dict(posterior={"x": linear().shown["x"]}, log_likelihood={"y": density})
    there, here = az.loo(data, pointwise=True, reff=1.0), linear().loo()
    assert here.elpd == pytest.approx(float(there.elpd_loo), rel=1e-10)
    assert here.se == pytest.approx(float(there.se), rel=1e-8)
    assert here.p == pytest.approx(float(there.p_loo), rel=1e-8)
    np.testing.assert_allclose(here.pareto_k, there.pareto_k.values, atol=1e-9)
    wide = az.waic(data)
    found = waic_of([(slice(None), flat)], pd.RangeIndex(flat.shape[1]), "")
    assert found.elpd == pytest.approx(float(wide.elpd_waic), abs=2e-3 * found.p)  # it divides by S, not S - 1


def test_leave_one_out_of_a_linear_model_is_nearly_the_exact_one():
    fit = linear()
    X = fit.model.design.common.dense()
    y = fit.model.design.response.values
    exact = []
    for i in range(len(y)):
        keep = np.arange(len(y)) != i
        beta, rss = np.linalg.lstsq(X[keep], y[keep], rcond=None)[:2]
        df = keep.sum() - X.shape[1]
        spread = np.sqrt(rss[0] / df * (1 + X[i] @ np.linalg.solve(X[keep].T @ X[keep], X[i])))
        exact.append(stats.t.logpdf(y[i], df, X[i] @ beta, spread))
    found = fit.loo()
    assert found.elpd == pytest.approx(sum(exact), abs=0.5)  # the priors are weak, not flat
    assert np.corrcoef(found.pointwise["elpd"], exact)[0, 1] > 0.995


def test_a_row_that_a_draw_gives_no_chance_has_none():
    density = np.random.default_rng(0).normal(size=(400, 3))
    density[7, 1] = -np.inf
    found = loo_of([(slice(None), density)], pd.RangeIndex(3), "")
    assert np.isneginf(found.pointwise["elpd"][1])
    assert np.isfinite(found.pointwise["elpd"][[0, 2]]).all()
    assert not found.pareto_k[1] <= 0.7


def test_what_is_doubtful_is_said_with_what_to_do():
    said = str(herds().loo())
    assert "Pareto k" in said
    assert "moment_match=True" in said
    assert "elpd_loo" in said
    assert "Pareto k" not in str(linear().loo())
    assert "WAIC cannot be trusted" in str(herds().waic())
    with pytest.raises(ModelError, match="effective draws"):
        linear().loo(r_eff=0)


def test_moment_matching_lightens_the_tails():
    plain, moved = herds().loo(), herds().loo(moment_match=True)
    bad = ~(plain.pareto_k <= good_shape(plain.draws))
    assert bad.sum() >= 1
    assert (moved.pareto_k <= good_shape(plain.draws)).sum() > (~bad).sum()
    pd.testing.assert_frame_equal(moved.pointwise[~bad], plain.pointwise[~bad])
    assert "moment matching" in str(moved)
    one = st.glm(
        "cbind(incidence, size - incidence) ~ period + (1 | herd)",
        st.load_dataset("cbpp").drop(index=bad[bad].index[0]),
        "binomial",
        engine=herds().engine,
    )
    i = bad[bad].index[0]
    left = st.load_dataset("cbpp").loc[[i]]
    eta = one.predict(left, "linpred", new_levels="population").to_numpy()[:, 0]
    exact = stats.binom.logpmf(left["incidence"].iloc[0], left["size"].iloc[0], 1 / (1 + np.exp(-eta)))
    exact = np.log(np.mean(np.exp(exact)))
    assert abs(moved.pointwise["elpd"][i] - exact) < 0.35


def test_leave_one_out_probabilities_are_uniform_where_the_model_is_right():
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"x": rng.normal(size=300)}).assign(y=lambda d: rng.poisson(np.exp(1 + 0.3 * d["x"])))
    fit = st.glm("y ~ x", data, "poisson", engine=herds().engine)
    values = fit.loo_pit()
    assert stats.kstest(values, "uniform").pvalue > 0.01
    assert values.index.equals(data.index)
    narrow = stats.kstest(counts().loo_pit(), "uniform").pvalue  # overdispersed counts
    assert narrow < 0.05


@pytest.mark.parametrize(("case", "family"), [("warpbreaks", "poisson"), ("cbpp", "binomial")])
def test_rstanarm_s_density_is_reached(case, family):
    golden = json.loads((GOLDEN / f"bayes_{case}.json").read_text())
    fit, there = {"warpbreaks": rates, "cbpp": herds}[case](), golden["results"]["loo"]
    assert fit.family.name == family
    found = fit.loo(moment_match=there["n_k_over_0.7"] > 0)
    assert found.elpd == pytest.approx(there["estimates"]["Estimate"][0], abs=0.5)
    assert found.se == pytest.approx(there["estimates"]["SE"][0], rel=0.1)
