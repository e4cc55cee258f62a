"""The model: a family and a sum of effects, evaluated on NumPy, TensorFlow or JAX."""

from .effects import CommonEffect, Effect, GaussianEffect, GroupEffect, OffsetEffect, SpecialEffect, effect_of
from .flat import Flat
from .model import Model, build_model
from .numeric import NumericFlat

__all__ = [
    "CommonEffect",
    "Effect",
    "Flat",
    "GaussianEffect",
    "GroupEffect",
    "Model",
    "NumericFlat",
    "OffsetEffect",
    "SpecialEffect",
    "build_model",
    "effect_of",
]
