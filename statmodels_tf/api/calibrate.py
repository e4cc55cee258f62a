"""sbc: whether an engine's posteriors of a model are right, by simulation."""

from __future__ import annotations

import multiprocessing
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from ..engines import NUTS, Engine
from ..engines.progress import Progress
from ..engines.sampling.workers import forkable
from ..engines.threads import processors
from ..errors import EngineError, ModelError, StatmodelsError
from ..families import Family, as_family
from ..fits.arguments import count_of
from ..fits.calibration.ranks import Calibration
from ..fits.words import spoken
from ..model import Model, build_model
from .ask import Ask
from .general import fit as general
from .predictors import designs
from .run import check_response, choose_engine

LEAST = "log-likelihood"
"""The quantity that depends on the data as well: with it, ranks tell a posterior from the prior."""


@spoken
def sbc(
    formula: str,
    data: Any,
    family: str | Family = "gaussian",
    *,
    n: int = 200,
    draws: int = 99,
    engine: str | Engine = "nuts",
    priors: Mapping[str, Any] | None = None,
    link: str | None = None,
    weights: Any = None,
    offset: Any = None,
    contrasts: Mapping[str, Any] | None = None,
    seed: int = 0,
    cores: int | None = None,
    progress: bool | None = None,
) -> Calibration:
    """Return how the true values of simulated data rank among draws from their posteriors.

    Parameters are drawn from the prior, responses simulated for the rows of `data`, and the model fitted to each: where
    the engine draws from the posterior, the ranks of the true values are uniform. The response in `data` gives default
    priors their units, and nothing else.

    Parameters
    ----------
    formula, data, family, link, priors, weights, offset, contrasts
        As `fit`.
    n : int
        Data sets.
    draws : int
        Of each posterior, taken at equal distances from those that the engine returns.
    engine : str or Engine
        One that samples; "nuts" takes 2 chains of 500 draws after 500.
    seed : int
    cores : int, optional
        Processes side by side; all processors if left out. Where TensorFlow or JAX runs in this process, one.
    progress : bool, optional

    Returns
    -------
    Calibration
        `.table` with a test of each quantity, `.uniform`, `.ranks`, `.plot()`.

    References
    ----------
    Talts et al. (2018), arXiv:1804.06788. Modrák et al. (2023), doi:10.1214/23-BA1404, for the log-likelihood.

    Examples
    --------
    st.sbc("y ~ x + (1 | g)", data, "poisson", priors={"b": "normal(0, 1)"}).plot()
    """
    n, draws = count_of("sbc", "n", n), count_of("sbc", "draws", draws)
    of = as_family(family, link)
    ask = Ask(
        entry=general, formula=formula, data=data, family=family, link=link, weights=weights, offset=offset,
        contrasts=contrasts, engine=engine, priors=priors,
    )  # fmt: skip
    design, predictors = designs(of, formula, data, ask.rows, ask.others)
    check_response(design, of)
    model = build_model(design, family=of, priors=priors, predictors=predictors)
    chosen = _sampler(engine, model)
    job = Job(model, chosen, draws, seed)
    made: list[Replicate] = []
    with Progress("sbc", progress, n) as report:
        for replicate in _all(job, n, cores):
            made.append(replicate)
            report(len(made), "data sets")
    fine = [r for r in made if not isinstance(r.reason, str)]
    if len(fine) < 2:
        raise EngineError(f"sbc could fit {len(fine)} of {n} simulated data sets: {made[0].reason}")
    failed = [str(r.reason) for r in made if isinstance(r.reason, str)]
    about = {
        "engine": chosen.name,
        "asked": n,
        "failed": len(failed),
        "reason": failed[0] if failed else None,
        "divergences": sum(r.divergences for r in fine),
        "r_hat": max(r.r_hat for r in fine),
    }
    return Calibration(pd.DataFrame([r.ranks for r in fine]), draws, about)


@dataclass(frozen=True, eq=False)
class Job:
    """What each data set is made and fitted with."""

    model: Model
    engine: Engine[Any]
    draws: int
    seed: int


@dataclass(frozen=True)
class Replicate:
    """One data set: the ranks by quantity, or why it could not be fitted."""

    ranks: dict[str, int]
    divergences: int = 0
    r_hat: float = 1.0
    reason: str | None = None


def replicated(job: Job, number: int) -> Replicate:
    """Return the ranks of one simulated data set."""
    rng = np.random.default_rng([job.seed, number])
    model = job.model
    true = {p.name: p.prior.sample(rng, (1, 1)) for p in model.parameters}
    eta = model.linear_predictor(true)
    data = model.data["likelihood"]
    try:
        with np.errstate(all="ignore"):
            y = model.family.simulate(eta, model.family_values(true, np), data, rng)[0, 0]
    except ValueError:  # a generator of random numbers refuses such a mean
        y = np.array([np.nan])
    if not np.isfinite(y).all():
        return Replicate({}, reason="a response that the prior gives is not finite; write narrower priors")
    imagined = model.with_response(y)
    engine: Any = job.engine
    if "seed" in {f.name for f in fields(engine)}:
        engine = replace(engine, seed=int(rng.integers(2**31)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: Any = engine.fit(imagined)
    except (StatmodelsError, FloatingPointError, np.linalg.LinAlgError) as error:
        return Replicate({}, reason=str(error))
    with np.errstate(all="ignore"):
        drawn, truth = _quantities(imagined, found.values), _quantities(imagined, true)
    ranks = {}
    for name, array in drawn.items():
        flat = array.ravel()
        some = flat[np.linspace(0, flat.size - 1, job.draws).round().astype(int)]
        below, equal = int(np.sum(some < truth[name])), int(np.sum(some == truth[name]))
        ranks[name] = below + int(rng.integers(equal + 1))
    about = found.diagnostics
    return Replicate(ranks, int(about.get("divergences", 0)), float(about.get("r_hat", 1.0)))


def _quantities(model: Model, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the single numbers that are shown, and the log-likelihood [chains, draws]."""
    out = {name: array for name, array in model.shown(values).items() if array.ndim == 2}
    out[LEAST] = np.stack([np.sum(model.log_likelihood({k: v[c] for k, v in values.items()}), axis=-1)
                           for c in range(len(next(iter(values.values()))))])  # fmt: skip
    return out


def _sampler(engine: str | Engine, model: Model) -> Engine[Any]:
    """Return the engine, which must sample; NUTS by name with few draws, in this process."""
    if isinstance(engine, str) and engine == "nuts":
        engine = NUTS(draws=500, warmup=500, chains=2, cores=1, progress=False)
    chosen, _ = choose_engine(engine, model, REML=True, progress=False)
    if not chosen.sampling:
        raise ModelError(f'`sbc` is for engines that sample, and {chosen.name} does not: write `engine="nuts"`.')
    return chosen


def _all(job: Job, n: int, cores: int | None) -> Iterator[Replicate]:
    """Yield the replicates in their order, made side by side where this process can be forked."""
    cores = min(processors() if cores is None else cores, n)
    if cores == 1 or not forkable():
        for number in range(n):
            yield replicated(job, number)
        return
    context = multiprocessing.get_context("fork")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads: BLAS's, which fork well
        with ProcessPoolExecutor(cores, mp_context=context, initializer=_hold, initargs=(job,)) as pool:
            yield from pool.map(_numbered, range(n), chunksize=max(1, min(4, n // (2 * cores))))


_HELD: list[Job] = []


def _hold(job: Job) -> None:
    """Keep the job in a forked process, which has it without its being sent."""
    _HELD[:] = [job]


def _numbered(number: int) -> Replicate:
    return replicated(_HELD[0], number)
