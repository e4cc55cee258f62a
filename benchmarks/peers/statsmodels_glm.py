"""statsmodels: `GLM` on a ready matrix."""

from importlib.metadata import version

import numpy as np
import statsmodels.api as sm

from benchmarks.peers.columns import serve

FAMILIES = {"binomial": sm.families.Binomial, "poisson": sm.families.Poisson}


def prepare(formula, data, family):
    """Return the fit of the ready matrix, standard errors included."""
    response, right = (side.strip() for side in formula.split("~"))
    names = [name.strip() for name in right.split("+")]
    y, X = data[response].to_numpy(), np.column_stack([np.ones(len(data)), data[names].to_numpy()])

    def fit():
        m = sm.GLM(y, X, family=FAMILIES[family]()).fit()
        _ = m.bse
        return m.params.tolist()

    return fit


if __name__ == "__main__":
    serve(prepare, {"statsmodels": version("statsmodels")})
