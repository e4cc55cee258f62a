"""What families of a response in K columns have in common: each column has a share, by log odds against the first."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

import numpy as np

from ..errors import ModelError
from .base import Array, Data, Family, Values
from .outcome import OutcomeFamily
from .score import Score
from .softmax import against_first


class CompositionFamily(Family):
    """A family whose response has a column for each of K outcomes: `cbind(a, b, c)`.

    Each column but the first has a linear predictor, the log of its expected share over that of the first. The
    observations are `y` [n, K], the weights, and `trials` [n] of counts.
    """

    by_outcome = True
    by_columns = True
    has_mean = False
    scored: ClassVar[bool] = True
    needs: ClassVar[str]

    @abstractmethod
    def bad(self, y: np.ndarray) -> np.ndarray:
        """Return the rows [n] that cannot come from the family."""

    @abstractmethod
    def observed(self, y: np.ndarray) -> dict[str, np.ndarray]:
        """Return what the density needs of the columns [n, K]."""

    def log_probabilities(self, eta: Array, values: Values, xp: Any) -> Array:
        """Return the log of each column's expected share [..., n, K], of linear predictors eta [..., n, K-1]."""
        return against_first(eta, xp)

    def probabilities(self, eta: np.ndarray, values: Values) -> np.ndarray:
        """Return each column's expected share [..., n, K]."""
        return np.exp(against_first(eta, np))

    def refuses(self, response: Any) -> str | None:
        """Return why the response is not several columns of the right numbers, or None."""
        y = columns_of(response)
        if y is None:
            factor = ' For a factor write family="categorical".' if response.levels is not None else ""
            return (
                f"the response `{response.name}` is one column and a {self.name} model needs one for each outcome: "
                f"write `cbind(a, b, c)`.{factor}"
            )
        found = np.flatnonzero(self.bad(y))
        if not len(found):
            return None
        row = found[0] if response.index is None else response.index[found[0]]
        shown = ", ".join(f"{value:g}" for value in y[found[0]])
        more = f" (and {len(found) - 1:,} other rows)" if len(found) > 1 else ""
        return f"the response `{response.name}` is ({shown}) in row {row}{more}: {self.needs}."

    def outcomes(self, response: Any, weights: np.ndarray | None) -> tuple[str, ...]:
        """Return the names of the columns."""
        named: tuple[str, ...] = response.columns
        return named

    def data(self, response: Any, weights: np.ndarray | None) -> dict[str, np.ndarray]:
        """Return `y` [n, K] with what the family makes of it, and `weights`, those that there are."""
        y = None if response is None else columns_of(response)
        out = {} if y is None else self.observed(y)
        return out if weights is None else {**out, "weights": np.asarray(weights, dtype=float)}

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return 0 and 1: log odds."""
        return 0.0, 1.0

    def quantile_residuals(self, mu: np.ndarray, values: Values, data: Data, rng: np.random.Generator) -> NoReturn:
        """Say that rows of several columns have no one residual."""
        raise ModelError(f'a row of a {self.name} response has several columns and no quantile; use type="pearson".')


def columns_of(response: Any) -> np.ndarray | None:
    """Return the columns [n, K] of a response, or None of one that has only one."""
    if response.columns is None:
        return None
    y = np.asarray(response.values, dtype=float)
    return np.column_stack([y, response.trials - y]) if y.ndim == 1 else y


def refusal(family: Family, response: Any) -> str | None:
    """Return why a response cannot come from a family, or None; only some families take several columns."""
    if np.ndim(response.values) > 1 and not family.by_columns:
        return (
            f"the response `{response.name}` has {response.values.shape[1]} columns; a response is one column, or "
            '`cbind(successes, failures)`. Of family="multinomial" (counts) and "dirichlet" (shares) it may have more.'
        )
    return family.refuses(response)


Weighted = Callable[[np.ndarray, np.ndarray, dict[str, np.ndarray]], Score]


def weighted(data: Data) -> Weighted:
    """Return the function of log densities [n] and derivatives of rows to the score with the rows' weights."""
    weights = data.get("weights")

    def total(density: np.ndarray, eta: np.ndarray, own: dict[str, np.ndarray]) -> Score:
        if weights is None:
            return Score(float(density.sum()), eta, own)
        return Score(
            float(weights @ density), weights[:, None] * eta, {name: weights * slope for name, slope in own.items()}
        )

    return total


ProbabilityFamily = OutcomeFamily | CompositionFamily
"""Families that give each row a probability, or a share, for each of K outcomes."""
