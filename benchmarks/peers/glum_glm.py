"""glum: `GeneralizedLinearRegressor` without penalty, on a ready matrix, or on a frame with its factors.

No standard errors are asked for. The gradient's tolerance is such that coefficients agree to 1e-8.
"""

from importlib.metadata import version

import numpy as np
from glum import GeneralizedLinearRegressor

from benchmarks.peers.columns import serve

TOLERANCE = 1e-9


def prepare(formula, data, family):
    """Return the fit of the ready matrix; a frame where there are factors."""
    response, right = (side.strip() for side in formula.split("~"))
    names = [name.strip() for name in right.split("+")]
    y, X = data[response].to_numpy(), data[names]
    factors = any(dtype == "category" for dtype in X.dtypes)
    matrix = X if factors else np.asfortranarray(X.to_numpy())

    def fit():
        model = GeneralizedLinearRegressor(
            alpha=0, family=family, gradient_tol=TOLERANCE, drop_first=factors, copy_X=False
        )
        model.fit(matrix, y)
        return [float(model.intercept_), *model.coef_.tolist()]

    return fit


if __name__ == "__main__":
    serve(prepare, {"glum": version("glum")})
