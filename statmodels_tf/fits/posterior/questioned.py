"""What every posterior can be asked about its parameters and means: hypotheses, marginal means, slopes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..hypotheses.posterior import PosteriorHypotheses, posterior_hypotheses
from ..margins.drawn_effects import drawn_comparisons, drawn_predictions, drawn_slopes
from ..margins.drawn_means import DrawnMeans, drawn_means, drawn_trends
from ..margins.effect_rows import Asked
from ..margins.slopes import Effects
from ..words import spoken
from .base import Drawn
from .prior import prior_shown


@dataclass(frozen=True, eq=False, repr=False)
class QuestionedDraws(Drawn):
    """Draws from which functions of the parameters follow."""

    @spoken
    def hypothesis(
        self, hypothesis: str | Sequence[str] | Mapping[str, str], *, level: float = 0.95, seed: int = 0
    ) -> PosteriorHypotheses:
        """Return how probable hypotheses about the parameters are, as brms's `hypothesis`.

        Parameters
        ----------
        hypothesis : str, list of str, or dict of label to str
            `"service[1] < 0"`, `"x > 2 * z"`, `"exp(x) = 1"`, `"sd(g)[x] > sd(g)[Intercept]"`, `"x|g[a] > 0"`: names
            are those of the summary, of effects by level with the level in brackets; + - * / ^ and functions such as
            `exp`.
        level : float
            Of intervals of an equality; those of an inequality hold 2 level - 1, so that one end is `level`.
        seed : int
            Of draws from the prior, which the evidence ratio of an equality needs.

        Returns
        -------
        PosteriorHypotheses
            `.table`: estimate, sd, lower, upper of the left less the right side; evidence_ratio, the odds for the
            hypothesis (of an equality by Savage and Dickey); probability; star. `.plot()`.
        """
        texts = hypothesis.values() if isinstance(hypothesis, Mapping) else hypothesis
        texts = [texts] if isinstance(texts, str) else list(texts)
        equal = any(isinstance(text, str) and "<" not in text and ">" not in text for text in texts)
        return posterior_hypotheses(self, hypothesis, level, prior_shown(self.model, seed) if equal else None)

    @spoken
    def emmeans(
        self,
        specs: Any = None,
        by: Any = None,
        *,
        at: Mapping[str, Any] | None = None,
        type: str | None = None,
        weights: str = "equal",
        level: float = 0.95,
        offset: float | None = None,
    ) -> DrawnMeans:
        """Return estimated marginal means, as R's emmeans, with the draws' own intervals.

        Parameters
        ----------
        specs, by, at, weights, offset
            As of an estimate: `"tension"`, `"~ tension | wool"`, `"pairwise ~ tension"`.
        type : {"link", "response"}
            Of a response in categories "prob", a row for each outcome.
        level : float

        Returns
        -------
        DrawnMeans
            `.table`: the levels, the mean, se, lower, upper; `.contrast("pairwise")`, `.pairs()`, `.plot()`, `.draws`.
        """
        return drawn_means(self, specs, by, at, type, weights, level, offset)

    @spoken
    def emtrends(
        self,
        x: str,
        specs: Any = None,
        by: Any = None,
        *,
        at: Mapping[str, Any] | None = None,
        weights: str = "equal",
        level: float = 0.95,
    ) -> DrawnMeans:
        """Return slopes of the linear predictor in a numeric column for each level, as R's emtrends; see `emmeans`."""
        return drawn_trends(self, x, specs, by, at, weights, level)

    @spoken
    def slopes(
        self,
        x: str | Sequence[str] | None = None,
        *,
        by: Any = None,
        newdata: Any = None,
        type: str = "response",
        average: bool = True,
        at: Mapping[str, Any] | None = None,
        weights: Any = None,
        level: float = 0.95,
    ) -> Effects:
        """Return how the mean of the response changes with a column, as marginaleffects' `avg_slopes` and `slopes`.

        The derivative for a number, the difference from the reference level for a factor, at each draw; effects of
        levels are left out. The arguments are those of an estimate's `slopes`.

        Returns
        -------
        Effects
            `.table`: term, contrast, the groups, estimate, se, lower, upper, pd.
        """
        return drawn_slopes(self, x, Asked(by, newdata, type, average, at, weights, None, None, level))

    @spoken
    def comparisons(
        self,
        x: str | Sequence[str] | None = None,
        *,
        comparison: str = "difference",
        levels: str = "reference",
        step: Any = 1,
        by: Any = None,
        newdata: Any = None,
        type: str = "response",
        average: bool = True,
        at: Mapping[str, Any] | None = None,
        weights: Any = None,
        level: float = 0.95,
    ) -> Effects:
        """Return the means with a column at one value against another; the arguments are those of an estimate's."""
        asked = Asked(by, newdata, type, average, at, weights, None, None, level)
        return drawn_comparisons(self, x, comparison, levels, step, asked)

    @spoken
    def predictions(
        self,
        *,
        by: Any = None,
        newdata: Any = None,
        type: str = "response",
        average: bool = True,
        at: Mapping[str, Any] | None = None,
        weights: Any = None,
        level: float = 0.95,
    ) -> Effects:
        """Return the average of the predicted means, in groups if asked; the arguments are those of an estimate's."""
        return drawn_predictions(self, Asked(by, newdata, type, average, at, weights, None, None, level))
