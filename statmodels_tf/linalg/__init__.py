"""Blocks of columns that are used without being formed."""

from .base import LinearMap
from .coded import Coded
from .columns import Columns
from .dense import Dense
from .stacked import Stacked

__all__ = ["Coded", "Columns", "Dense", "LinearMap", "Stacked"]
