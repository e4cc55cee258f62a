"""Prior distributions: written as text, evaluated on any array library, handed to TensorFlow Probability."""

from .base import Elementwise, Positive, Prior, Real
from .structured import CholeskyLKJ, Dirichlet
from .text import LKJ, WORDS, Decov, Spec, parse
from .univariate import (
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
    "WORDS",
    "Cauchy",
    "CholeskyLKJ",
    "Decov",
    "Dirichlet",
    "Elementwise",
    "Exponential",
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
    "StudentT",
    "parse",
]
