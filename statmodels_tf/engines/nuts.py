"""The no-U-turn sampler over a model's flat density, on TensorFlow or JAX.

One program of 25 transitions of all chains is compiled, once; warm-up and draws are calls of it. What adaptation
changes (the step size, the scale of each coordinate, the seed) and the data are arguments of the program, so nothing is
compiled twice, and between calls the host measures, reports and may be interrupted.

Warm-up is Stan's: a short search, windows that double and after each of which the scale of every coordinate is set to
its standard deviation over the window, and a last search for the step size, which follows dual averaging throughout.

References
----------
Hoffman & Gelman (2014), The No-U-Turn Sampler, JMLR 15. Carpenter et al. (2017), Stan, doi:10.18637/jss.v076.i01.
Lao et al. (2020), tfp.mcmc, arXiv:2002.01184.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import EngineError
from ..fits.posterior.convergence import verdict
from ..fits.posterior.estimate import Posterior
from ..model import Flat
from ..substrate import Substrate, substrate
from .base import Engine, engine
from .progress import Progress
from .start import start

if TYPE_CHECKING:
    from ..fits.call import Call
    from ..model import Model

CHUNK = 25
FOREVER = 2**30  # adaptation steps in a chunk that adapts: more than it has
START = 0.1  # the first step size, in coordinates that the priors standardise
STATS = ("lp", "acceptance_rate", "n_steps", "diverging", "reached_max_treedepth", "energy", "step_size")


@engine("nuts")
@dataclass(frozen=True)
class NUTS(Engine[Posterior]):
    """The no-U-turn sampler.

    Parameters
    ----------
    draws, warmup : int
        For each chain; warm-up is rounded up to a multiple of 25.
    chains : int
    target_accept : float
        Between 0 and 1; raise it (0.95, 0.99) when draws diverge.
    max_treedepth : int
        A trajectory has at most 2 ** max_treedepth steps.
    seed : int, optional
        The same seed gives the same draws on the same substrate; without one, one is drawn and kept in `diagnostics`.
    substrate : {"auto", "jax", "tensorflow"}
        `auto` is JAX where it is installed: it compiles faster, and samples as fast.
    progress : bool, optional
        Show a progress line; by default on a terminal only.
    """

    draws: int = 1000
    warmup: int = 1000
    chains: int = 4
    target_accept: float = 0.8
    max_treedepth: int = 10
    seed: int | None = None
    substrate: str = "auto"
    progress: bool | None = None

    sampling = True
    remedy = "see its message: run more draws, raise `target_accept`, or write other priors"

    def __post_init__(self) -> None:
        for name in ("draws", "warmup", "chains", "max_treedepth"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
                raise EngineError(f"NUTS({name}={value!r}): `{name}` counts; write a whole number from 1.")
        if not 0 < self.target_accept < 1:
            raise EngineError(f"NUTS(target_accept={self.target_accept!r}): write a number between 0 and 1, like 0.8.")

    def supports(self, model: Model) -> str | None:
        """Return why this engine cannot fit the model, or None."""
        if model.family.unsampled is not None:
            return f"nuts cannot fit the {model.family.name} family: {model.family.unsampled}."
        weights = model.design.weights
        if weights is not None and not np.all(weights > 0):
            return "nuts cannot fit rows of weight 0, which have no density. Leave them out with `subset=`."
        return None

    def _fit(self, model: Model, call: Call | None) -> Posterior:
        """Return the posterior."""
        began = perf_counter()
        on = substrate(self.substrate)
        flat = Flat(model, on)
        seed = secrets.randbits(32) if self.seed is None else self.seed
        run = _Run(self, flat, np.random.SeedSequence(seed))
        q, stats = run.sample()
        values = {name: np.moveaxis(array, 0, 1) for name, array in _values(flat, q).items()}
        seconds = perf_counter() - began
        shown = model.shown(values)
        converged, message, figures = verdict(shown, stats)
        diagnostics = {
            "substrate": on.name,
            "chains": self.chains,
            "draws": self.draws,
            "warmup": run.warmed,
            "seed": seed,
            "step_size": run.step,
            "converged": converged,
            "message": message,
            **figures,
            "seconds": seconds,
            "compile_seconds": run.compile_seconds,
        }
        return Posterior(model, self, diagnostics, call, values, stats)


class _Run:
    """One run of the sampler: the state of the chains and of adaptation, on the host between chunks."""

    def __init__(self, options: NUTS, flat: Flat, seeds: np.random.SeedSequence):
        self.options, self.flat, self.on = options, flat, flat.substrate
        first, self._later = seeds.spawn(2)
        self._pairs = self._seeds()
        rng = np.random.default_rng(first)
        centre, self.unit = start(flat)
        self.scale = self.unit
        # Drawn on the host: drawn inside the program the seed would be a constant of it, and each seed would compile.
        self.q = centre + self.scale * rng.uniform(-1, 1, size=(options.chains, flat.size))
        self.step, self.warmed, self.compile_seconds = START, 0, 0.0
        self._program = self.on.jit(_chunk(flat, options.target_accept, options.max_treedepth))
        self._data = flat.model.data_on(self.on)

    def sample(self) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return q [draws, chains, size] and the statistics, each [chains, draws]."""
        options = self.options
        windows = schedule(options.warmup)
        total = sum(length for length, _ in windows) + -(-options.draws // CHUNK)
        done = 0
        with Progress("nuts", options.progress, total) as report:
            for length, learn in windows:
                memory, visited = self._restarted(), []
                for _ in range(length):
                    seen, _, memory = self._call(memory, adapting=True)
                    visited.append(seen)
                    done += 1
                    report(done, "warm-up")
                self.step = float(np.exp(memory[2]))
                self.warmed += length * CHUNK
                if learn:
                    self._rescale(np.concatenate(visited))
            states: list[np.ndarray] = []
            stats: list[dict[str, np.ndarray]] = []
            memory = self._restarted()
            for _ in range(-(-options.draws // CHUNK)):
                some, traced, memory = self._call(memory, adapting=False)
                states.append(some)
                stats.append(traced)
                done += 1
                report(done, "draws")
        kept = slice(options.draws)
        return np.concatenate(states)[kept], _named({k: np.concatenate([s[k] for s in stats])[kept] for k in STATS})

    def _call(self, memory: tuple, adapting: bool) -> tuple[np.ndarray, dict[str, np.ndarray], tuple]:
        """Run one chunk from the current state; return q [25, chains, size], statistics and dual averaging's memory."""
        begun = perf_counter()
        pair = self.on.seed(next(self._pairs))
        position = self.on.array(self.q / self.scale)
        budget = self.on.array(np.int32(FOREVER if adapting else 0))
        given = [self.on.array(m) for m in memory]
        states, traced, memory = self._program(self._data, position, self.on.array(self.scale), given, budget, pair)
        states = np.asarray(states) * self.scale
        if not self.compile_seconds:
            self.compile_seconds = perf_counter() - begun
        self.q = states[-1]
        return states, {k: np.asarray(v) for k, v in zip(STATS, traced, strict=True)}, tuple(map(np.asarray, memory))

    def _restarted(self) -> tuple:
        """Return dual averaging's memory at its start: step size, error sum, log of the average step, count, centre."""
        step = np.float64(self.step)
        return step, np.float64(0), np.log(step), np.int32(0), np.log(10 * step)

    def _rescale(self, visited: np.ndarray) -> None:
        """Set the scale of each coordinate to its standard deviation, shrunk a little in its first units (Stan)."""
        count = visited.shape[0] * visited.shape[1]
        variance = np.var(visited.reshape(count, -1), axis=0, ddof=1)
        self.scale = np.sqrt((count * variance + 5e-3 * self.unit**2) / (count + 5))

    def _seeds(self) -> Iterator[np.ndarray]:
        while True:
            yield self._later.spawn(1)[0].generate_state(2)


def schedule(warmup: int) -> list[tuple[int, bool]]:
    """Return the windows of warm-up in chunks, each with whether the scales are learnt from it.

    >>> [(25 * length, learn) for length, learn in schedule(1000)]
    [(75, False), (25, True), (50, True), (100, True), (200, True), (500, True), (50, False)]
    """
    count = -(-warmup // CHUNK)
    if count < 4:
        return [(1, True)] * (count - 1) + [(1, False)]
    first, last = max(1, round(0.075 * count)), max(1, round(0.05 * count))
    left, length, slow = count - first - last, 1, []
    while left:
        window = length if left >= 3 * length else left
        slow.append((window, True))
        left, length = left - window, 2 * length
    return [(first, False), *slow, (last, False)]


def _chunk(flat: Flat, target_accept: float, max_treedepth: int) -> Any:
    """Return the program: 25 transitions of all chains, coordinates in units of `scale`."""
    mcmc = flat.substrate.tfp.mcmc

    def program(data: Any, position: Any, scale: Any, memory: list, budget: Any, seed: Any) -> tuple:
        step, errors, average, count, centre = memory
        kernel = mcmc.DualAveragingStepSizeAdaptation(
            mcmc.NoUTurnSampler(
                lambda x: flat.log_density(x * scale, data), step_size=step, max_tree_depth=max_treedepth
            ),
            num_adaptation_steps=0,
            target_accept_prob=target_accept,
        )
        results = kernel.bootstrap_results(position)._replace(
            error_sum=[errors],
            log_averaging_step=[average],
            step=count,
            log_shrinkage_target=[centre],
            num_adaptation_steps=budget,
            new_step_size=step,
        )
        states, traced, final = mcmc.sample_chain(
            CHUNK,
            current_state=position,
            kernel=kernel,
            previous_kernel_results=results,
            return_final_kernel_results=True,
            trace_fn=_traced,
            seed=seed,
        )
        memory = [final.new_step_size, final.error_sum[0], final.log_averaging_step[0], final.step, centre]
        return states, traced, memory

    return program


def _traced(_: Any, results: Any) -> tuple:
    """Return what is kept of one transition, in the order of STATS."""
    inner = results.inner_results
    return (
        inner.target_log_prob,
        inner.log_accept_ratio,
        inner.leapfrogs_taken,
        inner.has_divergence,
        inner.reach_max_depth,
        inner.energy,
        inner.step_size,
    )


def _named(stats: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return statistics [chains, draws] by ArviZ's names, from traces [draws, chains]."""
    out = {name: np.swapaxes(array, 0, 1) for name, array in stats.items() if array.ndim == 2}
    out["step_size"] = np.broadcast_to(stats["step_size"], out["lp"].shape).copy()
    out["acceptance_rate"] = np.exp(np.minimum(out["acceptance_rate"], 0))
    out["energy"] = -out["energy"]  # TFP's has the sign of a log density
    out["tree_depth"] = np.ceil(np.log2(out["n_steps"] + 1)).astype(np.int64)
    return out


def _values(flat: Flat, q: np.ndarray) -> dict[str, np.ndarray]:
    """Return the parameters [draws, chains, *shape] at q [draws, chains, size]."""
    on: Substrate = flat.substrate
    return {name: np.asarray(array) for name, array in flat.values(on.array(q)).items()}
