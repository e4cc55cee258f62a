"""The engine on models: what it supports, what it says, and evaluation at given factors."""

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.design import build
from statmodels_tf.engines import ENGINES, PLS, Engine
from statmodels_tf.errors import DataError, EngineError, ModelError
from statmodels_tf.linalg.random import crossed as crossed_module
from statmodels_tf.model import build_model

RNG = np.random.default_rng(12)
N = 240
DATA = pd.DataFrame(
    {
        "x": RNG.standard_normal(N),
        "g": [f"g{k:02d}" for k in RNG.integers(0, 14, N)],
        "h": [f"h{k}" for k in RNG.integers(0, 9, N)],
        "w": RNG.uniform(0.5, 2.0, N),
        "o": RNG.standard_normal(N),
    }
)
DATA["twice"] = 2 * DATA["x"]
EFFECTS = dict(zip(sorted(DATA["g"].unique()), RNG.standard_normal(14), strict=True))
DATA["y"] = 1 + DATA["x"] + DATA["g"].map(EFFECTS) + RNG.standard_normal(N)


def _model(formula, data=DATA, **options):
    return build_model(build(formula, data, **options))


def test_registered_by_name():
    assert ENGINES["pls"] is PLS and PLS.name == "pls"
    assert issubclass(PLS, Engine)
    assert {f.name for f in fields(PLS)} == {"REML", "tol", "max_iter", "backend"}


def test_the_fit_says_how_it_went():
    fit = PLS().fit(_model("y ~ x + (1 | g) + (1 | h)"))
    said = fit.diagnostics
    assert said["engine"] == "pls" and said["converged"] and said["message"] == "converged"
    assert said["backend"] == "dense" and said["nobs"] == N and said["rank"] == 2 and said["dropped"] == 0
    assert said["evaluations"] >= 2 and said["seconds"] > 0.0 and said["predicted_decrease"] < 1e-8


@pytest.mark.parametrize("REML", [True, False])
@pytest.mark.parametrize("formula", ["y ~ x + (x | g)", "y ~ x + (1 | g) + (0 + x | h)", "y ~ x + twice + (1 | g)"])
def test_evaluation_at_the_optimum_repeats_the_fit(formula, REML):
    model = _model(formula, weights="w", offset="o")
    fit = PLS(REML=REML).fit(model)
    again = PLS(REML=REML).at(model, fit.factors)
    assert np.isclose(again.criterion, fit.criterion, atol=1e-9)
    np.testing.assert_allclose(again.beta, fit.beta, rtol=1e-8)
    np.testing.assert_allclose(again.covariance, fit.covariance, rtol=1e-7)
    for one, other in zip([*again.factors, *again.modes], [*fit.factors, *fit.modes], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-7)
    worse = PLS(REML=REML).at(model, [factor + 0.1 * np.eye(len(factor)) for factor in fit.factors])
    assert worse.criterion > fit.criterion


def test_back_ends_agree():
    formula = "y ~ x + (x | g) + (1 | h)"
    fits = [PLS(backend=name).fit(_model(formula)) for name in ("dense", "crossed")]
    assert [fit.diagnostics["backend"] for fit in fits] == ["dense", "crossed"]
    assert np.isclose(fits[0].criterion, fits[1].criterion, atol=1e-8)


def test_aliased_columns_have_no_estimate():
    fit = PLS().fit(_model("y ~ x + twice + (1 | g)"))
    only = PLS().fit(_model("y ~ x + (1 | g)"))
    assert np.isnan(fit.beta[2]) and np.isnan(fit.covariance[2]).all()
    assert fit.diagnostics["aliased"] == ("twice",)
    np.testing.assert_allclose(fit.beta[:2], only.beta, rtol=1e-9)
    assert np.isclose(fit.criterion, only.criterion)


def test_permuting_rows_and_levels_changes_nothing():
    fit = PLS().fit(_model("y ~ x + (x | g) + (1 | h)"))
    names = {name: f"{(5 * k) % 14:02d}" for k, name in enumerate(sorted(DATA["g"].unique()))}
    shuffled = DATA.sample(frac=1, random_state=3).assign(g=lambda d: d["g"].map(names))
    other = PLS().fit(_model("y ~ x + (x | g) + (1 | h)", shuffled))
    assert np.isclose(fit.criterion, other.criterion, atol=1e-7)
    np.testing.assert_allclose(fit.beta, other.beta, rtol=1e-6)
    np.testing.assert_allclose(fit.factors[0], other.factors[0], atol=1e-5)


def test_no_common_column_at_all():
    fit = PLS().fit(_model("y ~ 0 + (1 | g)"))
    assert fit.diagnostics["converged"] and fit.beta.shape == (0,)
    data = DATA.assign(zero=0.0)
    rows = (data["g"].to_numpy()[:, None] == data["g"].to_numpy()).astype(float)
    V = np.eye(N) + fit.factors[0][0, 0] ** 2 * rows
    r2 = DATA["y"].to_numpy() @ np.linalg.solve(V, DATA["y"].to_numpy())
    value = np.linalg.slogdet(V)[1] + N * (1 + np.log(2 * np.pi * r2 / N))
    assert np.isclose(fit.criterion, value)


@dataclass(frozen=True)
class _Link:
    name: str


@dataclass(frozen=True)
class _Family:
    name: str
    link: _Link


def test_unsupported_models_name_the_engine_that_can():
    model = _model("y ~ x + (1 | g)")
    assert PLS().supports(model) is None
    poisson = replace(model, family=_Family("poisson", _Link("log")))
    assert "nuts" in PLS().supports(poisson) and "poisson" in PLS().supports(poisson)
    assert "(1 | g)" in PLS().supports(_model("y ~ x"))


def test_more_effects_than_rows():
    data = pd.DataFrame({"y": RNG.standard_normal(30), "g": [f"{k}" for k in range(30)]})
    with pytest.raises(ModelError, match=r"30 random effects"):
        PLS().fit(_model("y ~ 1 + (1 | g)", data))
    data["g"], data["x"] = [f"{k // 2}" for k in range(30)], RNG.standard_normal(30)
    with pytest.raises(ModelError, match="coarser"):
        PLS().fit(_model("y ~ 1 + (x | g)", data))


def test_more_coefficients_than_rows():
    data = pd.DataFrame({"y": RNG.standard_normal(12), "f": [f"{k}" for k in range(12)], "g": list("aabbccddeeff")})
    with pytest.raises(ModelError, match="12 coefficients"):
        PLS().fit(_model("y ~ f + (1 | g)", data))


def test_weights_and_offsets_must_be_finite():
    model = _model("y ~ x + (1 | g)", weights="w", offset="o")
    w, o = model.design.weights.copy(), model.design.offset.copy()
    w[3], o[4] = np.nan, np.inf
    with pytest.raises(DataError, match="weights"):
        PLS().fit(replace(model, design=replace(model.design, weights=w)))
    with pytest.raises(DataError, match="offset"):
        PLS().fit(replace(model, design=replace(model.design, offset=o)))


def test_a_rest_too_large_is_refused_with_its_price(monkeypatch):
    monkeypatch.setattr(crossed_module, "REST_LIMIT", 8)
    with pytest.raises(EngineError, match="GB"):
        PLS(backend="crossed").fit(_model("y ~ x + (1 | g) + (1 | h)"))
