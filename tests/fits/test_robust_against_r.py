"""Robust covariances against R's sandwich at run time, and t statistics of clustered ones by lmtest's conventions."""

import numpy as np
import pytest

import statmodels_tf as st

pytestmark = pytest.mark.r

# Each case: the call in R, and the same here.
CASES = {
    "lm": ("lm(mpg ~ wt + hp + factor(cyl), d)", lambda d: st.lm("mpg ~ wt + hp + factor(cyl)", d)),
    "weights": ("lm(mpg ~ wt * am, d, weights = w)", lambda d: st.lm("mpg ~ wt * am", d, weights="w")),
    "aliased": ("lm(mpg ~ wt + I(2 * wt) + hp, d)", lambda d: st.lm("mpg ~ wt + I(2 * wt) + hp", d)),
    "binomial": ("glm(vs ~ mpg, binomial, d, control = tight)", lambda d: st.glm("vs ~ mpg", d, "binomial")),
    "probit": (
        "glm(vs ~ mpg, binomial('probit'), d, control = tight)",
        lambda d: st.glm("vs ~ mpg", d, "binomial", link="probit"),
    ),
    "offset": (
        "glm(carb ~ wt + offset(log(hp)), poisson, d, weights = w, control = tight)",
        lambda d: st.glm("carb ~ wt + offset(log(hp))", d, "poisson", weights="w"),
    ),
    "gamma": (
        "glm(mpg ~ wt + hp, Gamma('log'), d, control = tight)",
        lambda d: st.glm("mpg ~ wt + hp", d, "Gamma", link="log"),
    ),
    "quasi": ("glm(carb ~ wt, quasipoisson, d, control = tight)", lambda d: st.glm("carb ~ wt", d, "quasipoisson")),
}
KINDS = {
    "HC0": ("vcovHC(f, type = 'HC0')", {"type": "HC0"}),
    "HC1": ("vcovHC(f, type = 'HC1')", {"type": "HC1"}),
    "HC2": ("vcovHC(f, type = 'HC2')", {"type": "HC2"}),
    "HC3": ("vcovHC(f, type = 'HC3')", {"type": "HC3"}),
    "cluster": ("vcovCL(f, cluster = ~gear)", {"type": "cluster", "cluster": "gear"}),
    "cluster HC0": ("vcovCL(f, ~gear, type = 'HC0')", {"type": "cluster", "cluster": "gear", "correction": "HC0"}),
    "cluster HC1": ("vcovCL(f, ~gear, type = 'HC1')", {"type": "cluster", "cluster": "gear", "correction": "HC1"}),
    "two ways": ("vcovCL(f, cluster = ~ gear + g)", {"type": "cluster", "cluster": "~ gear + g"}),
    "HAC": ("NeweyWest(f, lag = 3, prewhite = FALSE)", {"type": "HAC", "lags": 3}),
    "HAC HC1": (
        "NeweyWest(f, lag = 3, prewhite = FALSE, adjust = TRUE)",
        {"type": "HAC", "lags": 3, "correction": "HC1"},
    ),
    "no lags": ("NeweyWest(f, lag = 0, prewhite = FALSE)", {"type": "HAC", "lags": 0}),
}
SCRIPT = f"""
suppressMessages(library(sandwich))
tight <- glm.control(epsilon = 1e-14, maxit = 100)
d <- mtcars
d$w <- 1 + (seq_len(32) %% 4)
d$g <- (seq_len(32) * 7) %% 9
fits <- list({", ".join(f'"{name}" = {call}' for name, (call, _) in CASES.items())})
out <- lapply(fits, \\(f) list({", ".join(f'"{name}" = {call}' for name, (call, _) in KINDS.items())}))
cat(jsonlite::toJSON(out, digits = NA))
"""


@pytest.fixture(scope="module")
def r(from_r):
    return from_r(SCRIPT, "sandwich")


@pytest.fixture(scope="module")
def data():
    row = np.arange(1, 33)
    return st.load_dataset("mtcars").assign(w=1 + row % 4, g=(row * 7) % 9)


@pytest.fixture(scope="module")
def fits(data):
    return {name: make(data) for name, (_, make) in CASES.items()}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CASES)
def test_covariances_are_those_of_sandwich(r, fits, case, kind):
    table = fits[case].vcov(**KINDS[kind][1])
    kept = table.dropna(how="all").index
    ours, theirs = table.loc[kept, kept].to_numpy(), np.array(r[case][kind], dtype=float)
    if theirs.shape != ours.shape:  # sandwich has rows of NA for aliased columns, or leaves them out
        theirs = theirs[np.ix_(*[~np.isnan(np.diag(theirs))] * 2)]
    scale = np.sqrt(np.abs(np.outer(np.diag(theirs), np.diag(theirs))))
    np.testing.assert_allclose(ours / scale, theirs / scale, atol=1e-9 if fits[case].least_squares else 1e-6)
