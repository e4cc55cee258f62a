"""The no-U-turn sampler: its options and exact answers on a line; `test_bayes_golden.py` has rstanarm's posteriors."""

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.design import build
from statmodels_tf.engines.base import ENGINES
from statmodels_tf.engines.sampling import NUTS
from statmodels_tf.engines.sampling.least_squares import start
from statmodels_tf.errors import EngineError
from statmodels_tf.fits.posterior.convergence import mcse
from statmodels_tf.model import Flat, build_model
from statmodels_tf.substrate import substrate

SUBSTRATES = ["numpy", "jax", pytest.param("tensorflow", marks=pytest.mark.slow)]


def line(n=40):
    """Return a straight line with noise."""
    rng = np.random.default_rng(0)
    x = rng.normal(5, 2, n)
    return pd.DataFrame({"x": x, "y": 1 + 0.5 * x + rng.normal(size=n)})


def line_model():
    priors = {"Intercept": "normal(0, 1000)", "b": "normal(0, 1000)"}
    return build_model(build("y ~ x", line()), priors=priors)


@pytest.fixture(scope="module", params=SUBSTRATES)
def fitted(request):
    """The line, sampled."""
    return NUTS(draws=500, warmup=200, chains=4, seed=7, substrate=request.param).fit(line_model())


def test_it_is_registered():
    assert ENGINES["nuts"] is NUTS


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"draws": 0}, "`draws` counts"),
        ({"warmup": 1.5}, "`warmup` counts"),
        ({"chains": True}, "`chains` counts"),
        ({"target_accept": 1.0}, "between 0 and 1"),
    ],
)
def test_options_that_make_no_sense(options, says):
    with pytest.raises(EngineError, match=says):
        NUTS(**options)


def test_rows_of_weight_zero_are_refused_with_a_reason():
    model = build_model(build("y ~ x", line(), weights=np.r_[0.0, np.ones(39)]))
    assert "weight 0" in NUTS().supports(model)
    with pytest.raises(EngineError, match="weight 0"):
        NUTS().fit(model)


def test_a_line_with_flat_priors_is_least_squares(fitted):
    x, y = line()["x"], line()["y"]
    X = np.column_stack([np.ones(40), x])
    b, rss, *_ = np.linalg.lstsq(X, y, rcond=None)
    for name, expected in zip(["Intercept", "x"], b, strict=True):
        assert abs(np.mean(fitted.shown[name]) - expected) < 4 * mcse(fitted.shown[name])
    # Given sigma ~ exponential(1 / sd(y)) the coefficients have nearly the t distribution of least squares.
    se = np.sqrt(np.diag(np.linalg.inv(X.T @ X)) * rss[0] / 38)
    np.testing.assert_allclose(fitted.se(), se, rtol=0.15)


def test_diagnostics_and_statistics(fitted):
    about = fitted.diagnostics
    assert fitted.converged
    assert about["divergences"] == 0
    assert 1 <= about["r_hat"] < 1.02
    assert about["ess"] > 400
    assert 0 <= about["compile_seconds"] < about["seconds"]
    assert (about["compile_seconds"] > 0) == (about["substrate"] != "numpy")
    assert about["warmup"] == 200
    stats = fitted.stats
    assert {array.shape for array in stats.values()} == {(4, 500)}
    assert 0.7 < stats["acceptance_rate"].mean() < 0.95
    assert stats["diverging"].dtype == bool
    assert np.all(stats["tree_depth"] == np.ceil(np.log2(stats["n_steps"] + 1)))
    assert np.mean(stats["step_size"]) == pytest.approx(about["step_size"])
    kinetic = stats["energy"] + stats["lp"]  # of three standard normal momenta
    assert kinetic.mean() == pytest.approx(1.5, abs=4 * np.sqrt(1.5 / kinetic.size))
    assert np.all(kinetic > -1e-9)


@pytest.mark.parametrize("name", SUBSTRATES)
def test_the_same_seed_gives_the_same_draws(name, capsys):
    options = {"draws": 30, "warmup": 30, "chains": 2, "substrate": name, "progress": True}
    first, again, other = (NUTS(seed=seed, **options).fit(line_model()) for seed in (1, 1, 2))
    assert first.values["sigma"].shape == (2, 30)
    assert np.array_equal(first.values["sigma"], again.values["sigma"])
    assert not np.array_equal(first.values["sigma"], other.values["sigma"])
    assert "100% " in capsys.readouterr().err


def test_without_a_seed_one_is_drawn_and_kept():
    fit = NUTS(draws=25, warmup=25, chains=1).fit(line_model())
    again = NUTS(draws=25, warmup=25, chains=1, seed=fit.diagnostics["seed"]).fit(line_model())
    assert np.array_equal(fit.values["b"], again.values["b"])


def test_chains_start_near_least_squares():
    flat = Flat(line_model(), substrate("jax"))
    centre, scale = start(flat)
    values = {k: np.asarray(v) for k, v in flat.values(flat.substrate.array(centre)).items()}
    x, y = line()["x"], line()["y"]
    slope, intercept = np.polyfit(x, y, 1)
    shown = flat.model.shown(values)
    assert [shown["Intercept"], shown["x"]] == pytest.approx([intercept, slope], rel=1e-8)
    rss = np.sum((y - intercept - slope * x) ** 2)
    se = np.sqrt(rss / 38 / np.array([40, np.sum((x - x.mean()) ** 2)]))
    np.testing.assert_allclose(1000 * scale[:2], 2 * se, rtol=1e-8)
    assert list(scale[2:]) == [1.0]
