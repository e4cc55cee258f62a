"""Newton's method for responses in categories."""

from .engine import Newton

__all__ = ["Newton"]
