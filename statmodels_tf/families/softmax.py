"""Log probabilities from log odds, on any array library."""

from typing import Any

from .base import Array


def log_softmax(x: Array, xp: Any) -> Array:
    """Return x - log Σ exp(x) along the last axis."""
    below = x - xp.max(x, axis=-1, keepdims=True)
    return below - xp.log(xp.sum(xp.exp(below), axis=-1, keepdims=True))


def against_first(eta: Array, xp: Any) -> Array:
    """Return the log probabilities [..., K] of log odds eta [..., K-1] against the first outcome."""
    return log_softmax(xp.concatenate([xp.zeros_like(eta[..., :1]), eta], axis=-1), xp)
