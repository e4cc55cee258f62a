"""Links: what maps the mean of the response to the linear predictor."""

import re

from ...errors import ModelError, did_you_mean
from .angle import TanHalf
from .base import Link, ProbabilityLink
from .power import Identity, Inverse, InverseSquared, Log, Power, Softplus, Sqrt
from .probability import Cauchit, CLogLog, Logit, LogLog, Probit

__all__ = [
    "LINKS",
    "CLogLog",
    "Cauchit",
    "Identity",
    "Inverse",
    "InverseSquared",
    "Link",
    "Log",
    "LogLog",
    "Logit",
    "Power",
    "ProbabilityLink",
    "Probit",
    "Softplus",
    "Sqrt",
    "TanHalf",
    "as_link",
]

LINKS: dict[str, Link] = {
    link.name: link
    for link in (
        *(Identity(), Log(), Logit(), Probit(), Cauchit(), CLogLog(), LogLog()),
        *(Inverse(), InverseSquared(), Sqrt(), Softplus()),
    )
}
_OF_ANGLES: dict[str, Link] = {"tan_half": TanHalf()}
_OTHER_NAMES = {"inverse_squared": "1/mu^2", "1/mu**2": "1/mu^2"}
_POWER = re.compile(r"power\(\s*(?:lambda\s*=\s*)?([-+.\deE]+(?:\s*/\s*[.\d]+)?)\s*\)")


def as_link(link: str | Link) -> Link:
    """Return the link of that name, or the power link that the text says.

    >>> float(as_link("log").inverse(0.0, __import__("numpy")))
    1.0
    >>> as_link("power(1/3)")
    Power(k=0.3333333333333333)
    """
    if isinstance(link, Link):
        return link
    name = str(link).strip()
    name = _OTHER_NAMES.get(name, name if name in LINKS else name.lower())
    power = _POWER.fullmatch(name)
    if power is not None:
        k = _number(power[1], name)
        return LINKS["identity"] if k == 1 else Power(k)
    if name in _OF_ANGLES:
        return _OF_ANGLES[name]
    if name not in LINKS:
        known = [*LINKS, *_OF_ANGLES, "power(k)"]
        raise ModelError(f"no link `{link}`.{did_you_mean(name, known)} Known: {', '.join(known)}.")
    return LINKS[name]


def _number(text: str, whole: str) -> float:
    """Return a number or a ratio of two."""
    try:
        top, _, bottom = text.partition("/")
        return float(top) / float(bottom or 1)
    except (ValueError, ZeroDivisionError):
        raise ModelError(f'`{whole}` has no number; write a power link as "power(0.5)" or "power(1/3)".') from None
