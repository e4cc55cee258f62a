"""The flat density and its gradient in NumPy: no compiler between a formula and the first draw."""

from .flat import NumericFlat

__all__ = ["NumericFlat"]
