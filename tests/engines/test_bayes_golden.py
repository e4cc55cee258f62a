"""Posteriors against rstanarm's, with its priors: means, deviations, tails, predictions, and leave-one-out."""

import json
import re
from pathlib import Path

import arviz as az
import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.engines.marginal import Marginal
from statmodels_tf.fits.posterior.convergence import mcse

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = [path.stem.removeprefix("bayes_") for path in sorted(GOLDEN.glob("bayes_*.json"))]
GAUSSIAN = ["kidiq", "radon", "sleepstudy"]
LONG = ["radon", "sleepstudy"]
"""Where NUTS takes more than a few seconds; marginally they are quick."""
KEYS = {"prior": "b", "prior_intercept": "Intercept", "prior_aux": "sigma", "prior_covariance": "cov"}
DERIVED = {
    "kidiq": {"mom_iq_c": lambda data: data["mom_iq"] - 100},
    "wells": {"dist100": lambda data: data["dist"] / 100, "educ4": lambda data: data["educ"] / 4},
}
"""The columns that the calls make first."""


def sampler(case, **options):
    """Return NUTS, with more draws where the posterior's tail is long: a variance's standard deviation needs them."""
    return st.NUTS(draws=6000 if case == "cbpp" else 2000, seed=20240501, progress=False, **options)


def fitted(case, engine):
    """Return the golden file and a fit with the priors of its call."""
    golden = json.loads((GOLDEN / f"bayes_{case}.json").read_text())
    arguments = golden["options"]["args"]
    priors = {ours: arguments[theirs].replace(", autoscale = FALSE", "") for theirs, ours in KEYS.items()
              if theirs in arguments}  # fmt: skip
    data = st.load_dataset(case).assign(**DERIVED.get(case, {}))
    return golden, st.fit(golden["formula"], data, golden["family"], engine=engine, priors=priors)


def named(name):
    """Return R's name of a coefficient: `woolB:tensionM` of `wool[B]:tension[M]`."""
    return "(Intercept)" if name == "Intercept" else re.sub(r"\[(.*?)\]", r"\1", name)


def numbers(fit):
    """Return draws by rstanarm's names: coefficients, sigma, effects of levels and their covariances."""
    out = {named(name): fit.shown[name] for name in fit.names}
    for effect in fit.model.groups:
        factor = effect.factor(fit.values, np)
        covariance = factor @ np.swapaxes(factor, -1, -2)
        words = [named(name) for name in effect.effects]
        for i, (word, name) in enumerate(zip(words, effect.names(), strict=True)):
            for k, level in enumerate(effect.levels):
                out[f"b[{word} {effect.group}:{level}]"] = fit.shown[name][..., k]
            for j in range(i + 1):
                out[f"Sigma[{effect.group}:{word},{words[j]}]"] = covariance[..., i, j]
    return out


def hold(golden, fit):
    """Hold a fit to every figure of a golden file."""
    assert fit.converged
    found = numbers(fit)
    summary = pd.DataFrame(golden["results"]["summary"]).set_index("variable")
    for name, expected in summary.iterrows():
        x = found[name]
        assert abs(x.mean() - expected["mean"]) < 4 * np.hypot(float(mcse(x)), expected["mcse_mean"]), name
        assert x.std() == pytest.approx(expected["sd"], rel=0.1 if name.startswith("Sigma") else 0.05), name
        for q, probability in (("q5", 0.05), ("q95", 0.95)):
            error = np.hypot(expected[f"mcse_{q}"], az.mcse(x, method="quantile", prob=probability))
            assert abs(np.quantile(x, probability) - expected[q]) < 4 * error, (name, q)
    hold_loo(golden["results"]["loo"], fit)


def hold_loo(stored, fit):
    """Hold the leave-one-out density, where its weights have tails that let it be known."""
    found = fit.loo()
    ours, shapes = found.pointwise["elpd"].to_numpy(), found.pareto_k.to_numpy()
    theirs = np.array(stored["elpd_pointwise_head"])
    known = np.flatnonzero(shapes[: len(theirs)] < 0.7)
    assert len(known) >= 7
    assert ours[known].sum() == pytest.approx(theirs[known].sum(), abs=0.5)
    # A row with a shape near 1 is noisy in either: over seven seeds the total's standard deviation is 0.45 then. So is
    # p, everywhere; the log density of the rows fitted, which is their sum, is not.
    total, p = stored["estimates"]["Estimate"][:2]
    assert found.elpd == pytest.approx(total, abs=2.5 if stored["n_k_over_0.7"] else 0.5)
    assert found.elpd + found.p == pytest.approx(total + p, abs=0.5)


def test_all_cases_are_here():
    assert CASES == ["cbpp", "kidiq", "radon", "sleepstudy", "warpbreaks", "wells"]
    assert all(re.search("autoscale = FALSE", (GOLDEN / f"bayes_{case}.json").read_text()) for case in CASES)


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=pytest.mark.slow) if case in LONG else case for case in CASES]
)
def test_by_the_default_sampler(case):
    golden, fit = fitted(case, sampler(case))
    assert fit.diagnostics["sampler"] == "nutpie" and fit.diagnostics["substrate"] == "numpy"
    hold(golden, fit)


@pytest.mark.parametrize("case", GAUSSIAN)
def test_with_all_but_the_scales_integrated_out(case):
    golden, fit = fitted(case, Marginal(seed=3))
    hold(golden, fit)


@pytest.mark.slow
@pytest.mark.parametrize("substrate", ["tensorflow", "jax"])
@pytest.mark.parametrize("case", CASES)
def test_by_the_samplers_of_tensorflow_probability(case, substrate):
    golden, fit = fitted(case, sampler(case, substrate=substrate))
    assert fit.diagnostics["sampler"] == "tfp" and fit.diagnostics["substrate"] == substrate
    hold(golden, fit)
