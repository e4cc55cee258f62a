"""Analysis of variance and deviance, terms in and out, and stepwise searches against R at run time."""

import numpy as np
import pytest

import statmodels_tf as st

pytestmark = pytest.mark.r

FITS = {
    "lm": ("lm(mpg ~ wt * am + hp, d)", lambda d: st.lm("mpg ~ wt * am + hp", d)),
    "small": ("lm(mpg ~ wt, d)", lambda d: st.lm("mpg ~ wt", d)),
    "weighted": ("lm(mpg ~ wt + hp, d, weights = w)", lambda d: st.lm("mpg ~ wt + hp", d, weights="w")),
    "aliased": ("lm(mpg ~ wt + I(2 * wt) + hp, d)", lambda d: st.lm("mpg ~ wt + I(2 * wt) + hp", d)),
    "none": ("lm(mpg ~ 0 + wt + hp, d)", lambda d: st.lm("mpg ~ 0 + wt + hp", d)),
    "logit": (
        "glm(vs ~ mpg + am, binomial, d, control = tight)",
        lambda d: st.glm("vs ~ mpg + am", d, "binomial"),
    ),
    "logit0": ("glm(vs ~ am, binomial, d, control = tight)", lambda d: st.glm("vs ~ am", d, "binomial")),
    "counts": (
        "glm(carb ~ wt + factor(cyl) + offset(log(hp)), poisson, d, w, control = tight)",
        lambda d: st.glm("carb ~ wt + factor(cyl) + offset(log(hp))", d, "poisson", weights="w"),
    ),
    "gamma": (
        "glm(mpg ~ wt + hp + am, Gamma('log'), d, control = tight)",
        lambda d: st.glm("mpg ~ wt + hp + am", d, "Gamma", link="log"),
    ),
    "gamma0": (
        "glm(mpg ~ wt, Gamma('log'), d, control = tight)",
        lambda d: st.glm("mpg ~ wt", d, "Gamma", link="log"),
    ),
    "quasi": (
        "glm(carb ~ wt + am, quasipoisson, d, control = tight)",
        lambda d: st.glm("carb ~ wt + am", d, "quasipoisson"),
    ),
    "gaussian": (
        "glm(mpg ~ wt + hp, gaussian, d, control = tight)",
        lambda d: st.glm("mpg ~ wt + hp", d, "gaussian"),
    ),
    "quine": (
        "MASS::glm.nb(Days ~ Eth + Sex, MASS::quine, control = tight)",
        lambda d: st.glm("Days ~ Eth + Sex", st.load_dataset("quine"), "negative_binomial"),
    ),
    "quine0": (
        "MASS::glm.nb(Days ~ Eth, MASS::quine, control = tight)",
        lambda d: st.glm("Days ~ Eth", st.load_dataset("quine"), "negative_binomial"),
    ),
}
# R's table and ours; the names of columns are R's but for spaces at their ends.
TABLES = {
    "lm": ("anova(f$lm)", lambda f: f["lm"].anova()),
    "weighted": ("anova(f$weighted)", lambda f: f["weighted"].anova()),
    "aliased": ("anova(f$aliased)", lambda f: f["aliased"].anova()),
    "none": ("anova(f$none)", lambda f: f["none"].anova()),
    "counts": ("anova(f$counts, test = 'Chisq')", lambda f: f["counts"].anova()),
    "rao": ("anova(f$counts, test = 'Rao')", lambda f: f["counts"].anova(test="Rao")),
    "cp": ("anova(f$gamma, test = 'Cp')", lambda f: f["gamma"].anova(test="Cp")),
    "gamma": ("anova(f$gamma, test = 'F')", lambda f: f["gamma"].anova()),
    "gamma rao": ("anova(f$gamma, test = 'Rao')", lambda f: f["gamma"].anova(test="Rao")),
    "gamma chisq": ("anova(f$gamma, test = 'Chisq')", lambda f: f["gamma"].anova(test="Chisq")),
    "negbin": ("suppressWarnings(anova(f$quine))", lambda f: f["quine"].anova()),
    "lm two": ("anova(f$small, f$lm)", lambda f: st.anova(f["small"], f["lm"])),
    "lm two back": ("anova(f$lm, f$small, test = 'Chisq')", lambda f: st.anova(f["lm"], f["small"], test="Chisq")),
    "logit two": ("anova(f$logit0, f$logit, test = 'Rao')", lambda f: st.anova(f["logit0"], f["logit"], test="Rao")),
    "logit cp": ("anova(f$logit0, f$logit, test = 'Cp')", lambda f: st.anova(f["logit0"], f["logit"], test="Cp")),
    "gamma two": ("anova(f$gamma0, f$gamma, test = 'F')", lambda f: f["gamma0"].anova(f["gamma"])),
    "negbin two": (
        "as.data.frame(anova(f$quine0, f$quine))"
        "[c('theta', 'Resid. df', '   2 x log-lik.', '   df', 'LR stat.', 'Pr(Chi)')]",
        lambda f: st.anova(f["quine0"], f["quine"]),
    ),
    "drop lm": ("drop1(f$lm, test = 'F')", lambda f: f["lm"].drop1(test="F")),
    "drop chisq": ("drop1(f$lm, test = 'Chisq')", lambda f: f["lm"].drop1(test="Chisq")),
    "drop scope": ("drop1(f$lm, ~ am, test = 'F')", lambda f: f["lm"].drop1("F", scope=["am"])),
    "drop weighted": ("drop1(f$weighted)", lambda f: f["weighted"].drop1()),
    "drop aliased": ("drop1(f$aliased, ~ hp, test = 'F')", lambda f: f["aliased"].drop1("F", scope="hp")),
    "drop counts": ("drop1(f$counts, test = 'Chisq')", lambda f: f["counts"].drop1(test="Chisq")),
    "drop rao": ("drop1(f$counts, test = 'Rao')", lambda f: f["counts"].drop1(test="Rao")),
    "drop gamma": ("drop1(f$gamma, test = 'Chisq')", lambda f: f["gamma"].drop1(test="Chisq")),
    "drop gamma F": ("drop1(f$gamma, test = 'F')", lambda f: f["gamma"].drop1(test="F")),
    "drop gamma rao": ("drop1(f$gamma, test = 'Rao')", lambda f: f["gamma"].drop1(test="Rao")),
    "drop quasi": ("drop1(f$quasi, test = 'F')", lambda f: f["quasi"].drop1(test="F")),
    "drop gaussian": ("drop1(f$gaussian, test = 'Chisq')", lambda f: f["gaussian"].drop1(test="Chisq")),
    "drop negbin": ("drop1(f$quine, test = 'Chisq')", lambda f: f["quine"].drop1(test="Chisq")),
    "add lm": (
        "add1(f$small, ~ . + hp + factor(cyl), test = 'F')",
        lambda f: f["small"].add1("~ . + hp + factor(cyl)", test="F"),
    ),
    "add chisq": ("add1(f$small, ~ . + hp, test = 'Chisq')", lambda f: f["small"].add1(["hp"], test="Chisq")),
    "add weighted": ("add1(f$weighted, ~ . + am + wt:hp)", lambda f: f["weighted"].add1("~ . + am + wt:hp")),
    "add logit": (
        "add1(f$logit0, ~ . + mpg + wt, test = 'Chisq')",
        lambda f: f["logit0"].add1("~ . + mpg + wt", test="Chisq"),
    ),
    "add rao": (
        "add1(f$logit0, ~ . + mpg + wt, test = 'Rao')",
        lambda f: f["logit0"].add1("~ . + mpg + wt", test="Rao"),
    ),
    "add gamma": ("add1(f$gamma0, ~ . + hp + am, test = 'F')", lambda f: f["gamma0"].add1("~ . + hp + am", test="F")),
    "add gamma chisq": ("add1(f$gamma0, ~ . + hp, test = 'Chisq')", lambda f: f["gamma0"].add1("hp", test="Chisq")),
}
SCRIPT = f"""
d <- mtcars
d$w <- 1 + (seq_len(32) %% 4)
tight <- glm.control(epsilon = 1e-14, maxit = 100)
f <- suppressWarnings(list({", ".join(f"{name} = {call}" for name, (call, _) in FITS.items())}))
table_of <- \\(x) c(list(rows = I(rownames(x))), lapply(as.list(x), \\(column) I(as.numeric(column))))
out <- list({", ".join(f'"{name}" = table_of({call})' for name, (call, _) in TABLES.items())})
path <- \\(fit) deparse1(formula(fit))
out$steps <- list(
  both = path(step(f$small, ~ . + hp + factor(cyl) + am + wt:hp, trace = 0)),
  backward = path(step(lm(mpg ~ (wt + hp + am + drat)^2, d), trace = 0)),
  forward = path(step(f$logit0, list(lower = ~ am, upper = ~ am + wt * mpg), direction = "forward", trace = 0)),
  bic = path(step(f$gamma, direction = "backward", k = log(32), trace = 0))
)
cat(jsonlite::toJSON(out, digits = NA, na = "null"))
"""


@pytest.fixture(scope="module")
def r(from_r):
    return from_r(SCRIPT)


@pytest.fixture(scope="module")
def data():
    return st.load_dataset("mtcars").assign(w=1 + np.arange(1, 33) % 4)


@pytest.fixture(scope="module")
def fits(data):
    return {name: make(data) for name, (_, make) in FITS.items()}


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_rs(r, fits, name):
    table, stored = TABLES[name][1](fits), {column.strip(): values for column, values in r[name].items()}
    rows = stored.pop("rows")
    assert list(table.columns) == list(stored)
    if rows[0] != "1":
        assert list(table.index) == [row.strip() for row in rows]
    for column, values in stored.items():
        ours, theirs = table[column].to_numpy(float, na_value=np.nan), np.array(values, dtype=float)
        if (name, column) == ("drop negbin", "AIC"):
            theirs += 2  # R's extractAIC does not count theta
        # MASS ends its search of theta at 1e-8 of the log-likelihood.
        rtol, atol = (1e-3, 1e-4) if "negbin" in name else (1e-6, 1e-7)
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol, err_msg=column)


def test_stepwise_searches_end_where_rs_do(r, fits, data):
    ends = {
        "both": fits["small"].step("~ . + hp + factor(cyl) + am + wt:hp", trace=False),
        "backward": st.lm("mpg ~ (wt + hp + am + drat)^2", data).step(trace=False),
        "forward": fits["logit0"].step({"lower": "~ am", "upper": "~ am + wt * mpg"}, direction="forward", trace=False),
        "bic": fits["gamma"].step(direction="backward", k=np.log(32), trace=False),
    }
    for name, fit in ends.items():
        theirs = r["steps"][name][0].split("~")[1]
        same = st.lm(f"qsec ~ {theirs}", data).coef().index
        assert set(fit.coef().index) == set(same), name
