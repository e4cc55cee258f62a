"""One number of a column, remembered: with `I(x - mean(x))` new rows are centred by the mean of the data fitted."""

from functools import partial

import numpy as np

from ..errors import DataError
from .base import Factor, Transform, numeric
from .learning import OfExtremes, OfMoments, OfQuantiles, OfSize


def _statistic(name, function, learner):
    """Return the transform of a statistic of the values that are not missing, or of all of them by `na.rm = FALSE`."""

    def call(x, *, na_rm=True, state=None):
        if state is None:
            values = np.atleast_1d(numeric(x, f"{name}()"))
            present = values[~np.isnan(values)] if na_rm else values
            if not len(present):
                raise DataError(f"{name}() was given no value that is not missing.")
            state = {"value": float(function(present))}
        return np.float64(state["value"]), state

    return Transform(name, call, True, finite=name not in ("min", "max", "median"), learner=learner)


def length(x, *, state=None):
    """Return how many values there are, the missing ones too."""
    if state is None:
        state = {"value": len(x.codes) if isinstance(x, Factor) else len(np.atleast_1d(numeric(x, "length()")))}
    return np.float64(state["value"]), state


def quantile(x, probs, *, na_rm=True, state=None):
    """Return a quantile of the values that are not missing, R's type 7."""
    if state is None:
        values = np.atleast_1d(numeric(x, "quantile()"))
        share = numeric(probs, "quantile()")
        if np.ndim(share) and len(share) == 1:
            share = share[0]
        if not np.all((share >= 0) & (share <= 1)):
            raise DataError("quantile() needs probabilities from 0 to 1.")
        state = {"value": (np.nanquantile if na_rm else np.quantile)(values, share).tolist()}
    return np.asarray(state["value"])[()], state


def _moment(of, moments, arguments):
    return {"value": float(of(moments))}


def _mean(moments):
    return moments.mean


def _total(moments):
    return moments.total


def _variance(moments):
    return moments.squares / (moments.n - 1) if moments.n > 1 else np.nan


def _sd(moments):
    return np.sqrt(_variance(moments))


def _of_moments(of):
    """Return what makes the learner of a number that the moments give."""
    return partial(OfMoments.of, made=partial(_moment, of), single=True)


STATISTICS = [
    _statistic("mean", np.mean, _of_moments(_mean)),
    _statistic("sd", lambda x: np.std(x, ddof=1), _of_moments(_sd)),
    _statistic("var", lambda x: np.var(x, ddof=1), _of_moments(_variance)),
    _statistic("min", np.min, OfExtremes.of),
    _statistic("max", np.max, OfExtremes.of),
    _statistic("median", np.median, partial(OfQuantiles.of, share=0.5)),
    _statistic("sum", np.sum, _of_moments(_total)),
    Transform("length", length, True, learner=OfSize.of),
    Transform("quantile", quantile, True, learner=OfQuantiles.of),
]
