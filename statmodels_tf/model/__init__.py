"""The model: a family and a sum of effects, evaluated on NumPy, TensorFlow or JAX."""

from .build import build_model
from .centring import informed
from .effects import CommonEffect, Effect, GaussianEffect, GroupEffect, OffsetEffect, SpecialEffect, effect_of
from .flat import Flat
from .model import Model
from .numeric import NumericFlat
from .predictor import Predictor
from .thresholds import THRESHOLD

__all__ = [
    "THRESHOLD",
    "CommonEffect",
    "Effect",
    "Flat",
    "GaussianEffect",
    "GroupEffect",
    "Model",
    "NumericFlat",
    "OffsetEffect",
    "Predictor",
    "SpecialEffect",
    "build_model",
    "effect_of",
    "informed",
]
