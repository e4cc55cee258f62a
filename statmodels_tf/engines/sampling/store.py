"""Draws in a Zarr directory instead of in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import EngineError


@dataclass(frozen=True)
class ZarrValues(Mapping[str, np.ndarray]):
    """Draws [chains, draws, ...] by parameter name, each read from the directory when it is asked for.

    Attributes
    ----------
    path : str
    names : tuple of str
        In the order of the model's parameters; the array of name k is called `k`, since a name may hold a `/`.
    """

    path: str
    names: tuple[str, ...]

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.names:
            raise KeyError(name)
        return np.asarray(_zarr().open_group(self.path, mode="r")[str(self.names.index(name))][...])

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def kept_in(store: str | PathLike[str] | None, values: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
    """Return draws as they are, or written to a new Zarr directory and read from there."""
    if store is None:
        return values
    path = Path(store)
    if path.exists():
        raise EngineError(f"store={str(store)!r} exists already: give the name of a new directory, as `draws.zarr`.")
    try:
        group = _zarr().create_group(str(path))
        for number, (name, array) in enumerate(values.items()):
            chunks = (1, *array.shape[1:]) if array.size else None
            made = group.create_array(str(number), shape=array.shape, dtype=array.dtype, chunks=chunks or "auto")
            made[...] = array
            made.attrs["name"] = name
    except OSError as error:
        raise EngineError(f"store={str(store)!r} cannot be written ({error.strerror or error}).") from error
    return ZarrValues(str(path), tuple(values))


def _zarr() -> Any:
    """Return the library that reads and writes Zarr directories."""
    try:
        import zarr
    except ImportError as error:
        raise EngineError(f"Zarr cannot be loaded ({error}). Run `pip install zarr`, or leave `store` out.") from error
    return zarr
