"""Terms with one coefficient for each of their columns: the fixed effects."""

from dataclasses import dataclass

from .base import Term, Variable

INTERCEPT = "Intercept"
"""The label of the term without variables, and the name of its column."""


@dataclass(frozen=True)
class CommonTerm(Term):
    """`x`, `a:b` or the intercept, which has no variables.

    >>> CommonTerm.of(()).label
    'Intercept'
    """

    variables: tuple[Variable, ...]

    @classmethod
    def of(cls, variables: tuple[Variable, ...], start: int = 0, end: int = 0) -> "CommonTerm":
        """Return the product of the variables, labelled as R labels it."""
        label = ":".join(v.label for v in variables) or INTERCEPT
        return cls(label, variables, start=start, end=end)

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """The variables multiplied."""
        return self.variables

    @property
    def text(self) -> str:
        """The term as a formula writes it; the intercept is `1`."""
        return ":".join(v.text for v in self.variables) or "1"
