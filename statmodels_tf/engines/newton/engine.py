"""Newton: the engine of responses in categories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ...design.rank import aliased_columns
from ...errors import DataError
from ...families.categorical import Categorical
from ...families.cumulative import Cumulative
from ...families.thresholds import threshold_map
from ...fits.outcome.categorical import CategoricalEstimate
from ...fits.outcome.ordinal import OrdinalEstimate
from ...fits.table import plural
from ...linalg import Dense, Stacked
from ..base import Engine, engine
from ..threads import one_thread
from .ascent import Maximum, maximise
from .categorical import CategoricalLikelihood
from .certificate import covariance, flat, infinite
from .cumulative import CumulativeLikelihood
from .likelihood import Likelihood

if TYPE_CHECKING:
    from ...design import Design
    from ...fits.call import Call
    from ...model import Model


@engine("newton")
@dataclass(frozen=True)
class Newton(Engine[Any]):
    """Maximum likelihood by Newton's method with the observed information, for cumulative and categorical models.

    Parameters
    ----------
    tolerance : float
        The decrement s'I⁻¹s at which to stop, s the score and I the observed information.
    max_iterations : int
    """

    tolerance: float = 1e-12
    max_iterations: int = 100

    remedy = "allow more iterations with engine=Newton(max_iterations=...)"

    def supports(self, model: Model) -> str | None:
        """Return why this engine cannot fit the model and which can, or None if it can."""
        if type(model.family) not in _FITS:
            return f'newton fits responses in categories, not the {model.family.name} family. Use engine="auto".'
        if model.design.groups:
            return f"newton cannot fit `({model.design.groups[0].label})`, a group term. Leave it out."
        if model.design.specials:
            return f"newton cannot fit `{model.design.specials[0].label}`, a special term. Leave it out."
        return None

    def _fit(self, model: Model, call: Call | None) -> OrdinalEstimate | CategoricalEstimate:
        began = perf_counter()
        with one_thread():
            y, weights = _outcomes(model)
            likelihood_of, estimate = _FITS[type(model.family)]
            likelihood: Any = likelihood_of(model, y, weights)
            maximum = maximise(likelihood, self.tolerance, self.max_iterations)
            endless = infinite(likelihood, maximum)
            lost = flat(likelihood, maximum) & (endless == 0)
            spread = covariance(likelihood, maximum, (endless == 0) & ~lost)
        kept = {
            "model": model,
            "engine": self,
            "diagnostics": {**_diagnostics(likelihood, maximum, endless), "seconds": perf_counter() - began},
            "call": call,
            "sigma": 1.0,
            "parameters": _with_missing(maximum.parameters, likelihood),
            "covariance": spread,
            "infinite": endless,
            "flat": lost,
            "maximum": maximum.point.value,
        }
        return estimate(likelihood, kept)


def cumulative_likelihood(model: Model, y: np.ndarray, weights: np.ndarray | None) -> CumulativeLikelihood:
    """Return the likelihood of a cumulative model; `nominal` and `scale` are among its predictors."""
    family: Any = model.family
    design, n = model.design, len(y)
    nominal = model.predictors["nominal"].common.dense() if "nominal" in model.predictors else np.ones((n, 1))
    scale = model.predictors["scale"].common.dense() if "scale" in model.predictors else np.empty((n, 0))
    scale_offset = model.predictors["scale"].offset if "scale" in model.predictors else None
    mapping = threshold_map(family.threshold, int(y.max()) + 1)
    lost = _lost(Stacked((Dense(nominal), design.common)), weights)
    r, J, p = mapping.shape[1], nominal.shape[1], design.common.shape[1]
    cut = [j * r + k for j in range(J) if j not in lost for k in range(r)]
    location = [J * r + j for j in range(p) if J + j not in lost]
    lost = _lost(Dense(np.hstack([np.ones((n, 1)), scale])), weights)
    scales = [J * r + p + j for j in range(scale.shape[1]) if 1 + j not in lost]
    return CumulativeLikelihood(
        family=family,
        y=y,
        weights=weights,
        location=design.common,
        offset=design.offset,
        nominal=nominal,
        scale=scale,
        scale_offset=scale_offset,
        mapping=mapping,
        estimable=np.array([*cut, *location, *scales], dtype=int),
    )


def categorical_likelihood(model: Model, y: np.ndarray, weights: np.ndarray | None) -> CategoricalLikelihood:
    """Return the likelihood of a categorical model."""
    common = model.design.common
    lost = _lost(common, weights)
    columns = np.array([j for j in range(common.shape[1]) if j not in lost], dtype=int)
    return CategoricalLikelihood(y, weights, common, model.design.offset, int(y.max()) + 1, columns)


def _ordinal(likelihood: CumulativeLikelihood, kept: dict[str, Any]) -> OrdinalEstimate:
    a, p, _ = likelihood.sizes
    return OrdinalEstimate(beta=kept["parameters"][a : a + p], **kept)


def _categorical(likelihood: CategoricalLikelihood, kept: dict[str, Any]) -> CategoricalEstimate:
    return CategoricalEstimate(beta=kept["parameters"], **kept)


_FITS: dict[type, tuple[Callable[..., Likelihood], Callable[..., OrdinalEstimate | CategoricalEstimate]]] = {
    Cumulative: (cumulative_likelihood, _ordinal),
    Categorical: (categorical_likelihood, _categorical),
}
"""Of each family that the engine fits, its likelihood, and the estimate made of where that is largest."""


def _lost(matrix: Any, weights: np.ndarray | None) -> set[int]:
    return set(aliased_columns(matrix, weights))


def _outcomes(model: Model) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the categories [n] and the weights; a row of weight 0 in a category of its own counts as any other."""
    design: Design = model.design
    family: Any = model.family
    data = family.data(design.response, design.weights)
    y = data["y"]
    if y.max() < 2:
        found = ", ".join(f'"{level}"' for level in family.outcomes(design.response, design.weights))
        count = plural(int(y.max()) + 1, "value")
        raise DataError(
            f"the response `{design.response.name}` takes {count} ({found}) in rows of positive weight and a "
            f'{family.name} model needs three or more; for two use family="binomial".'
        )
    return np.maximum(y, 0), data.get("weights")


def _with_missing(parameters: np.ndarray, likelihood: Likelihood) -> np.ndarray:
    """Return the parameters with NaN where they cannot be estimated."""
    out = np.full(len(parameters), np.nan)
    out[likelihood.estimable] = parameters[likelihood.estimable]
    return out


def _diagnostics(likelihood: Likelihood, maximum: Maximum, endless: np.ndarray) -> dict[str, Any]:
    """Return how the iterations ended."""
    keep = likelihood.estimable
    information = maximum.point.information[np.ix_(keep, keep)]
    scale = np.sqrt(np.maximum(np.diag(information), np.finfo(float).tiny))
    values = np.linalg.eigvalsh(information / np.outer(scale, scale))
    return {
        "converged": maximum.converged,
        "message": maximum.message,
        "iterations": maximum.iterations,
        "rank": len(keep),
        "max_gradient": float(np.max(np.abs(maximum.point.score[keep]), initial=0.0)),
        "decrement": maximum.decrement,
        "condition": float(values[-1] / values[0]) if values[0] > 0 else np.inf,
        "separated": bool(np.any(endless)),
    }
