"""Which estimates are infinite: a direction along which no row's probability ever falls.

A concave likelihood has no finite maximum if and only if there is a direction d with A d >= 0 and A d != 0, A the rows
of `Likelihood.directions`; `cone.py` looks for one where the iterations leave a doubt.

References
----------
Albert & Anderson (1984), doi:10.1093/biomet/71.1.1.
"""

from __future__ import annotations

import numpy as np

from .ascent import Maximum
from .cone import rising
from .likelihood import Likelihood

_WEAK = 1e-4
"""Information, relative to that at the start or to that of other directions, so small that there may be none."""
_FLAT = 1e-7
"""The same, so small that there is none."""
_RISES = 1e-6


def infinite(likelihood: Likelihood, maximum: Maximum) -> np.ndarray:
    """Return for each parameter [P] whether its estimate is minus infinity (-1), finite (0) or infinity (1)."""
    out, keep = np.zeros(len(maximum.parameters), dtype=int), likelihood.estimable
    if not _doubtful(maximum, keep):
        return out
    direction = rising(likelihood)
    if direction is not None:
        out[keep] = np.where(np.abs(direction) > _RISES * np.abs(direction).max(), np.sign(direction), 0).astype(int)
    return out


def flat(likelihood: Likelihood, maximum: Maximum) -> np.ndarray:
    """Return which parameters [P] the log-likelihood no longer depends on where the iterations ended."""
    out, keep = np.zeros(len(maximum.parameters), dtype=bool), likelihood.estimable
    now, before = (np.diag(point.information)[keep] for point in (maximum.point, maximum.first))
    out[keep] = now <= _FLAT * np.abs(before)
    return out


def covariance(likelihood: Likelihood, maximum: Maximum, known: np.ndarray) -> np.ndarray:
    """Return the inverse of the information [P, P]; NaN but for the parameters that are `known`, finite and not flat.

    Directions without information are left out where there are any: what is finite does not depend on them.
    """
    keep = likelihood.estimable
    information, first = (point.information[np.ix_(keep, keep)] for point in (maximum.point, maximum.first))
    if known[keep].all():
        scale = np.sqrt(np.maximum(np.diag(information), np.finfo(float).tiny))
        inverse = np.linalg.pinv(information / np.outer(scale, scale), rcond=1e-15, hermitian=True)
    else:
        scale = np.sqrt(np.maximum(np.abs(np.diag(first)), np.finfo(float).tiny))
        inverse = np.linalg.pinv(information / np.outer(scale, scale), rcond=_FLAT, hermitian=True)
    out = np.full((len(known), len(known)), np.nan)
    out[np.ix_(keep, keep)] = inverse / np.outer(scale, scale)
    out[~known] = out[:, ~known] = np.nan
    return out


def _doubtful(maximum: Maximum, keep: np.ndarray) -> bool:
    """Return whether the likelihood is so flat somewhere that its maximum may lie at infinity.

    The iterations run along what separates the data until the gain no longer counts; nor does the information then.
    """
    if not maximum.converged:
        return True
    information = maximum.point.information[np.ix_(keep, keep)]
    now, before = np.diag(information), np.diag(maximum.first.information)[keep]
    if np.any(now <= _WEAK * np.abs(before)):
        return True
    scale = np.sqrt(now)
    return bool(np.linalg.eigvalsh(information / np.outer(scale, scale))[0] < _WEAK)
