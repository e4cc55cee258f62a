"""Hamiltonian Monte Carlo with trajectories of a given length."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING

from ...fits.posterior.estimate import Posterior
from ..base import Engine, engine
from . import options as check
from .compiled import sample_compiled
from .kernels import FixedLength

if TYPE_CHECKING:
    from ...fits.call import Call
    from ...model import Model


@engine("hmc")
@dataclass(frozen=True)
class HMC(Engine[Posterior]):
    """Hamiltonian Monte Carlo by TFP, on TensorFlow or JAX.

    Parameters
    ----------
    draws, warmup, chains, seed, progress, checkpoint, store
        As `NUTS`.
    leapfrogs : int
        The most steps of a trajectory; how many it has is drawn from half of it up, since one length for all can come
        back to where it began.
    target_accept : float
    substrate : {"auto", "jax", "tensorflow"}
    """

    draws: int = 1000
    warmup: int = 1000
    chains: int = 4
    leapfrogs: int = 16
    target_accept: float = 0.8
    seed: int | None = None
    substrate: str = "auto"
    progress: bool | None = None
    checkpoint: str | PathLike[str] | None = None
    store: str | PathLike[str] | None = None

    sampling = True
    by_name = True
    remedy = check.REMEDY

    def __post_init__(self) -> None:
        check.check_counts(self, ("draws", "warmup", "chains", "leapfrogs"))
        check.check_acceptance(self)

    def supports(self, model: Model) -> str | None:
        """Return why this engine cannot fit the model, or None."""
        return check.refusal(self.name, model)

    def _fit(self, model: Model, call: Call | None) -> Posterior:
        """Return the posterior."""
        return sample_compiled(self, model, call, FixedLength(self.target_accept, self.leapfrogs), {})
