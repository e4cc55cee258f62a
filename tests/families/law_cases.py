"""Families made of laws, with values of their parameters and responses drawn from them."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import gamma

from statmodels_tf.design import Response
from statmodels_tf.families import Censored, Truncated, as_family

VALUES = {
    "sigma": 0.7, "nu": 4.5, "shape": 1.8, "alpha": 2.5, "kappa": 3.0, "phi": 6.0, "zoi": 0.3, "coi": 0.4, "zi": 0.25,
    "theta": 1.7, "sigma1": 0.7, "sigma2": 1.1, "gap2": 2.0, "share1": 0.4, "gap3": 0.6, "sigma3": 0.5, "share2": 0.7,
    "shape1": 1.8, "shape2": 2.5, "shape3": 1.1, "nu1": 4.5, "nu2": 9.0,
}  # fmt: skip
TRIALS = 7.0


def asymmetric(mu, v):
    p = 0.3
    kappa = np.sqrt(p / (1 - p))
    return stats.laplace_asymmetric(kappa, loc=mu, scale=v["sigma"] / np.sqrt(p * (1 - p)))


def skewed(mu, v):
    delta = v["alpha"] / np.sqrt(1 + v["alpha"] ** 2)
    omega = v["sigma"] / np.sqrt(1 - 2 * delta**2 / np.pi)
    return stats.skewnorm(v["alpha"], loc=mu - omega * delta * np.sqrt(2 / np.pi), scale=omega)


def weibull(mu, v):
    return stats.weibull_min(v["shape"], scale=mu / gamma(1 + 1 / v["shape"]))


SCIPY = {
    "student": lambda mu, v: stats.t(v["nu"], loc=mu, scale=v["sigma"]),
    "lognormal": lambda mu, v: stats.lognorm(v["sigma"], scale=np.exp(mu)),
    "weibull": weibull,
    "exponential": lambda mu, v: stats.expon(scale=mu),
    "skew_normal": skewed,
    "asymmetric_laplace(0.3)": asymmetric,
    "von_mises": lambda mu, v: stats.vonmises(v["kappa"], loc=mu),
}
WITH_TAILS = [
    as_family(text)
    for text in ("gaussian", "lognormal", "weibull", "exponential", "asymmetric_laplace(0.3)", "poisson")
]
COUNTS = {
    "zero_inflated_poisson": lambda mu, v: stats.poisson(mu),
    "zero_inflated_negative_binomial": lambda mu, v: stats.nbinom(v["theta"], v["theta"] / (v["theta"] + mu)),
    "zero_inflated_binomial": lambda mu, v: stats.binom(TRIALS, mu),
}
MIXTURES = ['mixture("gaussian", 2)', 'mixture("poisson", 2)', 'mixture("weibull", 3)', 'mixture("student")']
TEXTS = [*SCIPY, *COUNTS, "zero_one_inflated_beta", *MIXTURES]
LIMITED = [*map(Censored, WITH_TAILS), *map(Truncated, WITH_TAILS)]
OF_LAWS = [as_family(text) for text in TEXTS]


def called(family):
    return getattr(family, "component", family.name).replace("link=", "")


FAMILY = pytest.mark.parametrize("family", [*OF_LAWS, *LIMITED], ids=called)
SEEN = pytest.mark.parametrize("family", OF_LAWS, ids=called)


def etas(family, n=14):
    return np.linspace(-1.2, 1.5, n)


def own(family, data, size=()):
    """Return values of the family's own parameters, with the axis of rows."""
    return {name: np.full((*size, 1), VALUES[name]) for name in family.default_priors(data)}


def limits(family, y):
    """Return what is known of censored rows, or bounds around truncated ones, in turn."""
    k = np.arange(len(y))
    if isinstance(family, Censored):
        return {"censored": np.array([0.0, -1.0, 1.0, 2.0])[k % 4], "until": y + np.where(k % 4 == 3, 2.0, 1.0)}
    if isinstance(family, Truncated):
        return {"lower": np.floor(y - 1 - k % 2), "upper": np.ceil(y + 1 + k % 3)}
    return {}


def observed(family, n=14, weights=None, seed=0):
    """Return linear predictors, the data of simulated responses and the values they come from."""
    eta, rng = etas(family, n), np.random.default_rng(seed)
    trials = np.full(n, TRIALS) if family.name == "zero_inflated_binomial" else None
    given = {"y": np.linspace(0.1, 0.9, n)}
    values = own(family, given)
    data = {} if trials is None else {"trials": trials}
    y = np.asarray(getattr(family, "of", family).simulate(eta, values, data, rng))
    response = Response("y", y, trials, limits=limits(family, y))
    assert family.refuses(response) is None
    return eta, family.data(response, weights), values
