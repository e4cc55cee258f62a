"""Power scaling: exact where draws are, ArviZ's figures, and what they mean in words."""

import arviz as az
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from statmodels_tf.design import build
from statmodels_tf.errors import ModelError
from statmodels_tf.fits.posterior.estimate import Posterior
from statmodels_tf.fits.posterior.sensitivity import distance
from statmodels_tf.model import build_model

ROWS = 20


def posterior(prior, seed=0, draws=4000):
    """Return exact draws of the mean of 20 observations of mean 1 and known standard deviation 1."""
    rng = np.random.default_rng(seed)
    y = rng.normal(size=ROWS)
    y += 1 - y.mean()
    priors = {"Intercept": prior, "sigma": 1}
    model = build_model(build("y ~ 1", pd.DataFrame({"y": y})), priors=priors)
    of = next(p.prior for p in model.parameters if p.name == "Intercept")
    precision = ROWS + (0 if prior == "flat" else 1 / of.scale**2)
    centre = (ROWS + (0 if prior == "flat" else of.loc / of.scale**2)) / precision
    mean = centre + rng.normal(size=(4, draws // 4)) / np.sqrt(precision)
    values = {"Intercept": mean, "sigma": np.ones_like(mean)}
    return Posterior(model, None, {}, None, values, {})


def test_distance_is_that_of_the_distributions():
    """Weighted draws of N(0, 1) stand for N(m, 1): the distance of the two, by quadrature."""
    x, m = np.random.default_rng(1).normal(size=200_000), 0.1
    weights = np.exp(m * x - m * m / 2)
    grid = np.linspace(x.min(), x.max(), 200_001)
    p, q = stats.norm.cdf(grid), stats.norm.cdf(grid - m)
    inside = (p > 0) & (q > 0)
    p, q, step = p[inside], q[inside], grid[1] - grid[0]
    apart = np.sum(p * np.log2(2 * p / (p + q)) + q * np.log2(2 * q / (p + q))) * step
    expected = np.sqrt(apart / (np.sum(p + q) * step))
    assert distance(x, weights / weights.sum()) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(
    ("prior", "says"),
    [
        ("normal(0, 10)", ""),
        ("normal(0, 0.01)", "strong prior or weak data"),
        ("normal(-3, 0.3)", "prior-data conflict"),
    ],
)
def test_diagnoses(prior, says):
    found = posterior(prior).sensitivity()
    assert found.table.loc["Intercept", "diagnosis"] == says
    assert list(found.table.index) == ["Intercept"]  # what is fixed has no sensitivity
    assert (f"{says.capitalize()}: `Intercept`" in str(found)) == bool(says)


def test_a_flat_prior_moves_nothing():
    table = posterior("flat").sensitivity().table
    assert table.loc["Intercept", "prior"] == pytest.approx(0, abs=1e-5)
    assert table.loc["Intercept", "likelihood"] > 0.05


@pytest.mark.filterwarnings("ignore")
def test_figures_are_those_of_arviz():
    fit = posterior("normal(0, 0.5)")
    data = fit.to_arviz(groups=["posterior", "log_prior", "log_likelihood"])
    table = fit.sensitivity().table
    for component in ("prior", "likelihood"):
        theirs = az.psens(data, component=component, var_names=["Intercept"])
        figure = theirs.to_array() if hasattr(theirs, "to_array") else theirs
        assert table.loc["Intercept", component] == pytest.approx(float(np.squeeze(figure)), rel=1e-3)


def test_some_priors_may_be_scaled_and_names_are_checked():
    fit = posterior("normal(0, 0.5)")
    np.testing.assert_allclose(fit.sensitivity("Intercept").table["prior"], fit.sensitivity().table["prior"])
    assert "prior of Intercept scaled" in str(fit.sensitivity(["Intercept"]))
    with pytest.raises(ModelError, match=r"no prior of `Interc` to scale\. Did you mean `Intercept`"):
        fit.sensitivity("Interc")
    with pytest.raises(ModelError, match="a small positive number"):
        fit.sensitivity(delta=0)
