"""Gaussian models with coefficients and group effects integrated out exactly: only their scales are sampled."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import EngineError
from ...fits.posterior.convergence import verdict
from ...fits.posterior.estimate import Posterior
from ..base import Engine, engine
from ..progress import Line, bar
from ..sampling.options import check_choice, check_counts
from ..threads import one_thread
from .coefficients import unsupported
from .density import MarginalDensity, marginal_density
from .importance import EVEN, Report, Sample, importance
from .mode import Mode, modes
from .nuts import sampled

if TYPE_CHECKING:
    from ...fits.call import Call
    from ...model import Model

LIMIT = 0.7  # Pareto k beyond which importance weights cannot be trusted
MOST = 6  # hyperparameters that importance sampling is tried for
METHODS = ("auto", "importance", "nuts")


@engine("marginal")
@dataclass(frozen=True)
class Marginal(Engine[Posterior]):
    """Sample a Gaussian model by way of its covariance parameters and sigma alone.

    Given these, coefficients and effects are jointly normal: they are integrated out exactly, and drawn exactly
    afterwards. What remains has a few dimensions. It is sampled by importance around its mode, or where the weights
    cannot be trusted (Pareto k above 0.7, and some weight above ten times their mean) or the dimensions are more than
    6, by NUTS with the exact gradient.

    Parameters
    ----------
    draws : int
        For each chain.
    chains : int
        Draws are as good as independent; chains are there for what compares them.
    method : {"auto", "importance", "nuts"}
    seed : int, optional
        The same seed gives the same draws; without one, one is drawn and kept in `diagnostics`.
    progress : bool, optional
        Show a progress line; by default on a terminal only.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, section 15. Vehtari et al. (2024), Pareto smoothed importance
    sampling, JMLR 25.
    """

    draws: int = 1000
    chains: int = 4
    method: str = "auto"
    seed: int | None = None
    progress: bool | None = None

    sampling = True
    remedy = 'see its message, or use engine="nuts"'

    def __post_init__(self) -> None:
        check_counts(self, ("draws", "chains"))
        check_choice(self, "method", METHODS)

    def supports(self, model: Model) -> str | None:
        """Return why this engine cannot fit the model and which can, or None if it can."""
        family, link, design = model.family.name, model.family.link.name, model.design
        if family != "gaussian" or link != "identity":
            return (
                "marginal cannot fit this model: it integrates gaussian responses with the identity link, and this one "
                f'is {family} with link {link}. Use engine="nuts".'
            )
        other = [block.label for block in design.specials] + list(model.predictors)
        if other:
            return f'marginal cannot fit this model: `{other[0]}` is not integrated out. Use engine="nuts".'
        if design.weights is not None and not np.all(design.weights > 0):
            return "marginal cannot fit rows of weight 0, which have no density. Leave them out with `subset=`."
        prior = unsupported(model.common)
        if prior is not None:
            return (
                f"marginal cannot fit this model: coefficients with the prior {prior} cannot be integrated out. Write "
                'normal or flat priors of them, or use engine="nuts".'
            )
        return None

    def _fit(self, model: Model, call: Call | None) -> Posterior:
        """Return the posterior."""
        began = perf_counter()
        seed = secrets.randbits(32) if self.seed is None else self.seed
        line = Line("marginal", self.progress)
        with one_thread():
            line.say("finding the mode")
            density = marginal_density(model)
            tops = modes(density)
            sample, stats, about = self._sampled(density, tops, seed, lambda d, n: line.say(f"{bar(d, n)} draws"))
            line.say("")
        shape = (self.chains, self.draws)
        values = {
            p.name: sample.values[p.name].reshape(*shape, *sample.values[p.name].shape[1:]) for p in model.parameters
        }
        converged, message, figures = verdict(model.shown(values), stats)
        if about.get("pareto_k", 0.0) > LIMIT and about["largest_weight"] > EVEN:
            message = f'the weights have a Pareto k of {about["pareto_k"]:.2f}: use Marginal(method="nuts")'
            converged = False
        diagnostics = {
            "chains": self.chains,
            "draws": self.draws,
            "seed": seed,
            "hyperparameters": density.size,
            "modes": len(tops),
            **about,
            "converged": converged,
            "message": message,
            **figures,
            "seconds": perf_counter() - began,
        }
        return Posterior(model, self, diagnostics, call, values, stats)

    def _sampled(
        self, density: MarginalDensity, tops: tuple[Mode, ...], seed: int, report: Report
    ) -> tuple[Sample, dict[str, np.ndarray], dict[str, Any]]:
        """Return the sample, its statistics [chains, draws], and how it was made."""
        about: dict[str, Any] = {}
        if self.method == "importance" or (self.method == "auto" and density.size <= MOST):
            limit = np.inf if self.method == "importance" else LIMIT
            rng = np.random.default_rng(seed)
            sample = importance(density, tops, rng, self.chains * self.draws, limit, report)
            if isinstance(sample, Sample):
                stats = {"lp": sample.lp.reshape(self.chains, self.draws)}
                return sample, stats, {"method": "importance", **sample.figures}
            about["pareto_k_of_importance"] = sample
        if not density.size:
            raise EngineError('Marginal(method="nuts"): the model has no parameter left to sample. Leave `method` out.')
        sample, stats = sampled(density, tops[0], seed, self.chains, self.draws, report)
        return sample, stats, {"method": "nuts", **about}
