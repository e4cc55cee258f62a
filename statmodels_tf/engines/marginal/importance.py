r"""Importance sampling of the marginal density, with exact draws of everything else at each point.

Points q_i come from a mixture of t distributions and have weights w_i, smoothed by a Pareto tail. Systematic resampling
gives each a number of copies n_i, N w_i rounded up or down; each copy has its own exact draw of coefficients and
effects. Copies stand side by side in the chains: what autocorrelation then says of the hyperparameters is how many
different points there are, and of the effects how nearly independent they are, so that effective sample sizes by chains
are honest.

One factorisation serves all draws at a point: where it is dear there are fewer points than draws. As many draws as a
point is expected to need are made while its factorisation is at hand.

References
----------
Vehtari, Simpson, Gelman, Yao & Gabry (2024), Pareto smoothed importance sampling, JMLR 25.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...fits.validation.pareto import importance_weights
from ...fits.validation.resample import systematic
from .density import MarginalDensity
from .evaluation import Evaluation
from .mode import Mode
from .proposal import Mixture, at_modes, by_kernels

PILOT, DEAR_PILOT = 100, 40
ROUNDS = 3  # of adapting the proposal to its own weighted draws
GOOD = 0.7  # share of effective points with which a proposal is left as it is
KNOWN = 1000  # points that the shape of the tail is estimated by, where they are cheap
FEWEST = 500  # points at least, where points are fewer than draws
WORK = 5e10  # floating point operations of dense factorisations beyond which they are
MOST = 8  # points for each that is wanted, at most
EVEN = 10.0  # largest weight over the mean weight up to which weights are even
UNLIKELY = 1e-6  # copies expected of a point that gets no draws in stock

Drawn = dict[str, np.ndarray]
Report = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Sample:
    """Draws of all parameters [N, ...], their log density, and what the sampler says of them."""

    values: Drawn
    lp: np.ndarray
    figures: dict[str, float]


@dataclass(eq=False)
class Points:
    """Points visited: q, log density, log weight, and the draws in stock at each."""

    q: list[np.ndarray] = field(default_factory=list)
    lp: list[float] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    stock: list[Drawn | None] = field(default_factory=list)


def points_wanted(density: MarginalDensity, draws: int) -> int:
    """Return the number of effective points: one for each draw where a factorisation is cheap."""
    sizes = [block.size for block in density.problem.products.blocks]
    dense = (sum(sizes) - max(sizes)) ** 3 / 3
    return int(np.clip(WORK / max(dense, 1.0), min(FEWEST, draws), draws))


def importance(
    density: MarginalDensity,
    modes: tuple[Mode, ...],
    rng: np.random.Generator,
    draws: int,
    limit: float,
    report: Report,
) -> Sample | float:
    """Return a sample, or the shape k of the weights' tail where it is above `limit` and they are uneven to see.

    Where no weight is far from their mean k is the shape of nothing much: the weights are bounded.
    """
    wanted = points_wanted(density, draws)
    proposal, points, share = _adapted(density, modes, rng, PILOT if wanted == draws else DEAR_PILOT)
    total = min(int(np.ceil(wanted / share)), MOST * wanted)
    total = max(total, KNOWN if wanted == draws else 0)
    typical = float(np.log(np.mean(np.exp(np.array(points.weight) - max(points.weight)))) + max(points.weight))
    more = proposal.draw(rng, max(0, total - len(points.q)))
    for done, (q, logq) in enumerate(zip(more, proposal.log_density(more), strict=True)):
        evaluation = _visit(density, points, q, float(logq))
        expected = draws / total * np.exp(min(points.weight[-1] - typical, 5.0))
        if evaluation is None or expected < UNLIKELY:
            points.stock.append(None)
        else:
            points.stock.append(drawn(density, q, evaluation, rng, int(np.ceil(expected))))
        if done % 64 == 0:
            report(done, len(more))
    log_weights, k = importance_weights(np.array(points.weight))
    weights = np.exp(log_weights)
    largest = float(weights.max() * len(weights))
    if k > limit and largest > EVEN:
        return k
    counts = systematic(weights, draws, rng)
    values = _collect(density, points, counts, rng)
    q = np.repeat(np.array(points.q), counts, axis=0)
    figures = {
        "pareto_k": k,
        "largest_weight": largest,
        "points": len(weights),
        "effective_points": float(1.0 / np.sum(weights**2)),
    }
    return Sample({**density.values(q), **values}, np.repeat(np.array(points.lp), counts), figures)


def drawn(
    density: MarginalDensity, q: np.ndarray, evaluation: Evaluation, rng: np.random.Generator, size: int
) -> Drawn:
    """Return exact draws of the coefficients and the whitened effects [size, ...] at one q."""
    delta, effects = evaluation.draw(rng, size)
    out = evaluation.prior.values(delta)
    values = density.values(q)
    for effect, b in zip(density.model.groups, effects, strict=False):
        out[effect.latent] = effect.whitening(effect.factor(values, np), b, np)
    return out


def _visit(density: MarginalDensity, points: Points, q: np.ndarray, logq: float) -> Evaluation | None:
    value, _, evaluation = density.at(q)
    points.q.append(q)
    points.lp.append(value)
    points.weight.append(value - logq)
    return evaluation


def _adapted(
    density: MarginalDensity, modes: tuple[Mode, ...], rng: np.random.Generator, pilot: int
) -> tuple[Mixture, Points, float]:
    """Return a proposal, its pilot points and the share of them that is effective.

    The first is about the modes; while it serves badly, the next is an estimate of the density by its weighted draws.
    """
    first = at_modes(density, modes)
    proposal: Mixture | None = first
    best: tuple[Mixture, Points, float] | None = None
    for round_ in range(1 + ROUNDS):
        if proposal is None:
            break
        points = Points()
        some = proposal.draw(rng, pilot * 2**round_)
        for q, logq in zip(some, proposal.log_density(some), strict=True):
            _visit(density, points, q, float(logq))
        points.stock = [None] * len(some)
        weights = np.exp(importance_weights(np.array(points.weight))[0])
        share = float(1.0 / np.sum(weights**2)) / len(weights)
        if best is None or share > best[2]:
            best = proposal, points, share
        if share > GOOD:
            break
        proposal = by_kernels(first, some, weights, rng)
    assert best is not None
    return best


def _collect(density: MarginalDensity, points: Points, counts: np.ndarray, rng: np.random.Generator) -> Drawn:
    """Return the draws [N, ...] of all points in order; what is short is made by a second factorisation."""
    out: Drawn = {}
    at = 0
    for i in np.flatnonzero(counts):
        count, stock = int(counts[i]), points.stock[i]
        points.stock[i] = None
        if stock is None or any(len(array) < count for array in stock.values()):
            stock = drawn(density, points.q[i], density.evaluate(density.values(points.q[i])), rng, count)
        for name, array in stock.items():
            if name not in out:
                out[name] = np.empty((int(counts.sum()), *array.shape[1:]))
            out[name][at : at + count] = array[:count]
        at += count
    return out
