"""Censored and truncated families: another family's responses, when not all of them can be seen."""

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..priors import Prior
from .base import Data, Family
from .censored_law import CensoredLaw
from .law import Law
from .of_law import OfLaw
from .tailed import tailed
from .truncated_law import TruncatedLaw


class Limited(OfLaw, ABC):
    """A family of responses that another family has, when all could be seen.

    What the other says of the link, its parameters and their priors holds here too. Such a family is not asked for by
    name: `y | cens(c)` and `y | trunc(lower = 0)` in the formula make one.
    """

    how: ClassVar[str]
    of: Family

    def __post_init__(self) -> None:
        tailed(self.of)
        named = {"name": f"{self.how} {self.of.name}"}
        for name in ("link", "mean_name", "own_links"):
            named[name] = getattr(self.of, name)
        for name, value in named.items():
            object.__setattr__(self, name, value)

    def refuses(self, response: Any) -> str | None:
        """Return why the other family cannot have the response, or None."""
        return self.of.refuses(response)

    def default_priors(self, data: Data) -> dict[str, Prior]:
        """Return those of the other family."""
        return self.of.default_priors(data)

    def default_scale(self, data: Data) -> tuple[float, float]:
        """Return that of the other family."""
        return self.of.default_scale(data)


@dataclass(frozen=True)
class Censored(Limited):
    """Responses of which some are known only to be below y, above it, or in an interval: `y | cens(c)`.

    New responses, means and residuals of Pearson's are those of responses that could be seen.

    References
    ----------
    Klein & Moeschberger (2003), Survival Analysis, section 3.5.
    """

    of: Family

    how = "censored"

    @property
    def law(self) -> Law:
        """The law of what is known of a response."""
        return CensoredLaw(tailed(self.of))


@dataclass(frozen=True)
class Truncated(Limited):
    """Responses that are seen only between bounds: `y | trunc(lower = 0, upper = 10)`.

    Attributes
    ----------
    of : Family
    lower, upper : float or None
        The bounds, where they are the same in all rows.
    by_row : bool
        Whether they are not.
    """

    of: Family
    lower: float | None = None
    upper: float | None = None
    by_row: bool = False

    how = "truncated"

    @property
    def law(self) -> Law:
        """The law within the bounds."""
        return TruncatedLaw(tailed(self.of), self.lower, self.upper, self.by_row)


def limited(family: Family, response: Any) -> Family:
    """Return the family of what a response shows: censored or truncated where its limits say so, else as it is."""
    limits: Mapping[str, np.ndarray] = response.limits
    if not limits or isinstance(family, Limited):
        return family
    if "censored" in limits:
        return Censored(family)
    same = {name: float(ends[0]) for name, ends in limits.items() if len(ends) and np.ptp(ends) == 0}
    if len(same) < len(limits):
        return Truncated(family, by_row=True)
    return Truncated(family, same.get("lower"), same.get("upper"))
