"""Random data sets of every pattern against lme4, run beside it: the criterion is never higher."""

import json
import subprocess

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.design import build
from statmodels_tf.engines import PLS
from statmodels_tf.model import build_model

FORMULAS = (
    "y ~ x + (1 | a)",
    "y ~ x + (x | a)",
    "y ~ x + (1 | a) + (1 | b)",
    "y ~ x + (x | a) + (1 | b)",
    "y ~ x + (x | a) + (x | b)",
    "y ~ x + z + (x + z | a)",
    "y ~ x + (x | a/c)",
    "y ~ x + (x || a)",
    "y ~ x + (1 | a) + (0 + x | b)",
    "y ~ x + (1 | a) + (1 | b) + (1 | a:b)",
)

SCRIPT = """
suppressMessages(library(lme4)); options(warn = -1)
jobs <- jsonlite::fromJSON(file("stdin"), simplifyDataFrame = FALSE)
out <- sapply(jobs, function(job) {
  d <- as.data.frame(lapply(job$data, unlist))
  for (v in c("a", "b", "c")) d[[v]] <- factor(d[[v]])
  control <- lmerControl(check.conv.grad = "ignore", check.conv.singular = "ignore", check.conv.hess = "ignore")
  m <- suppressMessages(lmer(as.formula(job$formula), d, weights = w, REML = job$REML, control = control))
  if (job$REML) REMLcrit(m) else deviance(m)
})
cat(jsonlite::toJSON(out, digits = NA))
"""


def _data(rng, n):
    a, b, c, x, z = (
        rng.integers(0, 9, n),
        rng.integers(0, 6, n),
        rng.integers(0, 3, n),
        rng.standard_normal(n),
        rng.standard_normal(n),
    )
    sd = rng.choice([0.0, 0.3, 1.0], 4)
    y = (
        2
        + 0.5 * x
        + sd[0] * rng.standard_normal(9)[a]
        + sd[1] * rng.standard_normal(9)[a] * x
        + sd[2] * rng.standard_normal(6)[b]
        + sd[3] * rng.standard_normal((9, 3))[a, c]
        + rng.standard_normal(n)
    )
    w = rng.uniform(0.5, 2.0, n)
    names = {"a": [f"a{k}" for k in a], "b": [f"b{k}" for k in b], "c": [f"c{k}" for k in c]}
    return pd.DataFrame({"y": y, "x": x, "z": z, "w": w, **names})


@pytest.mark.r
def test_the_criterion_is_never_above_lme4s():
    rng = np.random.default_rng(21)
    jobs = [
        {"formula": formula, "REML": bool(REML), "data": _data(rng, int(rng.choice([80, 300])))}
        for formula in FORMULAS
        for REML in (0, 1)
    ]
    sent = json.dumps([{**job, "data": job["data"].to_dict("list")} for job in jobs])
    done = subprocess.run(["Rscript", "-e", SCRIPT], input=sent, capture_output=True, text=True, check=True)
    theirs = json.loads(done.stdout)
    assert len(theirs) == len(jobs) == 20
    for job, criterion in zip(jobs, theirs, strict=True):
        fit = PLS(REML=job["REML"]).fit(build_model(build(job["formula"], job["data"], weights="w")))
        assert fit.diagnostics["converged"], job["formula"]
        assert fit.criterion <= criterion + 1e-6, job["formula"]
        assert fit.criterion > criterion - 5.0, job["formula"]  # the same criterion: lme4 is not that far off
