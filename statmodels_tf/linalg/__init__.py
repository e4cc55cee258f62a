"""Blocks of columns that are used without being formed."""

from .base import LinearMap
from .coded import Coded, indicator
from .dense import Dense
from .stacked import Stacked

__all__ = ["Coded", "Dense", "LinearMap", "Stacked", "indicator"]
