"""Iteratively reweighted least squares: `IRLS` for generalized linear models, `QR` for linear ones."""

from .engine import IRLS, QR

__all__ = ["IRLS", "QR"]
