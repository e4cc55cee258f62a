"""Response: the left side of the formula as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError
from ..transforms import Factor, Logical, Matrix
from ..transforms.base import numeric, truth


@dataclass(frozen=True, eq=False)
class Response:
    """The response on the rows used.

    Attributes
    ----------
    name : str
        As written: `log(Ozone)`, `cbind(ncases, ncontrols)`.
    values : array [n]
        The numbers; codes 0, 1, ... of a factor; 0 and 1 for truth values; successes for `cbind` or `| trials()`. Of
        `cbind` of more than two columns [n, K], all of them.
    trials : array [n] or None
        The number of trials, for `cbind(successes, failures)` and `y | trials(n)`.
    levels : tuple of str or None
        Levels of a factor or of truth values, the first coded 0.
    index : Index [n] or None
        Labels of the rows used, for messages.
    columns : tuple of str or None
        The names of the columns of `cbind`.
    limits : mapping of str to array [n]
        Of censored and truncated responses what is known of them; see `limits_of`.
    complete : bool
        Whether every level is an outcome, those too that no row has.
    """

    name: str
    values: np.ndarray
    trials: np.ndarray | None = None
    levels: tuple[str, ...] | None = None
    index: pd.Index | None = None
    columns: tuple[str, ...] | None = None
    limits: Mapping[str, np.ndarray] = field(default_factory=dict)
    complete: bool = False

    def take(self, rows: np.ndarray) -> "Response":
        """Return the response on some of its rows; the index stays."""
        trials = None if self.trials is None else self.trials[rows]
        limits = {name: array[rows] for name, array in self.limits.items()}
        return replace(self, values=self.values[rows], trials=trials, limits=limits)


def build_response(label: str, value: Any, trials: np.ndarray | None = None) -> Response:
    """Return the response from its value on the rows used.

    Parameters
    ----------
    label : str
    value : array [n], Logical, Factor, or Matrix
    trials : array [n] or None
    """
    if isinstance(value, Matrix) and value.values.shape[1] == 2:
        if trials is not None:
            raise DataError(f"`{label}` already says the trials; leave `| trials(...)` out.")
        return Response(label, value.values[:, 0].copy(), value.values.sum(axis=1), columns=value.columns)
    if isinstance(value, Matrix) and value.values.shape[1] > 2:
        if trials is not None:
            raise DataError(f"`{label}` has the trials of each outcome; leave `| trials(...)` out.")
        return Response(label, np.array(value.values), columns=value.columns)
    if isinstance(value, Factor):
        if value.days is not None:
            raise DataError(f"the response `{label}` holds dates; `as.numeric({label})` counts days since 1970-01-01.")
        used = value.used()
        return Response(label, used.codes.astype(float), _checked(label, trials), used.levels)
    if isinstance(value, Logical) or (isinstance(value, np.ndarray) and value.dtype.kind == "b"):
        return Response(label, truth(value).astype(float), _checked(label, trials), ("False", "True"))
    return Response(label, np.array(numeric(value)), _checked(label, trials))


def _checked(label, trials):
    if trials is None:
        return None
    if (trials < 0).any():
        raise DataError(f"`{label} | trials(...)`: a number of trials is negative.")
    return np.array(trials)
