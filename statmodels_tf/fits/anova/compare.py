"""Fits against each other: what makes them comparable, and likelihood-ratio tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...errors import DataError, ModelError
from ..estimate import Estimate
from ..frame import headed
from ..regression.blockwise import in_memory, streamed
from ..words import spoken
from .deviance_table import TESTS, chi_square_p
from .nesting import nested_offsets, nesting_lines

# A fit with more parameters that is worse by more than rounding, relative to the deviance.
_WORSE = 1e-9


@spoken
def anova(*fits: Any, test: str | bool | None = None, type: str | int | None = None) -> pd.DataFrame:
    """Return the table that compares fits of the same rows, as R's `anova(m1, m2)`; of one fit, that of its terms.

    Parameters
    ----------
    *fits : Estimate
        Two or more, or a list of them.
    test : {None, "F", "Chisq", "LRT", "Rao", "Cp", False}
        None for the usual one: F tests of linear models and where a dispersion is estimated, likelihood ratios else.
    type : {"I", "II", "III"}
        Of the terms of one fit; see `fit.anova`.

    Returns
    -------
    DataFrame
        Of linear models Res.Df, RSS, Df, Sum of Sq, F, Pr(>F); of generalized linear ones Resid. Df, Resid. Dev, Df,
        Deviance, and the test, in the order given. Where one is a mixed model npar, AIC, BIC, logLik, deviance, Chisq,
        Df, Pr(>Chisq), the smaller first; fits by REML are refitted by ML, and the heading of the table says so.
    """
    given = [fit for each in fits for fit in (each if isinstance(each, (list, tuple)) else [each])]
    if not given:
        raise ModelError("`anova()` was given no fit; write `anova(m1, m2)`.")
    estimates(given)
    first, *others = given
    return first.anova(*others, test=test) if type is None else first.anova(*others, test=test, type=type)


def likelihood_ratio(fits: Sequence[Any]) -> pd.DataFrame:
    """Return the likelihood-ratio table of fits of the same rows, smaller models first."""
    estimates(fits)
    same_rows(fits)
    same_weights(fits)
    refitted = any(getattr(fit, "REML", False) for fit in fits)
    fits = sorted((by_ml(fit) for fit in fits), key=lambda fit: fit.df_model)
    nested_offsets(fits)
    npar = np.array([fit.df_model for fit in fits])
    deviance = np.array([-2 * fit.loglik for fit in fits])
    gain = np.concatenate([[np.nan], -np.diff(deviance)])
    chisq = np.maximum(gain, 0.0) + 0.0  # as R; and no -0.0
    df = np.concatenate([[np.nan], np.diff(npar)])
    columns = {
        "npar": npar,
        "AIC": [fit.aic for fit in fits],
        "BIC": [fit.bic for fit in fits],
        "logLik": [fit.loglik for fit in fits],
        "deviance": deviance,
        "Chisq": chisq,
        "Df": df,
        "Pr(>Chisq)": chi_square_p(chisq, df),
    }
    table = pd.DataFrame(columns, index=described(fits))
    heading = "likelihood ratio tests"
    if any(hasattr(fit, "REML") for fit in fits):
        heading += ", refitted by ML instead of REML" if refitted else ", fitted by ML"
    if np.any((df > 0) & (gain < -_WORSE * np.maximum(1.0, np.abs(deviance)))):
        heading += "; not nested: a model with more parameters fits worse, so no test compares them"
    return headed(table, heading, counts=("Df",), **numbered(table, fits))


def described(fits: Sequence[Any]) -> list[str]:
    """Return the formula of each fit, with the options that change the model and are not the same in all."""
    texts = [str(fit.formula) for fit in fits]
    said = [
        {
            "family": fit.family.name,
            "link": getattr(getattr(fit.family, "link", None), "name", ""),
            **{part: f"~ {str(other.formula).split('~')[-1].strip()}" for part, other in fit.model.predictors.items()},
        }
        for fit in fits
    ]
    for name in dict.fromkeys(name for options in said for name in options):
        values = [options.get(name, "") for options in said]
        if len(set(values)) > 1:
            texts = [f"{text}, {name} {v}" if v else text for text, v in zip(texts, values, strict=True)]
    return texts


def numbered(table: pd.DataFrame, fits: Sequence[Any]) -> dict[str, tuple[str, ...]]:
    """Return the lines that tell the rows of a comparison by number and what is not nested, and the numbers."""
    labels = tuple(str(i + 1) for i in range(len(table)))
    told = tuple(f"{i}: {text}" for i, text in zip(labels, table.index, strict=True))
    plain = not any(fit.model.predictors for fit in fits)
    return {"lines": told + (nesting_lines(fits) if plain else ()), "labels": labels}


def by_ml(fit: Any) -> Any:
    """Return the fit by maximum likelihood of the same model."""
    return fit.refit(REML=False) if getattr(fit, "REML", False) else fit


def estimates(fits: Sequence[Any]) -> None:
    """Say so unless all are estimates."""
    for fit in fits:
        if isinstance(fit, str) and fit.lower() in [test.lower() for test in TESTS]:
            raise ModelError(f'`anova()` was given the name of a test; write `anova(test="{fit}")`.')
        if not isinstance(fit, Estimate):
            kind = type(fit).__name__
            raise ModelError(f"`anova()` compares fits by maximum likelihood; it was given a {kind}.")


def same_rows(fits: Sequence[Any]) -> None:
    """Say so unless all fits have the same response on the same rows."""
    first = fits[0]
    for fit in fits[1:]:
        if fit.nobs != first.nobs:
            raise DataError(
                f"`{first.formula}` uses {_rows(first)} and `{fit.formula}` {_rows(fit)}, so their likelihoods cannot "
                "be compared. Fit both to the same rows: drop those that lack a value in any column of either first, "
                "with `data.dropna(subset=[...])`."
            )
        one, other = fit.model.design.response, first.model.design.response
        if one.name != other.name:
            raise DataError(
                f"the fits have different responses, `{other.name}` and `{one.name}`, so their likelihoods cannot be "
                "compared."
            )
        if streamed(fit) and streamed(first):
            continue  # the rows are not in memory: as many complete ones, of one response
        if not (np.array_equal(one.values, other.values) and _same(one.trials, other.trials)):
            raise DataError(
                f"the fits have different values of the response `{one.name}`: other rows of the data, or the same in "
                "another order, so their likelihoods cannot be compared. Fit both to the same table."
            )


def same_weights(fits: Sequence[Any]) -> None:
    """Say so unless all fits have the same weights, up to a factor that sigma takes up: others are never nested."""
    designs = [fit.model.design for fit in fits]
    if all(map(streamed, fits)) and len({design.spec.weights for design in designs}) == 1:
        return
    in_memory(fits[0], "fits of different weights")
    weights = [np.ones(design.n) if design.weights is None else design.weights for design in designs]
    for fit, w in zip(fits[1:], weights[1:], strict=True):
        if not np.allclose(w / w.mean(), weights[0] / weights[0].mean(), rtol=1e-10, atol=0):
            raise DataError(
                f"`{fits[0].formula}` and `{fit.formula}` have different weights, so neither contains the other and no "
                "test compares them. Fit both with the same `weights=`; `fit.aic` compares ways to weight."
            )


def _same(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    """Return whether both are the same array, or none."""
    return one is other if one is None or other is None else np.array_equal(one, other)


def _rows(fit: Any) -> str:
    """Return how many rows a fit uses, and how many it dropped."""
    dropped = fit.model.design.dropped
    return f"{fit.nobs:,} rows" + (f" ({dropped:,} dropped as incomplete)" if dropped else "")
