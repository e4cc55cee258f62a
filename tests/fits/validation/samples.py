"""Posteriors that a sampler made in about a second, for what has to follow from the data too."""

from functools import cache

import statmodels_tf as st
from tests.model.cases import toy

SHORT = st.NUTS(draws=500, warmup=300, seed=1, progress=False)


@cache
def linear():
    """Return the posterior of a linear model."""
    return st.glm("y ~ x + arm", toy(), engine=SHORT)


@cache
def smaller():
    """Return that of the model without its factor."""
    return st.glm("y ~ x", toy(), engine=SHORT)


@cache
def counts(formula="breaks ~ wool * tension"):
    """Return a posterior of counts."""
    return st.glm(formula, st.load_dataset("warpbreaks"), "poisson", engine=SHORT)


@cache
def herds():
    """Return a posterior of shares with a group term."""
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    priors = {"b": "normal(0, 2.5)", "Intercept": "normal(0, 5)", "cov": "decov(1, 1, 1, 1)"}
    return st.glm(formula, st.load_dataset("cbpp"), "binomial", engine=SHORT, priors=priors)


@cache
def rates():
    """Return the posterior that rstanarm's reference is of."""
    priors = {"b": "normal(0, 1)", "Intercept": "normal(3, 2)"}
    engine = st.NUTS(draws=1500, warmup=500, seed=1, progress=False)
    return st.glm("breaks ~ wool * tension", st.load_dataset("warpbreaks"), "poisson", engine=engine, priors=priors)
