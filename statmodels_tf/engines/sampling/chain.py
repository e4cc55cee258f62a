"""One chain of nutpie: warm-up, then blocks of draws that each begin where the last one ended.

nutpie is a library in Rust: it asks for a density and its gradient, and adapts the step size and the scale of every
coordinate. It has no way to go on from a state, so each block is a run of its own without adaptation, on coordinates in
which nutpie's first scales, which it takes from the gradient at the start (1 / |g|), are those that warm-up found: with
z = x / (v |g|) the variance v of x is 1 / |g| for z. A block's random numbers come from the seed, the chain and the
block, so that draws are the same however many processes there are, and whether or not a run was cut off and continued.

References
----------
Hoffman & Gelman (2014), The No-U-Turn Sampler, JMLR 15. Seyboldt, Carlson & Carpenter (2026), Preconditioning
Hamiltonian Monte Carlo by minimizing Fisher divergence, arXiv:2603.18845. nutpie: https://github.com/pymc-devs/nutpie.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import EngineError
from .board import DIVERGED, DONE, Board
from .checkpoint import Checkpoint
from .density import Density

if TYPE_CHECKING:
    from .start import Start

BLOCK = 100
POLL = 0.1
NAMES = {
    "logp": "lp",
    "mean_tree_accept": "acceptance_rate",
    "n_steps": "n_steps",
    "diverging": "diverging",
    "maxdepth_reached": "reached_max_treedepth",
    "energy": "energy",
    "step_size": "step_size",
}
"""nutpie's statistics and ArviZ's names of them."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What every chain of a run does.

    Attributes
    ----------
    density : Density
    start : Start
    warmup, draws : int
    target_accept : float
    max_treedepth : int
    seed : int
    checkpoint : Checkpoint, optional
    """

    density: Density
    start: Start
    warmup: int
    draws: int
    target_accept: float
    max_treedepth: int
    seed: int
    checkpoint: Checkpoint | None = None

    def seeds(self, chain: int, part: int) -> np.random.SeedSequence:
        """Return the seeds of a part of a chain: 0 the start, 1 warm-up, 2 and on the blocks."""
        return np.random.SeedSequence(self.seed, spawn_key=(chain, part))


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of one chain: `q` [draws, size], statistics each [draws]."""

    q: np.ndarray
    stats: Mapping[str, np.ndarray]


def run_chain(plan: Plan, chain: int, board: Board) -> Draws:
    """Return the draws of a chain: all of them, or those made when it was asked to stop."""
    said = board.chain(chain)
    state = _saved(plan, f"chain{chain}-warmup") or _warmed(plan, chain, board)
    parts: list[dict[str, np.ndarray]] = []
    if state is not None:
        said[DONE] = plan.warmup
        for number, length in enumerate(lengths(plan.draws)):
            name = f"chain{chain}-block{number:05d}-{length}"
            block = _saved(plan, name)
            if block is None:
                block = _block(plan, chain, number, length, state, board)
                if plan.checkpoint is not None and len(block["x"]) == length:
                    plan.checkpoint.save(name, block)
            parts.append(block)
            said[DONE] = plan.warmup + sum(len(part["x"]) for part in parts)
            said[DIVERGED] += int(block["diverging"].sum())
            if len(block["x"]) < length or board.stopped:
                break
            state = {**state, "x": block["x"][-1]}
    together = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]} if parts else {}
    x = together.pop("x", np.zeros((0, plan.density.size)))
    return Draws(plan.start.at(x), together)


def lengths(draws: int) -> list[int]:
    """Return the lengths of the blocks of so many draws.

    >>> lengths(250)
    [100, 100, 50]
    """
    full, rest = divmod(draws, BLOCK)
    return [BLOCK] * full + [rest] * (rest > 0)


def _saved(plan: Plan, name: str) -> dict[str, np.ndarray] | None:
    return None if plan.checkpoint is None else plan.checkpoint.load(name)


def _warmed(plan: Plan, chain: int, board: Board) -> dict[str, np.ndarray] | None:
    """Return where warm-up ends, the variances in units of the start's and the step size; None if it was stopped."""
    settings = {"tune": plan.warmup, "draws": 1, "store_mass_matrix": True, "target_accept": plan.target_accept}
    begin = plan.start.drawn(np.random.default_rng(plan.seeds(chain, 0)), plan.density)
    seen, trace = _run(plan, chain, 1, begin, np.ones(plan.density.size), settings, board)
    if len(seen) <= plan.warmup:
        return None
    scales = trace.column("mass_matrix_inv")
    state = {
        "x": seen[-1],
        "variance": np.array(scales[len(seen) - 1].as_py(), dtype=float),
        "step": np.asarray(trace.column("step_size_bar"))[-1:],
    }
    if plan.checkpoint is not None:
        plan.checkpoint.save(f"chain{chain}-warmup", state)
    return state


def _block(
    plan: Plan, chain: int, number: int, length: int, state: Mapping[str, np.ndarray], board: Board
) -> dict[str, np.ndarray]:
    """Return a block: `x` [length, size] and statistics [length]; fewer of them where it was stopped."""
    _, gradient = _in_units(plan, np.ones(plan.density.size))(state["x"])
    size = np.abs(gradient)
    unit = np.where(size > 0, state["variance"] * size, np.sqrt(state["variance"]))
    # nutpie wants a draw of warm-up; with the step size given it is as good as the others, and is kept.
    settings = {"tune": 1, "draws": length - 1, "step_size_adapt_method": repr(float(state["step"][0]))}
    seen, trace = _run(plan, chain, 2 + number, state["x"], unit, settings, board)
    stats = {ours: np.asarray(trace.column(theirs))[: len(seen)] for theirs, ours in NAMES.items()}
    steps = stats["n_steps"].astype(np.int64)
    return {"x": seen, **stats, "n_steps": steps, "tree_depth": np.ceil(np.log2(steps + 1)).astype(np.int64)}


def _run(
    plan: Plan,
    chain: int,
    part: int,
    begin: np.ndarray,
    unit: np.ndarray,
    settings: Mapping[str, Any],
    board: Board,
) -> tuple[np.ndarray, Any]:
    """Run nutpie on x / unit from `begin`; return the positions visited [m, size] and its table of statistics."""
    nutpie, from_pyfunc = load_nutpie()
    seen: list[np.ndarray] = []
    nothing = np.zeros(1)  # what nutpie keeps of a draw: positions are kept here
    said, first = board.chain(chain), begin / unit

    def kept(z: np.ndarray) -> dict[str, np.ndarray]:
        seen.append(z * unit)
        said[DONE] += 1
        return {"draw": nothing}

    model = from_pyfunc(
        plan.density.size,
        lambda: _in_units(plan, unit),
        lambda *_: kept,
        [np.dtype(float)],
        [(1,)],
        ["draw"],
        make_initial_point_fn=lambda _: first,
    )
    sampler = nutpie.sample(
        model,
        chains=1,
        cores=1,
        seed=int(plan.seeds(chain, part).generate_state(1)[0]),
        maxdepth=plan.max_treedepth,
        progress_bar=False,
        return_raw_trace=True,
        blocking=False,
        **settings,
    )
    while True:
        try:
            trace = sampler.wait(timeout=POLL)
            break
        except TimeoutError:
            if board.stopped:
                trace = sampler.abort()
                break
        except BaseException as error:  # a panic in Rust is no Exception
            if isinstance(error, KeyboardInterrupt):
                raise
            raise EngineError(f"chain {chain + 1} failed: {str(error).partition(chr(10))[0]}") from None
    table = trace.get_arrow_trace()[1][0]
    return np.array(seen[: table.num_rows]).reshape(-1, plan.density.size), table


def _in_units(plan: Plan, unit: np.ndarray) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """Return the density and gradient as functions of z = x / unit, x in the coordinates of the start."""
    evaluate, centre = plan.density.value_and_gradient, plan.start.centre
    if plan.start.factor.ndim == 1:
        scale = plan.start.factor * unit

        def diagonal(z: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = evaluate(centre + scale * z)
            return value, scale * gradient

        return diagonal
    factor = plan.start.factor * unit
    across = np.ascontiguousarray(factor.T)

    def dense(z: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = evaluate(centre + factor @ z)
        return value, across @ gradient

    return dense


def load_nutpie() -> tuple[Any, Any]:
    """Return nutpie and its `from_pyfunc`; it loads ArviZ, which takes a second."""
    try:
        import nutpie
        from nutpie.compiled_pyfunc import from_pyfunc
    except ImportError as error:
        raise EngineError(
            f'nutpie cannot be loaded ({error}). Run `pip install nutpie`, or use NUTS(sampler="tfp").'
        ) from error
    return nutpie, from_pyfunc
