"""Special terms on the data: the arrays their effects read, and what new rows must repeat."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import DataError, pointing
from ..terms import SpecialTerm


@dataclass(frozen=True, eq=False)
class SpecialBlock:
    """One special term on n rows.

    Attributes
    ----------
    term : SpecialTerm
    state : dict
        What it learned from the rows fitted, as plain data.
    arrays : dict of name to array [n, ...]
        What its effect reads.
    """

    term: SpecialTerm
    state: dict[str, Any]
    arrays: dict[str, np.ndarray]

    @property
    def label(self) -> str:
        """The term as written."""
        return self.term.label

    def take(self, rows: Any) -> "SpecialBlock":
        """Return the block on some of its rows."""
        return replace(self, arrays={name: array[rows] for name, array in self.arrays.items()})


def special_blocks(formula, value_of: Callable, states=None) -> tuple[SpecialBlock, ...]:
    """Return the blocks of a formula's special terms.

    Parameters
    ----------
    formula : Formula
    value_of : function of a Variable -> its value on the rows
    states : sequence of (label, state) or None
        What the terms learned before, in the formula's order; None learns it here.
    """
    out = []
    for k, term in enumerate(formula.specials):
        values = tuple(value_of(variable) for variable in term.inputs)
        try:
            state = term.learn(values) if states is None else states[k][1]
            out.append(SpecialBlock(term, state, term.arrays(values, state)))
        except DataError as error:
            raise DataError(pointing(str(error), formula.text, term.start, term.end)) from None
    return tuple(out)
