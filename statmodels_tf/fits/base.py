"""What every fit is: a model, the engine that fitted it, how that went, and the call that can be made again."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from ..errors import ModelError
from .words import no_argument, no_attribute

if TYPE_CHECKING:
    from ..formula import Formula
    from ..model import Model
    from .check import Findings
    from .table import Summary


@dataclass(frozen=True, eq=False, repr=False)
class Call:
    """The call that made a fit, so that `update`, `save` and refits can make it again.

    Parameters
    ----------
    function : callable
        The entry point, for example `lmer`.
    formula : str
        The formula as written.
    data : table
        The data as given: pandas, polars, pyarrow or a dict of columns.
    options : mapping of str to value
        The named arguments that were given, defaults left out.
    """

    function: Callable[..., Fit]
    formula: str
    data: Any
    options: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name of the entry point."""
        return self.function.__name__

    def again(self, **changes: Any) -> Fit:
        """Return the fit of the same call with some of its arguments changed, each checked against the entry point."""
        known = inspect.signature(self.function).parameters
        for name in changes:
            if name not in known:
                raise ModelError(no_argument(self.name, name, known))
        return self.function(**{"formula": self.formula, "data": self.data, **self.options, **changes})

    def keeping(self, **changes: Any) -> Call:
        """Return this call with other options on record, nothing being fitted."""
        return replace(self, options={**self.options, **changes})

    def __repr__(self) -> str:
        options = "".join(
            f", {k}={v!r}" if isinstance(v, str | bool) else f", {k}=..." for k, v in self.options.items()
        )
        return f"{self.name}({str(self.formula)!r}, data{options})"


class MixedSystem(Protocol):
    """The mixed model equations at the optimum: what an engine keeps so that a fit can answer for its uncertainty.

    `p` counts the estimable common columns, `l` the effects and `L` the levels of a group term. All variances include
    sigma^2.
    """

    @property
    def estimable(self) -> np.ndarray:
        """The positions of the estimable columns among the design's."""

    def conditional_covariance(self, k: int) -> np.ndarray:
        """Return the covariance [L, l, l] of the effects of group term `k`, given the response and theta."""

    def prediction_variance(self, X: np.ndarray, groups: Sequence[tuple[np.ndarray, np.ndarray | None]]) -> np.ndarray:
        """Return the variance [m] of x'beta_hat + z'(b_hat - b); code -1 stands for a level not seen."""

    def satterthwaite(self, contrasts: np.ndarray) -> np.ndarray:
        """Return Satterthwaite's degrees of freedom [r] of the contrasts [r, p] of the coefficients."""

    def draw(self, rng: np.random.Generator, size: int, vary_theta: bool = False) -> dict[str, Any]:
        """Return draws given the data: `beta` [size, p], `b` (a tuple of [size, L, l]), `sigma` [size], `factors`."""


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
        """The number of observations: the rows used, those of weight 0 left out, as in R's `lm` and `glm`."""
        design = self.model.design
        return len(design.rows) if design.weights is None else int(np.count_nonzero(design.weights))

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
        design = self.model.design
        frame, response = design.frame, design.response
        if response is not None and response.trials is None and response.name not in frame:
            frame = pd.concat([pd.Series(response.values, index=frame.index, name=response.name), frame], axis=1)
        extra = {".offset": design.offset, ".weights": design.weights}
        return frame.assign(**{name: values for name, values in extra.items() if values is not None})

    def model_matrix(self) -> pd.DataFrame:
        """Return the design matrix of the common terms [rows, p]."""
        design = self.model.design
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

    def bayes(self, priors: Mapping[str, Any] | None = None, engine: Any = "nuts") -> Fit:
        """Return the posterior of the same model: the same call with a sampling engine."""
        return self.recorded_call("`bayes()`").again(engine=engine, priors=priors, REML=True)

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

    @property
    def params(self) -> pd.Series:
        """`coef()`, by statsmodels' name."""
        return self.coef()

    @property
    def bse(self) -> pd.Series:
        """`se()`, by statsmodels' name."""
        return self.se()
