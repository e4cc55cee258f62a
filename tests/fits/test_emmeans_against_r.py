"""What R's emmeans answers at run time, where it is installed, for models of many kinds."""

import json

import numpy as np
import pytest

import statmodels_tf as st
from tests.fits.test_emmeans import R_NAMES, column

pytestmark = pytest.mark.r

DATA = """
w <- warpbreaks
i <- seq_len(54)
w$x <- ((i * 7) %% 11) / 2 + 1
w$n <- rep(c(1.5, 2.5, 3.5), 18)
w$pw <- rep(c(1, 2, 5), 18)
w$two <- rep(c(0, 4), 27)
w$flag <- (i * 5) %% 3 == 0
w$ten <- factor(w$tension, ordered = TRUE)
w$high <- as.integer(w$breaks > 25)
w$block <- factor(i %% 7)
housing <- MASS::housing
part <- w[-c(1:5, 20:22), ]
hole <- w[!(w$wool == "A" & w$tension == "H"), ]
"""
# Name: the fit in R, the question in R; data, fit and question here.
LM = {
    "offset in the formula": ("glm(breaks ~ wool + offset(log(n)), poisson, w)", "emmeans(f, ~ wool)",
        "w", ("glm", "breaks ~ wool + offset(log(n))", "poisson", {}), lambda f: f.emmeans("wool")),
    "offset by argument": ("lm(breaks ~ wool, w, offset = n)", "emmeans(f, ~ wool)",
        "w", ("lm", "breaks ~ wool", None, {"offset": "n"}), lambda f: f.emmeans("wool")),
    "prior weights": ("lm(breaks ~ wool + tension + x, part, weights = pw)", "emmeans(f, ~ wool)",
        "part", ("lm", "breaks ~ wool + tension + x", None, {"weights": "pw"}), lambda f: f.emmeans("wool")),
    "proportional": ("lm(breaks ~ wool + tension + x, part, weights = pw)", 'emmeans(f, ~ wool, weights = "prop")',
        "part", ("lm", "breaks ~ wool + tension + x", None, {"weights": "pw"}),
        lambda f: f.emmeans("wool", weights="proportional")),
    "cells": ("lm(breaks ~ wool + tension + x, part, weights = pw)", 'emmeans(f, ~ wool, weights = "cells")',
        "part", ("lm", "breaks ~ wool + tension + x", None, {"weights": "pw"}),
        lambda f: f.emmeans("wool", weights="cells")),
    "outer": ("lm(breaks ~ wool * tension + flag, part)", 'emmeans(f, ~ wool, weights = "outer")',
        "part", ("lm", "breaks ~ wool * tension + flag", None, {}), lambda f: f.emmeans("wool", weights="outer")),
    "proportional over two": ("lm(breaks ~ wool * tension + flag, part)", 'emmeans(f, ~ wool, weights = "prop")',
        "part", ("lm", "breaks ~ wool * tension + flag", None, {}),
        lambda f: f.emmeans("wool", weights="proportional")),
    "two values": ("lm(breaks ~ wool * two + x, w)", "emmeans(f, ~ wool)",
        "w", ("lm", "breaks ~ wool * two + x", None, {}), lambda f: f.emmeans("wool")),
    "two values shown": ("lm(breaks ~ wool * two + x, w)", "emmeans(f, ~ wool | two)",
        "w", ("lm", "breaks ~ wool * two + x", None, {}), lambda f: f.emmeans("~ wool | two")),
    "numbers at values": ("lm(breaks ~ wool * x, w)", "emmeans(f, ~ wool | x, at = list(x = c(1, 2)))",
        "w", ("lm", "breaks ~ wool * x", None, {}), lambda f: f.emmeans("~ wool | x", at={"x": [1, 2]})),
    "transformed columns": ("lm(breaks ~ tension + log(x) + poly(n, 2), w)", "emmeans(f, ~ tension)",
        "w", ("lm", "breaks ~ tension + log(x) + poly(n, 2)", None, {}), lambda f: f.emmeans("tension")),
    "truth values": ("lm(breaks ~ tension * flag, w)", "emmeans(f, ~ tension)",
        "w", ("lm", "breaks ~ tension * flag", None, {}), lambda f: f.emmeans("tension")),
    "a comparison": ("lm(breaks ~ I(x > 3) + wool, w)", "emmeans(f, ~ wool)",
        "w", ("lm", "breaks ~ I(x > 3) + wool", None, {}), lambda f: f.emmeans("wool")),
    "a factor and its number": ("lm(breaks ~ factor(x) * wool + n, w)", "emmeans(f, ~ wool)",
        "w", ("lm", "breaks ~ factor(x) * wool + n", None, {}), lambda f: f.emmeans("wool")),
    "an ordinal model": ("MASS::polr(Sat ~ Infl + Type + Cont, weights = Freq, data = housing, Hess = TRUE)",
        "pairs(emmeans(f, ~ Infl))", "housing", ("glm", "Sat ~ Infl + Type + Cont", "cumulative", {"weights": "Freq"}),
        lambda f: f.emmeans("Infl").pairs()),
    "nested": ("lm(breaks ~ wool/tension, w)", "emmeans(f, ~ tension)",
        "w", ("lm", "breaks ~ wool/tension", None, {}), lambda f: f.emmeans("tension")),
    "nested averaged": ("lm(breaks ~ wool/tension, w)", "emmeans(f, ~ wool)",
        "w", ("lm", "breaks ~ wool/tension", None, {}), lambda f: f.emmeans("wool")),
    "a hole": ("lm(breaks ~ wool * tension, hole)", "emmeans(f, ~ tension | wool)",
        "hole", ("lm", "breaks ~ wool * tension", None, {}), lambda f: f.emmeans("~ tension | wool")),
    "a hole averaged": ("lm(breaks ~ wool * tension, hole)", "emmeans(f, ~ wool)",
        "hole", ("lm", "breaks ~ wool * tension", None, {}), lambda f: f.emmeans("wool")),
    "a hole compared": ("lm(breaks ~ wool * tension, hole)", "pairs(emmeans(f, ~ tension | wool))",
        "hole", ("lm", "breaks ~ wool * tension", None, {}), lambda f: f.emmeans("~ tension | wool").pairs()),
    "an ordered factor": ("lm(breaks ~ wool * ten, w)", 'contrast(emmeans(f, ~ ten | wool), "consec", adjust = "none")',
        "w", ("lm", "breaks ~ wool * ten", None, {}),
        lambda f: f.emmeans("~ ten | wool").contrast("consec", adjust="none")),
    "a factor of numbers": ("lm(breaks ~ factor(x) + wool, w)", "pairs(emmeans(f, ~ x))",
        "w", ("lm", "breaks ~ factor(x) + wool", None, {}), lambda f: f.emmeans("x").pairs()),
    "probit": ('glm(high ~ wool + tension, binomial("probit"), w)', 'emmeans(f, ~ tension, type = "response")',
        "w", ("glm", "high ~ wool + tension", "binomial", {"link": "probit"}),
        lambda f: f.emmeans("tension", type="response")),
    "probit compared": ('glm(high ~ wool + tension, binomial("probit"), w)',
        'pairs(emmeans(f, ~ tension))', "w", ("glm", "high ~ wool + tension", "binomial", {"link": "probit"}),
        lambda f: f.emmeans("tension", type="response").pairs()),
    "cloglog": ('glm(high ~ wool + tension, binomial("cloglog"), w)', 'emmeans(f, ~ tension, type = "response")',
        "w", ("glm", "high ~ wool + tension", "binomial", {"link": "cloglog"}),
        lambda f: f.emmeans("tension", type="response")),
    "poisson rates": ("glm(breaks ~ wool * tension, poisson, w)", 'emmeans(f, ~ tension | wool, type = "response")',
        "w", ("glm", "breaks ~ wool * tension", "poisson", {}),
        lambda f: f.emmeans("~ tension | wool", type="response")),
    "poisson ratios": ("glm(breaks ~ wool * tension, poisson, w)",
        'pairs(emmeans(f, ~ tension | wool, type = "response"))', "w",
        ("glm", "breaks ~ wool * tension", "poisson", {}),
        lambda f: f.emmeans("~ tension | wool", type="response").pairs()),
    "quasipoisson": ("glm(breaks ~ wool * tension, quasipoisson, w)", 'emmeans(f, ~ wool, type = "response")',
        "w", ("glm", "breaks ~ wool * tension", "quasipoisson", {}),
        lambda f: f.emmeans("wool", type="response", df="none")),
    "Gamma": ('glm(breaks ~ wool + tension, Gamma("log"), w)', 'pairs(emmeans(f, ~ tension, type = "response"))',
        "w", ("glm", "breaks ~ wool + tension", "gamma", {"link": "log"}),
        lambda f: f.emmeans("tension", type="response").pairs()),
    "Gamma inverse": ("glm(breaks ~ wool + tension, Gamma, w)", 'emmeans(f, ~ tension, type = "response")',
        "w", ("glm", "breaks ~ wool + tension", "gamma", {}), lambda f: f.emmeans("tension", type="response")),
    "negative binomial": ("MASS::glm.nb(breaks ~ wool + tension, w)", 'emmeans(f, ~ tension, type = "response")',
        "w", ("glm", "breaks ~ wool + tension", "negative_binomial", {}),
        lambda f: f.emmeans("tension", type="response")),
    "a logarithm": ("lm(log(breaks) ~ tension, w)", 'pairs(emmeans(f, ~ tension, type = "response"))',
        "w", ("lm", "log(breaks) ~ tension", None, {}), lambda f: f.emmeans("tension", type="response").pairs()),
    "a square root": ("lm(sqrt(breaks) ~ tension, w)", 'emmeans(f, ~ tension, type = "response")',
        "w", ("lm", "sqrt(breaks) ~ tension", None, {}), lambda f: f.emmeans("tension", type="response")),
    "trends": ("lm(breaks ~ wool * log(x) + tension, w)", 'emtrends(f, ~ wool, var = "x", delta.var = 1e-5)',
        "w", ("lm", "breaks ~ wool * log(x) + tension", None, {}), lambda f: f.emtrends("x", "wool")),
    "trends compared": ("lm(breaks ~ tension * x, w)", 'pairs(emtrends(f, ~ tension, var = "x"))',
        "w", ("lm", "breaks ~ tension * x", None, {}), lambda f: f.emtrends("x", "tension").pairs()),
    "all pairs of cells": ("lm(breaks ~ wool * tension, w)", "pairs(emmeans(f, ~ wool * tension))",
        "w", ("lm", "breaks ~ wool * tension", None, {}), lambda f: f.emmeans("wool * tension").pairs()),
    "means together": ("lm(breaks ~ wool * tension, w)", 'emmeans(f, ~ wool * tension, adjust = "sidak")',
        "w", ("lm", "breaks ~ wool * tension", None, {}),
        lambda f: f.emmeans(["wool", "tension"]).confint(adjust="sidak")),
    "joint tests": ("lm(breaks ~ wool * tension, part)", 'joint_tests(f)',
        "part", ("lm", "breaks ~ wool * tension", None, {}),
        lambda f: f.emmeans(["wool", "tension"]).joint_tests()),
    "joint tests by": ("lm(breaks ~ wool * tension, part)", 'joint_tests(f, by = "wool")',
        "part", ("lm", "breaks ~ wool * tension", None, {}),
        lambda f: f.emmeans("tension", by="wool").joint_tests()),
    "joint tests with a hole": ("lm(breaks ~ wool * tension, hole)", "as.data.frame(joint_tests(f))[1:2, ]",
        "hole", ("lm", "breaks ~ wool * tension", None, {}), lambda f: f.emmeans(["wool", "tension"]).joint_tests()),
}  # fmt: skip
for _method in ("eff", "del.eff", "revpairwise", "poly", "mean_chg", "trt.vs.ctrlk", "consec"):
    for _adjust in ("none", "holm", "bonferroni", "fdr", "sidak", "scheffe"):
        if _method in ("eff", "poly") or _adjust == "none":
            LM[f"{_method} {_adjust}"] = (
                "lm(breaks ~ block, w)",
                f'contrast(emmeans(f, ~ block), "{_method}", adjust = "{_adjust}")',
                "w",
                ("lm", "breaks ~ block", None, {}),
                lambda f, m=_method, a=_adjust: f.emmeans("block").contrast(m, adjust=a),
            )
LM["intervals of effects"] = (
    "lm(breaks ~ block, w)", 'confint(contrast(emmeans(f, ~ block), "eff"))',
    "w", ("lm", "breaks ~ block", None, {}), lambda f: f.emmeans("block").contrast("eff"),
)  # fmt: skip
LM["Scheffe intervals"] = (
    "lm(breaks ~ block, w)", 'confint(pairs(emmeans(f, ~ block), adjust = "scheffe"))',
    "w", ("lm", "breaks ~ block", None, {}), lambda f: f.emmeans("block").pairs(adjust="scheffe"),
)  # fmt: skip
LM["Tukey intervals"] = (
    "lm(breaks ~ block, w)", "confint(pairs(emmeans(f, ~ block)))",
    "w", ("lm", "breaks ~ block", None, {}), lambda f: f.emmeans("block").pairs(),
)  # fmt: skip
LM["multivariate t"] = (
    "lm(breaks ~ block, w)", 'contrast(emmeans(f, ~ block), "trt.vs.ctrl", adjust = "mvt")',
    "w", ("lm", "breaks ~ block", None, {}), lambda f: f.emmeans("block").contrast("trt.vs.ctrl"),
)  # fmt: skip


def tightly(fit):
    """Return R's call of glm with a tight criterion."""
    return f"{fit[:-1]}, control = tight)" if fit.startswith("glm(") else fit


@pytest.fixture(scope="module")
def r(from_r):
    calls = ",\n".join(f"  {json.dumps(name)} = ask({tightly(fit)}, \\(f) {q})" for name, (fit, q, *_) in LM.items())
    script = f"""
    suppressMessages(library(emmeans))
    {DATA}
    options(digits = 15)
    tight <- list(epsilon = 1e-13, maxit = 100)
    ask <- function(f, question) {{
      table <- as.data.frame(suppressMessages(question(f)))
      lapply(as.list(table), \\(x) if (is.factor(x)) as.character(x) else x)
    }}
    out <- list(
    {calls})
    cat(jsonlite::toJSON(out, digits = I(15), na = "null"))
    """
    return from_r(script, "emmeans")


@pytest.fixture(scope="module")
def frames():
    w = st.load_dataset("warpbreaks")
    i = np.arange(1, 55)
    w = w.assign(
        x=((i * 7) % 11) / 2 + 1, n=np.tile([1.5, 2.5, 3.5], 18), pw=np.tile([1, 2, 5], 18), two=np.tile([0, 4], 27),
        flag=(i * 5) % 3 == 0, ten=w["tension"].cat.as_ordered(), high=(w["breaks"] > 25).astype(int),
        block=(i % 7).astype(str),
    )  # fmt: skip
    hole = w[~((w["wool"] == "A") & (w["tension"] == "H"))]
    return {
        "housing": st.load_dataset("housing"),
        "w": w,
        "part": w.drop(w.index[[*range(5), 19, 20, 21]]),
        "hole": hole,
    }


@pytest.mark.parametrize("name", LM)
def test_as_emmeans(name, r, frames):
    _, _, data, (entry, formula, family, options), question = LM[name]
    fit = getattr(st, entry)(formula, frames[data], *([family] if family else []), **options)
    table, reference = question(fit).table, r[name]
    names = R_NAMES | {"F.ratio": "statistic", "model term": "term", "df1": "df1", "df2": "df2"}
    compared = 0
    # polr and glm.nb stop by a looser criterion, and emtrends takes a difference of first order.
    loose = {"an ordinal model": 1e-3, "negative binomial": 1e-5, "trends": 2e-6}
    tolerance = loose.get(name, 1e-6)
    for key, values in reference.items():
        own = names.get(key, key)
        own = {"response": "estimate", "estimate": "estimate"}.get(own, own) if own not in table else own
        if own not in table or own in ("null", "note"):
            continue
        compared += 1
        assert len(values) == len(table), key
        if isinstance(values[0], (str, bool)):
            assert [str(v) for v in table[own]] == [str(v) for v in values], key
            continue
        mixed = "multivariate" in name and key == "p.value"
        rounded = key == "F.ratio"  # emmeans keeps three decimals
        expected = np.array([np.nan if v in (None, "NA") else np.inf if v == "Inf" else v for v in values], dtype=float)
        if own == "df" and np.isnan(expected).all():
            expected = column(values)
        np.testing.assert_allclose(
            table[own].to_numpy(float), expected, rtol=tolerance,
            atol=6e-4 if rounded else 2e-3 if mixed else 1e-6 if key == "p.value" else 1e-9, err_msg=key,
        )  # fmt: skip
    assert compared >= 4
