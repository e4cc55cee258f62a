"""The variational objective by fresh draws in every step, for approximations of many parameters.

Gradients are those of the path alone (the score of q has expectation zero and is left out), so that their noise
vanishes where q is the posterior; steps are Adam's, and the answer is the average of the later ones.

References
----------
Roeder, Wu & Duvenaud (2017), Sticking the landing, NeurIPS 30. Kingma & Ba (2015), Adam, arXiv:1412.6980.
"""

from __future__ import annotations

import numpy as np

from .objective import Gradient, Shape, antithetic, expected

RATE, FIRST, SECOND, TINY = 0.05, 0.9, 0.99, 1e-8
BATCH = 10


def ascended(shape: Shape, density: Gradient, rng: np.random.Generator, steps: int) -> tuple[np.ndarray, int]:
    """Return the average of the later half of the parameters, and the evaluations of the density."""
    at = shape.begin
    mean, square, total = np.zeros_like(at), np.zeros_like(at), np.zeros_like(at)
    kept = 0
    for count in range(1, steps + 1):
        z = antithetic(rng, BATCH, shape.width)
        points = shape.points(at, z)
        _, g = expected(density, points)
        gradient = shape.pulled(at, z, g + shape.away(at, points)) if np.isfinite(g).all() else np.zeros_like(at)
        mean = FIRST * mean + (1 - FIRST) * gradient
        square = SECOND * square + (1 - SECOND) * gradient**2
        size = RATE / (1 + 4 * count / steps) * np.sqrt(1 - SECOND**count) / (1 - FIRST**count)
        at = at + size * mean / (np.sqrt(square) + TINY)
        if count > steps // 2:
            total, kept = total + at, kept + 1
    return total / max(kept, 1), steps * BATCH
