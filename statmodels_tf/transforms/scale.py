"""Functions that centre and scale, and remember by how much: `scale(x)`, `center(x)`."""

from functools import partial

import numpy as np

from .base import Transform, number, numeric
from .learning import OfMoments
from .moments import Moments


def scale(x, center=True, scale=True, *, state=None):
    """Return `x` less its mean, divided by its standard deviation (n - 1), of the rows where it is not missing.

    `center` and `scale` may also be numbers. Without centring the divisor is the root mean square, as in R.
    """
    values = numeric(x, "scale()")
    if state is None:
        state = scaling(Moments.of(values), center, scale)
    with np.errstate(all="ignore"):
        return (values - state["center"]) / state["scale"], state


def scaling(moments, center, scale):
    """Return what `scale(x, center, scale)` learns from the moments of x."""
    shift = moments.mean if center is True else 0.0 if center is False else number(center, "`center` of scale()")
    if scale is True:
        divisor = float(np.sqrt(moments.squares_about(shift) / max(1, moments.n - 1)))
    else:
        divisor = 1.0 if scale is False else number(scale, "`scale` of scale()")
    return {"center": shift, "scale": divisor}


def center(x, *, state=None):
    """Return `x` less its mean."""
    return scale(x, True, False, state=state)


def _scaled(moments, arguments):
    return scaling(moments, arguments.get("center", True), arguments.get("scale", True))


def _centred(moments, arguments):
    return scaling(moments, True, False)


SCALES = [
    Transform("scale", scale, True, finite=True, learner=partial(OfMoments.of, made=_scaled)),
    Transform("standardize", scale, True, finite=True, learner=partial(OfMoments.of, made=_scaled)),
    Transform("center", center, True, finite=True, learner=partial(OfMoments.of, made=_centred)),
]
