"""statmodels_tf: `st.lmer` and its standard errors."""

from importlib.metadata import version

import pandas as pd

import statmodels_tf as st
from benchmarks.peers.protocol import serve


def fit(formula: str, data: pd.DataFrame, REML: bool) -> dict:
    """Return what the comparison needs of one fit."""
    m = st.lmer(formula, data, REML=REML)
    return {"criterion": m.criterion, "coef": m.coef().tolist(), "se": m.se().tolist()}


if __name__ == "__main__":
    serve(fit, {"statmodels-tf": st.__version__, "numpy": version("numpy"), "scipy": version("scipy")})
