"""A run's directory: blocks of arrays, each written whole or not at all, and what run they belong to.

A block is written to a file of another name, flushed to the disk and then renamed, so that a process killed at any
moment leaves whole files only. Nothing that was saved is lost when the disk is full.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import EngineError

if TYPE_CHECKING:
    from ...model import Model

ABOUT = "run.json"


@dataclass(frozen=True)
class Checkpoint:
    """A directory of named blocks of arrays."""

    path: Path

    def save(self, name: str, arrays: Mapping[str, Any]) -> None:
        """Save arrays under a name, in the place of what was there."""
        self._write(f"{name}.npz", lambda file: np.savez(file, **arrays))

    def load(self, name: str) -> dict[str, np.ndarray] | None:
        """Return the arrays saved under a name, or None."""
        path = self.path / f"{name}.npz"
        if not path.exists():
            return None
        with np.load(path, allow_pickle=False) as arrays:
            return {key: arrays[key] for key in arrays.files}

    def describe(self, about: Mapping[str, Any]) -> None:
        """Write what run the directory belongs to."""
        text = json.dumps(about, indent=1).encode()
        self._write(ABOUT, lambda file: file.write(text))

    def _write(self, name: str, write: Any) -> None:
        """Write a file whole or not at all."""
        temporary = self.path / f".{name}.{os.getpid()}-{secrets.token_hex(4)}"
        try:
            try:
                with open(temporary, "wb") as file:
                    write(file)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(temporary, self.path / name)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            raise EngineError(
                f"the checkpoint in {self.path} cannot be written ({error.strerror or error}). What was saved before "
                "is kept: make room and repeat the call, and it goes on from there."
            ) from error


def opened(directory: str | os.PathLike[str], about: Mapping[str, Any], seed: int | None) -> tuple[Checkpoint, int]:
    """Return the directory of a run, new or begun before, and the run's seed.

    Parameters
    ----------
    directory : path
        Made where it does not exist.
    about : mapping
        What makes draws what they are: options, model and data.
    seed : int, optional
        A run begun without a seed goes on with the one it drew.
    """
    path = Path(directory)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(
            f"checkpoint={str(directory)!r}: no directory can be made there ({error.strerror})."
        ) from error
    here = Checkpoint(path)
    if (path / ABOUT).exists():
        known = json.loads((path / ABOUT).read_text())
        if seed is None:
            seed = known["seed"]
        wanted = json.loads(json.dumps({**about, "seed": seed}))
        differ = [key for key in wanted if wanted[key] != known.get(key)]
        if differ:
            raise EngineError(
                f"checkpoint={str(directory)!r} holds another run: it differs in {', '.join(differ)}. Give a new "
                "directory, or repeat the call of that run."
            )
        return here, seed
    if any(path.iterdir()):
        raise EngineError(f"checkpoint={str(directory)!r} is not empty and holds no run. Give a new directory.")
    seed = secrets.randbits(32) if seed is None else seed
    here.describe({**about, "seed": seed})
    return here, seed


def fingerprint(model: Model) -> dict[str, str]:
    """Return what a model is: its formula, family, priors and a digest of its data."""
    digest = hashlib.sha256()
    for arrays in (model.data["likelihood"], *model.data["effects"]):
        for name in sorted(arrays):
            array = np.ascontiguousarray(arrays[name])
            digest.update(f"{name} {array.dtype} {array.shape}".encode())
            digest.update(array.tobytes())
    priors = "; ".join(f"{p.name} {p.prior}" for p in model.parameters)
    return {
        "formula": str(model.design.formula),
        "family": f"{model.family.name}({model.family.link.name})",
        "priors": priors,
        "data": digest.hexdigest(),
    }
