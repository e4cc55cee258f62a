"""Which law a family has."""

from .base import Family
from .count_laws import NegativeBinomialLaw, PoissonLaw
from .law import Law
from .normal_law import NORMAL
from .of_law import OfLaw

_LAWS: dict[str, Law] = {
    "gaussian": NORMAL,
    "negative_binomial": NegativeBinomialLaw(),
    "poisson": PoissonLaw(),
}
"""Of families that least squares can fit too."""


def law_of(family: Family) -> Law | None:
    """Return the law of a family, None where it has none: then it cannot be mixed, censored or truncated.

    A negative binomial family whose theta is fixed has none here; fix theta as a parameter, `theta=2`.
    """
    if isinstance(family, OfLaw):
        return family.law
    return None if getattr(family, "theta", None) is not None else _LAWS.get(family.name)
