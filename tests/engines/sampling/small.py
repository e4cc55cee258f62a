"""Small models that samplers are tried on, and the script that a killed process runs."""

import numpy as np
import pandas as pd

from statmodels_tf.design import build
from statmodels_tf.model import build_model


def table(n=60):
    """Return a line with noise in five groups."""
    rng = np.random.default_rng(0)
    g = np.arange(n) % 5
    x = rng.normal(size=n)
    y = 1 + 0.5 * x + rng.normal(size=5)[g] + 0.5 * rng.normal(size=n)
    return pd.DataFrame({"x": x, "g": [f"g{k}" for k in g], "y": y, "up": (x + rng.normal(size=n) > 0).astype(float)})


def mixed():
    """Return a linear model with a varying intercept."""
    return build_model(build("y ~ x + (1 | g)", table()))


def line():
    """Return a linear model."""
    return build_model(build("y ~ x", table()))


def logistic(priors=None):
    """Return a logistic model."""
    return build_model(build("up ~ x", table()), "binomial", priors=priors)


def separated(priors=None):
    """Return a logistic model whose responses a threshold of x separates."""
    data = table().assign(up=lambda d: (d["x"] > 0).astype(float))
    return build_model(build("up ~ x", data), "binomial", priors=priors)


RUN = """
import sys
sys.path[:0] = {paths!r}
from small import mixed
from statmodels_tf.engines import NUTS
import numpy as np
fit = NUTS(**{options!r}).fit(mixed())
np.savez({out!r}, **fit.values)
print(fit.diagnostics["parallel"] if "parallel" in fit.diagnostics else "program")
"""
