"""Posteriors by TFP's samplers: a compiled program for all chains."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ...errors import EngineError
from ...fits.posterior.estimate import Posterior
from ...model import Flat, NumericFlat
from ...substrate import Substrate, substrate
from ..progress import Progress
from .checkpoint import Checkpoint, fingerprint, opened
from .density import CompiledDensity
from .gather import posterior
from .kernels import Transition
from .least_squares import start
from .schedule import CHUNK
from .start import near_mode
from .store import kept_in
from .windowed import Windowed

if TYPE_CHECKING:
    from ...fits.call import Call
    from ...model import Model


def sample_compiled(engine: Any, model: Model, call: Call | None, transition: Transition, about: Mapping) -> Posterior:
    """Return the posterior by a sampler of TFP.

    Parameters
    ----------
    engine : NUTS, HMC or ChEES
        `draws`, `warmup`, `chains`, `seed`, `substrate`, `progress`, `checkpoint` and `store` are read.
    transition : Transition
    about : mapping
        What `diagnostics` say besides.
    """
    began = perf_counter()
    on = substrate(engine.substrate)
    flat = Flat(model, on)
    here, seed = _run_directory(engine, model, transition, on)
    centre, unit = _begin(flat)
    run = Windowed(
        flat=flat,
        transition=transition,
        centre=centre,
        unit=unit,
        chains=engine.chains,
        warmup=engine.warmup,
        draws=engine.draws,
        seed=seed,
        progress=Progress(engine.name, engine.progress),
        checkpoint=here,
    )
    q, stats = run.sample()
    values = kept_in(engine.store, CompiledDensity(flat).values(q))
    figures = {
        "sampler": "tfp",
        "substrate": on.name,
        **about,
        "chains": engine.chains,
        "draws": q.shape[1],
        "warmup": CHUNK * -(-engine.warmup // CHUNK),
        "seed": seed,
        "step_size": run.step,
        "interrupted": run.interrupted,
        "seconds": perf_counter() - began,
        "compile_seconds": run.compile_seconds,
    }
    return posterior(engine, model, call, values, stats, figures)


def _begin(flat: Flat) -> Any:
    """Return a centre and units: the mode's where NumPy has the gradient, else least squares'."""
    if NumericFlat.refusal(flat.model) is None:
        near = near_mode(flat.model.flat_numeric, flat.model)
        return near.centre, near.sd
    centre, unit = start(flat)
    value, _ = CompiledDensity(flat).value_and_gradient(centre)
    if value - value != 0:  # infinite, or no number
        raise EngineError(
            "no chain can start: the log density is not finite at the centre of the priors. Scale the columns "
            "(`scale(x)`), or write narrower priors."
        )
    return centre, unit


def _run_directory(engine: Any, model: Model, transition: Transition, on: Substrate) -> tuple[Checkpoint | None, int]:
    """Return where the run is saved, if anywhere, and its seed."""
    if engine.checkpoint is None:
        return None, secrets.randbits(32) if engine.seed is None else engine.seed
    options = {"warmup": engine.warmup, "chains": engine.chains, **vars(transition)}
    kind = {"sampler": type(transition).__name__, "substrate": on.name}
    return opened(engine.checkpoint, {**kind, **options, **fingerprint(model)}, engine.seed)
