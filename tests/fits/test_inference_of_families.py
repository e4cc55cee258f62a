"""Every family answers the same questions: robust errors, profiles, bootstraps, tables of terms."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st

FAMILIES = {
    "gaussian": ("tw", {"link": "log"}),
    "Gamma": ("ig", {"link": "log"}),
    "inverse.gaussian": ("ig", {"link": "log"}),
    "poisson": ("c", {}),
    "binomial": ("s", {"link": "cloglog"}),
    "negative_binomial": ("nb", {}),
    "quasi(log, mu)": ("c", {}),
    "tweedie": ("tw", {}),
    "beta": ("b", {}),
}


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    n = 300
    d = pd.DataFrame({"x": rng.normal(size=n), "g": rng.choice(list("abc"), size=n)})
    mu, share = np.exp(0.3 + 0.4 * d["x"]), 1 / (1 + np.exp(-0.4 * d["x"]))
    return d.assign(
        tw=np.where(rng.uniform(size=n) < 0.2, 0, rng.gamma(2, mu / 2)),
        ig=rng.wald(mu, 3),
        c=rng.poisson(mu),
        s=rng.binomial(1, share),
        nb=rng.negative_binomial(2, 2 / (2 + mu)),
        b=rng.beta(5 * share, 5 * (1 - share)).clip(1e-3, 1 - 1e-3),
    )


@pytest.fixture(scope="module", params=FAMILIES)
def fit(request, data):
    y, options = FAMILIES[request.param]
    return st.glm(f"{y} ~ x + g", data, request.param, **options)


def test_robust_errors_are_near_the_models_where_it_holds(fit):
    wrong = fit.family.name == "gaussian"  # its variance grows with the mean here
    ratio = fit.se(vcov="HC1") / fit.se()
    assert np.all((ratio > 0.6) & (ratio < 2.0 if wrong else ratio < 1.25))


def test_profiles_are_near_walds(fit):
    gap = fit.confint(method="profile") - fit.confint()
    assert np.all(np.abs(gap) < 0.25 * fit.se().to_numpy()[:, None])


def test_bootstraps_are_near_robust_errors(fit):
    size = 30 if fit.family.own else 600
    draws = fit.bootstrap(size, 1)
    assert draws.attrs["failed"] == 0
    ratio = draws.std() / fit.se(vcov="HC0")
    assert np.all(np.abs(ratio - 1) < 4 / np.sqrt(2 * size) + 0.1)


def test_tables_end_at_the_fit(fit, data):
    table, drop = fit.anova(), fit.drop1("Chisq")
    assert table["Resid. Dev"].iloc[-1] == pytest.approx(fit.deviance)
    assert table["Deviance"].iloc[1:].sum() == pytest.approx(table["Resid. Dev"].iloc[0] - fit.deviance)
    gain = drop.loc["g", "Deviance"] - fit.deviance
    # The last term is tested alike in sequence, left out, and by type II.
    assert gain == pytest.approx(table.loc["g", "Deviance"])
    assert gain / fit.dispersion == pytest.approx(fit.anova(type="II", test="LRT").loc["g", "LR Chisq"])
    assert ("AIC" in drop) == fit.family.likelihood
