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
    return st.glm(formula, st.load_dataset("cbpp"), "binomial", engine=SHORT)
