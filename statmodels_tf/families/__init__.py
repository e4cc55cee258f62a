"""Families of distributions for the response, and their links."""

from .adjacent import Adjacent
from .asymmetric_laplace import AsymmetricLaplace
from .base import FAMILIES, Family, family, fractional, rowed
from .beta import Beta
from .binomial import Binomial
from .categorical import Categorical
from .composition import CompositionFamily, refusal
from .cumulative import Cumulative
from .dirichlet import Dirichlet
from .exponential import ExponentialFamily, OwnParameters, Working
from .exponential_law import Exponential
from .gamma import Gamma
from .gaussian import Gaussian
from .inverse_gaussian import InverseGaussian
from .limited import Censored, Truncated, limited
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
from .lognormal import Lognormal
from .mixture import Mixture
from .multinomial import Multinomial
from .naming import as_family, family_text
from .negative_binomial import NegativeBinomial
from .poisson import Poisson
from .quasi import Quasi, Quasibinomial, Quasipoisson
from .score import Kernel, Score, ScoredFamily, is_scored
from .sequential import Sequential
from .skew_normal import SkewNormal
from .student import Student
from .tweedie import Tweedie
from .von_mises import VonMises
from .weibull import Weibull
from .zero_inflated import ZeroInflatedBinomial, ZeroInflatedNegativeBinomial, ZeroInflatedPoisson
from .zero_one_inflated_beta import ZeroOneInflatedBeta

__all__ = [
    "FAMILIES",
    "LINKS",
    "Adjacent",
    "AsymmetricLaplace",
    "Beta",
    "Binomial",
    "CLogLog",
    "Categorical",
    "Cauchit",
    "Censored",
    "CompositionFamily",
    "Cumulative",
    "Dirichlet",
    "Exponential",
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
    "Lognormal",
    "Mixture",
    "Multinomial",
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
    "SkewNormal",
    "Softplus",
    "Sqrt",
    "Student",
    "Truncated",
    "Tweedie",
    "VonMises",
    "Weibull",
    "Working",
    "ZeroInflatedBinomial",
    "ZeroInflatedNegativeBinomial",
    "ZeroInflatedPoisson",
    "ZeroOneInflatedBeta",
    "as_family",
    "as_link",
    "family",
    "family_text",
    "fractional",
    "is_scored",
    "limited",
    "refusal",
    "rowed",
]
