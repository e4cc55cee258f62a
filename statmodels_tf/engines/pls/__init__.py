"""Linear mixed models by penalised least squares, REML or maximum likelihood."""

from .engine import PLS

__all__ = ["PLS"]
