"""The functions that a formula may call, by R's names; an allow-list, so that a formula can run nothing else."""

from .base import Contrast, Factor, Logical, Matrix, Transform
from .code import CODES
from .combination import COMBINATIONS
from .contrasts import CONTRASTS
from .elementwise import ELEMENTWISE
from .factor import FACTORS
from .polynomial import POLYNOMIALS
from .rank import RANKS
from .scale import SCALES
from .spline import SPLINES
from .statistic import STATISTICS

REGISTRY: dict[str, Transform] = {
    transform.name: transform
    for group in (ELEMENTWISE, FACTORS, CODES, COMBINATIONS, CONTRASTS, SCALES, STATISTICS, RANKS, POLYNOMIALS, SPLINES)
    for transform in group
}

__all__ = ["REGISTRY", "Contrast", "Factor", "Logical", "Matrix", "Transform"]
