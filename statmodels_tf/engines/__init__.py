"""Engines: ways to fit a model. `ENGINES` knows them by name."""

from .base import ENGINES, Engine
from .nuts import NUTS
from .pls import PLS

__all__ = ["ENGINES", "NUTS", "PLS", "Engine"]
