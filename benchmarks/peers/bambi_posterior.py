"""bambi with nutpie as its sampler: the model is built, compiled and sampled in every call, as its users wait."""

import sys
import time
import warnings
from importlib.metadata import version

import bambi
import nutpie
import pandas as pd

from benchmarks.peers.sampled import figures, serve
from benchmarks.posterior_problems import CHAINS, DRAWS, PROBLEMS, WARMUP


def sample(name: str, data: pd.DataFrame, seed: int) -> dict:
    """Return the figures of one posterior."""
    problem = PROBLEMS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = bambi.Model(problem.bambi, data, family=problem.family)
        model.build()
        begun = time.perf_counter()
        compiled = nutpie.compile_pymc_model(model.backend.model)
        compiling = time.perf_counter() - begun
        begun = time.perf_counter()
        drawn = nutpie.sample(compiled, draws=DRAWS, tune=WARMUP, chains=CHAINS, cores=2, seed=seed, progress_bar=False)
        sampling = time.perf_counter() - begun
    posterior = {name: array.values for name, array in drawn.posterior.data_vars.items()}
    return figures(posterior, int(drawn.sample_stats["diverging"].sum()), sampling, compiling)


if __name__ == "__main__":
    sys.exit(serve(sample, {name: version(name) for name in ("bambi", "nutpie", "pymc")}))
