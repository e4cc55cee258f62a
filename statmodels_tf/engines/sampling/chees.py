"""Many chains that learn together how long their trajectories should be."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING

from ...errors import EngineError
from ...fits.posterior.estimate import Posterior
from ..base import Engine, engine
from . import options as check
from .compiled import sample_compiled
from .kernels import ManyChains

if TYPE_CHECKING:
    from ...fits.call import Call
    from ...model import Model


@engine("chees")
@dataclass(frozen=True)
class ChEES(Engine[Posterior]):
    """Hamiltonian Monte Carlo of many chains by TFP, for accelerators: all chains take the same steps.

    Parameters
    ----------
    draws, warmup, seed, progress, checkpoint, store
        As `NUTS`.
    chains : int
        From 2; the length of trajectories is learnt from all of them together.
    max_leapfrogs : int
        The most steps of a trajectory.
    target_accept : float
        The harmonic mean of the chains' acceptance; a little less than NUTS aims at is best.
    substrate : {"auto", "jax", "tensorflow"}

    References
    ----------
    Hoffman, Radul & Sountsov (2021), An adaptive-MCMC scheme for setting trajectory lengths in Hamiltonian Monte Carlo,
    AISTATS 130.
    """

    draws: int = 250
    warmup: int = 500
    chains: int = 64
    max_leapfrogs: int = 512
    target_accept: float = 0.7
    seed: int | None = None
    substrate: str = "auto"
    progress: bool | None = None
    checkpoint: str | PathLike[str] | None = None
    store: str | PathLike[str] | None = None

    sampling = True
    by_name = True
    remedy = check.REMEDY

    def __post_init__(self) -> None:
        check.check_counts(self, ("draws", "warmup", "chains", "max_leapfrogs"))
        check.check_acceptance(self)
        if self.chains < 2:
            raise EngineError(f"ChEES(chains={self.chains}): it learns from many chains; give 16 or more.")

    def supports(self, model: Model) -> str | None:
        """Return why this engine cannot fit the model, or None."""
        return check.refusal(self.name, model)

    def _fit(self, model: Model, call: Call | None) -> Posterior:
        """Return the posterior."""
        return sample_compiled(self, model, call, ManyChains(self.target_accept, self.max_leapfrogs), {})
