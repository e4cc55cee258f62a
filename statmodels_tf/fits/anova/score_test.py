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
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...design import Design, build
from ...design.rank import aliased_by_gram, aliased_columns
from ...design.recipe import Coder
from ...design.table import Table
from ...design.used import Given
from ...errors import DataError, ModelError
from ...families.exponential import ExponentialFamily
from ..frame import headed
from ..regression.blockwise import streamed, working_of
from .deviance_table import chi_square_p, f_p

if TYPE_CHECKING:
    from ..regression.base import Regression


@dataclass(frozen=True, eq=False)
class ScoreSums:
    """The score u [p] of columns, and their information G [p, p]."""

    score: np.ndarray
    gram: np.ndarray

    def __add__(self, other: ScoreSums) -> ScoreSums:
        return ScoreSums(self.score + other.score, self.gram + other.gram)


@dataclass(frozen=True, eq=False)
class ScoreOfLarger:
    """The task that adds up the score of a larger model's columns at a smaller one's estimate, over tables."""

    family: ExponentialFamily
    smaller: Coder
    larger: Coder
    beta: np.ndarray

    def __call__(self, table: Table) -> ScoreSums | None:
        less, more = self.smaller.block(table), self.larger.block(table)
        if (0 if less is None else less.common.shape[0]) != (0 if more is None else more.common.shape[0]):
            raise DataError("the two models use different rows; fit both to rows that lack no column of either.")
        if less is None or more is None:
            return None
        work = working_of(self.family, self.beta, less)
        return ScoreSums(more.common.rmatvec(work.score), more.common.gram(work.weight))


def score_statistic(fit: Regression, beta: np.ndarray, larger: Design) -> float:
    """Return u'G⁻¹u of the columns of a larger design at coefficients of the fit's, times the dispersion."""
    return score_and_rank(fit, beta, larger)[0]


def score_and_rank(fit: Regression, beta: np.ndarray, larger: Design) -> tuple[float, int]:
    """Return the same, and how many columns of the larger design are not aliased."""
    beta, design = np.nan_to_num(beta), fit.model.design
    if streamed(fit):
        task = ScoreOfLarger(fit.family, design.source.coder, larger.source.coder, beta)
        sums = design.source.over_tables(task, "score", more=task.larger.recipe.columns)
        aliased = set(aliased_by_gram(sums.gram))
    else:
        eta = design.common.matvec(beta) + (0.0 if design.offset is None else design.offset)
        work = fit.family.working(eta, *fit.observations)
        sums = ScoreSums(larger.common.rmatvec(work.score), larger.common.gram(work.weight))
        aliased = set(aliased_columns(larger.common, design.weights))
    keep = np.array([j for j in range(len(sums.score)) if j not in aliased], dtype=int)
    if len(keep) == 0:
        return 0.0, 0
    score, gram = sums.score[keep], sums.gram[np.ix_(keep, keep)]
    scale = np.sqrt(np.diag(gram))
    return float((score / scale) @ np.linalg.solve(gram / np.outer(scale, scale), score / scale)), len(keep)


def score_table(fit: Regression, terms: Sequence[str]) -> pd.DataFrame:
    """Return the score tests of terms that a fit lacks, one at a time and all together."""
    if not terms or not all(isinstance(term, str) for term in terms):
        raise ModelError('`score_test()` takes the terms to test, such as `score_test("x", "x:a")`.')
    rows, texts = {}, list(terms) if len(terms) == 1 else [*terms, " + ".join(terms)]
    for text in texts:
        gain, rank = score_and_rank(fit, fit.beta, _larger(fit, text))
        df, statistic = rank - fit.rank, gain / fit.dispersion
        p = chi_square_p(statistic, df) if np.isinf(fit.t_df) else f_p(statistic / max(df, 1), df, fit.t_df)
        rows[text] = (df, statistic, float(p))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["Df", "Rao", "p"])
    how = "chi-squared" if np.isinf(fit.t_df) else f"F on Df and {fit.t_df:g}"
    return headed(table, f"score tests, {how}")


def _larger(fit: Regression, text: str) -> Design:
    """Return the design with more terms, on the same rows."""
    call, used = fit.recorded_call("`score_test()`"), fit.model.design
    known = inspect.signature(build).parameters
    options = {name: value for name, value in call.options.items() if name in known}
    formula = str(fit.formula.update(f". ~ . + {text}"))
    if streamed(fit):
        how = Given(**{name: options.get(name) for name in ("weights", "offset", "subset", "functions")})
        design = used.source.scanned(formula, how=how, contrasts=options.get("contrasts"))
        missing = used.source.n - design.source.n
    else:
        design = build(formula, call.data, **options)
        missing = 0 if np.array_equal(design.rows, used.rows) else used.n - design.n
    if missing:
        raise DataError(f"`{text}` is missing in {missing:,} of the rows used; fit to the rows that have it.")
    if design.common.shape[1] <= fit.model.design.common.shape[1]:
        raise ModelError(f"`{text}` adds no column to `{fit.formula}`.")
    return design
