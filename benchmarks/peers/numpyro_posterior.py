"""numpyro: the three models written by hand, non-centred, chains side by side on one device."""

import os
import sys
import time
from importlib.metadata import version

os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=2")

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
import pandas as pd

from benchmarks.peers.sampled import figures, serve, used
from benchmarks.posterior_problems import CHAINS, DRAWS, WARMUP

jax.config.update("jax_enable_x64", True)


def dummies(column: pd.Series) -> np.ndarray:
    """Return the columns of a factor's levels but the first."""
    return pd.get_dummies(column, drop_first=True).to_numpy(float)


def cbpp(d: pd.DataFrame):
    """Return the model of cbpp."""
    X, herd = dummies(d["period"].astype("category")), pd.factorize(d["herd"])[0]
    y, trials = d["incidence"].to_numpy(), d["size"].to_numpy()

    def model():
        a = numpyro.sample("a", dist.Normal(0, 2.5))
        b = numpyro.sample("b", dist.Normal(jnp.zeros(X.shape[1]), 2.5 / X.std(0)))
        sd = numpyro.sample("sd", dist.Exponential(1.0))
        z = numpyro.sample("z", dist.Normal(jnp.zeros(herd.max() + 1), 1.0))
        eta = a + (X - X.mean(0)) @ b + sd * z[herd]
        numpyro.sample("y", dist.BinomialLogits(eta, trials), obs=y)

    return model


def radon(d: pd.DataFrame):
    """Return the model of radon."""
    floor = d["floor"].astype("category").cat.codes.to_numpy(float)
    X, county = np.column_stack([floor, d["log_uranium"]]), pd.factorize(d["county"])[0]
    y, levels = d["log_radon"].to_numpy(), county.max() + 1
    unit = y.std()

    def model():
        a = numpyro.sample("a", dist.Normal(y.mean(), 2.5 * unit))
        b = numpyro.sample("b", dist.Normal(jnp.zeros(2), 2.5 * unit / X.std(0)))
        sd = numpyro.sample("sd", dist.Exponential(jnp.full(2, 1 / unit)))
        L = numpyro.sample("L", dist.LKJCholesky(2, 1.0))
        z = numpyro.sample("z", dist.Normal(jnp.zeros((levels, 2)), 1.0))
        sigma = numpyro.sample("sigma", dist.Exponential(1 / unit))
        u = z @ (sd[:, None] * L).T
        eta = a + (X - X.mean(0)) @ b + u[county, 0] + u[county, 1] * floor
        numpyro.sample("y", dist.Normal(eta, sigma), obs=y)

    return model


def wells(d: pd.DataFrame):
    """Return the model of wells."""
    X = d[["dist100", "arsenic", "educ4"]].to_numpy(float)
    y = d["switch"].astype("category").cat.codes.to_numpy()

    def model():
        a = numpyro.sample("a", dist.Normal(0, 2.5))
        b = numpyro.sample("b", dist.Normal(jnp.zeros(3), 2.5 / X.std(0)))
        numpyro.sample("y", dist.BernoulliLogits(a + (X - X.mean(0)) @ b), obs=y)

    return model


MODELS = {"cbpp": cbpp, "radon": radon, "wells": wells}


def sample(name: str, data: pd.DataFrame, seed: int) -> dict:
    """Return the figures of one posterior; the model is traced and compiled in every call, as a new one would be.

    A second run of the compiled program tells how much of it was sampling, and is left out of the times.
    """
    kernel = numpyro.infer.NUTS(MODELS[name](data))
    how = {"num_warmup": WARMUP, "num_samples": DRAWS, "num_chains": CHAINS, "progress_bar": False}
    mcmc = numpyro.infer.MCMC(kernel, chain_method="vectorized", **how)
    begun, cpu = time.perf_counter(), used()
    mcmc.run(jax.random.PRNGKey(seed))
    draws = {name: np.asarray(array) for name, array in mcmc.get_samples(group_by_chain=True).items()}
    whole, cpu = time.perf_counter() - begun, used() - cpu
    begun = time.perf_counter()
    mcmc.run(jax.random.PRNGKey(seed))
    np.asarray(next(iter(mcmc.get_samples().values())))
    again = time.perf_counter() - begun
    diverged = int(np.asarray(mcmc.get_extra_fields()["diverging"]).sum())
    draws.pop("L", None)
    return figures(draws, diverged, again, whole - again) | {"wall": whole, "cpu": cpu}


if __name__ == "__main__":
    sys.exit(serve(sample, {name: version(name) for name in ("numpyro", "jax")}))
