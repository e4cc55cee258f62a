"""Offsets: known parts of the linear predictor."""

from dataclasses import dataclass
from typing import ClassVar

from ..errors import FormulaError
from .base import SpecialCall, Term, Variable, special


@special("offset")
@dataclass(frozen=True)
class OffsetTerm(Term):
    """`offset(log(exposure))`: added to the linear predictor with coefficient one."""

    crossing: ClassVar[str] = "cannot be crossed with another term; an offset has no coefficient. Add it with `+`."

    variable: Variable

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """The offset's expression."""
        return (self.variable,)

    @property
    def text(self) -> str:
        """The call as written."""
        return self.label

    @classmethod
    def from_call(cls, call: SpecialCall, label: str, start: int, end: int) -> "OffsetTerm":
        """Return the offset that the call writes."""
        arguments = call.arguments
        if len(arguments) != 1 or call.options or call.by or not isinstance(arguments[0], Variable):
            raise FormulaError("`offset()` takes one column or expression of columns: write `offset(log(exposure))`.")
        return cls(label, arguments[0], start=start, end=end)
