"""Fits as ArviZ data, for both of its generations: `InferenceData` of 0.x and `DataTree` of 1.x.

Datasets are built here and wrapped last, so that names, dims and coords are the same in both.

| group | holds | dims |
|---|---|---|
| posterior | each coefficient and `sigma` | |
| | `sd(g)`, `cor(g)` | `g_effect_dim`, `g_cor_dim` |
| | the effects of each level, `1\\|g`, `x\\|g` | `g_dim` |
| posterior_predictive, log_likelihood | the response | `__obs__` |
| log_prior | the log prior density of each coefficient, `sigma` and `sd(g)` | |
| sample_stats | `diverging`, `energy`, `lp`, `acceptance_rate`, `tree_depth`, ... | |
| observed_data, constant_data | the response; the columns of the data | `__obs__` |

ArviZ 1.x draws at most 40 panels unasked: `plot_trace` of a fit with more coefficients by level wants `var_names`;
`plot_trace_dist` puts the levels of a group into one panel.

A `/` in a name becomes `∕` (division slash): a file in netCDF format holds no name with a slash.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..errors import ModelError
from .posterior.draws import log_densities, new_responses
from .regression.blockwise import in_memory
from .regression.own import drawn_values

if TYPE_CHECKING:
    from ..model import Model

CELLS = 20_000_000
"""Draws times rows kept in `posterior_predictive` and in `log_likelihood`: 80 MB each, as float32."""
EXACT_CELLS = 2_000_000
"""Draws times rows up to which they are kept in float64."""


def export(
    model: Model,
    draws: Mapping[str, np.ndarray],
    stats: Mapping[str, np.ndarray] | None = None,
    *,
    log_prior: Mapping[str, np.ndarray] | None = None,
    attrs: Mapping[str, Any] | None = None,
    seed: int | np.random.SeedSequence = 0,
) -> Any:
    """Return draws as ArviZ data, all groups filled.

    Parameters
    ----------
    model : Model
    draws : mapping of shown name to array [chains, draws, ...]
        As `model.shown` returns them.
    stats : mapping of name to array [chains, draws], optional
        What the sampler recorded, by ArviZ's names.
    log_prior : mapping of name to array [chains, draws], optional
    attrs : mapping, optional
        Put on the whole and on the posterior.
    seed : int or SeedSequence
        Of the posterior predictive draws.

    Notes
    -----
    `posterior_predictive` and `log_likelihood` hold a number for each draw and row. They are float64 up to 2 million
    numbers each and float32 beyond; beyond 20 million only every k-th draw is kept, the smallest k that fits (`draw`
    then counts 0, k, 2k ...). The posterior itself is always whole.
    """
    design = model.design
    chains, count = np.shape(next(iter(draws.values())))[:2]
    n = len(design.rows)
    kept = slice(None, None, max(1, -(-chains * count * n // CELLS)))
    some = {name: array[:, kept] for name, array in draws.items()}
    cells = chains * len(range(count)[kept]) * n
    dtype = np.float64 if cells <= EXACT_CELLS else np.float32
    density = log_densities(model, some, dtype)
    simulated = new_responses(model, some, np.random.default_rng(seed), dtype)
    response = design.response.name
    coords: dict[str, Any] = {"__obs__": _labels(design.index)}
    variables, dims = _posterior(model, draws, coords)
    thinned = {**coords, "draw": np.arange(count)[kept]}
    about = {
        "inference_library": "statmodels_tf",
        "inference_library_version": _version(),
        "modeling_interface": "statmodels_tf",
        "formula": str(design.formula),
        "family": model.family.name,
        "created_at": datetime.now(UTC).isoformat(),
        **(attrs or {}),
    }
    sampled = ("chain", "draw")
    of_rows = {response: ("__obs__",)}
    groups = {
        "posterior": _dataset(variables, dims, coords, sampled, about),
        "posterior_predictive": _dataset({response: simulated}, of_rows, thinned, sampled),
        "log_likelihood": _dataset({response: density}, of_rows, thinned, sampled),
        "log_prior": _dataset(log_prior or {}, {}, coords, sampled),
        "sample_stats": _dataset(stats or {}, {}, coords, sampled),
        "observed_data": _dataset({response: np.asarray(design.response.values, dtype=float)}, of_rows, coords),
        "constant_data": _dataset(*_constant(design.frame), coords),
    }
    return _wrap({name: group for name, group in groups.items() if group.data_vars}, about)


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


def group(data: Any, name: str) -> Any:
    """Return a group of ArviZ data as a Dataset, whichever generation made it."""
    found = data[name]
    return found.to_dataset() if hasattr(found, "to_dataset") else found


def _posterior(
    model: Model, draws: Mapping[str, np.ndarray], coords: dict[str, Any]
) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    """Return variables and dims of the posterior, and add the coords of its vectors."""
    places = model.places()
    variables = {name: array for name, array in draws.items() if name not in places}
    dims: dict[str, tuple[str, ...]] = {}
    parts: dict[str, list[np.ndarray]] = {}
    labels: dict[str, list[str]] = {}
    for name, place in places.items():
        dims[place.variable] = (place.dim,)
        if place.entry:
            parts.setdefault(place.variable, []).append(draws[name])
            labels.setdefault(place.dim, []).extend(place.labels)
        else:
            variables[place.variable] = draws[name]
            coords[place.dim] = np.array(place.labels, dtype=str)
    variables |= {name: np.stack(arrays, axis=-1) for name, arrays in parts.items()}
    coords |= {dim: np.array(names, dtype=str) for dim, names in labels.items()}
    return variables, dims


def _scales(model: Model) -> list[str]:
    """Return the names under which `log_prior` holds what is not a coefficient."""
    scale = [] if model.family.scale is None else [model.family.scale]
    return [*scale, *dict.fromkeys(f"sd({effect.group})" for effect in model.groups)]


def _constant(frame: pd.DataFrame) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    """Return the columns of the data: numbers as they are, everything else as text."""
    columns = {str(name): _values(frame[name]) for name in frame.columns}
    return columns, {name: ("__obs__",) for name in columns}


def _values(column: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(column.dtype) and not isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(column)
    return np.array([str(value) for value in column], dtype=str)


def _labels(index: pd.Index) -> np.ndarray:
    """Return the labels of rows as an array a file can hold."""
    if index.dtype.kind in "iuf" and not isinstance(index, pd.MultiIndex):
        return np.asarray(index)
    return np.array([", ".join(map(str, v)) if isinstance(v, tuple) else str(v) for v in index], dtype=str)


def _dataset(
    variables: Mapping[str, Any],
    dims: Mapping[str, tuple[str, ...]],
    coords: Mapping[str, Any],
    sampled: tuple[str, ...] = (),
    attrs: Mapping[str, Any] | None = None,
) -> Any:
    """Return an xarray Dataset; each variable has the dims `sampled`, then its own."""
    _, xarray = _libraries()
    held = {_name(n): ((*sampled, *map(_name, dims.get(n, ()))), np.asarray(v)) for n, v in variables.items()}
    used = {dim: size for axes, array in held.values() for dim, size in zip(axes, array.shape, strict=True)}
    labels = {_name(dim): values for dim, values in coords.items() if _name(dim) in used}
    labels |= {dim: np.arange(size) for dim, size in used.items() if dim in sampled and dim not in labels}
    marks = {"sample_dims": list(sampled)} if sampled else {}
    return xarray.Dataset(held, coords=labels, attrs={**(attrs or {}), **marks})


def _wrap(groups: Mapping[str, Any], attrs: Mapping[str, Any]) -> Any:
    """Return Datasets as the container that the installed ArviZ reads."""
    arviz, xarray = _libraries()
    if int(arviz.__version__.split(".")[0]) >= 1:
        tree = xarray.DataTree.from_dict({f"/{name}": dataset for name, dataset in groups.items()})
        tree.attrs.update(attrs)
        return tree
    return arviz.InferenceData(attrs=dict(attrs), **groups)


def _libraries() -> tuple[Any, Any]:
    """Return the modules arviz and xarray, without what they say while they load."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import arviz
        import xarray
    return arviz, xarray


def _name(name: str) -> str:
    return name.replace("/", "∕")


def _version() -> str:
    try:
        return version("statmodels-tf")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0"
