"""The covariance that a user asks for by `vcov=`: a type, a type with its options, or a matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import ModelError, did_you_mean
from ..arguments import one_of

if TYPE_CHECKING:
    from ..estimate import Estimate

KINDS = ("model", "HC0", "HC1", "HC2", "HC3", "cluster", "HAC")
OPTIONS = ("type", "cluster", "lags", "correction")

# What others call the kinds, in lower case: statsmodels' `cov_type`, R's functions.
_WORDS = {"nonrobust": "model", "const": "model", "robust": "HC3", "sandwich": "HC0", "cr": "cluster"}


def covariance_kind(type: Any, unrobust: str) -> str:
    """Return the kind of covariance by its name here, or say which there are, and why if there is the model's only."""
    word = _WORDS.get(type.lower(), type) if isinstance(type, str) else type
    kind = next((known for known in KINDS if isinstance(word, str) and known.lower() == word.lower()), word)
    return one_of("type", kind, ("model",) if unrobust else KINDS, f" {unrobust}" if kind in KINDS and unrobust else "")


def implied_kind(type: Any, **options: Any) -> Any:
    """Return the type that is asked for, or that of its options where only they are given; refuse those of another.

    >>> implied_kind(None, cluster="firm", lags=None, correction=None), implied_kind(None, lags=3), implied_kind("HC3")
    ('cluster', 'HAC', 'HC3')
    """
    given = {name: value for name, value in options.items() if value is not None}
    owners = {"cluster": ("cluster",), "lags": ("HAC",), "correction": ("cluster", "HAC")}
    if type is None:
        type = next((owners[name][0] for name in ("cluster", "lags") if name in given), "model")
    for name in given:
        if isinstance(type, str) and type.lower() not in [owner.lower() for owner in owners[name]]:
            listed = " and ".join([f'`type="{owners[name][0]}"`', *(f'"{other}"' for other in owners[name][1:])])
            raise ModelError(f'`{name}=` belongs to {listed}, and the type is "{type}".')
    return type


def asked_covariance(fit: Estimate, vcov: Any) -> pd.DataFrame:
    """Return the covariance [p, p] of the coefficients, NaN where aliased; `attrs["df"]` if its tests have their own.

    Parameters
    ----------
    fit : Estimate
    vcov : None, str, mapping, or matrix
        None for the model's; a type of `fit.vcov`, as "HC3"; its arguments, as `{"type": "cluster", "cluster": "g"}`;
        or the covariance itself, as an array [p, p], a DataFrame with the names of the coefficients, or one of the
        estimable coefficients only.
    """
    if vcov is None or isinstance(vcov, str):
        return fit.vcov() if vcov is None else fit.vcov(vcov)
    if isinstance(vcov, Mapping):
        for name in vcov:
            if name not in OPTIONS:
                listed = ", ".join(f"`{known}`" for known in OPTIONS)
                near = did_you_mean(str(name), OPTIONS)
                raise ModelError(f"`vcov=` has no option `{name}`.{near} It takes {listed}.")
        return fit.vcov(**vcov)
    return _matrix(fit, vcov)


def covariance_line(attrs: Mapping[Any, Any]) -> str:
    """Return which covariance a table uses, for a summary, from the `attrs` of the covariance.

    >>> covariance_line({"type": "cluster", "df": 17, "clusters": "firm"})
    'standard errors clustered by firm, 18 clusters'
    >>> covariance_line({"type": "HC3"}), covariance_line({})
    ('HC3 standard errors', 'standard errors of the covariance given')
    """
    kind = attrs.get("type")
    if kind == "cluster":
        return f"standard errors clustered by {attrs['clusters']}, {attrs['df'] + 1:,} clusters"
    if kind == "HAC":
        return f"HAC standard errors, {attrs['lags']} lags"
    return "standard errors of the covariance given" if kind is None else f"{kind} standard errors"


def _matrix(fit: Estimate, given: Any) -> pd.DataFrame:
    """Return a matrix as the covariance of all coefficients."""
    names, kept = list(fit.names), ~np.isnan(fit.beta)
    attrs = dict(given.attrs) if isinstance(given, pd.DataFrame) else {}
    if isinstance(given, pd.DataFrame):
        if set(given.columns) not in (set(names), set(np.array(names)[kept])) or set(given.columns) != set(given.index):
            raise ModelError("the rows and columns of `vcov=` are not the names of the coefficients; see `fit.vcov()`.")
        given = given.reindex(index=names, columns=names)
    try:
        matrix = np.array(given, dtype=float)
    except (TypeError, ValueError):
        raise ModelError(
            f'`vcov={given!r}` is no covariance; write a type such as "HC3", its arguments such as '
            '`{"type": "cluster", "cluster": "g"}`, or a matrix.'
        ) from None
    if matrix.shape == (kept.sum(),) * 2:
        whole = np.full((len(names),) * 2, np.nan)
        whole[np.ix_(kept, kept)] = matrix
        matrix = whole
    if matrix.shape != (len(names),) * 2:
        shape = f"{len(names)} coefficients"
        raise ModelError(f"`vcov=` has the shape {matrix.shape} and there are {shape}; see `fit.vcov()`.")
    if not np.allclose(matrix, matrix.T, rtol=1e-6, atol=1e-12, equal_nan=True):
        raise ModelError("`vcov=` is not symmetric.")
    table = pd.DataFrame(matrix, index=names, columns=names)
    table.attrs.update(attrs)
    return table
