"""Effects: the pieces whose sum is the linear predictor."""

from .base import Effect, GaussianEffect, Piece, Place, Program
from .common import CommonEffect, common_effects
from .covariance import Covariance, DecovCovariance, SeparateCovariance
from .group import GroupEffect, group_effects
from .offset import OffsetEffect, offset_effects
from .special import EFFECTS, SpecialEffect, check_special, effect_of, special_effects

__all__ = [
    "EFFECTS",
    "CommonEffect",
    "Covariance",
    "DecovCovariance",
    "Effect",
    "GaussianEffect",
    "GroupEffect",
    "OffsetEffect",
    "Piece",
    "Place",
    "Program",
    "SeparateCovariance",
    "SpecialEffect",
    "check_special",
    "common_effects",
    "effect_of",
    "group_effects",
    "offset_effects",
    "special_effects",
]
