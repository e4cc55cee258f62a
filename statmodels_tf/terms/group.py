"""Group terms: coefficients that vary by the level of a grouping factor."""

from dataclasses import dataclass, field
from typing import ClassVar

from .base import Term, Variable
from .common import CommonTerm


@dataclass(frozen=True)
class GroupTerm(Term):
    """`(effects | group)`; `(1 | a/b)` makes two of them, `b:a` and `a`, as lme4 does.

    Attributes
    ----------
    label : str
        `1 + age | student`, with the effects as written.
    effects : tuple of CommonTerm
        The intercept first, if it is there, then by degree.
    group : tuple of Variable
        The factors whose combinations are the levels, in the order of `group_label`.
    correlated : bool
        False for `(effects || group)`.
    group_label : str
        `student`, `cask:batch`.
    """

    crossing: ClassVar[str] = "cannot be crossed with another term; a slope of `x` that varies by `g` is `(x | g)`."

    effects: tuple[CommonTerm, ...]
    group: tuple[Variable, ...]
    correlated: bool
    group_label: str = field(compare=False)

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """The variables of the effects, then those of the group."""
        return tuple(dict.fromkeys([*(v for e in self.effects for v in e.variables), *self.group]))

    @property
    def text(self) -> str:
        """The term in its parentheses."""
        return f"({self.label})"
