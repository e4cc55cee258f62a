"""A sampler of TFP over a model's flat density, on TensorFlow or JAX.

One program of 25 transitions of all chains is compiled, once; warm-up and draws are calls of it. What adaptation
changes (the step size, the scale of each coordinate, the seed) and the data are arguments of the program, so nothing is
compiled twice, and between calls the host measures, reports, saves and may be interrupted. The seed of a chunk comes
from that of the run and its number, so that a run that is continued makes the very numbers it would have made.

Warm-up is Stan's: a short search, windows that double and after each of which the scale of every coordinate is set to
its standard deviation over the window, and a last search for the step size, which follows dual averaging throughout.

References
----------
Carpenter et al. (2017), Stan, doi:10.18637/jss.v076.i01.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np

from ...model import Flat
from ..progress import Progress
from .checkpoint import Checkpoint
from .kernels import FOREVER, STATS, Memory, Transition
from .schedule import CHUNK, schedule

FIRST_STEP = 0.1  # in coordinates that the priors standardise


@dataclass(eq=False)
class Windowed:
    """One run: the state of the chains and of adaptation, on the host between chunks.

    Attributes
    ----------
    flat : Flat
    transition : Transition
    centre, unit : array [size]
        Where chains start, and in what units.
    chains, warmup, draws, seed : int
    checkpoint : Checkpoint, optional
    progress : Progress
    """

    flat: Flat
    transition: Transition
    centre: np.ndarray
    unit: np.ndarray
    chains: int
    warmup: int
    draws: int
    seed: int
    progress: Progress
    checkpoint: Checkpoint | None = None
    compile_seconds: float = field(default=0.0, init=False)
    interrupted: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(0,)))
        self.scale, self.step = self.unit, FIRST_STEP
        # Drawn on the host: drawn inside the program the seed would be a constant of it, and each seed would compile.
        self.q = self.centre + self.scale * rng.uniform(-1, 1, size=(self.chains, self.flat.size))
        self.memory = Memory.begun(self.step, 1.0)
        self._done, self._learnt = 0, 0  # chunks and windows of warm-up that are saved
        self._program = self.flat.substrate.jit(program(self.flat, self.transition))
        self._data = self.flat.model.data_on(self.flat.substrate)

    def sample(self) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Return q [chains, draws, size] and the statistics, each [chains, draws]; fewer draws after Ctrl-C."""
        self._restore()
        done, chunk = self._done, 0
        windows = schedule(self.warmup)
        total = sum(length for length, _ in windows) + -(-self.draws // CHUNK)
        kept: list[dict[str, np.ndarray]] = []
        try:
            with self.progress as report:
                report.total = total * CHUNK
                for number, (length, learn) in enumerate(windows):
                    visited = []
                    for _ in range(length):
                        visited.append(self._chunk(chunk, done, adapting=True)["q"])
                        chunk += 1
                        report(chunk * CHUNK, "warm-up")
                    if number >= self._learnt:
                        self._learn(np.concatenate(visited) if learn else None)
                for _ in range(-(-self.draws // CHUNK)):
                    kept.append(self._chunk(chunk, done, adapting=False))
                    chunk += 1
                    report(chunk * CHUNK, "draws", int(sum(part["diverging"].sum() for part in kept)))
        except KeyboardInterrupt:
            if not kept:
                raise
            self.interrupted = True
        traced = {key: np.concatenate([part[key] for part in kept])[: self.draws] for key in kept[0]}
        return np.swapaxes(traced.pop("q"), 0, 1), named(traced)

    def _chunk(self, number: int, done: int, adapting: bool) -> dict[str, np.ndarray]:
        """Return a chunk's q [25, chains, size] and statistics: saved before, or run from the current state."""
        if number < done and self.checkpoint is not None:
            return self.checkpoint.load(_name(number)) or {}
        begun = perf_counter()
        on = self.flat.substrate
        pair = np.random.SeedSequence(self.seed, spawn_key=(1, number)).generate_state(2)
        given = Memory(*(on.array(m) for m in self.transition.prepared(self.memory, int(pair[0]))))
        budget = on.array(np.int32(FOREVER if adapting else 0))
        position = on.array(self.q / self.scale)
        states, stats, memory = self._program(self._data, position, on.array(self.scale), given, budget, on.seed(pair))
        states = np.asarray(states) * self.scale
        made = {"q": states} | {k: np.asarray(v) for k, v in zip(STATS, stats, strict=True)}
        self.memory = Memory(*(np.asarray(m) for m in memory))
        self.q = states[-1]
        if not self.compile_seconds:
            self.compile_seconds = perf_counter() - begun
        if self.checkpoint is not None:
            self.checkpoint.save(_name(number), made)
            self._done = number + 1
            self._keep()
        return made

    def _learn(self, visited: np.ndarray | None) -> None:
        """Set the scales after a window of warm-up [m, chains, size], and begin the next one."""
        self.step = float(np.exp(self.memory.average))
        if visited is not None:
            # Shrunk a little in the first units, as Stan does.
            count = visited.shape[0] * visited.shape[1]
            variance = np.var(visited.reshape(count, -1), axis=0, ddof=1)
            self.scale = np.sqrt((count * variance + 5e-3 * self.unit**2) / (count + 5))
        self.memory = Memory.begun(self.step, float(self.memory.averaged))
        self._learnt += 1
        self._keep()

    def _keep(self) -> None:
        """Save the state, and after how many chunks and windows it is."""
        if self.checkpoint is None:
            return
        state = {"done": self._done, "learnt": self._learnt, "q": self.q, "scale": self.scale, "step": self.step}
        self.checkpoint.save("state", state | {f"memory_{k}": v for k, v in self.memory._asdict().items()})

    def _restore(self) -> None:
        """Put back the state that was saved, if any."""
        saved = None if self.checkpoint is None else self.checkpoint.load("state")
        if saved is None:
            return
        self._done, self._learnt = int(saved["done"]), int(saved["learnt"])
        self.q, self.scale, self.step = saved["q"], saved["scale"], float(saved["step"])
        self.memory = Memory(*(saved[f"memory_{name}"] for name in Memory._fields))


def _name(number: int) -> str:
    return f"chunk{number:06d}"


def program(flat: Flat, transition: Transition) -> Callable[..., Any]:
    """Return the program: 25 transitions of all chains, coordinates in units of `scale`."""
    tfp, xp = flat.substrate.tfp, flat.substrate.xp

    def run(data: Any, position: Any, scale: Any, memory: Memory, budget: Any, seed: Any) -> tuple:
        kernel = transition.kernel(tfp, lambda x: flat.log_density(x * scale, data), memory, budget)
        results = kernel.bootstrap_results(position)
        results = results._replace(
            inner_results=transition.resumed(results.inner_results, memory),
            error_sum=[memory.errors],
            log_averaging_step=[memory.average],
            step=memory.count,
            log_shrinkage_target=[memory.centre],
            num_adaptation_steps=budget,
            new_step_size=memory.step,
        )
        states, traced, final = tfp.mcmc.sample_chain(
            CHUNK,
            current_state=position,
            kernel=kernel,
            previous_kernel_results=results,
            return_final_kernel_results=True,
            trace_fn=lambda _, each: transition.traced(each.inner_results, xp),
            seed=seed,
        )
        learnt = memory._replace(
            step=final.new_step_size,
            errors=final.error_sum[0],
            average=final.log_averaging_step[0],
            count=final.step,
        )
        return states, traced, transition.learnt(final.inner_results, learnt)

    return run


def named(stats: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return statistics [chains, draws] by ArviZ's names, from traces [draws, chains]."""
    out = {name: np.swapaxes(array, 0, 1) for name, array in stats.items() if array.ndim == 2}
    shape = out["lp"].shape
    out["step_size"] = np.broadcast_to(stats["step_size"].reshape(1, -1), shape).copy()
    out["acceptance_rate"] = np.exp(np.minimum(out["acceptance_rate"], 0))
    out["tree_depth"] = np.ceil(np.log2(out["n_steps"] + 1)).astype(np.int64)
    return out
