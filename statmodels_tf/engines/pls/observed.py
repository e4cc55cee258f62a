"""The Hessian of the criterion itself, by differences of its analytic gradient.

The average information is an expectation, and a poor one where levels are few: it proves no optimum there.
"""

from __future__ import annotations

import numpy as np

from .evaluation import Evaluation
from .root import pack, unpack

_CENTRAL, _FORWARD = 1e-3, 1e-4  # steps, relative to the size of Lambda
_SMALLEST = 1e-2  # size of a Lambda of zero


def observed_hessian(evaluation: Evaluation, *, central: bool = True) -> np.ndarray:
    """Return the Hessian of the profiled criterion in Lambda.

    Parameters
    ----------
    evaluation : Evaluation
        Where it is wanted.
    central : bool
        Two gradients for each parameter, right to six digits; otherwise one, right to three or four.
    """
    orders, theta = evaluation.orders, pack(evaluation.factors, evaluation.orders)
    norms = [max(float(np.linalg.norm(Lambda)), _SMALLEST) for Lambda in evaluation.factors]
    steps = pack([np.full((len(order),) * 2, norm) for order, norm in zip(orders, norms, strict=True)], orders)
    steps *= _CENTRAL if central else _FORWARD

    def gradient(i: int, step: float) -> np.ndarray:
        moved = theta.copy()
        moved[i] += step
        return Evaluation(evaluation.problem, unpack(moved, orders), evaluation.REML, orders).gradient

    H = np.empty((len(theta), len(theta)))
    for i, step in enumerate(steps):
        if central:
            H[i] = (gradient(i, step) - gradient(i, -step)) / (2.0 * step)
        else:
            H[i] = (gradient(i, step) - evaluation.gradient) / step
    return 0.5 * (H + H.T)
