"""Marginal means of a posterior and contrasts between them: the tables of estimates, from draws.

Averages over the grid are made on the scale of the linear predictor, draw by draw; those of outcomes are of their
probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from ...families.links import as_link
from ..answer import Answer, rendered
from ..arguments import coverage, one_of
from ..columns import check_columns, is_numeric, model_columns
from ..plots.interval import intervals, labelled_rows
from ..regression.modelled import mean_name
from ..table import Summary
from ..words import spoken
from .averaging import Averages, averages_of
from .drawn_effects import PD, figures
from .drawn_rows import grid_rows, outcomes_of
from .mean_contrasts import groups_of, rows_of_contrasts
from .reference_grid import mean_offset
from .scale import Scale, scale_of

if TYPE_CHECKING:
    from ..posterior.base import Drawn

_STEP = 2e-3
"""Of a slope, in ranges of its column."""


@dataclass(frozen=True, eq=False, repr=False)
class DrawnMeans(Answer):
    """Marginal means, or slopes, at each draw of a posterior.

    Parameters
    ----------
    fit : Posterior
    draws : array [S, m]
        On the scale of the linear predictor, of outcomes their probabilities.
    labels : DataFrame [m, ...]
        The levels of each mean.
    by : tuple of str
        The columns of `labels` that make groups.
    quantity, type : str
        As of `MarginalMeans`.
    scale : Scale
    level : float
    said : str
    notes : tuple of str
    contrasts : DrawnContrasts or None
        Those asked for at once, as in `"pairwise ~ tension"`.
    """

    fit: Drawn
    draws: np.ndarray
    labels: pd.DataFrame
    by: tuple[str, ...]
    quantity: str
    type: str
    scale: Scale
    level: float
    said: str
    notes: tuple[str, ...]
    contrasts: DrawnContrasts | None = None

    @property
    def back(self) -> bool:
        """Whether the table is on the scale of the response."""
        return self.type == "response" and not self.scale.identity

    @property
    def name(self) -> str:
        """The name of the estimates."""
        return self.scale.name if self.back else self.quantity

    @cached_property
    def table(self) -> pd.DataFrame:
        """The labels, then the estimate, se, lower, upper; not rounded."""
        shown = self.scale.mean(self.draws) if self.back else self.draws
        found = figures(shown, self.level, None).rename(columns={"estimate": self.name})
        return pd.concat([self.labels, found.set_index(self.labels.index)], axis=1)

    def groups(self, by: tuple[str, ...] | None = None) -> list[np.ndarray]:
        """Return the rows of each group of means that are compared with one another."""
        return groups_of(self.labels, self.by if by is None else by)

    @spoken
    def contrast(
        self, method: str | Mapping[str, Any] = "eff", *, by: Any = None, ref: Any = None, level: float | None = None
    ) -> DrawnContrasts:
        """Return contrasts between the means of each group, draw by draw; nothing has to be adjusted for their number.

        Parameters
        ----------
        method, by, ref
            As of an estimate's means: "pairwise", "trt.vs.ctrl", "consec", "eff", a dict of label to coefficients, ...
        level : float, optional

        Returns
        -------
        DrawnContrasts
            `.table`: contrast, the groups, estimate (`ratio`, `odds.ratio` for log and logit links on the response
            scale), se, lower, upper, pd.
        """
        made = rows_of_contrasts(self, method, by, ref)
        return DrawnContrasts(
            self.draws @ made.C.T, made.labels, self.level if level is None else coverage(level),
            self.scale if made.ratio else None, str(self.fit.formula), self.said, made.notes,
        )  # fmt: skip

    @spoken
    def pairs(self, *, by: Any = None, reverse: bool = False) -> DrawnContrasts:
        """Return all differences between two means of each group; `reverse` turns them round."""
        return self.contrast("revpairwise" if reverse else "pairwise", by=by)

    def confint(self, level: float = 0.95) -> DrawnMeans:
        """Return the same means with intervals of another coverage."""
        return replace(self, level=coverage(level))

    def plot(self, ax: Any = None) -> Any:
        """Draw the means with their intervals; groups one below the other, each under its name."""
        table, rest = self.table, [column for column in self.labels.columns if column not in self.by]
        labels, groups = labelled_rows(self.labels, rest), labelled_rows(self.labels, self.by)
        if labels is None:
            labels, groups = groups or [], None
        what = self.name
        if not self.quantity.endswith(".trend") and self.fit.family.has_mean:
            mean = mean_name(self.fit)
            what = mean if self.back or self.scale.identity else f"{self.scale.what} of {mean}"
        title = f"{self._title} and {100 * self.level:g}% intervals"
        return intervals(labels, table[self.name], table["lower"], table["upper"], title, what, ax, groups=groups)

    @spoken
    def summary(self) -> Summary:
        """Return the means as they print."""
        lines = [self.said] if self.said else []
        if not self.scale.identity:
            lines.append(f"on the scale of the {'response' if self.back else f'linear predictor: {self.scale.what}'}")
        tables, notes = [rendered(self.table, self.name, self.level)], list(self.notes)
        if self.contrasts is not None:
            below = self.contrasts.summary()
            tables, notes = [*tables, *below.tables], [*notes, *below.notes]
        formula = str(self.fit.formula)
        return Summary(self._title, formula, tuple(lines), tuple(tables), (), tuple(notes), self.table)

    @property
    def _title(self) -> str:
        return f"Marginal {'slopes' if self.quantity.endswith('.trend') else 'means'} of the posterior"


@dataclass(frozen=True, eq=False, repr=False)
class DrawnContrasts(Answer):
    """Contrasts between means at each draw of a posterior.

    Parameters
    ----------
    draws : array [S, r]
        On the scale of the linear predictor.
    labels : DataFrame [r, ...]
        `contrast`, then the groups.
    level : float
    ratio : Scale or None
        The scale whose ratios are shown instead of differences.
    formula, said : str
    notes : tuple of str
    """

    draws: np.ndarray
    labels: pd.DataFrame
    level: float
    ratio: Scale | None
    formula: str
    said: str
    notes: tuple[str, ...]

    @property
    def quantity(self) -> str:
        """The name of the estimates."""
        return "estimate" if self.ratio is None else str(self.ratio.ratio)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The labels, then the estimate, se, lower, upper, pd; not rounded."""
        if self.ratio is None:
            return pd.concat([self.labels, figures(self.draws, self.level)], axis=1)
        found = figures(np.exp(self.draws), self.level, 1.0, np.median).rename(columns={"estimate": self.quantity})
        return pd.concat([self.labels, found], axis=1)

    def confint(self, level: float = 0.95) -> DrawnContrasts:
        """Return the same contrasts with intervals of another coverage."""
        return replace(self, level=coverage(level))

    def plot(self, ax: Any = None) -> Any:
        """Draw the contrasts with their intervals; groups one below the other, each under its name."""
        table, labels = self.table, [str(contrast) for contrast in self.labels["contrast"]]
        groups = labelled_rows(self.labels, [name for name in self.labels.columns if name != "contrast"])
        title = f"Contrasts and {100 * self.level:g}% intervals"
        return intervals(labels, table[self.quantity], table["lower"], table["upper"], title, self.quantity, ax,
                         0.0 if self.ratio is None else 1.0, groups=groups)  # fmt: skip

    @spoken
    def summary(self) -> Summary:
        """Return the contrasts as they print."""
        table = rendered(self.table, self.quantity, self.level)
        lines, notes = (self.said,) if self.said else (), (*self.notes, PD)
        return Summary("Contrasts of the posterior", self.formula, lines, (table,), (), notes, self.table)


def drawn_means(
    fit: Drawn, specs: Any, by: Any, at: Any, type: str | None, weights: str, level: float, offset: float | None
) -> DrawnMeans:
    """Return marginal means of a posterior; see `Posterior.emmeans`."""
    names = outcomes_of(fit)
    if names:
        one_of("type", "prob" if type is None else type, ("prob", "response"))
        over = averages_of(fit, specs, by, at, weights, fit.model.design.response.name)
        grid = grid_rows(fit, over.grid.frame, mean_offset(fit) if offset is None else float(offset))
        p = grid.mean.reshape(-1, len(over.grid.frame), len(names))
        return _by_outcome(fit, over, np.einsum("mr,srk->smk", over.A, p), names, level)
    type = one_of("type", "link" if type is None else type, ("link", "response"))
    over = averages_of(fit, specs, by, at, weights)
    eta = grid_rows(fit, over.grid.frame, mean_offset(fit) if offset is None else float(offset)).eta
    return _made(fit, over, eta.reshape(-1, eta.shape[-1]) @ over.A.T, "emmean", type, over.said(), level)


def _by_outcome(fit: Drawn, over: Averages, p: np.ndarray, names: tuple[str, ...], level: float) -> DrawnMeans:
    """Return the probabilities [S, m, K] as means with a row for each outcome."""
    response, asked = fit.model.design.response.name, over.asked
    labels = over.labels.loc[np.repeat(np.arange(len(over.labels)), len(names))].reset_index(drop=True)
    labels = labels.drop(columns=[c for c in labels.columns if c == "1"]).assign(**{response: [*names] * p.shape[1]})
    groups = (*asked.by, response) if over.outcome == "by" else asked.by or tuple(asked.columns)
    said = " · ".join(part for part in (over.said(), "probability of each outcome") if part)
    scale = Scale(as_link("identity"), "prob", None, "prob")
    draws = p.reshape(len(p), -1)
    return DrawnMeans(fit, draws, labels, tuple(groups), "prob", "prob", scale, coverage(level), said, over.notes)


def drawn_trends(fit: Drawn, x: str, specs: Any, by: Any, at: Any, weights: str, level: float) -> DrawnMeans:
    """Return slopes of the linear predictor in `x`; see `Posterior.emtrends`."""
    (x,) = check_columns(fit, [x], "emtrends")
    column = model_columns(fit.model)[x]
    if not is_numeric(column):
        raise ModelError(f'`{x}` is a factor and has no slope; write `fit.emmeans("{x}").pairs()` for its differences.')
    over, step = averages_of(fit, specs, by, at, weights), _STEP * float(column.max() - column.min())
    frame, total = over.grid.frame, np.zeros(1)
    for k, weight in ((1, 8), (-1, -8), (2, -1), (-2, 1)):
        eta = grid_rows(fit, frame.assign(**{x: frame[x] + k * step}), mean_offset(fit)).eta
        total = total + weight / (12 * step) * eta.reshape(-1, eta.shape[-1])
    return _made(fit, over, total @ over.A.T, f"{x}.trend", "link", over.said(x), level)


def _made(fit: Drawn, over: Averages, draws: Any, quantity: str, type: str, said: str, level: float) -> DrawnMeans:
    """Return means, with the contrasts that the specs ask for."""
    made = DrawnMeans(fit, draws, over.labels, over.asked.by, quantity, type, scale_of(fit), coverage(level), said,
                      over.notes)  # fmt: skip
    return made if over.asked.contrast is None else replace(made, contrasts=made.contrast(over.asked.contrast))
