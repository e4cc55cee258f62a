r"""Rao's score tests of columns that a fitted model lacks.

At the estimate of the smaller model let u = X'r be the score of the larger one's columns X, r = a (y - mu) mu' / V, and
G = X'WX their information. The statistic is u'G⁻¹u / phi: the sum of squares that a regression of the working residuals
r / W on X with weights W explains.

References
----------
McCullagh & Nelder (1989), Generalized Linear Models, section 12.6.
Pregibon (1982), Score tests in GLIM with applications.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..design import Design, build
from ..design.rank import aliased_columns
from ..errors import DataError, ModelError
from ..linalg import LinearMap
from .blockwise import in_memory
from .deviance_table import chi_square_p, f_p
from .frame import headed

if TYPE_CHECKING:
    from .regression_base import Regression


def score_statistic(fit: Regression, eta: np.ndarray, common: LinearMap) -> float:
    """Return u'G⁻¹u of the columns `common` at the linear predictor of a smaller model, times the dispersion."""
    y, a = fit.observations
    work = fit.family.working(eta, y, a)
    aliased = set(aliased_columns(common, fit.model.design.weights))
    keep = np.array([j for j in range(common.shape[1]) if j not in aliased], dtype=int)
    if len(keep) == 0:
        return 0.0
    score, gram = common.rmatvec(work.score)[keep], common.gram(work.weight)[np.ix_(keep, keep)]
    scale = np.sqrt(np.diag(gram))
    return float((score / scale) @ np.linalg.solve(gram / np.outer(scale, scale), score / scale))


def score_table(fit: Regression, terms: Sequence[str]) -> pd.DataFrame:
    """Return the score tests of terms that a fit lacks, one at a time and all together."""
    if not terms or not all(isinstance(term, str) for term in terms):
        raise ModelError('`score_test()` takes the terms to test, such as `score_test("x", "x:a")`.')
    in_memory(fit, "score tests")
    rows, texts = {}, list(terms) if len(terms) == 1 else [*terms, " + ".join(terms)]
    for text in texts:
        design = _larger(fit, text)
        df = design.common.shape[1] - len(design.aliased) - fit.rank
        statistic = score_statistic(fit, fit.linear_predictor, design.common) / fit.dispersion
        p = chi_square_p(statistic, df) if np.isinf(fit.t_df) else f_p(statistic / max(df, 1), df, fit.t_df)
        rows[text] = (df, statistic, float(p))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["Df", "Rao", "p"])
    how = "chi-squared" if np.isinf(fit.t_df) else f"F on Df and {fit.t_df:g}"
    return headed(table, f"score tests, {how}")


def _larger(fit: Regression, text: str) -> Design:
    """Return the design with more terms, on the same rows."""
    call = fit.recorded_call("`score_test()`")
    known = inspect.signature(build).parameters
    options = {name: value for name, value in call.options.items() if name in known}
    design = build(str(fit.formula.update(f". ~ . + {text}")), call.data, **options)
    if not np.array_equal(design.rows, fit.model.design.rows):
        raise DataError(
            f"`{text}` is missing in {fit.model.design.n - design.n:,} of the rows used; fit to the rows that have it."
        )
    if design.common.shape[1] <= fit.model.design.common.shape[1]:
        raise ModelError(f"`{text}` adds no column to `{fit.formula}`.")
    return design
