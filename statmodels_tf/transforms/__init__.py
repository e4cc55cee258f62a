"""The functions that a formula may call, by R's names; an allow-list, so that a formula can run nothing else."""

from .base import Contrast, Factor, Logical, Matrix, Transform
from .contrasts import CONTRASTS
from .elementwise import ELEMENTWISE
from .factor import FACTORS
from .polynomial import POLYNOMIALS
from .scale import SCALES
from .spline import SPLINES

REGISTRY: dict[str, Transform] = {
    transform.name: transform
    for group in (ELEMENTWISE, FACTORS, CONTRASTS, SCALES, POLYNOMIALS, SPLINES)
    for transform in group
}

__all__ = ["REGISTRY", "Contrast", "Factor", "Logical", "Matrix", "Transform"]
