"""What every fit is: a model, the engine that fitted it, how that went, and the call that can be made again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..errors import ModelError
from ..model.prior_table import as_mapping
from .call import Call
from .frame import Frame
from .posterior.prior_predictive import DRAWS, PriorPredictive, prior_predictive
from .posterior.prior_summary import prior_summary
from .regression.blockwise import in_memory
from .words import no_attribute, shown, spoken

if TYPE_CHECKING:
    from ..formula import Formula
    from ..model import Model
    from .check import Findings
    from .table import Summary


@dataclass(frozen=True, eq=False, repr=False)
class Fit(ABC):
    """A fitted model. The subclasses are `Estimate` (a point and its covariance) and `Posterior` (draws).

    Parameters
    ----------
    model : Model
        What was fitted; `model.design` holds the arrays.
    engine : Engine
        The engine with its options.
    diagnostics : mapping
        Engine, why it was chosen, convergence, iterations, rank, boundary, timings.
    call : Call or None
        How the user asked for it; None for a model built by hand.
    """

    model: Model
    engine: Any
    diagnostics: Mapping[str, Any]
    call: Call | None

    @abstractmethod
    def coef(self) -> pd.Series:
        """Return the coefficients of the common terms, by name."""

    @abstractmethod
    def se(self) -> pd.Series:
        """Return the standard errors (posterior: standard deviations) of the coefficients."""

    @abstractmethod
    def vcov(self) -> pd.DataFrame:
        """Return the covariance matrix of the coefficients."""

    @abstractmethod
    def coef_table(self, level: float = 0.95) -> pd.DataFrame:
        """Return the coefficients with their uncertainty, one row for each column of the design."""

    @abstractmethod
    def confint(self, level: float = 0.95) -> pd.DataFrame:
        """Return intervals of the coefficients: lower, upper."""

    @abstractmethod
    def ranef(self, group: str | None = None, *, se: bool = False) -> Any:
        """Return the effects of each level: a dict of tables by grouping factor, or the table of `group`."""

    @abstractmethod
    def varcorr(self) -> pd.DataFrame:
        """Return the variances and correlations of the random effects, the residual last."""

    @abstractmethod
    def fitted(self) -> pd.Series:
        """Return the fitted values, on the data's index."""

    @abstractmethod
    def residuals(self, type: str = "response") -> pd.Series:
        """Return the residuals, on the data's index."""

    @abstractmethod
    def predict(
        self,
        newdata: Any = None,
        type: str = "response",
        *,
        se: bool = False,
        interval: str | None = None,
        level: float = 0.95,
    ) -> pd.Series | pd.DataFrame:
        """Return predicted means, with standard errors and intervals if asked."""

    @abstractmethod
    def tidy(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return one row for each parameter, with broom.mixed's columns."""

    @abstractmethod
    def glance(self) -> pd.DataFrame:
        """Return one row of fit statistics, with broom.mixed's columns."""

    @abstractmethod
    def to_arviz(self) -> Any:
        """Return ArviZ data; of an estimate, with draws of its normal approximation, as many as asked."""

    @abstractmethod
    def summary(self) -> Summary:
        """Return the summary, which prints as text and shows as HTML in a notebook."""

    @abstractmethod
    def check(self) -> Findings:
        """Return in words what is doubtful about this fit, and the remedy."""

    @property
    def formula(self) -> Formula:
        """The formula; `str(fit.formula)` is its text."""
        return self.model.design.formula

    @property
    def family(self) -> Any:
        """The family of the response."""
        return self.model.family

    @property
    def nobs(self) -> int:
        """The number of rows of positive weight, as in R; of a family of outcomes the sum of the weights, as `clm`."""
        weights = self.model.design.weights if self.family.by_count else None
        return self.model.design.nobs if weights is None else round(float(weights.sum()))

    @property
    def converged(self) -> bool:
        """Whether the engine met its tolerance."""
        return bool(self.diagnostics.get("converged", True))

    @property
    def ngrps(self) -> dict[str, int]:
        """The number of levels of each grouping factor."""
        return {block.group: len(block.levels) for block in self.model.design.groups}

    def model_frame(self) -> pd.DataFrame:
        """Return the columns of the data that the formula reads, the rows used only, as R's model frame.

        A response that is no column of the data, such as `log(y)`, comes first, by its label; `.offset` and `.weights`
        come last, where there are any.
        """
        design = in_memory(self, "the frame and the matrix of a model")
        frame, y = design.frame, design.response
        if y is not None and y.trials is None and y.name not in frame:
            frame = pd.concat([pd.Series(y.values, index=frame.index, name=y.name), frame], axis=1)
        given = ((".offset", design.offset), (".weights", design.weights))
        return frame.assign(**{name: values for name, values in given if values is not None})

    def model_matrix(self) -> pd.DataFrame:
        """Return the design matrix of the common terms [rows, p]."""
        design = in_memory(self, "the frame and the matrix of a model")
        return pd.DataFrame(design.common.dense(), index=design.index, columns=list(design.columns))

    def recorded_call(self, purpose: str) -> Call:
        """Return the call, or say that `purpose` needs one."""
        if self.call is None:
            raise ModelError(
                f"{purpose} needs the call that made this fit, and this fit has none: its model was built by hand. "
                "Fit it through an entry point such as `lmer(formula, data)`."
            )
        return self.call

    def update(self, formula: str | None = None, **changes: Any) -> Fit:
        """Return the fit of a changed call, as in `fit.update(". ~ . - x")` or `fit.update(data=new, REML=False)`.

        Parameters
        ----------
        formula : str, optional
            The new formula; a dot stands for what the old formula had on that side.
        **changes
            Arguments of the entry point, checked by name.
        """
        call = self.recorded_call("`update()`")
        if formula is not None:
            if not isinstance(formula, str):
                raise ModelError(f'`update({formula!r})`: write the change as text, such as `update(". ~ . - x")`.')
            changes["formula"] = str(self.formula.update(formula))
        return call.again(**changes)

    @spoken
    def bayes(self, priors: Mapping[str, Any] | None = None, engine: Any = "auto") -> Fit:
        """Return the posterior of the same model: the same call with a sampling engine.

        Parameters
        ----------
        priors : mapping of str to str, optional
            Priors by name; defaults for the rest.
        engine : str or Engine
            "auto" is the first that can: "marginal" for gaussian responses, whose coefficients and effects it
            integrates out, else "nuts".
        """
        call = self.recorded_call("`bayes()`")
        engine = "posterior" if isinstance(engine, str) and engine == "auto" else engine
        restricted = {"REML": True} if "REML" in call.options else {}
        return call.again(engine=engine, priors=priors, **restricted)

    def prior_predictive(self, draws: int = DRAWS, seed: int = 0, *, priors: Any = None) -> PriorPredictive:
        """Return draws of the parameters from their priors and of the responses given them, beside the data.

        Parameters
        ----------
        draws : int
            How many data sets are drawn.
        seed : int
        priors : mapping of str to str, optional
            Priors to try instead of those of the model; of an estimate, which has none, the defaults of `bayes()`.
        """
        in_memory(self, "draws from the prior")
        model = self.model if priors is None else replace(self.model, priors=as_mapping(priors))
        return prior_predictive(model, draws, seed)

    def prior_summary(self) -> pd.DataFrame:
        """Return the priors on the scale of the data: prior, source ("given" or "default") and the default's rule.

        Those of an estimate are what `bayes()` would take.
        """
        in_memory(self, "priors")
        return Frame(prior_summary(self.model))

    def joint_distribution(self, substrate: Any = "auto") -> Any:
        """Return the model as TFP's joint distribution on "jax", "tensorflow", or "auto": JAX if it is there."""
        return self.model.joint_distribution(substrate)

    def code(self) -> str:
        """Return the Python source of the joint distribution; it runs by itself."""
        return self.model.code()

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    def __getattr__(self, name: str) -> Any:
        """Say what R's accessor is called here; reached only by names that are not there."""
        kind = type(self)
        raise AttributeError(
            no_attribute(kind.__name__, name, [*dir(kind), *kind.__dataclass_fields__])
            if not name.startswith("_")
            else name
        )

    def __dir__(self) -> list[str]:
        """Return what users call; what fits use among themselves is left out."""
        return shown(super().__dir__())

    @property
    def coefficients(self) -> pd.Series:
        """`coef()`, as an attribute."""
        return self.coef()

    @property
    def params(self) -> pd.Series:
        """`coef()`, by statsmodels' name."""
        return self.coef()

    @property
    def bse(self) -> pd.Series:
        """`se()`, by statsmodels' name."""
        return self.se()

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Return `confint(1 - alpha)`, by statsmodels' name."""
        return self.confint(1 - alpha)

    def cov_params(self) -> pd.DataFrame:
        """Return `vcov()`, by statsmodels' name."""
        return self.vcov()

    @property
    def fittedvalues(self) -> pd.Series:
        """`fitted()`, by statsmodels' name."""
        return self.fitted()

    @property
    def resid(self) -> pd.Series:
        """`residuals()`, by statsmodels' name."""
        return self.residuals()

    def fixef(self) -> pd.Series:
        """Return `coef()`."""
        return self.coef()

    @property
    def random_effects(self) -> dict[str, pd.DataFrame]:
        """`ranef()`, by statsmodels' name."""
        return self.ranef()

    @property
    def cov_re(self) -> pd.DataFrame:
        """`varcorr()`, by statsmodels' name."""
        return self.varcorr()
