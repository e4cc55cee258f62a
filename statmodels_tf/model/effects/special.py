"""Effects of special terms, and the registry that knows them by the class of the term."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ...errors import ModelError
from .base import Effect

if TYPE_CHECKING:
    from ...design import Design, SpecialBlock
    from ...terms import SpecialTerm
    from ..prior_table import PriorTable

EFFECTS: dict[type[SpecialTerm], type[SpecialEffect]] = {}
"""Class of a special term -> class of its effect."""

_Class = TypeVar("_Class", bound="type[SpecialEffect]")


class SpecialEffect(Effect):
    """The effect of a special term; `label` is the term as written."""

    @classmethod
    @abstractmethod
    def of(cls, block: SpecialBlock, priors: PriorTable, scale: str | None) -> SpecialEffect:
        """Return the effect of a term.

        Parameters
        ----------
        block : SpecialBlock
            The term, what it learned, and its arrays.
        priors : PriorTable
            `priors.given_or(key, kind, default)` is what the caller wrote, or the default.
        scale : str or None
            The family's parameter that standard deviations may be relative to.
        """

    def arrays(self, rows: Any) -> dict[str, np.ndarray]:
        """Return the term's arrays on the rows of a Design or NewDesign."""
        return next(block.arrays for block in rows.specials if block.label == self.label)


def effect_of(term: type[SpecialTerm]) -> Callable[[_Class], _Class]:
    """Return the decorator that makes a class the effect of a special term."""

    def register(kind: _Class) -> _Class:
        EFFECTS[term] = kind
        return kind

    return register


def special_effects(design: Design, priors: PriorTable, scale: str | None) -> tuple[SpecialEffect, ...]:
    """Return the effects of a design's special terms, in the order of the formula."""
    check_special(design)
    return tuple(EFFECTS[type(block.term)].of(block, priors, scale) for block in design.specials)


def check_special(design: Design) -> None:
    """Refuse a term that the formula knows and no effect does: it would be left out of the model."""
    for block in design.specials:
        if type(block.term) not in EFFECTS:
            raise ModelError(
                f"the term `{block.label}` has no effect in this release. Leave it out, or register its effect with "
                f"`@effect_of({type(block.term).__name__})`."
            )
