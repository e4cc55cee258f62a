"""Terms taken out or put in one at a time, and the search by AIC that does so again and again.

The criterion is R's `extractAIC`: n log(RSS / n) + 2 p for linear models, for the others their AIC, the dispersion of
the fit held fixed where one is estimated. An estimated parameter of the family (theta) counts, as in `fit.aic`; R's
`extractAIC` of a negative binomial fit leaves it out, so its figures are 2 lower.

References
----------
Chambers & Hastie (1992), Statistical Models in S, chapters 4 and 6.
Venables & Ripley (2002), Modern Applied Statistics with S, section 6.8.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import DataError, ModelError, did_you_mean
from ...formula import Formula
from ...terms import CommonTerm
from ..frame import Frame, headed
from .deviance_table import cautions, chi_square_p, chosen_test, f_p
from .score_test import score_statistic
from .submodel import Reduced, droppable, tested_terms, whole, without_terms

if TYPE_CHECKING:
    from ..regression.base import Regression

TESTS = ("Chisq", "LRT", "F", "Rao")


def drop1(fit: Regression, test: Any, scope: Any, *, k: float = 2.0) -> pd.DataFrame:
    """Return the fit without each term that stands in no other, as R's `drop1`."""
    labels = _known(fit, [term.label for term in droppable(fit)] if scope is None else scope)
    if isinstance(test, str) and test in tested_terms(fit):
        raise ModelError(f'`{test}` is a term, not a test; write `drop1(scope="{test}")`.')
    models = [without_terms(fit, {label}) for label in labels]
    test = _test(fit, test)
    score = [score_statistic(fit, model.beta, fit.model.design) for model in models] if test == "Rao" else None
    return _table(fit, dict(zip(labels, models, strict=True)), "single term deletions", test=test, score=score, k=k)


def add1(fit: Regression, scope: Any, test: Any, *, k: float = 2.0) -> pd.DataFrame:
    """Return the fit with each term of the scope that it lacks, as R's `add1`."""
    terms, fits = addable(fit, scope), []
    for term in terms:
        larger: Any = fit.update(f". ~ . + {term.text}")
        if larger.nobs != fit.nobs:
            raise DataError(
                f"`{term.label}` is missing in {fit.nobs - larger.nobs:,} of the rows used, so fits with and without "
                "it cannot be compared; fit to the rows that have all columns first, with `data.dropna(subset=[...])`."
            )
        fits.append(larger)
    test = _test(fit, test)
    score = None
    if test == "Rao":
        score = [score_statistic(fit, fit.beta, larger.model.design) for larger in fits]
    models = {term.label: whole(larger) for term, larger in zip(terms, fits, strict=True)}
    return _table(fit, models, "single term additions", test=test, score=score, k=k)


def step(
    fit: Any,
    scope: Any,
    direction: str,
    *,
    k: float,
    steps: int,
    say: Callable[[str], None] | None,
    drop: Callable[..., pd.DataFrame] = drop1,
    add: Callable[..., pd.DataFrame] = add1,
) -> Any:
    """Return the fit that taking out and putting in terms ends at, each time the change that lowers AIC most.

    Parameters
    ----------
    scope : formula, mapping with `lower` and `upper`, or None
        The largest model; with `lower`, the terms that stay.
    direction : {"both", "backward", "forward"}
    k : float
        What a parameter costs: 2 for AIC, log(n) for BIC.
    steps : int
    say : callable or None
        Gets the table of each step.
    drop, add : callable
        The tables of terms taken out and put in, called as `drop1` and `add1`.
    """
    if not fit.family.likelihood:
        raise ModelError(
            f"the {fit.family.name} family has no likelihood, so there is no AIC to search by. "
            '`fit.drop1("F")` tests each term.'
        )
    lower, upper = _bounds(fit, scope)
    for _ in range(steps):
        tables = []
        if direction != "forward":
            stay = set() if lower is None else {term.label for term in lower.common}
            labels = [term.label for term in droppable(fit) if term.label not in stay]
            tables.append(_marked(drop(fit, False, labels, k=k), "-"))
        if direction != "backward" and upper is not None:
            texts = [term.text for term in _lacking(fit, upper)]
            tables.append(_marked(add(fit, texts, False, k=k), "+"))
        if not tables:
            break
        table = pd.concat([tables[0], *(more.iloc[1:] for more in tables[1:])]).sort_values("AIC", kind="stable")
        table.attrs.clear()  # what it is, `say` tells
        criterion = {str(label): float(value) for label, value in table["AIC"].items()}
        if say:
            say(f"{fit.formula}: AIC = {criterion['<none>']:.2f}\n{Frame(table)}\n")
        change = next(iter(criterion))
        if criterion[change] >= criterion["<none>"] - 1e-7:
            break
        sign, label = change[0], change[2:]
        text = next(t.text for t in (*fit.formula.common, *(upper.common if upper else ())) if t.label == label)
        fit = fit.update(f". ~ . {sign} {text}")
    return fit


def _marked(table: pd.DataFrame, sign: str) -> pd.DataFrame:
    """Return a table of changes with the sign of the change before each term."""
    return table.rename(index={label: f"{sign} {label}" for label in table.index if label != "<none>"})


def addable(fit: Any, scope: Any) -> list[CommonTerm]:
    """Return the terms of a scope that the fit lacks, those first that contain no other that it lacks."""
    if isinstance(scope, (list, tuple)) and all(isinstance(text, str) for text in scope):
        terms = [t for text in scope for t in Formula.parse(f"~ 0 + {text}").common if t.variables]
    elif isinstance(scope, str):
        terms = _lacking(fit, fit.formula.update(scope if "~" in scope else f"~ . + {scope}"))
    else:
        raise ModelError('`add1(scope)` takes a formula or terms: `"~ . + x + x:a"` or `["x", "x:a"]`.')
    if not terms and scope:
        raise ModelError(f"the scope {scope!r} has no term that the fit lacks.")
    return terms


def _lacking(fit: Any, upper: Formula) -> list[CommonTerm]:
    """Return the terms of a larger formula that the fit lacks and that contain no other that it lacks."""
    mine = {frozenset(v.key for v in term.variables) for term in fit.formula.common}
    new = {frozenset(v.key for v in term.variables): term for term in upper.common if term.variables}
    new = {keys: term for keys, term in new.items() if keys not in mine}
    return [term for keys, term in new.items() if not any(other < keys for other in new)]


def _bounds(fit: Regression, scope: Any) -> tuple[Formula | None, Formula | None]:
    """Return the smallest and the largest formula of a search."""
    if scope is None:
        return None, None
    given = scope if isinstance(scope, dict) else {"upper": scope}
    unknown = set(given) - {"lower", "upper"}
    if unknown or not all(isinstance(text, str) for text in given.values()):
        raise ModelError('`scope=` is the formula of the largest model, or `{"lower": "~ 1", "upper": "~ . + x"}`.')
    formulas = {name: fit.formula.update(text if "~" in text else f"~ {text}") for name, text in given.items()}
    return formulas.get("lower"), formulas.get("upper")


def _known(fit: Regression, scope: Any) -> list[str]:
    """Return the labels of the terms that a user wants taken out."""
    if isinstance(scope, str) and "~" in scope:
        labels: Sequence[str] = [t.label for t in fit.formula.update(scope).common if t.variables]
    else:
        labels = [scope] if isinstance(scope, str) else list(scope)
    known = tested_terms(fit)
    for label in labels:
        if label not in known:
            listed = ", ".join(f"`{name}`" for name in known)
            raise ModelError(f"the fit has no term `{label}`.{did_you_mean(str(label), known)} There is {listed}.")
    return [label for label in known if label in labels]


def _test(fit: Regression, test: Any) -> str | None:
    return None if test is None else chosen_test(test, "Chisq", TESTS[:3] if fit.least_squares else TESTS)


def _table(
    fit: Regression,
    models: dict[str, Reduced],
    heading: str,
    *,
    test: str | None,
    score: list[float] | None,
    k: float,
) -> pd.DataFrame:
    """Return the table of changed models beside the fit."""
    rank = np.array([fit.rank, *(model.rank for model in models.values())])
    deviance = np.array([fit.deviance, *(model.deviance for model in models.values())])
    change = np.abs(rank - fit.rank).astype(float)
    gain = np.where(rank < fit.rank, deviance - fit.deviance, fit.deviance - deviance)
    criterion = _criterion(fit, deviance)
    aic = criterion + k * rank
    change[0] = gain[0] = np.nan
    gain = np.maximum(gain, 0.0)
    if fit.least_squares:
        table = pd.DataFrame({"Df": change, "Sum of Sq": gain, "RSS": deviance, "AIC": aic})
    else:
        aic = aic + (fit.aic + (k - 2) * (fit.rank + len(fit.family.own)) - aic[0])
        table = pd.DataFrame({"Df": change, "Deviance": deviance, "AIC": aic})
        if not fit.family.likelihood:
            table = table.drop(columns="AIC")
    table.index = pd.Index(["<none>", *models])
    with np.errstate(divide="ignore", invalid="ignore"):
        if test in ("Chisq", "LRT"):
            statistic = np.maximum(np.abs(criterion - criterion[0]), 0.0)
            statistic[0] = np.nan
            if not fit.least_squares:
                table["LRT" if fit.dispersion == 1 else "scaled dev."] = statistic
            table["Pr(>Chi)"] = chi_square_p(statistic, change)
        elif test == "Rao":
            statistic = np.array([np.nan, *(score or [])]) / fit.dispersion
            table["Rao score" if fit.dispersion == 1 else "scaled Rao sc."] = statistic
            table["Pr(>Chi)"] = chi_square_p(statistic, change)
        elif test == "F":
            # The error is that of the larger model: the fit's where a term is taken out, its own where one is put in.
            left = fit.nobs - np.maximum(rank, fit.rank)
            error = np.where(rank > fit.rank, deviance, fit.deviance) / left
            F = np.where(left > 0, gain / change / error, np.nan)
            table["F value"], table["Pr(>F)"] = F, f_p(F, change, left)
    return headed(table, heading, lines=cautions(fit, test))


def _criterion(fit: Regression, deviance: np.ndarray) -> np.ndarray:
    """Return -2 log-likelihood, but for a constant, of models with these deviances."""
    if fit.family.normal:
        with np.errstate(divide="ignore"):  # of a perfect fit
            return fit.nobs * np.log(deviance / fit.nobs)
    return deviance / fit.dispersion
