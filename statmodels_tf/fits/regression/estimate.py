"""Estimates of models without group terms: what `lm` and `glm` return."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from ...errors import ModelError
from ..arguments import count_of, file_path, flag, one_of
from ..arviz_estimate import regression_to_arviz
from ..broom import augment_regression, glance_glm, glance_linear, tidy_regression
from ..check import Findings
from ..predict import Prediction
from ..simulate import simulate_regression
from ..stored.storage import save_fit
from ..table import Summary
from ..words import spoken
from .check import regression_findings
from .inference import RegressionInference
from .influential import InfluenceEstimate
from .linear_figures import LinearFigures, linear_figures
from .own import family_value, own_parameters
from .plotted import PlottedEstimate
from .predict import predict_regression
from .predict_blocks import predicted_blocks
from .residuals import KINDS, partial_residuals, residuals
from .summary import glm_statistics, linear_statistics, regression_summary

__all__ = ["GLMEstimate", "LinearEstimate", "RegressionEstimate"]


@dataclass(frozen=True, eq=False, repr=False)
class RegressionEstimate(RegressionInference, PlottedEstimate, InfluenceEstimate):
    """An estimate of a model without group terms, and the questions it answers."""

    def fitted(self) -> pd.Series:
        """Return the fitted means, on the data's index."""
        return self.by_row(self.means, "fitted")

    @spoken
    def residuals(self, type: str | None = None, *, scaled: bool = False, seed: int = 0) -> Any:
        """Return the residuals, on the data's index.

        Parameters
        ----------
        type : {"deviance", "pearson", "response", "working", "quantile", "partial"}
            As R's; `lm` gives "response" if left out and `glm` "deviance". "quantile" ones are standard normal where
            the model is right (Dunn & Smyth 1996, doi:10.1080/10618600.1996.10474708), and "partial" have a column for
            each term.
        scaled : bool
            Divide by the square root of the dispersion; "quantile" residuals are so already.
        seed : int
            Of the random part that "quantile" residuals of counts have.
        """
        kind = one_of("type", self.usual_residuals if type is None else type, KINDS)
        if kind == "partial":
            return partial_residuals(self)
        values = residuals(self, kind, seed)
        return self.by_row(values / self.sigma if flag("scaled", scaled) and kind != "quantile" else values, "residual")

    @spoken
    def predict(
        self,
        newdata: Any = None,
        type: str = "response",
        *,
        se: bool = False,
        interval: str | None = None,
        level: float = 0.95,
    ) -> pd.Series | pd.DataFrame:
        """Return predicted means, with standard errors and intervals if asked, as R's `predict`.

        Parameters
        ----------
        newdata : table, optional
            Rows to predict; the data of the fit if left out. A row that lacks a value is predicted NaN.
        type : {"response", "link", "terms"}
            The mean, the linear predictor, or the centred part of each term in it (`attrs["constant"]` is the rest).
        se : bool
            Give standard errors; those of the mean by the delta method.
        interval : {None, "confidence", "prediction"}
            An interval for the mean, made on the scale of the linear predictor and mapped to the mean's; or for a new
            response. That of a linear model is exact; that of other families is of responses drawn from the family,
            each at its own draw of the linear predictor. t quantiles where the dispersion is estimated. A new response
            has the weight that the column or expression of `weights=` gives in `newdata`, and weight one where its
            columns are not there or weights were an array.
        level : float
            Coverage.

        Returns
        -------
        Series, or DataFrame with mean, se (and lower, upper)
        """
        return predict_regression(self, newdata, type, se=se, interval=interval, level=level)

    @spoken
    def predict_blocks(
        self,
        newdata: Any,
        type: str = "response",
        *,
        se: bool = False,
        interval: str | None = None,
        level: float = 0.95,
        block_rows: int | None = None,
    ) -> Iterator[pd.Series | pd.DataFrame]:
        """Return an iterator over the predictions of data that need not fit in memory, a block at a time.

        For example `for part in fit.predict_blocks("new/*.parquet"): ...`. The rows are numbered from 0 through.

        Parameters
        ----------
        newdata : path, glob, folder, list of files, pyarrow Dataset, DuckDB relation or Dask DataFrame
        type, se, interval, level
            As in `predict`.
        block_rows : int, optional
            How many rows a block has at most.
        """
        return predicted_blocks(self, newdata, type, block_rows=block_rows, se=se, interval=interval, level=level)

    @spoken
    def get_prediction(self, newdata: Any = None) -> Prediction:
        """Return the prediction by statsmodels' names: `.predicted_mean`, `.se_mean`, `.summary_frame()`."""
        return Prediction(self, newdata, {})

    @spoken
    def simulate(self, n: int = 1, seed: int | np.random.Generator | None = None) -> pd.DataFrame:
        """Return responses drawn from the fitted model [rows, n], as R's `simulate`; a row of weight 0 has none."""
        return simulate_regression(self, count_of("simulate", "n", n), seed)

    @spoken
    def tidy(self, *, level: float = 0.95, exponentiate: bool = False) -> pd.DataFrame:
        """Return one row for each coefficient, with broom's columns.

        Parameters
        ----------
        level : float
            Coverage of conf.low to conf.high.
        exponentiate : bool
            Give exp of the estimates and of the ends of their intervals.
        """
        return tidy_regression(self, level, flag("exponentiate", exponentiate))

    @spoken
    def augment(self) -> pd.DataFrame:
        """Return the model frame with .fitted, .resid, .hat, .sigma, .cooksd and .std.resid, as broom.

        As there, `.fitted` of a `glm` is the linear predictor, and `.resid` its deviance residual.
        """
        return augment_regression(self, self.means if self.usual_residuals == "response" else self.linear_predictor)

    @spoken
    def summary(self, level: float = 0.95, df: str = "residual", *, vcov: Any = None) -> Summary:
        """Return the summary; see `coef_table` for the arguments."""
        return regression_summary(self, level, df, vcov)

    def check(self) -> Findings:
        """Return in words what is doubtful about this fit, and the remedy."""
        return regression_findings(self)

    @spoken
    def to_arviz(self, draws: int | None = None, seed: int = 0) -> Any:
        """Return ArviZ data with `draws` draws of the normal approximation; `attrs` say that it is one.

        Rows of weight 0 have no density and are left out.
        """
        return regression_to_arviz(self, draws, seed)

    def save(self, path: Any) -> None:
        """Write this fit to one file, without pickle; `statmodels_tf.load(path)` reads it."""
        save_fit(self, file_path("save", path), self.deviance)

    def ranef(self, group: str | None = None, *, se: bool = False) -> NoReturn:
        """Say that the model has no random effects."""
        self._no_groups("random effects")

    def varcorr(self) -> NoReturn:
        """Say that the model has no random effects."""
        self._no_groups("variances of random effects")

    def _no_groups(self, asked: str) -> NoReturn:
        raise ModelError(
            f"the model has no group terms, so it has no {asked}. Write one, such as `(1 | g)` with `g` a grouping "
            f'column: `lmer("{self.formula} + (1 | g)", data)`.'
        )


@dataclass(frozen=True, eq=False, repr=False)
class LinearEstimate(RegressionEstimate):
    """A linear model fitted by least squares: what `lm` returns."""

    least_squares = True
    usual_residuals = "response"

    @property
    def title(self) -> str:
        """What was fitted, as the summary says it."""
        return "Linear model"

    @cached_property
    def _figures(self) -> LinearFigures:
        return linear_figures(self)

    @property
    def r_squared(self) -> float:
        """The share of the (weighted) sum of squares that the model explains; about zero without an intercept."""
        return self._figures.r_squared

    @property
    def adj_r_squared(self) -> float:
        """The same, adjusted for the number of coefficients."""
        return self._figures.adj_r_squared

    @property
    def fstatistic(self) -> pd.Series:
        """The F test that all coefficients but the intercept are zero: value, numdf, dendf, p."""
        return pd.Series(self._figures.f, name="F")

    def glance(self) -> pd.DataFrame:
        """Return one row of fit statistics, with broom's columns."""
        return glance_linear(self)

    def statistics(self, vcov: Any = None) -> tuple[str, ...]:
        """Return the lines under the table of the summary, which uses the covariance `vcov`."""
        return linear_statistics(self, vcov)


@dataclass(frozen=True, eq=False, repr=False)
class GLMEstimate(RegressionEstimate):
    """A generalized linear model fitted by maximum likelihood: what `glm` returns."""

    usual_residuals = "deviance"

    @property
    def title(self) -> str:
        """What was fitted, as the summary says it."""
        return f"Generalized linear model, {self.family.name.replace('_', ' ')}, {self.family.link.name} link"

    def family_parameters(self) -> pd.DataFrame:
        """Return the family's own parameters that were estimated (theta, power, phi): estimate, se."""
        return pd.DataFrame.from_dict(own_parameters(self), orient="index", columns=["estimate", "se"])

    @property
    def theta(self) -> float:
        """The theta of a negative binomial model, whose variance is mu + mu² / theta: estimated, or as it was fixed."""
        return family_value(self, "theta")

    @property
    def power(self) -> float:
        """The power of a Tweedie model, whose variance is phi mu^power: estimated, or as it was fixed."""
        return family_value(self, "power")

    @property
    def phi(self) -> float:
        """The precision of a beta model, whose variance is mu (1 - mu) / (1 + phi): estimated, or as it was fixed."""
        return family_value(self, "phi")

    @property
    def pseudo_r_squared(self) -> float:
        """The share of the null deviance that the model explains, 1 - deviance / null deviance."""
        return 1 - self.deviance / self.null_deviance if self.null_deviance > 0 else float("nan")

    def glance(self) -> pd.DataFrame:
        """Return one row of fit statistics, with broom's columns."""
        return glance_glm(self)

    def statistics(self, vcov: Any = None) -> tuple[str, ...]:
        """Return the lines under the table of the summary, which uses the covariance `vcov`."""
        return glm_statistics(self)
