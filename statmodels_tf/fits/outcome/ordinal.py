"""The result of a cumulative model, P(Y <= k) = F((theta_k - eta) / exp(s))."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from ...families.thresholds import threshold_map, threshold_names
from ..predict import common_part
from ..words import spoken
from . import tests as outcome_tests
from .estimate import OutcomeEstimate
from .predict import OutcomeRows, own_rows


@dataclass(frozen=True, eq=False, repr=False)
class OrdinalEstimate(OutcomeEstimate):
    """A cumulative model fitted by maximum likelihood: what `glm` returns for the cumulative family.

    The parameters are those of the thresholds (each for every column of `nominal=`), the coefficients of the location
    and those of the log scale, in the order of R's `clm`.

    References
    ----------
    Christensen (2018), Cumulative link models for ordinal regression with the R package ordinal.
    """

    outcome_scales = ("latent", "prob", "cum.prob", "mean.class")

    @property
    def title(self) -> str:
        """What was fitted, as the summary says it."""
        structure = "" if self.family.threshold == "flexible" else f", {self.family.threshold} thresholds"
        return f"Cumulative model, {self.family.link.name} link{structure}"

    @property
    def parts(self) -> dict[str, slice]:
        """The parameters of the thresholds, the location and the log scale."""
        nominal, scale = self.model.predictors.get("nominal"), self.model.predictors.get("scale")
        a = self._mapping.shape[1] * (1 if nominal is None else len(nominal.columns))
        p, q = len(self.model.design.columns), 0 if scale is None else len(scale.columns)
        return {"thresholds": slice(0, a), "coefficients": slice(a, a + p), "log scale": slice(a + p, a + p + q)}

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of all parameters: `Low|Medium`, with nominal effects `Low|Medium:x`; columns for the others.

        A column of the scale that is one of the location too is called `log scale x`.
        """
        cut = threshold_names(self.family.threshold, self.outcomes)
        nominal, scale = self.model.predictors.get("nominal"), self.model.predictors.get("scale")
        if nominal is not None:
            cut = tuple(f"{name}:{column}" for column in nominal.columns for name in cut)
        columns = self.model.design.columns
        spread = () if scale is None else (f"log scale {name}" if name in columns else name for name in scale.columns)
        return (*cut, *columns, *spread)

    @spoken
    def thresholds(self, *, se: bool = False) -> pd.Series:
        """Return the parameters of the thresholds, or their standard errors."""
        values = np.sqrt(np.diag(self.covariance)) if se else self.reported
        at = self.parts["thresholds"]
        return pd.Series(values[at], index=list(self.parameter_names[at]), name="se" if se else "threshold")

    @spoken
    def scale_coef(self, *, se: bool = False) -> pd.Series:
        """Return the coefficients of the log scale, or their standard errors."""
        values = np.sqrt(np.diag(self.covariance)) if se else self.reported
        scale = self.model.predictors.get("scale")
        names = [] if scale is None else list(scale.columns)
        return pd.Series(values[self.parts["log scale"]], index=names, name="se" if se else "log scale")

    @spoken
    def nominal_test(self) -> pd.DataFrame:
        """Return a likelihood-ratio test of each term's effect being the same at every threshold, as ordinal's."""
        return outcome_tests.added_tests(self, "nominal")

    @spoken
    def scale_test(self) -> pd.DataFrame:
        """Return a likelihood-ratio test of each term's effect on the scale being zero, as ordinal's."""
        return outcome_tests.added_tests(self, "scale")

    @property
    def linear_predictor(self) -> np.ndarray:
        """The location [n]: x'beta plus the offset."""
        return common_part(self.model.design.common, self.beta, self.model.design.offset)

    def probabilities(self, rows: OutcomeRows, gradient: bool) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the probabilities [m, K] on some rows, and their gradients [m, K, P] if asked; NaN out of order."""
        eta, theta, log_scale = self._pieces(rows)
        values = {"threshold": theta, "scale": np.exp(log_scale)}
        p = self.family.probabilities(eta, values)
        if not gradient:
            return p, None
        shrink = np.exp(-log_scale)
        cut = (theta - eta[:, None]) * shrink[:, None]
        N, S = _nominal(rows), _scale(rows)
        m, q = cut.shape
        by_threshold = (N[:, None, :, None] * self._mapping[None, :, None, :]).reshape(m, q, -1)
        by_location = np.broadcast_to(-rows.common.dense()[:, None, :], (m, q, rows.common.shape[1]))
        inner = np.concatenate([by_threshold, by_location], axis=2) * shrink[:, None, None]
        steps = np.concatenate([inner, -cut[:, :, None] * S[:, None, :]], axis=2)
        steps = np.exp(self.family.latent.log_density(cut))[:, :, None] * steps
        ends = np.zeros((m, 1, steps.shape[2]))
        return p, np.diff(np.concatenate([ends, steps, ends], axis=1), axis=1)

    def predictors(self, rows: OutcomeRows) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
        """Return the location [m, 1] on some rows, its gradient [m, 1, P], and its name."""
        eta = common_part(rows.common, self.beta, rows.offset)
        gradient = np.zeros((len(eta), 1, len(self.parameters)))
        gradient[:, 0, self.parts["coefficients"]] = rows.common.dense()
        return eta[:, None], gradient, ("location",)

    @property
    def cuts(self) -> tuple[str, ...]:
        """The names of the thresholds: `Low|Medium`."""
        return threshold_names("flexible", self.outcomes)

    def latent(self, rows: OutcomeRows) -> tuple[np.ndarray, np.ndarray]:
        """Return the location [m] less the mean of all thresholds on the rows, over their mean scale, and its gradient.

        As R's emmeans; the scale's mean is that of its logarithm.
        """
        eta, theta, log_scale = self._pieces(rows)
        shrink, parts = np.exp(-log_scale.mean()), self.parts
        gradient = np.zeros((len(eta), len(self.parameters)))
        mean_threshold = np.outer(_nominal(rows).mean(axis=0), self._mapping.mean(axis=0)).ravel()
        gradient[:, parts["thresholds"]] = -shrink * mean_threshold
        gradient[:, parts["coefficients"]] = shrink * rows.common.dense()
        value = shrink * (eta - theta.mean())
        gradient[:, parts["log scale"]] = -np.outer(value, _scale(rows).mean(axis=0))
        return value, gradient

    def surrogate(self, normal: np.ndarray) -> np.ndarray:
        """Return quantile residuals [n] on the scale of the latent variable."""
        log_scale = self._pieces(own_rows(self))[2]
        return self.family.latent.quantile(ndtr(normal)) * np.exp(log_scale)

    @property
    def _mapping(self) -> np.ndarray:
        return threshold_map(self.family.threshold, len(self.outcomes))

    def _pieces(self, rows: OutcomeRows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the location [m], the thresholds [m, K-1] and the log scale [m] on some rows."""
        values = np.nan_to_num(self.parameters, nan=0.0)
        parts = self.parts
        eta = common_part(rows.common, values[parts["coefficients"]], rows.offset)
        T = self._mapping
        theta = _nominal(rows) @ (values[parts["thresholds"]].reshape(-1, T.shape[1]) @ T.T)
        log_scale = _scale(rows) @ values[parts["log scale"]]
        offset = rows.others["scale"][1] if "scale" in rows.others else None
        return eta, theta, log_scale if offset is None else log_scale + offset


def _nominal(rows: OutcomeRows) -> np.ndarray:
    """Return the design [m, J] of the thresholds."""
    return rows.others["nominal"][0].dense() if "nominal" in rows.others else np.ones((len(rows.index), 1))


def _scale(rows: OutcomeRows) -> np.ndarray:
    """Return the design [m, q] of the log scale."""
    return rows.others["scale"][0].dense() if "scale" in rows.others else np.empty((len(rows.index), 0))
