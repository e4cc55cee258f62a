"""Prior distributions: written as text, evaluated on any array library, handed to TensorFlow Probability."""

from .base import Elementwise, Positive, Prior, Real, together
from .structured import CholeskyLKJ, Dirichlet
from .text import LKJ, WORDS, Decov, Spec, parse
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
    "together",
]
