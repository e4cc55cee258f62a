"""statmodels_tf: `st.glm` from formula and data frame, with its standard errors."""

from importlib.metadata import version

import statmodels_tf as st
from benchmarks.peers.columns import serve


def prepare(formula, data, family):
    """Return the whole call."""

    def fit():
        m = st.glm(formula, data, family)
        m.se()
        return m.coef().tolist()

    return fit


if __name__ == "__main__":
    serve(prepare, {"statmodels-tf": st.__version__, "numpy": version("numpy"), "scipy": version("scipy")})
