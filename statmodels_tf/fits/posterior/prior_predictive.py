"""What a model says before it has seen the responses: parameters drawn from the prior, responses drawn given them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from .. import plots
from ..answer import Answer
from ..arguments import count_of
from ..arviz import export
from ..table import Heading, Summary, Table, column_format, fixed
from ..words import spoken
from .draws import new_responses
from .prior import prior_values

if TYPE_CHECKING:
    from ...model import Model

DRAWS = 400
STATISTICS: dict[str, Callable[[np.ndarray], Any]] = {
    "mean": np.mean,
    "sd": lambda y: np.std(y, ddof=1) if len(y) > 1 else np.nan,
    "min": np.min,
    "max": np.max,
}
FAR = 0.005
"""A share of draws so small that the data contradict the prior, on either side."""


@dataclass(frozen=True, eq=False, repr=False)
class PriorPredictive(Answer):
    """Draws of the parameters from their prior, and of the responses given them; printed beside the data.

    Parameters
    ----------
    model : Model
    values : mapping of parameter name to array [1, draws, *shape]
    seed : int
        Of the responses.
    """

    model: Model
    values: dict[str, np.ndarray]
    seed: int

    @cached_property
    def shown(self) -> dict[str, np.ndarray]:
        """Draws [1, draws, ...] by shown name, as those of a posterior."""
        return self.model.shown(self.values)

    @property
    def family(self) -> Any:
        """The family of the response."""
        return self.model.family

    @cached_property
    def responses(self) -> np.ndarray:
        """Drawn responses [draws, nobs, ...], as the family's data hold them."""
        return new_responses(self.model, self.shown, np.random.default_rng(self.seed))[0]

    def draws(self) -> pd.DataFrame:
        """Return the draws of the parameters that are single numbers, one row for each."""
        single = {name: array[0] for name, array in self.shown.items() if array.ndim == 2}
        return pd.DataFrame(single).rename_axis(index="draw")

    def simulate(self) -> pd.DataFrame:
        """Return the drawn responses [nobs, draws], on the data's index; of several columns, those of each draw."""
        y = self.responses
        index, count = self.model.design.index, len(y)
        if y.ndim == 2:
            return pd.DataFrame(y.T, index=index, columns=[f"sim_{k + 1}" for k in range(count)])
        columns = pd.MultiIndex.from_product([[f"sim_{k + 1}" for k in range(count)], range(y.shape[2])])
        return pd.DataFrame(np.moveaxis(y, 0, 1).reshape(len(index), -1), index=index, columns=columns)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Statistics of the data and of the drawn responses: observed, 5%, 50%, 95%, and the share of draws below."""
        y, new = np.asarray(self.model.data["likelihood"]["y"], dtype=float), self.responses.astype(float)
        made = self._by_outcome(y, new) if not self.family.has_mean else self._by_statistic(y, new)
        rows = []
        for observed, drawn in made.values():
            known = drawn[~np.isnan(drawn)]
            tails = np.quantile(known, [0.05, 0.5, 0.95]) if len(known) else np.full(3, np.nan)
            below = np.mean(known < observed) + 0.5 * np.mean(known == observed) if len(known) else np.nan
            rows.append((observed, *tails, below))
        return pd.DataFrame(rows, index=list(made), columns=["observed", "5%", "50%", "95%", "below"], dtype=float)

    def _by_statistic(self, y: np.ndarray, new: np.ndarray) -> dict[str, tuple[float, np.ndarray]]:
        """Return each statistic of the data and of each draw."""
        statistics = dict(STATISTICS)
        if self.family.whole:
            statistics["share of zeros"] = lambda y: np.mean(y == 0)
        with np.errstate(over="ignore", invalid="ignore"):
            return {
                name: (float(of(np.ravel(y))), np.array([float(of(np.ravel(each))) for each in new]))
                for name, of in statistics.items()
            }

    def _by_outcome(self, y: np.ndarray, new: np.ndarray) -> dict[str, tuple[float, np.ndarray]]:
        """Return the share of each outcome in the data and in each draw."""
        design = self.model.design
        outcomes = self.family.outcomes(design.response, design.weights)
        if y.ndim > 1:
            share, shares = y.sum(axis=0) / y.sum(), new.sum(axis=1) / new.sum(axis=(1, 2))[:, None]
            return {str(name): (float(share[k]), shares[:, k]) for k, name in enumerate(outcomes)}
        return {str(name): (float(np.mean(y == k)), np.mean(new == k, axis=1)) for k, name in enumerate(outcomes)}

    def summary(self) -> Summary:
        """Return the statistics of the data beside those of the drawn responses, and the priors."""
        table, show = self.table, column_format(self.table["observed"].abs() / 100)
        columns = [list(table.index), *(show(table[c].tolist()) for c in ("observed", "5%", "50%", "95%"))]
        columns.append(fixed(table["below"].tolist(), 3))
        headings = (Heading(self.model.design.response.name), *map(Heading, (*table.columns[:-1], "draws below")))
        enough = len(self.responses) * FAR >= 1
        far = [name for name, p in table["below"].items() if enough and min(p, 1 - p) < FAR]
        about = f"{len(self.responses):,} data sets drawn from the priors, of {len(self.model.design.rows):,} rows"
        listed = ", ".join(map(str, far))
        notes = (f"The data lie outside of what the priors let expect: {listed}.",) if far else ()
        priors = " · ".join(f"{name} {text}" for name, text in self.model.prior_texts().items())
        return Summary(
            title=f"{self.model.title}, prior predictive",
            formula=str(self.model.design.formula),
            lines=(about,),
            tables=(Table(headings, tuple(zip(*columns, strict=True))),),
            footers=(f"Priors: {priors}",),
            notes=notes,
            table=table,
        )

    @spoken
    def plot(
        self, kind: str = "auto", *, stat: Any = "mean", group: str | None = None, draws: int = 50, ax: Any = None
    ) -> Any:
        """Draw the data over data sets drawn from the prior; return the Axes.

        Parameters
        ----------
        kind : {"auto", "density", "bars", "stat", "intervals"}
            "auto" is bars of counts and categories, else densities.
        stat : str or callable
            The statistic of `kind="stat"`: "mean", "sd", "min", "max", "zeros", or a function of the responses.
        group : str, optional
            A column; one panel for each of its levels.
        draws : int
        """
        if kind == "pit":
            raise ModelError('`kind="pit"` is for a posterior: leave-one-out needs a fit.')
        sample: Any = self  # as a posterior is: a model and draws by shown name
        return plots.predictive_check(sample, kind, stat, group, draws, self.seed, ax)

    def to_arviz(self) -> Any:
        """Return the draws as ArviZ data: the groups prior, prior_predictive, observed_data and constant_data."""
        groups = ("prior", "prior_predictive", "observed_data", "constant_data")
        return export(self.model, self.shown, prior=self.shown, seed=self.seed, groups=groups)


def prior_predictive(model: Model, draws: int, seed: int) -> PriorPredictive:
    """Return draws of a model's parameters and responses from its prior; see `Fit.prior_predictive`."""
    if not model.family.likelihood:
        raise ModelError(f"the {model.family.name} family has no distribution to draw responses from.")
    return PriorPredictive(model, prior_values(model, seed, count_of("prior_predictive", "draws", draws)), seed)
