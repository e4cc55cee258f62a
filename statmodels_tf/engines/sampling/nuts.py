"""The no-U-turn sampler: nutpie on the gradient in NumPy, nutpie on a compiled one, or TFP's."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from os import PathLike
from time import perf_counter
from typing import TYPE_CHECKING

from ...errors import EngineError
from ...fits.posterior.estimate import Posterior
from ..base import Engine, engine
from ..progress import Progress
from ..threads import processors
from . import options as check
from .chain import Plan
from .checkpoint import Checkpoint, fingerprint, opened
from .choice import Choice, choose
from .compiled import sample_compiled
from .gather import posterior, together
from .kernels import NoUTurn
from .parametrised import parametrised
from .start import near_mode
from .store import kept_in
from .workers import manner, run_chains

if TYPE_CHECKING:
    from ...fits.call import Call
    from ...model import Model


@engine("nuts")
@dataclass(frozen=True)
class NUTS(Engine[Posterior]):
    """The no-U-turn sampler.

    Chains start around the mode of the posterior, dispersed by its covariance there, which also gives the coordinates
    their first scales. The same seed gives the same draws however many cores there are, and whether or not a run was
    cut off and continued. Ctrl-C ends a run early: the draws until then are the posterior that is returned.

    Parameters
    ----------
    draws, warmup : int
        For each chain; TFP's sampler rounds warm-up up to a multiple of 25.
    chains : int
    target_accept : float
        Between 0 and 1; raise it (0.95, 0.99) when draws diverge.
    max_treedepth : int
        A trajectory has at most 2 ** max_treedepth steps.
    seed : int, optional
        Without one, one is drawn and kept in `diagnostics`. Draws differ between samplers and substrates.
    sampler : {"auto", "nutpie", "tfp"}
        nutpie takes its gradient from NumPy, where the model has one in closed form and compiling another would not
        pay, else from a compiled program. TFP's sampler is a program itself, of all chains at once: for accelerators.
    substrate : {"auto", "numpy", "jax", "tensorflow"}
        Where the gradient is evaluated. "jax" and "tensorflow" mean TFP's sampler, unless `sampler="nutpie"`.
    cores : int, optional
        How many chains run at a time, each in a process; all processors if left out.
    progress : bool, optional
        Show a line with the share that is done, divergences and the time left; by default on a terminal and in a
        notebook.
    checkpoint : path, optional
        A directory where the run is saved as it goes. The call, repeated after a crash, goes on from there with the
        same draws, and loses what it was at: the block of 100 draws (of TFP 25) or nutpie's warm-up of a chain. With
        more `draws` a finished run goes on.
    store : path, optional
        Keep the draws in this Zarr directory, and read them from there, instead of in memory.
    """

    draws: int = 1000
    warmup: int = 1000
    chains: int = 4
    target_accept: float = 0.8
    max_treedepth: int = 10
    seed: int | None = None
    sampler: str = "auto"
    substrate: str = "auto"
    cores: int | None = None
    progress: bool | None = None
    checkpoint: str | PathLike[str] | None = None
    store: str | PathLike[str] | None = None

    sampling = True
    remedy = check.REMEDY

    def __post_init__(self) -> None:
        check.check_counts(self, ("draws", "warmup", "chains", "max_treedepth"))
        check.check_counts(self, ("cores",) if self.cores is not None else ())
        check.check_acceptance(self)
        check.check_choice(self, "sampler", ("auto", "nutpie", "tfp"))
        if isinstance(self.substrate, str):
            check.check_choice(self, "substrate", ("auto", "numpy", "jax", "tensorflow"))

    def supports(self, model: Model) -> str | None:
        """Return why this engine cannot fit the model, or None."""
        return check.refusal(self.name, model)

    def _fit(self, model: Model, call: Call | None) -> Posterior:
        """Return the posterior."""
        cores = processors() if self.cores is None else self.cores
        chosen = choose(self, model, cores)
        if chosen.sampler == "tfp":
            return sample_compiled(
                self, model, call, NoUTurn(self.target_accept, self.max_treedepth), {"why": chosen.why}
            )
        return self._nutpie(model, call, chosen, min(cores, self.chains))

    def _nutpie(self, model: Model, call: Call | None, chosen: Choice, cores: int) -> Posterior:
        """Return the posterior by nutpie."""
        began, density = perf_counter(), chosen.density
        if density is None:
            raise EngineError("nutpie needs a density.")
        here, seed = self._run_directory(model, chosen)
        density, start = parametrised(density, model, near_mode(density, model))
        plan = Plan(density, start, self.warmup, self.draws, self.target_accept, self.max_treedepth, seed, here)
        how, cores = manner(plan, cores, chosen.seconds, chosen.on != "numpy")
        with Progress("nuts", self.progress, self.chains * (self.warmup + self.draws)) as report:
            chains, cut = run_chains(
                plan, self.chains, cores, how, lambda board: report(board.done, "sampling", board.diverged)
            )
        q, stats, kept = together(chains)
        values = kept_in(self.store, density.values(q))
        about = {
            "sampler": "nutpie",
            "substrate": chosen.on,
            "why": chosen.why,
            "chains": kept,
            "draws": q.shape[1],
            "warmup": self.warmup,
            "seed": seed,
            "cores": cores,
            "parallel": how,
            "step_size": float(stats["step_size"].mean()),
            "interrupted": cut,
            "seconds": perf_counter() - began,
            "compile_seconds": 0.0,
        }
        return posterior(self, model, call, values, stats, about)

    def _run_directory(self, model: Model, chosen: Choice) -> tuple[Checkpoint | None, int]:
        """Return where the run is saved, if anywhere, and its seed."""
        if self.checkpoint is None:
            return None, secrets.randbits(32) if self.seed is None else self.seed
        names = ("warmup", "chains", "target_accept", "max_treedepth")
        options = {name: getattr(self, name) for name in names}
        about = {"sampler": "nutpie", "substrate": chosen.on, **options, **fingerprint(model)}
        return opened(self.checkpoint, about, self.seed)
