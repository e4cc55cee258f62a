"""The parameters of a family that a fit estimates besides coefficients and dispersion: theta, power, phi."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ModelError
from ...families import FAMILIES
from .blockwise import streamed, streamed_information

if TYPE_CHECKING:
    from .base import Regression


def own_parameters(fit: Regression) -> dict[str, tuple[float, float]]:
    """Return value and standard error of each; NaN where the family has no information to give.

    The standard error is that of the inverse of the joint information with the coefficients: own parameters that are
    orthogonal to the means have their own information alone.
    """
    family = fit.family
    if not family.own:
        return {}
    if streamed(fit):
        shared, own = streamed_information(fit)
    else:
        cross, own = family.information(fit.linear_predictor, *fit.observations)
        shared = None if cross is None else fit.model.design.common.rmatvec(np.reshape(cross, (len(cross), -1)))
    covariance = np.linalg.pinv(np.atleast_2d(own))
    if shared is not None:
        # `system` is already the information of the coefficients with the own parameters free.
        shared = shared[fit.system.estimable] @ covariance
        covariance = covariance + shared.T @ fit.system.solve(shared)
    with np.errstate(invalid="ignore"):
        se = np.sqrt(np.diag(covariance))
    return {name: (family.values[name], float(e)) for name, e in zip(family.own, se, strict=True)}


def family_value(fit: Regression, name: str) -> float:
    """Return one of the family's own parameters, estimated or fixed, or say which family has it."""
    values = getattr(fit.family, "values", {})
    if name not in values:
        here = "".join(f" It has `fit.{own}`." for own in values)
        owner = next(known for known, made in FAMILIES.items() if name in getattr(made, "own_names", ()))
        raise ModelError(
            f"a {fit.family.name} model has no `{name}`, which belongs to the {owner} family.{here} Its "
            "dispersion is `fit.dispersion`."
        )
    return float(values[name])


def family_values(family: Any, dispersion: Any) -> dict[str, Any]:
    """Return the parameters by which a family's functions are told of its dispersion, and its own.

    Parameters
    ----------
    dispersion : float or array
        The residual variance of the gaussian family, one over the shape of the gamma family.
    """
    at = getattr(family, "values_at", None)
    made = {"sigma": np.sqrt(dispersion)} if at is None else at(dispersion)
    own = {name: np.full(np.shape(dispersion), value) for name, value in getattr(family, "values", {}).items()}
    return own | {name: np.asarray(value) for name, value in made.items()}


def drawn_values(fit: Regression, dispersion: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return draws of the parameters that a posterior of the family has, its own ones lognormal about the estimates."""
    drawn = family_values(fit.family, dispersion)
    for name, (value, se) in own_parameters(fit).items():
        drawn[name] = value * np.exp(np.nan_to_num(se) / value * rng.standard_normal(len(dispersion)))
    return {name: drawn[name] for name in fit.family.default_priors(fit.data)}
