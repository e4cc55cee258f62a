"""Families of distributions for the response, and their links."""

from .adjacent import Adjacent
from .base import FAMILIES, Family, family, fractional, rowed
from .beta import Beta
from .binomial import Binomial
from .categorical import Categorical
from .cumulative import Cumulative
from .exponential import ExponentialFamily, OwnParameters, Working
from .gamma import Gamma
from .gaussian import Gaussian
from .inverse_gaussian import InverseGaussian
from .links import (
    LINKS,
    Cauchit,
    CLogLog,
    Identity,
    Inverse,
    InverseSquared,
    Link,
    Log,
    Logit,
    LogLog,
    Power,
    Probit,
    Softplus,
    Sqrt,
    as_link,
)
from .naming import as_family, family_text
from .negative_binomial import NegativeBinomial
from .poisson import Poisson
from .quasi import Quasi, Quasibinomial, Quasipoisson
from .score import Kernel, Score, ScoredFamily, is_scored
from .sequential import Sequential
from .tweedie import Tweedie

__all__ = [
    "FAMILIES",
    "LINKS",
    "Adjacent",
    "Beta",
    "Binomial",
    "CLogLog",
    "Categorical",
    "Cauchit",
    "Cumulative",
    "ExponentialFamily",
    "Family",
    "Gamma",
    "Gaussian",
    "Identity",
    "Inverse",
    "InverseGaussian",
    "InverseSquared",
    "Kernel",
    "Link",
    "Log",
    "LogLog",
    "Logit",
    "NegativeBinomial",
    "OwnParameters",
    "Poisson",
    "Power",
    "Probit",
    "Quasi",
    "Quasibinomial",
    "Quasipoisson",
    "Score",
    "ScoredFamily",
    "Sequential",
    "Softplus",
    "Sqrt",
    "Tweedie",
    "Working",
    "as_family",
    "as_link",
    "family",
    "family_text",
    "fractional",
    "is_scored",
    "rowed",
]
