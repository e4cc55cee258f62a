"""The registered families that least squares fit, what is known of each, and data they can have made."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import stats

from statmodels_tf.design import Response
from statmodels_tf.families import FAMILIES, LINKS, ExponentialFamily, Quasi, as_family, as_link, family_text, rowed

NAMES = sorted(name for name in FAMILIES if issubclass(FAMILIES[name], ExponentialFamily))
FAMILY = pytest.mark.parametrize("family", [as_family(name) for name in NAMES], ids=NAMES)
DENSE = [name for name in NAMES if FAMILIES[name].likelihood]
DENSITY = pytest.mark.parametrize("family", [as_family(name) for name in DENSE], ids=DENSE)
QUASI = [Quasi("log", "mu"), Quasi("logit", "mu(1-mu)"), Quasi("inverse", "mu^2"), Quasi("1/mu^2", "mu^3")]
OWNED = [name for name in DENSE if as_family(name).values_at(1.0)]
OWN = pytest.mark.parametrize("family", [as_family(name) for name in OWNED], ids=OWNED)
WEIGHTED = pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weights"])
DISPERSION = 0.4


@dataclass(frozen=True)
class Case:
    """What is known of a family besides what it says itself: a new one adds a row to `CASES`.

    `scipy` makes SciPy's distribution of means, weights and values; `repeats` says that prior weights multiply the log
    density (those of others divide a variance, or count trials); `low` is near the least response; `by_variance` says
    that scores and deviances are those of the variance function.
    """

    scipy: Any = None
    repeats: bool = False
    low: float = 0.0
    by_variance: bool = True


CASES = {
    "beta": Case(lambda mu, w, v: stats.beta(mu * v["phi"], (1 - mu) * v["phi"]), True, 1e-3, False),
    "binomial": Case(lambda mu, w, v: stats.binom(w, mu)),
    "gamma": Case(lambda mu, w, v: stats.gamma(w * v["shape"], scale=mu / (w * v["shape"])), low=1e-3),
    "gaussian": Case(lambda mu, w, v: stats.norm(mu, v["sigma"] / np.sqrt(w))),
    "inverse_gaussian": Case(lambda mu, w, v: stats.invgauss(mu / (w * v["shape"]), scale=w * v["shape"]), low=1e-3),
    "negative_binomial": Case(lambda mu, w, v: stats.nbinom(v["theta"], v["theta"] / (v["theta"] + mu)), True),
    "poisson": Case(lambda mu, w, v: stats.poisson(mu), True),
}


IN_SCIPY = pytest.mark.parametrize("family", [as_family(name) for name in CASES], ids=list(CASES))


def case(family):
    """Return what is known of a family."""
    return CASES.get(family.name, Case())


def means(family, n=12):
    """Return means [n] in the range of a family."""
    if not family.valid(np.array([2.0])):
        return np.linspace(0.1, 0.9, n)
    return np.linspace(0.3, 6, n) if not family.valid(np.array([-1.0])) else np.linspace(-2, 3, n)


def observed(family, weighted, n=12, seed=0):
    """Return the predictor of some means, responses that have them, and prior weights, as data of the family."""
    rng, mu = np.random.default_rng(seed), means(family, n)
    eta = family.link.link(mu, np)
    weights = rng.integers(1, 4, n).astype(float) if weighted else None
    if not family.likelihood:
        y = np.clip(mu * rng.uniform(0.5, 1.4, n), None, 1 if mu.max() < 1 else np.inf)
        return eta, family.data(Response("y", y), weights)
    y = family.simulate(eta, values(family), family.data(None, weights), rng)
    share = y / weights if family.shares and weighted else y
    return eta, family.data(Response("y", share), weights)


def few_links(family):
    """Return the family with each link of probabilities, or with its own: links are compared among themselves too."""
    return links(family) if family.shares else [family]


def values(family, size=()):
    return rowed(family.values_at(np.full(size, 1.0 if family.known_dispersion else DISPERSION)))


def links(family):
    """Return the family with each link that has values at its means, and an inverse."""
    for name in [*LINKS, "power(0.3)", "power(-0.7)"]:
        with np.errstate(all="ignore"):
            eta = as_link(name).link(means(family), np)
        if as_link(name).valid(eta):
            given = family_text(family).replace(f'link="{family.link.name}"', f'link="{name}"')
            yield as_family(given)
