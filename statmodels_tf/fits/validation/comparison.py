"""Fits compared by their expected log predictive density, and the weights with which to average them.

Stacking takes the weights on the simplex for which sum_i log sum_k w_k p_k(y_i | y_-i) is largest; pseudo-BMA+ takes
exp(elpd_k) averaged over the Bayesian bootstrap of the rows.

References
----------
Yao, Vehtari, Simpson & Gelman (2018), Using stacking to average Bayesian predictive distributions.
doi:10.1214/17-BA1091
Sivula, Magnusson, Matamoros & Vehtari (2020), Uncertainty in Bayesian leave-one-out cross-validation, arXiv:2008.10296.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logsumexp, ndtr

from ...errors import ModelError
from ..answer import Answer
from ..arguments import one_of
from ..plots.validation import differences
from ..table import Heading, Summary, Table, fixed
from ..words import spoken
from .elpd import Elpd
from .pareto import good_shape

METHODS = ("stacking", "pseudo-bma", "equal")
_BOOTSTRAPS = 1000
_TOLERANCE, _MOST = 1e-10, 20_000


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Answer):
    """Fits in the order of their expected log predictive density.

    Parameters
    ----------
    figures : DataFrame
        By fit: elpd, se, p, difference (from the best), se_difference, p_worse, weight.
    kind, method : str
        "loo", "waic" or "kfold"; how the weights were found.
    formula : str
    notes : tuple of str
    """

    figures: pd.DataFrame
    kind: str
    method: str
    formula: str
    notes: tuple[str, ...]

    @property
    def table(self) -> pd.DataFrame:
        """The figures, not rounded."""
        return self.figures

    @property
    def weights(self) -> pd.Series:
        """The weight of each fit in an average of their predictions."""
        return self.figures["weight"]

    @spoken
    def summary(self) -> Summary:
        """Return the comparison as it prints."""
        found = self.figures
        texts = [list(map(str, found.index))]
        texts += [fixed(found[c].tolist(), 1) for c in ("elpd", "se", "difference", "se_difference")]
        texts += [fixed(found[c].tolist(), 2) for c in ("p_worse", "weight")]
        headings = ("fit", f"elpd_{self.kind}", "se", "difference", "its se", "P(worse)", "weight")
        table = Table(tuple(Heading(h) for h in headings), tuple(zip(*texts, strict=True)))
        title = "Fits by expected log predictive density"
        said = f"the best first · weights by {self.method}"
        return Summary(title, self.formula, (said,), (table,), (), self.notes, found)

    def plot(self, ax: Any = None) -> Any:
        """Draw the differences from the best fit with one standard error; return the Axes."""
        return differences(self.figures, self.kind, ax)


def compared(of: Mapping[str, Elpd], method: str, formula: str) -> Comparison:
    """Return the comparison of fits by what each row adds.

    Parameters
    ----------
    of : mapping of name to Elpd
        All of one kind and of the same rows.
    method : {"stacking", "pseudo-bma", "equal"}
    formula : str
        What stands beside the title.
    """
    names, found = list(of), list(of.values())
    density = np.column_stack([one.pointwise["elpd"].to_numpy() for one in found])
    weight = dict(zip(names, weights_of(density, method), strict=True))
    order = [names[k] for k in np.argsort([-one.elpd for one in found], kind="stable")]
    best = of[order[0]].pointwise["elpd"].to_numpy()
    rows = []
    for name in order:
        one = of[name]
        apart = one.pointwise["elpd"].to_numpy() - best
        difference, se = float(apart.sum()), float(np.sqrt(len(apart) * np.var(apart)))
        worse = float(ndtr(-difference / se)) if se > 0 else np.nan
        rows.append((one.elpd, one.se, one.p, difference, se, worse, weight[name]))
    columns = ["elpd", "se", "p", "difference", "se_difference", "p_worse", "weight"]
    table = pd.DataFrame(rows, index=pd.Index(order, name="fit"), columns=columns)
    return Comparison(table, found[0].kind, method, formula, _notes(of, table))


def _notes(of: Mapping[str, Elpd], table: pd.DataFrame) -> tuple[str, ...]:
    """Return what is doubtful about a comparison."""
    notes = []
    for name, one in of.items():
        many = int(np.sum(~(one.pareto_k <= good_shape(one.draws)))) if one.kind == "loo" else 0
        if many:
            notes.append(f"{name}: {many:,} of {len(one.pointwise):,} rows have too large a Pareto k, so what they add "
                         "is not known; give `by=[fit.loo(moment_match=True) for fit in fits]`.")  # fmt: skip
    close = table["difference"].iloc[1:].abs() < 4
    if close.any():
        listed = ", ".join(map(str, table.index[1:][close]))
        notes.append(f"Within 4 of the best, too little to choose by: {listed}. Average them, or take the simpler.")
    if len(next(iter(of.values())).pointwise) < 100:
        notes.append("With fewer than 100 rows standard errors of differences are too small.")
    return tuple(notes)


def weights_of(density: np.ndarray, method: str, seed: int = 0) -> np.ndarray:
    """Return the weights [K] of fits from log predictive densities [n, K] of rows left out."""
    one_of("weights", method, METHODS)
    if method == "equal":
        return np.full(density.shape[1], 1 / density.shape[1])
    return stacking(density) if method == "stacking" else pseudo_bma(density, seed)


def stacking(density: np.ndarray) -> np.ndarray:
    """Return the weights [K] on the simplex that maximise sum_i log sum_k w_k exp(density_ik).

    The mean score is concave, and w_k <- w_k mean_i(p_ik / sum_j w_j p_ij) never lowers it; Newton steps on the
    weights that are not zero make it fast. At the end no score exceeds 1 by more than a tolerance, which is optimality.
    """
    p = np.exp(density - density.max(axis=1, keepdims=True))
    w = np.full(p.shape[1], 1 / p.shape[1])
    for _ in range(_MOST):
        ratio = p / (p @ w)[:, None]
        score = ratio.mean(axis=0)
        if np.max(score) <= 1 + _TOLERANCE:
            break
        w = _better(p, w * score, _newton(ratio, score, w))
    return np.where(w < 1e-12, 0.0, w) / np.sum(np.where(w < 1e-12, 0.0, w))


def _newton(ratio: np.ndarray, score: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the weights after a Newton step on those that are not zero, held on the simplex by a step as long."""
    free = (w > 1e-10) | (score > 1)
    k = int(free.sum())
    A = ratio[:, free]
    system = np.block([[-(A.T @ A) / len(A), np.ones((k, 1))], [np.ones((1, k)), np.zeros((1, 1))]])
    step = np.linalg.lstsq(system, np.append(-score[free], 0.0), rcond=None)[0][:k]
    falling = step < 0
    longest = min(1.0, float(np.min(-w[free][falling] / step[falling]))) if falling.any() else 1.0
    out = np.zeros_like(w)
    out[free] = np.maximum(w[free] + longest * step, 0.0)
    return out / out.sum()


def _better(p: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the weights of the larger score."""
    with np.errstate(divide="ignore"):
        scores = [np.sum(np.log(p @ w)) for w in (one, other)]
    return one if not scores[1] > scores[0] else other


def pseudo_bma(density: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return the weights [K] of pseudo-BMA+: of exp(elpd) over Bayesian bootstraps of the rows."""
    rng = np.random.default_rng(seed)
    share = rng.dirichlet(np.ones(len(density)), size=_BOOTSTRAPS)
    total = len(density) * share @ density
    return np.mean(np.exp(total - logsumexp(total, axis=1, keepdims=True)), axis=0)


def same_rows(of: Mapping[str, Elpd], responses: Sequence[np.ndarray]) -> None:
    """Refuse to compare fits of other rows, or of another response."""
    first_name, first = next(iter(of.items()))
    for (name, one), y in zip(of.items(), responses, strict=True):
        if not one.pointwise.index.equals(first.pointwise.index):
            raise ModelError(
                f"{first_name} has {len(first.pointwise):,} rows and {name} {len(one.pointwise):,}, or other ones; "
                "compare fits of the same rows: leave out rows with missing values first, `data.dropna(subset=[...])`."
            )
        if one.kind != first.kind:
            raise ModelError(f"{first_name} was judged by {first.kind} and {name} by {one.kind}; take one for all.")
        if y.shape != responses[0].shape or not np.allclose(y, responses[0], rtol=1e-9, atol=0):
            raise ModelError(
                f"{first_name} and {name} have different responses; densities are compared of the same numbers only. "
                'A model of `log(y)` is one of `y` with `family="lognormal"`.'
            )
