"""Learning in blocks: what a function of the formula must see of the data where they come block after block.

Each pass over the data adds up a part from every block; the sum gives the state, or says what the next pass must see.
The states are those that the function learns from the whole column.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .base import Factor, numeric
from .learner import Learner
from .moments import Moments
from .selection import Selection, wanted


@dataclass(frozen=True, eq=False)
class OfMoments(Learner):
    """Learns from the count, the mean and the sum of squares: `mean`, `sd`, `var`, `sum`, `scale`, `center`.

    Attributes
    ----------
    made : function of (moments, arguments) -> state
    single : bool
        Whether the state is one number, which needs a value that is not missing, or all of them by `na.rm = FALSE`.
    """

    made: Callable[[Moments, dict], dict]
    single: bool = False

    def part(self, arguments: dict[str, Any]) -> Moments:
        return Moments.of(self.numbers(arguments))

    def after(self, total: Moments) -> dict:
        if self.single and (not total.n or (total.missing and not self.arguments.get("na_rm", True))):
            return self.state(np.array([np.nan]))
        return self.made(total, self.arguments)


@dataclass(frozen=True)
class Extremes:
    """The least and the largest of the numbers, how many there are, and whether others are missing."""

    low: float
    high: float
    n: int
    missing: bool

    @staticmethod
    def of(values: np.ndarray, present: np.ndarray) -> "Extremes":
        """Return the extremes of the values that are `present` [n]."""
        found = values[present]
        low, high = (found.min(), found.max()) if len(found) else (np.inf, -np.inf)
        return Extremes(float(low), float(high), len(found), bool(np.isnan(values).any()))

    def __add__(self, other: "Extremes") -> "Extremes":
        low, high = min(self.low, other.low), max(self.high, other.high)
        return Extremes(low, high, self.n + other.n, self.missing or other.missing)

    @property
    def column(self) -> np.ndarray:
        """A short column of the same extremes."""
        ends = [self.low, self.high] if self.n else []
        return np.array([*ends, *([np.nan] if self.missing or not self.n else [])])


@dataclass(frozen=True, eq=False)
class OfExtremes(Learner):
    """Learns from the least and the largest value: `min`, `max`, `cut(x, 4)`."""

    def part(self, arguments: dict[str, Any]) -> Extremes:
        values = self.numbers(arguments)
        return Extremes.of(values, ~np.isnan(values))

    def after(self, total: Extremes) -> dict:
        return self.state(total.column)


@dataclass(frozen=True)
class Size:
    """A number of rows."""

    n: int

    def __add__(self, other: "Size") -> "Size":
        return Size(self.n + other.n)


@dataclass(frozen=True, eq=False)
class OfSize(Learner):
    """Learns how many rows there are: `length`."""

    def part(self, arguments: dict[str, Any]) -> Size:
        x = arguments["x"]
        return Size(len(x.codes) if isinstance(x, Factor) else len(self.numbers(arguments)))

    def after(self, total: Size) -> dict:
        return {"value": total.n}


@dataclass(frozen=True, eq=False)
class OfQuantiles(Learner):
    """Learns quantiles: `median`, `quantile`, and the knots of `bs`, `ns`, `cs`. First the range, then a selection.

    Attributes
    ----------
    share : float or None
        That of the one quantile, where the call does not say `probs`.
    spline : bool
        Whether the quantiles are knots.
    """

    share: float | None = None
    spline: bool = False
    range: Extremes | None = None
    search: Selection | None = None

    def _within(self, arguments):
        """Return the column and which of its values count."""
        values = self.numbers(arguments)
        if not self.spline:
            return values, ~np.isnan(values)
        inside = np.isfinite(values)
        ends = self.arguments.get("Boundary_knots")
        if ends is not None:
            low, high = np.min(numeric(ends)), np.max(numeric(ends))
            inside &= (values >= low) & (values <= high)
        return values, inside

    def part(self, arguments: dict[str, Any]) -> Any:
        values, inside = self._within(arguments)
        return Extremes.of(values, inside) if self.search is None else self.search.part(values[inside])

    @property
    def _shares(self):
        """The shares of the quantiles wanted."""
        if self.spline:
            knots = len(self.state(self.range.column)["knots"])
            return np.linspace(0, 1, knots + 2)[1:-1]
        return np.array([self.share]) if self.share is not None else np.ravel(numeric(self.arguments["probs"]))

    def after(self, total: Any) -> Learner | dict:
        if self.search is None:
            found = replace(self, range=total)
            if self.spline and (self.arguments.get("knots") is not None or self.arguments.get("df") is None):
                return self.state(total.column)
            learned = self.state(total.column)  # says what is wrong with the call, where something is
            if not total.n or (total.missing and not self.spline and not self.arguments.get("na_rm", True)):
                return learned
            if not len(found._shares):
                return learned
            ranks, _ = wanted(found._shares, total.n)
            return replace(found, search=Selection.between(total.low, total.high, ranks))
        ended = self.search.after(total)
        if isinstance(ended, Selection):
            return replace(self, search=ended)
        shares = self._shares
        _, part = wanted(shares, self.range.n)
        low, high = ended.reshape(-1, 2).T
        values = np.where(part == 0, low, low + (high - low) * part)
        if self.spline:
            return {**self.state(self.range.column), "knots": values.tolist()}
        if self.share is not None:
            return {"value": float(values[0])}
        shape = np.shape(numeric(self.arguments["probs"]))
        return {"value": values.reshape(() if shape == (1,) else shape).tolist()}
