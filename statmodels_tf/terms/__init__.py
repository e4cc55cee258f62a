"""What a formula can say: one file for each kind of term, symbolic only."""

from .base import SPECIALS, SpecialCall, SpecialTerm, Term, Variable, special
from .common import INTERCEPT, CommonTerm
from .group import GroupTerm
from .offset import OffsetTerm

__all__ = [
    "INTERCEPT",
    "SPECIALS",
    "CommonTerm",
    "GroupTerm",
    "OffsetTerm",
    "SpecialCall",
    "SpecialTerm",
    "Term",
    "Variable",
    "special",
]
