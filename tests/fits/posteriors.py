"""Posteriors made of draws that no sampler made: for what follows from draws, that is enough."""

from functools import cache

import numpy as np

from statmodels_tf.fits.posterior.estimate import Posterior
from tests.model.cases import draw, model_of


@cache
def posterior_of(case, chains=4, draws=50):
    """Return a posterior of a case whose draws come from nowhere near the data."""
    model = model_of(case)
    rng = np.random.default_rng(0)
    shape = (chains, draws)
    stats = {
        "lp": rng.normal(size=shape),
        "energy": rng.normal(size=shape),
        "diverging": np.zeros(shape, dtype=bool),
        "acceptance_rate": rng.uniform(size=shape),
        "n_steps": np.full(shape, 7),
        "tree_depth": np.full(shape, 3),
        "step_size": np.full(shape, 0.2),
        "reached_max_treedepth": np.zeros(shape, dtype=bool),
    }
    about = {"engine": "nuts", "substrate": "jax", "warmup": 50, "divergences": 0, "converged": True, "message": ""}
    return Posterior(model, None, about, None, draw(model, 1, shape), stats)
