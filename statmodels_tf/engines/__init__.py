"""Engines: ways to fit a model. `ENGINES` knows them by name."""

from .base import ENGINES, Engine
from .irls import IRLS, QR
from .newton import Newton
from .nuts import NUTS
from .pls import PLS

__all__ = ["ENGINES", "IRLS", "NUTS", "PLS", "QR", "Engine", "Newton"]
