"""Prior distributions: written as text, evaluated on any array library, handed to TensorFlow Probability."""

from .base import Elementwise, Positive, Prior, Real, together
from .joint_transform import Ascending, CorrelationFactor, StickBreaking
from .structured import CholeskyLKJ, Dirichlet
from .text import LKJ, WORDS, Decov, Spec, parse
from .transform import Affine, Between, Exponentiated, Fixed, Transform
from .univariate import (
    LOG_2PI,
    Cauchy,
    Exponential,
    Gamma,
    HalfCauchy,
    HalfNormal,
    HalfStudentT,
    Laplace,
    Normal,
    StudentT,
)

__all__ = [
    "LKJ",
    "LOG_2PI",
    "WORDS",
    "Affine",
    "Ascending",
    "Between",
    "Cauchy",
    "CholeskyLKJ",
    "CorrelationFactor",
    "Decov",
    "Dirichlet",
    "Elementwise",
    "Exponential",
    "Exponentiated",
    "Fixed",
    "Gamma",
    "HalfCauchy",
    "HalfNormal",
    "HalfStudentT",
    "Laplace",
    "Normal",
    "Positive",
    "Prior",
    "Real",
    "Spec",
    "StickBreaking",
    "StudentT",
    "Transform",
    "parse",
    "together",
]
