"""Estimates as ArviZ data: draws of their normal approximation, under flat priors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from .arviz import export
from .regression.blockwise import in_memory
from .regression.own import drawn_values

if TYPE_CHECKING:
    from ..model import Model


def estimate_to_arviz(fit: Any, draws: int | None = None, seed: int = 0) -> Any:
    """Return draws of the normal approximation of an estimate as ArviZ data; `attrs["inference_method"]` says so.

    The covariance parameters are drawn from the normal approximation to their likelihood, coefficients and random
    effects exactly given those, under flat priors, so `log_prior` is zero.

    Parameters
    ----------
    fit : MixedEstimate
    draws : int, optional
        In all; 1000 if left out. They are spread over four chains where they divide, since ArviZ expects chains.
    seed : int
    """
    in_memory(fit, "ArviZ data")
    size, model = _size(draws), fit.model
    of_draws, of_responses = np.random.SeedSequence(seed).spawn(2)
    drawn = fit.system.draw(np.random.default_rng(of_draws), size, vary_theta=True)
    sigma = np.asarray(drawn["sigma"], dtype=float)
    names = [model.design.columns[j] for j in fit.system.estimable]
    values = dict(zip(names, np.transpose(drawn["beta"]), strict=True))
    if model.family.scale is not None:
        values[model.family.scale] = sigma
    for effect, b, factor in zip(model.groups, drawn["b"], drawn["factors"], strict=True):
        values |= effect.shown_of(sigma[:, None, None] * np.asarray(factor), np.asarray(b))
    method = "normal approximation of the covariance parameters, exact draws given those, flat priors"
    return _approximation(model, values, [*names, *_scales(model)], method, of_responses)


def regression_to_arviz(fit: Any, draws: int | None, seed: int) -> Any:
    """Return draws of the normal approximation of an estimate without group terms, as `estimate_to_arviz`.

    Coefficients are normal about their estimates; the dispersion is its estimate times df / chi-squared(df), so that
    the coefficients of a linear model are exactly t; the family's own parameters are lognormal.
    """
    if fit.separated:
        raise ModelError("an infinite estimate has no normal approximation; give it a prior, `.bayes()`.")
    size, model = _size(draws), fit.model
    of_draws, of_responses = np.random.SeedSequence(seed).spawn(2)
    rng = np.random.default_rng(of_draws)
    spread = np.full(size, fit.sigma)
    if fit.family.known_dispersion is None and fit.df_residual > 0:
        spread = fit.sigma * np.sqrt(fit.df_residual / rng.chisquare(fit.df_residual, size))
    keep = fit.system.estimable
    lower = np.linalg.cholesky(fit.system.covariance)
    beta = fit.beta[keep] + spread[:, None] * (rng.standard_normal((size, len(keep))) @ lower.T)
    names = [model.design.columns[j] for j in keep]
    values = dict(zip(names, beta.T, strict=True))
    own = drawn_values(fit, spread**2, rng)
    values |= own
    method = "normal approximation, flat priors"
    return _approximation(model, values, [*names, *own], method, of_responses)


def _size(draws: int | None) -> int:
    """Return a number of draws, or say that it is one."""
    size = 1000 if draws is None else draws
    if isinstance(size, bool) or int(size) != size or size < 1:
        raise ModelError(f"`to_arviz(draws={draws!r})`: `draws` counts draws; write a whole number from 1.")
    return int(size)


def _approximation(model: Model, values: Mapping[str, np.ndarray], flat: list[str], method: str, seed: Any) -> Any:
    """Return draws [size, ...] in chains, with flat priors of the names in `flat`."""
    size = len(next(iter(values.values())))
    chains = next(c for c in (4, 2, 1) if size % c == 0)
    shown = {name: np.reshape(array, (chains, -1, *np.shape(array)[1:])) for name, array in values.items()}
    shape = (chains, size // chains)
    prior = {name: np.zeros(shape) for name in flat}
    stats = {"diverging": np.zeros(shape, dtype=bool)}
    return export(model, shown, stats, log_prior=prior, attrs={"inference_method": method}, seed=seed)


def _scales(model: Model) -> list[str]:
    """Return the names under which `log_prior` holds what is not a coefficient."""
    scale = [] if model.family.scale is None else [model.family.scale]
    return [*scale, *dict.fromkeys(f"sd({effect.group})" for effect in model.groups)]
