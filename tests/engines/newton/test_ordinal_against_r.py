"""Models of categories against R on random data: ordinal::clm, MASS::polr and nnet::multinom, run now."""

import json
import subprocess
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st

ROOT = Path(__file__).parents[3]
LINKS = ("logit", "probit", "cloglog", "loglog", "cauchit")
THRESHOLDS = ("flexible", "symmetric", "symmetric2", "equidistant")
CASES = [
    *({"link": link, "threshold": threshold} for link, threshold in product(LINKS, THRESHOLDS)),
    *({"link": link, "scale": "~ g"} for link in LINKS),
    *({"link": link, "nominal": "~ g"} for link in ("logit", "probit", "cloglog")),
    {"link": "probit", "nominal": "~ g", "scale": "~ x", "threshold": "symmetric"},
]

SCRIPT = """
library(jsonlite); suppressMessages({library(ordinal); library(nnet); library(emmeans)})
given <- fromJSON(commandArgs(TRUE)[1], simplifyVector = TRUE, simplifyDataFrame = FALSE)
d <- read.csv(given$data, stringsAsFactors = TRUE)
d$y <- factor(d$y, levels = letters[1:5])
new <- d[1:4, ]
one <- function(case) {
  args <- list(formula = if (is.null(case$nominal)) y ~ x + g else y ~ x, data = d, weights = quote(w),
               link = case$link, threshold = if (is.null(case$threshold)) "flexible" else case$threshold,
               control = clm.control(gradTol = 1e-9, maxIter = 200L))
  if (!is.null(case$nominal)) args$nominal <- as.formula(case$nominal)
  if (!is.null(case$scale)) args$scale <- as.formula(case$scale)
  fit <- do.call(clm, args)
  new$y <- NULL
  p <- predict(fit, new, se.fit = TRUE, interval = TRUE)
  list(names = names(coef(fit)), estimate = unname(coef(fit)), vcov = unname(vcov(fit)), loglik = c(logLik(fit)),
       nobs = nobs(fit), prob = unname(p$fit), se = unname(p$se.fit), lower = unname(p$lwr), upper = unname(p$upr))
}
frame <- function(table) as.list(as.data.frame(table))
base <- clm(y ~ x + g, data = d, weights = w, control = clm.control(gradTol = 1e-9))
less <- clm(y ~ x, data = d, weights = w)
flat <- multinom(y ~ x + g, d, weights = w, trace = FALSE, reltol = 1e-15, abstol = 1e-12, maxit = 1000, Hess = TRUE)
out <- list(cases = lapply(given$cases, one), profile = unname(confint(base, type = "profile")),
  nominal = frame(nominal_test(clm(y ~ x + g, data = d, weights = w))),
  scale = frame(scale_test(base)), drop1 = frame(drop1(base, test = "Chisq")),
  anova = frame(anova(less, base)),
  emm = as.data.frame(pairs(emmeans(base, "g"), adjust = "none"))[c("estimate", "SE", "p.value")],
  multinom = list(coef = unname(coef(flat)), loglik = c(logLik(flat)), vcov = unname(vcov(flat)),
                  prob = unname(fitted(flat)[1:4, ])))
cat(toJSON(out, digits = I(15), na = "null", auto_unbox = TRUE))
"""

pytestmark = pytest.mark.r


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(7)
    n = 500
    d = pd.DataFrame({"x": rng.normal(size=n), "g": rng.choice(list("pqr"), n), "w": rng.integers(1, 4, n)})
    latent = 0.8 * d.x + (d.g == "q") - 0.5 * (d.g == "r") + rng.logistic(size=n) * np.exp(0.3 * (d.g == "q"))
    d["y"] = pd.Categorical.from_codes(np.digitize(latent, [-2, -0.7, 0.6, 2.2]), list("abcde"), ordered=True)
    return d


@pytest.fixture(scope="module")
def r(data, tmp_path_factory, r_with):
    r_with("ordinal", "nnet", "emmeans")
    folder = tmp_path_factory.mktemp("r")
    data.to_csv(folder / "d.csv", index=False)
    (folder / "script.R").write_text(SCRIPT)
    (folder / "given.json").write_text(json.dumps({"data": str(folder / "d.csv"), "cases": CASES}))
    command = ["Rscript", "--vanilla", str(folder / "script.R"), str(folder / "given.json")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def base(data):
    return st.glm("y ~ x + g", data, "cumulative", weights="w")


def numbers(column):
    return np.array(column, dtype=float)


@pytest.mark.parametrize("k", range(len(CASES)), ids=["-".join(case.values()) for case in CASES])
def test_clm(k, data, r):
    case, stored = CASES[k], r["cases"][k]
    formula = "y ~ x" if "nominal" in case else "y ~ x + g"
    others = {name: case[name] for name in ("nominal", "scale") if name in case}
    family = st.families.Cumulative(case["link"], case.get("threshold", "flexible"))
    fit = st.glm(formula, data, family, weights="w", **others)
    table = fit.parameter_table()
    # clm puts the outer thresholds at 1e5, where a Cauchy variable is still 3e-6 from certain.
    loose = 10 if case["link"] == "cauchit" else 1
    assert fit.loglik == pytest.approx(stored["loglik"], abs=1e-7 if loose == 1 else 1e-2)
    assert fit.nobs == stored["nobs"]
    se = np.sqrt(np.diag(stored["vcov"]))
    assert np.all(np.abs(table["estimate"] - numbers(stored["estimate"])) < loose * 1e-4 * se)
    np.testing.assert_allclose(fit.parameter_vcov(), stored["vcov"], rtol=loose * 1e-4, atol=1e-5 * se.min() ** 2)
    shown = fit.predict(data.head(4), se=True, interval="confidence")
    for ours, theirs in {"mean": "prob", "se": "se", "lower": "lower", "upper": "upper"}.items():
        np.testing.assert_allclose(shown[ours], stored[theirs], rtol=0, atol=1e-6 if loose == 1 else 1e-4)


def test_profile_intervals(base, r):
    ours, theirs = base.confint(method="profile").to_numpy(), numbers(r["profile"])
    assert np.all(np.abs(ours - theirs) < 2e-3 * np.ptp(theirs, axis=1)[:, None])


@pytest.mark.parametrize("part", ["nominal", "scale"])
def test_nominal_and_scale_tests(part, base, r):
    ours, theirs = getattr(base, f"{part}_test")(), r[part]
    assert list(ours.index) == ["<none>", "x", "g"]
    for column in ("AIC", "LRT", "Pr(>Chi)"):
        np.testing.assert_allclose(ours[column].astype(float), numbers(theirs[column]), rtol=1e-6, atol=1e-6)
    assert ours["logLik"].iloc[0] == base.loglik


def test_drop1_and_anova(base, data, r):
    ours, theirs = base.drop1(), r["drop1"]
    for column in ("AIC", "LRT", "Pr(>Chi)"):
        np.testing.assert_allclose(ours[column].astype(float), numbers(theirs[column]), rtol=1e-5, atol=1e-7)
    table = base.anova(st.glm("y ~ x", data, "cumulative", weights="w"))
    np.testing.assert_allclose(table["Chisq"].iloc[1], numbers(r["anova"]["LR.stat"])[1], rtol=1e-5)


def test_multinom(data, r):
    stored = r["multinom"]
    fit = st.glm("y ~ x + g", data, "categorical", weights="w")
    assert fit.loglik == pytest.approx(stored["loglik"], abs=1e-6)
    se = np.sqrt(np.diag(stored["vcov"]))
    coef = numbers(stored["coef"])
    assert np.all(np.abs(fit.coef_frame().to_numpy() - coef) < 1e-3 * se.reshape(coef.shape))
    np.testing.assert_allclose(fit.vcov(), stored["vcov"], rtol=1e-3, atol=1e-5 * se.min() ** 2)
    np.testing.assert_allclose(fit.predict().head(4), stored["prob"], rtol=0, atol=1e-5)


def test_marginal_means_on_the_latent_scale(base, r):
    pairs = base.emmeans("g").pairs(adjust="none").table
    np.testing.assert_allclose(pairs["estimate"], [row["estimate"] for row in r["emm"]], rtol=1e-5)
    np.testing.assert_allclose(pairs["se"], [row["SE"] for row in r["emm"]], rtol=1e-5)


@pytest.mark.parametrize("script", ["clm.R", "polr.R"])
def test_the_script_remakes_the_golden_files(script, r):
    done = subprocess.run(["Rscript", f"tests/golden/{script}"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
