"""Blocks of columns that are used without being formed."""

from .base import LinearMap
from .coded import Coded
from .dense import Dense
from .stacked import Stacked

__all__ = ["Coded", "Dense", "LinearMap", "Stacked"]
