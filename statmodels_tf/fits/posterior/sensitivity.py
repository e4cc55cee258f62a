"""How far a posterior depends on its prior and on its likelihood: what raising either to a power near one does to it.

The draws are weighted by p(theta)^(alpha - 1), or by p(y | theta)^(alpha - 1), the weights Pareto-smoothed. How far the
distribution of a number moves is the cumulative Jensen-Shannon distance of the weighted draws from the draws, and its
sensitivity the derivative of this by log2(alpha). A number that moves with the prior but not with the likelihood has an
informative prior or uninformative data; one that moves with both has a prior that disagrees with the data.

References
----------
Kallioinen, Paananen, Bürkner & Vehtari (2024), Detecting and diagnosing prior and likelihood sensitivity with
power-scaling, doi:10.1007/s11222-023-10366-5.
Nguyen & Vreeken (2015), Non-parametric Jensen-Shannon divergence, doi:10.1007/978-3-319-23525-7_11.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...errors import ModelError, did_you_mean
from ..answer import Answer
from ..table import Heading, Summary, Table, fixed
from ..validation.pareto import good_shape, smoothed
from .draws import density_pieces, size_of

if TYPE_CHECKING:
    from .base import Drawn

DELTA = 0.01
SENSITIVE = 0.05
CONFLICT, STRONG, NONE = "prior-data conflict", "strong prior or weak data", ""


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity(Answer):
    """The sensitivity of each number to prior and likelihood, and what it means.

    Parameters
    ----------
    figures : DataFrame
        prior, likelihood, diagnosis.
    pareto_k : float
        The largest Pareto shape of the weights.
    threshold : float
        From where on a number is called sensitive.
    good : float
        The Pareto shape up to which the weights can be trusted.
    what : str
        Which priors were scaled, in words.
    formula : str
    """

    figures: pd.DataFrame
    pareto_k: float
    threshold: float
    good: float
    what: str
    formula: str

    @property
    def table(self) -> pd.DataFrame:
        """prior, likelihood, diagnosis, by shown name."""
        return self.figures

    def summary(self) -> Summary:
        """Return the table, and what to do about numbers that are sensitive."""
        table = self.figures
        columns = [list(table.index), *(fixed(table[c].tolist(), 3) for c in ("prior", "likelihood"))]
        columns.append(list(table["diagnosis"]))
        headings = (Heading("Sensitivity"), Heading("prior"), Heading("likelihood"), Heading("diagnosis", left=True))
        notes = [self._said(kind, advice) for kind, advice in _ADVICE.items()]
        if self.pareto_k > self.good:
            notes.append(f"The Pareto k of the weights is {self.pareto_k:.2f}: these figures cannot be trusted.")
        return Summary(
            title="Sensitivity to the prior and to the likelihood, by power scaling",
            formula=self.formula,
            lines=(f"{self.what} · sensitive from {self.threshold:g}",),
            tables=(Table(headings, tuple(zip(*columns, strict=True))),),
            notes=tuple(note for note in notes if note),
            table=table,
        )

    def _said(self, kind: str, advice: str) -> str:
        """Return which numbers have a diagnosis, and the advice; nothing if none has."""
        names = [f"`{name}`" for name in self.figures.index[self.figures["diagnosis"] == kind]]
        if not names:
            return ""
        listed = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if names[6:] else "")
        return f"{kind.capitalize()}: {listed}. {advice}"


_ADVICE = {
    CONFLICT: "Prior and data pull apart: look at `fit.prior_predictive()`, and widen or move the prior.",
    STRONG: "The prior decides: say why it is right, or try others.",
}


def sensitivity(fit: Drawn, priors: Iterable[str] | str | None, delta: float, threshold: float) -> Sensitivity:
    """Return the sensitivity of a posterior's single numbers; see `Posterior.sensitivity`."""
    if not 0 < delta < 1:
        raise ModelError(f"`delta={delta!r}`: a small positive number, such as 0.01, is how far the power is from one.")
    log_prior, what = _log_prior(fit, priors)
    log_likelihood = np.zeros(size_of(fit.shown))
    for _, density in density_pieces(fit.model, fit.shown):
        log_likelihood += np.sum(density, axis=-1)
    names = [name for name, array in fit.shown.items() if array.ndim == 2 and np.ptp(array) > 0]
    moved, shapes = [], []
    for component in (log_prior, log_likelihood):
        weights, k = zip(*(_weights(component, alpha) for alpha in (1 / (1 + delta), 1 + delta)), strict=True)
        shapes.extend(k)
        moved.append([_gradient(fit.shown[name].ravel(), weights, delta) for name in names])
    prior, likelihood = (np.array(column) for column in moved)
    said = [
        NONE if of_prior < threshold else CONFLICT if of_data >= threshold else STRONG
        for of_prior, of_data in zip(prior, likelihood, strict=True)
    ]
    figures = pd.DataFrame({"prior": prior, "likelihood": likelihood, "diagnosis": said}, index=names)
    draws = int(np.prod(size_of(fit.shown)))
    return Sensitivity(figures, max(shapes), threshold, good_shape(draws), what, str(fit.formula))


def _log_prior(fit: Drawn, priors: Iterable[str] | str | None) -> tuple[np.ndarray, str]:
    """Return the log prior density of each draw, of all parameters or of some, and which in words."""
    terms = fit.model.log_prior_terms(fit.values)
    wanted = list(terms) if priors is None else [priors] if isinstance(priors, str) else list(priors)
    for name in wanted:
        if name not in terms:
            listed = ", ".join(f"`{term}`" for term in terms)
            raise ModelError(f"no prior of `{name}` to scale.{did_you_mean(str(name), terms)} There is {listed}.")
    total = np.zeros(size_of(fit.shown))
    for name in wanted:
        total = total + terms[name]
    return total, "all priors scaled" if priors is None else f"prior of {', '.join(wanted)} scaled"


def _weights(component: np.ndarray, alpha: float) -> tuple[np.ndarray, float]:
    """Return the normalised weights [draws] of raising a density to a power, and their Pareto shape."""
    ratios = (alpha - 1) * component.ravel()
    if np.ptp(ratios) == 0:
        return np.full(len(ratios), 1 / len(ratios)), -np.inf
    logs, shapes = smoothed(ratios[:, None])
    return np.exp(logs[:, 0]), float(shapes[0])


def _gradient(draws: np.ndarray, weights: Sequence[np.ndarray], delta: float) -> float:
    """Return the derivative by log2(alpha) of how far the weighted draws are from the draws."""
    apart = [max(distance(draws, w), distance(-draws, w)) for w in weights]
    return sum(apart) / (2 * np.log2(1 + delta))


def distance(draws: np.ndarray, weights: np.ndarray) -> float:
    """Return the cumulative Jensen-Shannon distance of weighted draws [s] from the same draws with equal weights.

    >>> distance(np.arange(5.0), np.full(5, 0.2))
    0.0
    """
    order = np.argsort(draws, kind="stable")
    widths, many = np.diff(draws[order]), len(draws)
    p = np.arange(1, many) / many
    q = np.minimum(np.cumsum(weights[order])[:-1], 1.0)
    area_p, area_q = float(p @ widths), float(q @ widths)
    if area_p + area_q == 0:
        return 0.0
    middle = 0.5 * (p + q)
    with np.errstate(divide="ignore", invalid="ignore"):
        from_p = p * np.log2(p / middle)
        from_q = np.where(q > 0, q * np.log2(q / middle), 0.0)
    apart = float((from_p + from_q) @ widths)  # the terms of the areas cancel in the sum of both directions
    return float(np.sqrt(max(apart, 0.0) / (area_p + area_q)))
