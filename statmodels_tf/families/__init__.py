"""Families of distributions for the response, and their links."""

from .base import FAMILIES, Family, as_family, family
from .exponential import ExponentialFamily, Working
from .gaussian import Gaussian
from .links import LINKS, Identity, Inverse, Link, Log, as_link

__all__ = [
    "FAMILIES",
    "LINKS",
    "ExponentialFamily",
    "Family",
    "Gaussian",
    "Identity",
    "Inverse",
    "Link",
    "Log",
    "Working",
    "as_family",
    "as_link",
    "family",
]
