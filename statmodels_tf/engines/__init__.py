"""Engines: ways to fit a model. `ENGINES` knows them by name."""

from statmodels_tf.engines.base import ENGINES, Engine
from statmodels_tf.engines.nuts import NUTS
from statmodels_tf.engines.pls import PLS

__all__ = ["ENGINES", "NUTS", "PLS", "Engine"]
