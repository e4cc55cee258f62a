"""statmodels_tf: `engine=st.NUTS(...)`, or the marginal engine, which `bayes()` takes for Gaussian models."""

import sys
from importlib.metadata import version

import pandas as pd

import statmodels_tf as st
from benchmarks.peers.sampled import figures, serve
from benchmarks.posterior_problems import CHAINS, DRAWS, PROBLEMS, WARMUP
from statmodels_tf.engines import Marginal


def sample(name: str, data: pd.DataFrame, seed: int) -> dict:
    """Return the figures of one posterior."""
    problem = PROBLEMS[name]
    family = {"bernoulli": "binomial"}.get(problem.family, problem.family)
    if sys.argv[4] == "nuts":
        engine = st.NUTS(draws=DRAWS, warmup=WARMUP, chains=CHAINS, seed=seed, progress=False)
    else:
        engine = Marginal(draws=DRAWS, chains=CHAINS, seed=seed)
    fit = st.fit(problem.ours, data, family, engine=engine)
    about = fit.diagnostics
    return figures(fit.shown, about["divergences"], about["seconds"], about.get("compile_seconds", 0.0))


if __name__ == "__main__":
    sys.exit(serve(sample, {"statmodels-tf": st.__version__, "nutpie": version("nutpie")}))
