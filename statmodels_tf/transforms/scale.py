"""Functions that centre and scale, and remember by how much: `scale(x)`, `center(x)`."""

import numpy as np

from .base import Transform, number, numeric


def scale(x, center=True, scale=True, *, state=None):
    """Return `x` less its mean, divided by its standard deviation (n - 1), of the rows where it is not missing.

    `center` and `scale` may also be numbers. Without centring the divisor is the root mean square, as in R.
    """
    values = numeric(x, "scale()")
    if state is None:
        present = values[~np.isnan(values)]
        shift = (
            float(present.mean())
            if center is True
            else 0.0
            if center is False
            else number(center, "`center` of scale()")
        )
        moved = present - shift
        if scale is True:
            divisor = float(np.sqrt(moved @ moved / max(1, len(moved) - 1)))
        else:
            divisor = 1.0 if scale is False else number(scale, "`scale` of scale()")
        state = {"center": shift, "scale": divisor}
    with np.errstate(all="ignore"):
        return (values - state["center"]) / state["scale"], state


def center(x, *, state=None):
    """Return `x` less its mean."""
    return scale(x, True, False, state=state)


SCALES = [
    Transform("scale", scale, True, finite=True),
    Transform("standardize", scale, True, finite=True),
    Transform("center", center, True, finite=True),
]
