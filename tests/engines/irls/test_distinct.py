"""Models of factors alone are fitted to their distinct rows, and answer as if they were not."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.engines.irls import distinct

N = 4000
RNG = np.random.default_rng(6)
DATA = pd.DataFrame({"a": RNG.choice(list("abc"), N), "b": RNG.choice(list("uvwxy"), N), "t": RNG.random(N) < 0.3})
DATA["w"] = RNG.integers(0, 4, N) / 2
ETA = 0.5 * (DATA["a"] == "b") - 0.8 * (DATA["b"] == "w") + 0.2 * DATA["t"]
DATA["hit"] = (RNG.random(N) < 1 / (1 + np.exp(-ETA))).astype(int)
DATA["count"] = RNG.poisson(np.exp(ETA))
DATA["size"] = RNG.gamma(2, np.exp(ETA))
DATA["y"] = ETA + RNG.normal(size=N)
DATA["some"] = RNG.integers(0, 3, N)

CASES = [
    ("hit ~ a * b + t", "binomial", {}),
    ("hit ~ 0 + a:t", "binomial", {"link": "cloglog"}),
    ("cbind(some, count) ~ a + b", "binomial", {}),
    ("count ~ a + b", "poisson", {"weights": "w"}),
    ("count ~ a * b * t", "quasipoisson", {}),
    ("size ~ a + b", "Gamma", {"link": "inverse", "weights": "w"}),
    ("y ~ a + b", "gaussian", {"weights": "w"}),
    ("hit ~ C(a, sum) + factor(b)", "binomial", {}),
]


@pytest.fixture
def always(monkeypatch):
    monkeypatch.setattr(distinct, "MANY", 1)


def fitted(formula, data, family, options):
    return st.glm(formula, data, family, **options)


def assert_same(fit, plain):
    np.testing.assert_allclose(fit.beta, plain.beta, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(fit.vcov(), plain.vcov(), rtol=1e-9, atol=1e-15)
    for name in ("deviance", "null_deviance", "loglik", "aic", "sigma", "df_residual", "nobs", "rank"):
        np.testing.assert_allclose(getattr(fit, name), getattr(plain, name), rtol=1e-12, err_msg=name)


@pytest.mark.filterwarnings("ignore::statmodels_tf.errors.DataWarning")
@pytest.mark.parametrize(("formula", "family", "options"), CASES)
def test_the_fit_is_that_of_all_rows(formula, family, options, monkeypatch, tmp_path):
    pytest.importorskip("pyarrow")
    plain = fitted(formula, DATA, family, options)
    assert "distinct_rows" not in plain.diagnostics
    monkeypatch.setattr(distinct, "MANY", 1)
    fit = fitted(formula, DATA, family, options)
    assert 0 < fit.diagnostics["distinct_rows"] <= 30
    assert_same(fit, plain)
    pd.testing.assert_series_equal(fit.fitted(), plain.fitted(), rtol=1e-10)
    pd.testing.assert_series_equal(fit.residuals("pearson"), plain.residuals("pearson"), rtol=1e-9, atol=1e-12)
    DATA.to_parquet(tmp_path / "d.parquet")
    streamed = st.glm(formula, tmp_path / "d.parquet", family, block_rows=700, **options)
    assert streamed.diagnostics["distinct_rows"] <= 30
    assert_same(streamed, plain)


def test_linear_models(always):
    fit = st.lm("y ~ a * b", DATA)
    assert fit.diagnostics["distinct_rows"] == 15
    beta = np.linalg.lstsq(fit.model_matrix().to_numpy(), DATA["y"].to_numpy(), rcond=None)[0]
    np.testing.assert_allclose(fit.beta, beta, rtol=1e-10, atol=1e-12)


def test_empty_combinations_are_aliased_as_before(always):
    data = DATA[(DATA["a"] != "b") | (DATA["b"] != "w")]
    fit = st.glm("hit ~ a * b", data, "binomial")
    assert fit.diagnostics["aliased"] == ("a[b]:b[w]",)
    assert "message" not in fit.diagnostics


def test_numbers_and_offsets_keep_their_rows(always):
    for formula in ("hit ~ a + w", "hit ~ a + offset(w)"):
        assert "distinct_rows" not in st.glm(formula, DATA, "binomial").diagnostics
