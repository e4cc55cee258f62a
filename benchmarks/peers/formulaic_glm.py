"""formulaic and statsmodels: from formula and data frame, `model_matrix` and then `GLM`."""

from importlib.metadata import version

import statsmodels.api as sm
from formulaic import model_matrix

from benchmarks.peers.columns import serve
from benchmarks.peers.statsmodels_glm import FAMILIES


def prepare(formula, data, family):
    """Return the whole call, standard errors included."""

    def fit():
        y, X = model_matrix(formula, data)
        m = sm.GLM(y, X, family=FAMILIES[family]()).fit()
        _ = m.bse
        return m.params.tolist()

    return fit


if __name__ == "__main__":
    serve(prepare, {"formulaic": version("formulaic"), "statsmodels": version("statsmodels")})
