"""Hypotheses about draws: `service[1] < 0` with its posterior probability, the odds for it, and an interval.

Of one that says equality the evidence ratio is Savage and Dickey's: the posterior density of the difference at zero
over its prior density there.

References
----------
Wagenmakers, Lodewyckx, Kuriyal & Grasman (2010), Bayesian hypothesis testing for psychologists: a tutorial on the
Savage-Dickey method. doi:10.1016/j.cogpsych.2009.12.001
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..answer import Answer
from ..arguments import coverage
from ..plots.hypothesis import hypotheses_plot
from ..plots.predictive import density
from ..table import Heading, Summary, Table, column_format, fixed
from ..words import spoken
from .coefficient_text import claimed

if TYPE_CHECKING:
    from ..posterior.base import Drawn

_POINTS = 512


@dataclass(frozen=True, eq=False, repr=False)
class PosteriorHypotheses(Answer):
    """Hypotheses about the parameters, each with its probability.

    Parameters
    ----------
    figures : DataFrame
        By hypothesis: estimate, sd, lower, upper of left less right side, evidence_ratio, probability, star.
    draws : DataFrame [S, hypotheses]
        The differences.
    signs : tuple of str
        "<", ">" or "=" of each.
    formula : str
    level : float
    notes : tuple of str
    """

    figures: pd.DataFrame
    draws: pd.DataFrame
    signs: tuple[str, ...]
    formula: str
    level: float
    notes: tuple[str, ...]

    @property
    def table(self) -> pd.DataFrame:
        """The figures, not rounded."""
        return self.figures

    @spoken
    def summary(self) -> Summary:
        """Return the hypotheses as they print."""
        found = self.figures
        show = column_format(found["sd"])
        columns = [list(map(str, found.index))]
        columns += [show(found[name].tolist()) for name in ("estimate", "sd", "lower", "upper")]
        columns += [[_ratio(v) for v in found["evidence_ratio"]], fixed(found["probability"].tolist(), 3)]
        columns += [["*" if star else "" for star in found["star"]]]
        headings = [Heading("Hypothesis"), Heading("estimate"), Heading("sd"), Heading("interval", span=2),
                    Heading("evidence ratio"), Heading("probability"), Heading("")]  # fmt: skip
        table = Table(tuple(headings), tuple(zip(*columns, strict=True)))
        title = "Hypotheses about the posterior" if len(found) > 1 else "Hypothesis about the posterior"
        return Summary(title, self.formula, (), (table,), (), self.notes, found)

    def plot(self, ax: Any = None) -> Any:
        """Draw the density of each difference, what agrees with the hypothesis filled; return the Axes."""
        return hypotheses_plot(self.figures, self.draws, self.signs, ax)


def posterior_hypotheses(
    fit: Drawn, what: str | Sequence[str] | Mapping[str, str], level: float, prior: Mapping[str, np.ndarray] | None
) -> PosteriorHypotheses:
    """Return hypotheses about draws; see `Posterior.hypothesis`.

    Parameters
    ----------
    prior : mapping of shown name to array [...], optional
        Draws of the prior, for hypotheses of equality.
    """
    level = coverage(level)
    labels, texts = _texts(what)
    names, draws = _named(fit, fit.shown)
    own = None if prior is None else _named(fit, prior)[1]
    rows, differences, signs = [], {}, []
    for label, text in zip(labels, texts, strict=True):
        claim = claimed(text, names, draws)
        x = claim.difference
        differences[label] = x
        signs.append(claim.sign)
        if claim.sign == "=":
            tails = [(1 - level) / 2, (1 + level) / 2]
            ratio = np.nan if own is None else _savage_dickey(x, claimed(text, names, own).difference)
            probability = ratio / (1 + ratio) if np.isfinite(ratio) else np.nan
            bounds = np.quantile(x, tails)
            star = not bounds[0] <= 0 <= bounds[1]
        else:
            probability = float(np.mean(x < 0) if claim.sign == "<" else np.mean(x > 0))
            ratio = probability / (1 - probability) if probability < 1 else np.inf
            bounds = np.quantile(x, [1 - level, level])
            star = probability > level
        rows.append((float(np.mean(x)), float(np.std(x, ddof=1)), *map(float, bounds), ratio, probability, star))
    columns = ["estimate", "sd", "lower", "upper", "evidence_ratio", "probability", "star"]
    table = pd.DataFrame(rows, index=pd.Index(labels, name="hypothesis"), columns=columns)
    notes = _notes(signs, level, table)
    return PosteriorHypotheses(table, pd.DataFrame(differences), tuple(signs), str(fit.formula), level, notes)


def _notes(signs: Sequence[str], level: float, table: pd.DataFrame) -> tuple[str, ...]:
    """Return what the columns are."""
    of_one = f"{100 * (2 * level - 1):g}% for one with < or >" if set(signs) & {"<", ">"} else ""
    of_two = f"{100 * level:g}% for one with =" if "=" in signs else ""
    notes = [
        "Estimates are of the left less the right side; intervals are "
        + ", ".join(part for part in (of_one, of_two) if part)
        + f". * marks a probability above {level:g}, or an interval without zero."
    ]
    if table["evidence_ratio"].isna().any():
        notes.append("Without proper priors a hypothesis of equality has no evidence ratio.")
    elif of_two:
        notes.append("The evidence ratio of an equality depends on the prior as much as on the data.")
    return tuple(notes)


def _texts(what: Any) -> tuple[list[str], list[str]]:
    """Return labels and texts."""
    if isinstance(what, str):
        return [what.strip()], [what]
    if isinstance(what, Mapping):
        labels, texts = [str(k) for k in what], list(what.values())
    else:
        texts = list(what) if isinstance(what, Sequence) else [what]
        labels = [str(text).strip() for text in texts]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise ModelError(
            'a hypothesis about draws is text such as `"x < 0"`, a list of them, or a dict of label to text.'
        )
    return labels, texts


def _named(fit: Drawn, draws: Mapping[str, np.ndarray]) -> tuple[list[str], list[np.ndarray]]:
    """Return the single numbers, and those of each level as `Days|Subject[308]`."""
    names, arrays, places = [], [], fit.model.places()
    for name, array in draws.items():
        array = np.asarray(array)
        array = array.reshape(-1, *array.shape[2:])
        if array.ndim == 1:
            names.append(name)
            arrays.append(array)
            continue
        labels = places[name].labels if name in places else tuple(map(str, range(array.shape[1])))
        names += [f"{name}[{label}]" for label in labels]
        arrays += list(array.T)
    return names, arrays


def _savage_dickey(posterior: np.ndarray, prior: np.ndarray) -> float:
    """Return the posterior density at zero over the prior density there."""
    at = [_at_zero(x) for x in (posterior, prior)]
    return at[0] / at[1] if at[1] > 0 else np.nan


def _at_zero(x: np.ndarray) -> float:
    low, high = np.quantile(x, [0.001, 0.999])
    reach = max(abs(low), abs(high), 1e-300)
    if low > reach * 0.5 or high < -reach * 0.5:
        reach *= 1.5
    step = 2 * reach / _POINTS
    grid = step * np.arange(-_POINTS // 2, _POINTS // 2 + 1)
    return float(density(x, grid)[_POINTS // 2])


def _ratio(value: float) -> str:
    if np.isnan(value):
        return ""
    return "∞" if np.isinf(value) else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
