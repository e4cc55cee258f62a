"""Which law a family has."""

from ..errors import ModelError
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


def law_to_mix(family: Family) -> Law:
    """Return the law of the components of a mixture; of a family that has none, or is a mixture itself, say so."""
    law = law_of(family)
    if law is None or family.name == "mixture":
        raise ModelError(
            f'components of the {family.name} family cannot be mixed. Write `mixture("gaussian", 2)`, or one of '
            '"student", "skew_normal", "lognormal", "weibull", "poisson", "negative_binomial".'
        )
    return law
