"""Effects: the pieces whose sum is the linear predictor."""

from .base import Effect, GaussianEffect, Piece, Place, Program
from .common import CommonEffect, common_effects
from .covariance import Covariance, DecovCovariance, SeparateCovariance
from .group import GroupEffect, group_effects
from .naming import PLAIN, Naming, of_outcome, of_parameter
from .offset import OffsetEffect, offset_effects
from .special import EFFECTS, SpecialEffect, check_special, effect_of, special_effects

__all__ = [
    "EFFECTS",
    "PLAIN",
    "CommonEffect",
    "Covariance",
    "DecovCovariance",
    "Effect",
    "GaussianEffect",
    "GroupEffect",
    "Naming",
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
    "of_outcome",
    "of_parameter",
    "offset_effects",
    "special_effects",
]
