"""What lme4 and lmerTest answer at run time, where R is installed."""

import numpy as np
import pytest

import statmodels_tf as st

pytestmark = pytest.mark.r

SCRIPT = """
suppressMessages(library(lme4))
tight <- lmerControl(optCtrl = list(xtol_abs = 1e-12, xtol_rel = 1e-12, ftol_abs = 1e-13, maxeval = 20000))
sleepstudy$w <- 1 + (sleepstudy$Days %% 3)
m <- lmer(Reaction ~ Days + (Days | Subject), sleepstudy, weights = w, control = tight)
p <- lmer(strength ~ 1 + (1 | batch) + (1 | sample), Pastes, control = tight)
warp <- warpbreaks
warp$block <- factor(rep(1:9, 6))
f <- lmer(log(breaks) ~ wool * tension + (1 | block), warp, REML = FALSE, control = tight)
out <- list(
  hat = hatvalues(m), cook = cooks.distance(m), deviance = deviance(m, REML = FALSE), df = df.residual(m),
  pearson = residuals(m, type = "pearson"), coef = as.matrix(coef(m)$Subject),
  order = names(ranef(p)), theta = getME(p, "theta"), drop = as.list(drop1(f, test = "Chisq"))
)
g <- lmerTest::lmer(log(breaks) ~ wool * tension + (1 | block), warp, control = tight)
out$three <- as.list(anova(g))
out$one <- as.list(anova(g, type = 1))
cat(jsonlite::toJSON(out, digits = 12, na = "null"))
"""


@pytest.fixture(scope="module")
def r(from_r):
    return from_r(SCRIPT, "lme4", "lmerTest")


@pytest.fixture(scope="module")
def weighted():
    data = st.load_dataset("sleepstudy").assign(w=lambda d: 1 + d["Days"] % 3)
    return st.lmer("Reaction ~ Days + (Days | Subject)", data, weights="w")


@pytest.fixture(scope="module")
def warp():
    return st.load_dataset("warpbreaks").assign(block=np.tile(np.arange(1, 10), 6))


def test_leverage_influence_and_deviance(r, weighted):
    np.testing.assert_allclose(weighted.hatvalues(), r["hat"], rtol=1e-4)
    np.testing.assert_allclose(weighted.cooks_distance(), r["cook"], rtol=1e-3, atol=1e-8)
    np.testing.assert_allclose(weighted.residuals("pearson"), r["pearson"], rtol=1e-4, atol=1e-3)
    assert weighted.deviance == pytest.approx(r["deviance"][0], abs=1e-4)
    assert weighted.df_residual == r["df"][0]


def test_coefficients_by_group(r, weighted):
    np.testing.assert_allclose(weighted.coef_by("Subject"), r["coef"], rtol=1e-4, atol=1e-3)


def test_order_of_groups_and_theta(r):
    fit = st.lmer("strength ~ 1 + (1 | batch) + (1 | sample)", st.load_dataset("pastes"))
    assert list(fit.ranef()) == r["order"]
    np.testing.assert_allclose(fit.theta, r["theta"], atol=1e-3)


def test_single_term_deletions(r, warp):
    fit = st.lmer("log(breaks) ~ wool * tension + (1 | block)", warp, REML=False)
    table = fit.drop1()
    assert list(table.columns) == list(r["drop"])
    np.testing.assert_allclose(table["AIC"], r["drop"]["AIC"], atol=1e-4)
    np.testing.assert_allclose(table["LRT"].iloc[1:], [float(v) for v in r["drop"]["LRT"][1:]], atol=1e-4)


def test_f_tests_of_terms(r, warp):
    fit = st.lmer("log(breaks) ~ wool * tension + (1 | block)", warp)
    for kind, key in (("III", "three"), ("I", "one")):
        table = fit.anova(type=kind)
        np.testing.assert_allclose(table["F value"], r[key]["F value"], rtol=1e-3)
        np.testing.assert_allclose(table["DenDF"], r[key]["DenDF"], rtol=1e-2)
        np.testing.assert_allclose(table["Sum Sq"], r[key]["Sum Sq"], rtol=1e-3)
