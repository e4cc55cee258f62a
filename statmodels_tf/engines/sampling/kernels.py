"""TFP's kernels, and what they carry from one chunk of transitions to the next.

A chunk begins with a kernel's own first results, into which what adaptation has learnt is put back, so that the state
of a run is a few arrays, on either substrate.

References
----------
Hoffman & Gelman (2014), The No-U-Turn Sampler, JMLR 15. Hoffman, Radul & Sountsov (2021), An adaptive-MCMC scheme for
setting trajectory lengths in Hamiltonian Monte Carlo, AISTATS 130. Lao et al. (2020), tfp.mcmc, arXiv:2002.01184.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

STATS = ("lp", "acceptance_rate", "n_steps", "diverging", "reached_max_treedepth", "energy", "step_size")
FOREVER = 2**30  # adaptation steps in a chunk that adapts: more than it has
DIVERGED = 1000.0  # an error of the energy beyond which a trajectory has diverged, as Stan counts


class Memory(NamedTuple):
    """What adaptation has learnt: arrays that a program takes and gives back.

    Dual averaging of the step size: its step, its sum of errors, the log of its averaged step, how many steps it
    counted, and the log of the step it shrinks to. The length of trajectories (ChEES): the largest one, the average of
    squared slopes, the averaged largest one, and how many steps it counted.
    """

    step: Any
    errors: Any
    average: Any
    count: Any
    centre: Any
    length: Any
    squares: Any
    averaged: Any
    rounds: Any

    @classmethod
    def begun(cls, step: float, length: float) -> Memory:
        """Return the memory before the first step of a window."""
        zero, none = np.float64(0), np.int32(0)
        first = np.float64(step)
        return cls(
            first, zero, np.log(first), none, np.log(10 * first), np.float64(length), zero, np.float64(length), none
        )


class Transition(ABC):
    """A way to move all chains at once."""

    @abstractmethod
    def prepared(self, memory: Memory, number: int) -> Memory:
        """Return the memory a chunk begins with, given a random number of its own."""

    @abstractmethod
    def kernel(self, tfp: Any, density: Callable[[Any], Any], memory: Memory, budget: Any) -> Any:
        """Return TFP's kernel, with dual averaging of its step size around it; `budget` is 0 where nothing adapts."""

    @abstractmethod
    def resumed(self, results: Any, memory: Memory) -> Any:
        """Return the inner results with what was learnt of trajectories."""

    @abstractmethod
    def learnt(self, results: Any, memory: Memory) -> Memory:
        """Return the memory with what the inner results say of trajectories."""

    @abstractmethod
    def traced(self, results: Any, xp: Any) -> tuple:
        """Return what is kept of one transition, in the order of STATS, from the inner results."""


class OneChain(Transition):
    """A kernel of chains that learn nothing of each other but the step size, by dual averaging."""

    target_accept: float

    @abstractmethod
    def inner(self, tfp: Any, density: Callable[[Any], Any], memory: Memory) -> Any:
        """Return the kernel without its adaptation."""

    def kernel(self, tfp: Any, density: Callable[[Any], Any], memory: Memory, budget: Any) -> Any:
        """Return the kernel with dual averaging around it."""
        return tfp.mcmc.DualAveragingStepSizeAdaptation(
            self.inner(tfp, density, memory), num_adaptation_steps=0, target_accept_prob=self.target_accept
        )

    def resumed(self, results: Any, memory: Memory) -> Any:
        """Return the inner results: there is nothing to put back."""
        return results

    def learnt(self, results: Any, memory: Memory) -> Memory:
        """Return the memory as it is."""
        return memory


@dataclass(frozen=True)
class NoUTurn(OneChain):
    """Trajectories that end where they turn back."""

    target_accept: float
    max_treedepth: int

    def prepared(self, memory: Memory, number: int) -> Memory:
        """Return the memory as it is."""
        return memory

    def inner(self, tfp: Any, density: Callable[[Any], Any], memory: Memory) -> Any:
        """Return the no-U-turn sampler."""
        return tfp.mcmc.NoUTurnSampler(density, step_size=memory.step, max_tree_depth=self.max_treedepth)

    def traced(self, results: Any, xp: Any) -> tuple:
        """Return what is kept of one transition."""
        return (
            results.target_log_prob,
            results.log_accept_ratio,
            results.leapfrogs_taken,
            results.has_divergence,
            results.reach_max_depth,
            -results.energy,  # TFP's has the sign of a log density
            results.step_size,
        )


@dataclass(frozen=True)
class FixedLength(OneChain):
    """Trajectories of so many steps, from half of `leapfrogs` up to it; how many is drawn for each chunk."""

    target_accept: float
    leapfrogs: int

    def prepared(self, memory: Memory, number: int) -> Memory:
        """Return the memory with how many steps the chunk's trajectories have."""
        least = -(-self.leapfrogs // 2)
        return memory._replace(rounds=np.int32(least + number % (self.leapfrogs - least + 1)))

    def inner(self, tfp: Any, density: Callable[[Any], Any], memory: Memory) -> Any:
        """Return Hamiltonian Monte Carlo."""
        return tfp.mcmc.HamiltonianMonteCarlo(density, step_size=memory.step, num_leapfrog_steps=memory.rounds)

    def traced(self, results: Any, xp: Any) -> tuple:
        """Return what is kept of one transition."""
        return _traced_hmc(results, xp)


@dataclass(frozen=True)
class ManyChains(Transition):
    """Trajectories whose largest length is learnt from all chains together, by the ChEES criterion."""

    target_accept: float
    max_leapfrogs: int

    def prepared(self, memory: Memory, number: int) -> Memory:
        """Return the memory as it is."""
        return memory

    def kernel(self, tfp: Any, density: Callable[[Any], Any], memory: Memory, budget: Any) -> Any:
        """Return Hamiltonian Monte Carlo with both adaptations around it."""
        inner = tfp.mcmc.HamiltonianMonteCarlo(density, step_size=memory.step, num_leapfrog_steps=1)
        inner = tfp.experimental.mcmc.GradientBasedTrajectoryLengthAdaptation(
            inner, num_adaptation_steps=budget, max_leapfrog_steps=self.max_leapfrogs
        )
        return tfp.mcmc.DualAveragingStepSizeAdaptation(
            inner,
            num_adaptation_steps=0,
            target_accept_prob=self.target_accept,
            reduce_fn=tfp.math.reduce_log_harmonic_mean_exp,
        )

    def resumed(self, results: Any, memory: Memory) -> Any:
        """Return the inner results with what was learnt of trajectories."""
        return results._replace(
            max_trajectory_length=memory.length,
            averaged_sq_grad=memory.squares,
            averaged_max_trajectory_length=memory.averaged,
            step=memory.rounds,
        )

    def learnt(self, results: Any, memory: Memory) -> Memory:
        """Return the memory with what the inner results say of trajectories."""
        return memory._replace(
            length=results.max_trajectory_length,
            squares=results.averaged_sq_grad,
            averaged=results.averaged_max_trajectory_length,
            rounds=results.step,
        )

    def traced(self, results: Any, xp: Any) -> tuple:
        """Return what is kept of one transition."""
        return _traced_hmc(results.inner_results, xp)


def _traced_hmc(results: Any, xp: Any) -> tuple:
    """Return what is kept of a transition of Hamiltonian Monte Carlo; the energy is that at its start."""
    proposed = results.proposed_results
    kinetic = 0.5 * sum(xp.sum(part**2, axis=-1) for part in _parts(proposed.final_momentum))
    ratio = results.log_accept_ratio
    zero = xp.zeros_like(ratio)
    return (
        results.accepted_results.target_log_prob,
        ratio,
        zero + xp.asarray(proposed.num_leapfrog_steps, dtype=ratio.dtype),
        xp.logical_not(ratio > -DIVERGED),
        zero > 1,
        ratio - proposed.target_log_prob + kinetic,
        proposed.step_size,
    )


def _parts(state: Any) -> list:
    return list(state) if isinstance(state, (list, tuple)) else [state]
