"""Small models of every form a density must hold for, with random values of their parameters."""

from functools import cache

import numpy as np
import pandas as pd

from statmodels_tf.design import build
from statmodels_tf.model import build_model


def toy(n=60, seed=3):
    """Two crossed factors, a number, a factor of four levels, weights, an exposure, and row labels."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "y": rng.normal(3, 2, n),
            "x": rng.normal(size=n),
            "twice": 0.0,
            "arm": pd.Categorical(rng.choice(list("abcd"), n)),
            "g": rng.choice(["g1", "g2", "g3", "g4", "g5"], n),
            "h": rng.choice(list("pqr"), n),
            "w": rng.uniform(0.5, 2, n),
        },
        index=[f"row{i}" for i in range(n)],
    ).assign(twice=lambda d: 2 * d["x"])


CASES = {
    "intercept": ("y ~ 1 + (1 | g)", {}, None),
    "slopes": ("y ~ x + (x | g)", {}, None),
    "uncorrelated": ("y ~ x + (x || g)", {}, None),
    "nested": ("y ~ x + (1 | g/h)", {}, None),
    "crossed": ("y ~ x * arm + (1 | g) + (0 + x | h)", {}, None),
    "factor_effects": ("y ~ arm + (0 + arm | g)", {}, None),
    "offset": ("y ~ x + offset(2 * x) + (1 | g)", {}, None),
    "weights": ("y ~ x + (1 | g)", {"weights": "w"}, None),
    "no_common": ("y ~ 0 + (1 | g)", {}, None),
    "no_intercept": ("y ~ 0 + arm + x:arm + (1 | g)", {}, None),
    "aliased": ("y ~ x + twice + arm + (1 | g)", {}, None),
    "twice_the_same": ("y ~ x + (1 | g) + (1 + x | g)", {}, None),
    "no_groups": ("y ~ x + arm", {}, None),
    "priors": (
        "y ~ x + arm + (x | g) + (1 | h)",
        {},
        {
            "Intercept": "student_t(3, 0, 2.5)",
            "b": "laplace(0, 1)",
            "x": "cauchy(0, 2)",
            "sigma": "half_student_t(3, 2)",
            "sd(g)": "half_cauchy(2)",
            "cor": "lkj(2)",
            "cov(h)": "decov(1, 1, 2, 0.5)",
        },
    ),
}


@cache
def model_of(case):
    """Return the model of a case."""
    formula, options, priors = CASES[case]
    return build_model(build(formula, toy(), **options), priors=priors)


def draw(model, seed, lead=()):
    """Return values of a model's parameters, anywhere in their supports, with leading axes `lead`."""
    rng = np.random.default_rng(seed)
    return {p.name: _draw(p.prior.support, p.shape, rng, lead) for p in model.parameters}


def _draw(support, shape, rng, lead):
    if support == "real":
        return rng.normal(size=lead + shape)
    if support == "positive":
        return rng.gamma(2.0, 0.5, size=lead + shape) + 0.2
    if support == "simplex":
        return rng.dirichlet(np.full(shape[0], 2.0), size=lead)
    loose = rng.normal(size=(*lead, shape[0], shape[0] + 2))
    product = loose @ np.swapaxes(loose, -1, -2)
    sd = np.sqrt(np.diagonal(product, axis1=-2, axis2=-1))
    return np.linalg.cholesky(product / sd[..., :, None] / sd[..., None, :])
