"""The result of a multinomial logistic regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import ModelError
from .estimate import OutcomeEstimate
from .predict import OutcomeRows


@dataclass(frozen=True, eq=False, repr=False)
class CategoricalEstimate(OutcomeEstimate):
    """A categorical model fitted by maximum likelihood: what `glm` returns for the categorical family.

    Each outcome but the first has its own coefficients, named `outcome:column`; they are log odds against the first.
    """

    outcome_scales = ("prob",)

    @property
    def title(self) -> str:
        """What was fitted, as the summary says it."""
        return f"Categorical model, log odds against {self.outcomes[0]}"

    @property
    def parts(self) -> dict[str, slice]:
        """All parameters are coefficients."""
        return {"coefficients": slice(0, len(self.parameters))}

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of the coefficients."""
        return self.names

    def coef_frame(self) -> pd.DataFrame:
        """Return the coefficients as a table [outcomes but the first, columns], as nnet's `coef`."""
        columns = list(self.model.design.columns)
        return pd.DataFrame(self.reported.reshape(-1, len(columns)), index=list(self.outcomes[1:]), columns=columns)

    def probabilities(self, rows: OutcomeRows, gradient: bool) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the probabilities [m, K] on some rows, and their gradients [m, K, P] if asked."""
        p = self.family.probabilities(self._eta(rows), {})
        if not gradient:
            return p, None
        m, K = p.shape
        inner = p[:, :, None] * (np.eye(K)[None, :, 1:] - p[:, None, 1:])  # [m, K, K-1]
        X = rows.common.dense()
        return p, (inner[:, :, :, None] * X[:, None, None, :]).reshape(m, K, -1)

    def predictors(self, rows: OutcomeRows) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
        """Return the log odds [m, K-1] against the first outcome, their gradients, and the outcomes."""
        eta, X = self._eta(rows), rows.common.dense()
        gradient = (np.eye(eta.shape[1])[None, :, :, None] * X[:, None, None, :]).reshape(*eta.shape, -1)
        return eta, gradient, self.outcomes[1:]

    def surrogate(self, normal: np.ndarray) -> np.ndarray:
        """Say that there is no latent scale."""
        raise ModelError('outcomes without an order have no latent scale; use residuals("quantile").')

    def _eta(self, rows: OutcomeRows) -> np.ndarray:
        beta = np.nan_to_num(self.parameters, nan=0.0).reshape(len(self.outcomes) - 1, -1)
        eta: np.ndarray = rows.common.matvec(beta.T)
        return eta if rows.offset is None else eta + rows.offset[:, None]
