"""Formula text in, symbolic terms out."""

from .expressions import expression
from .formula import Formula

__all__ = ["Formula", "expression"]
