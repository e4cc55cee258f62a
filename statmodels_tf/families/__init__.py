"""Families of distributions for the response, and their links."""

from .base import FAMILIES, Family, family, fractional
from .binomial import Binomial
from .categorical import Categorical
from .cumulative import Cumulative
from .exponential import ExponentialFamily, OwnParameters, Working
from .gaussian import Gaussian
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

__all__ = [
    "FAMILIES",
    "LINKS",
    "Binomial",
    "CLogLog",
    "Categorical",
    "Cauchit",
    "Cumulative",
    "ExponentialFamily",
    "Family",
    "Gaussian",
    "Identity",
    "Inverse",
    "InverseSquared",
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
    "Softplus",
    "Sqrt",
    "Working",
    "as_family",
    "as_link",
    "family",
    "family_text",
    "fractional",
]
