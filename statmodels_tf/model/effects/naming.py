"""What the coefficients of a predictor are called, and under which keys their priors are given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..prior_table import PriorTable

WORDS = ("b", "cov", "sd", "cor")


@dataclass(frozen=True)
class Naming:
    """The names of one linear predictor: those of the mean are plain.

    | | the mean | of `sigma` | of the outcome `mid` |
    |---|---|---|---|
    | a coefficient | `x` | `sigma_x` | `mid:x` |
    | key of all coefficients | `b` | `b_sigma` | `b` |
    | key of a group's | `sd(g)` | `sd_sigma(g)` | `sd(g)` |
    | of one effect | `sd(g)[x]` | `sd(g)[sigma_x]` | `sd(g)[mid:x]` |
    | a group term | `1 + x | g` | `sigma ~ 1 + x | g` | `mid: 1 + x | g` |

    Attributes
    ----------
    prefix : str
        Before a column.
    suffix : str
        After the word of a prior's key.
    lead : str
        Before a group term.
    shared : bool
        Whether keys of the mean hold for it too, where it has none of its own.
    """

    prefix: str = ""
    suffix: str = ""
    lead: str = ""
    shared: bool = True

    def column(self, name: str) -> str:
        """Return what a column's coefficient is called."""
        return self.prefix + name

    def vector(self, name: str) -> str:
        """Return what a vector of coefficients is called.

        >>> of_parameter("sigma").vector("b"), of_outcome("mid").vector("b")
        ('sigma_b', 'mid:b')
        """
        return self.prefix + name

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the keys under which a column's prior may be given."""
        own = self.column(name)
        return (own, name) if self.shared and self.prefix else (own,)

    def table(self, table: PriorTable, centre: float, unit: float) -> PriorTable:
        """Return a table of priors as this predictor reads it, by plain keys."""
        given = dict(table.given) if self.shared else {k: v for k, v in table.given.items() if k.startswith("sd(")}
        for key, spec in table.given.items():
            if self.prefix and key.startswith(self.prefix):
                given[key[len(self.prefix) :]] = spec
            word, bracket, group = key.partition("(")
            if self.suffix and word in {w + self.suffix for w in WORDS}:
                given[word[: -len(self.suffix)] + bracket + group] = spec
        return replace(table, given=given, centre=centre, unit=unit)


PLAIN = Naming()


def of_parameter(name: str) -> Naming:
    """Return the names of the predictor of one of the family's own parameters."""
    return Naming(f"{name}_", f"_{name}", f"{name} ~ ", shared=False)


def of_outcome(outcome: str, parameter: str = "") -> Naming:
    """Return the names of the predictor of one outcome, of the mean or of another parameter."""
    suffix = f"_{parameter}" if parameter else ""
    return Naming(f"{outcome}:", suffix, f"{outcome}: ", shared=not parameter)
