"""Effects: the pieces whose sum is the linear predictor."""

from .base import Effect, GaussianEffect, Piece
from .common import INTERCEPT, CommonEffect
from .covariance import Covariance, DecovCovariance, SeparateCovariance
from .group import GroupEffect
from .offset import OffsetEffect

__all__ = [
    "INTERCEPT",
    "CommonEffect",
    "Covariance",
    "DecovCovariance",
    "Effect",
    "GaussianEffect",
    "GroupEffect",
    "OffsetEffect",
    "Piece",
    "SeparateCovariance",
]
