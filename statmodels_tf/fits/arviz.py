"""Fits as ArviZ data, for both of its generations: `InferenceData` of 0.x and `DataTree` of 1.x.

Datasets are built here and wrapped last, so that names, dims and coords are the same in both.

| group | holds | dims |
|---|---|---|
| posterior | each coefficient and `sigma` | |
| | `sd(g)`, `cor(g)` | `g_effect_dim`, `g_cor_dim` |
| | the effects of each level, `1\\|g`, `x\\|g` | `g_dim` |
| posterior_predictive, log_likelihood | the response | `__obs__` |
| prior, prior_predictive | the same, drawn from the prior | the same |
| log_prior | the log prior density of each coefficient, `sigma` and `sd(g)` | |
| sample_stats | `diverging`, `energy`, `lp`, `acceptance_rate`, `tree_depth`, ... | |
| observed_data, constant_data | the response; the columns of the data | `__obs__` |

ArviZ 1.x draws at most 40 panels unasked: `plot_trace` of a fit with more coefficients by level wants `var_names`;
`plot_trace_dist` puts the levels of a group into one panel.

A `/` in a name becomes `∕` (division slash): a file in netCDF format holds no name with a slash.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .arguments import one_of
from .posterior.draws import log_densities, new_responses

if TYPE_CHECKING:
    from ..model import Model

CELLS = 20_000_000
"""Draws times rows kept in `posterior_predictive` and in `log_likelihood`: 80 MB each, as float32."""
EXACT_CELLS = 2_000_000
"""Draws times rows up to which they are kept in float64."""


GROUPS = (
    "posterior", "posterior_predictive", "log_likelihood", "log_prior", "sample_stats", "prior", "prior_predictive",
    "observed_data", "constant_data",
)  # fmt: skip
"""In the order in which they stand."""


def export(
    model: Model,
    draws: Mapping[str, np.ndarray],
    stats: Mapping[str, np.ndarray] | None = None,
    *,
    log_prior: Mapping[str, np.ndarray] | None = None,
    prior: Mapping[str, np.ndarray] | None = None,
    attrs: Mapping[str, Any] | None = None,
    seed: int | np.random.SeedSequence = 0,
    groups: Iterable[str] = GROUPS,
) -> Any:
    """Return draws as ArviZ data, those of the groups asked for that can be filled.

    Parameters
    ----------
    model : Model
    draws : mapping of shown name to array [chains, draws, ...]
        As `model.shown` returns them.
    stats : mapping of name to array [chains, draws], optional
        What the sampler recorded, by ArviZ's names.
    log_prior : mapping of name to array [chains, draws], optional
    prior : mapping of shown name to array [1, draws, ...], optional
        Draws of the prior.
    attrs : mapping, optional
        Put on the whole and on the posterior.
    seed : int or SeedSequence
        Of the predictive draws.
    groups : iterable of str
        Some of `GROUPS`.

    Notes
    -----
    `posterior_predictive` and `log_likelihood` hold a number for each draw and row. They are float64 up to 2 million
    numbers each and float32 beyond; beyond 20 million only every k-th draw is kept, the smallest k that fits (`draw`
    then counts 0, k, 2k ...). The posterior itself is always whole.
    """
    design = model.design
    of_posterior, of_prior = (np.random.default_rng(part) for part in _spawned(seed))
    response = design.response.name
    coords: dict[str, Any] = {"__obs__": _labels(design.index)}
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

    def parameters(of: Mapping[str, np.ndarray], marks: Mapping[str, Any] | None = None) -> Any:
        labels = dict(coords)
        variables, dims = _posterior(model, of, labels)
        return _dataset(variables, dims, labels, sampled, marks)

    def by_row(of: Mapping[str, np.ndarray], make: Callable[[Mapping[str, np.ndarray], Any], np.ndarray]) -> Any:
        some, kept, dtype = _kept(of, len(design.rows))
        array = make(some, dtype)
        dims = ("__obs__", *(f"{response}_dim" for _ in array.shape[3:]))
        return _dataset({response: array}, {response: dims}, {**coords, "draw": kept}, sampled)

    makers: dict[str, Callable[[], Any]] = {
        "posterior": lambda: parameters(draws, about),
        "posterior_predictive": lambda: by_row(draws, lambda d, t: new_responses(model, d, of_posterior, t)),
        "log_likelihood": lambda: by_row(draws, lambda d, t: log_densities(model, d, t)),
        "log_prior": lambda: _dataset(log_prior or {}, {}, coords, sampled),
        "prior": lambda: parameters(prior or {}),
        "prior_predictive": lambda: by_row(prior or {}, lambda d, t: new_responses(model, d, of_prior, t)),
        "sample_stats": lambda: _dataset(stats or {}, {}, coords, sampled),
        "observed_data": lambda: _observed(design.response, coords),
        "constant_data": lambda: _dataset(*_constant(design.frame), coords),
    }
    wanted = [groups] if isinstance(groups, str) else list(groups)
    for name in wanted:
        one_of("groups", name, GROUPS)
    given = [name for name in GROUPS if name in wanted and (prior or not name.startswith("prior"))]
    made = {name: makers[name]() for name in given}
    return _wrap({name: group for name, group in made.items() if group.data_vars}, about)


def _spawned(seed: int | np.random.SeedSequence) -> tuple[Any, Any]:
    """Return the seeds of the posterior's and of the prior's predictive draws."""
    return seed, (seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)).spawn(1)[0]


def _kept(draws: Mapping[str, np.ndarray], rows: int) -> tuple[dict[str, np.ndarray], np.ndarray, Any]:
    """Return the draws of which each row's numbers are kept, which they are, and the type of those numbers."""
    chains, count = np.shape(next(iter(draws.values())))[:2]
    kept = np.arange(count)[:: max(1, -(-chains * count * rows // CELLS))]
    dtype = np.float64 if chains * len(kept) * rows <= EXACT_CELLS else np.float32
    return {name: array[:, kept] for name, array in draws.items()}, kept, dtype


def _observed(response: Any, coords: Mapping[str, Any]) -> Any:
    """Return the response: one column, or several of shares or counts."""
    values = np.asarray(response.values, dtype=float)
    dims = ("__obs__", *(f"{response.name}_dim" for _ in values.shape[1:]))
    return _dataset({response.name: values}, {response.name: dims}, coords)


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
