"""The likelihood of a categorical model: log(p_k / p_0) = x'beta_k + offset, k = 1 .. K-1.

The score of beta_k is Σ w (1{y = k} - p_k) x, and the information of beta_k and beta_l Σ w p_k (1{k = l} - p_l) x x'.

References
----------
Agresti (2013), Categorical Data Analysis, section 8.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import log_softmax

from ...linalg import LinearMap
from .likelihood import CHUNK, Point


@dataclass(frozen=True, eq=False)
class CategoricalLikelihood:
    """The log-likelihood of unordered categories; its parameters are beta_1, .., beta_{K-1}, one after the other.

    Parameters
    ----------
    y : int array [n]
        Categories 0 .. K-1.
    weights : array [n] or None
    common : LinearMap [n, p]
    offset : array [n] or None
        Added to the linear predictor of each category but the first.
    categories : int
        K.
    columns : int array
        The positions of the estimable columns among the p.
    """

    y: np.ndarray
    weights: np.ndarray | None
    common: LinearMap
    offset: np.ndarray | None
    categories: int
    columns: np.ndarray

    @property
    def estimable(self) -> np.ndarray:
        """The positions of the estimable columns in each category's coefficients."""
        p = self.common.shape[1]
        return np.concatenate([p * k + self.columns for k in range(self.categories - 1)])

    @property
    def start(self) -> np.ndarray:
        """No effects: the likelihood is concave, and any start will do."""
        return np.zeros((self.categories - 1) * self.common.shape[1])

    def at(self, parameters: np.ndarray) -> Point:
        """Return value, score and information at the parameters, summed over chunks of rows."""
        parts = [self._part(parameters, slice(at, at + CHUNK)) for at in range(0, len(self.y), CHUNK)]
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total

    def directions(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the derivatives of eta_y - eta_k, for each row's outcome y and each other k, and whose they are."""
        X, y = self.common.dense(rows), self.y[rows]
        K, p = self.categories, X.shape[1]
        out, owners = [], []
        for k in range(K):
            other = y != k
            block = np.zeros((int(other.sum()), K, p))
            block[np.arange(len(block)), y[other]] = X[other]
            block[:, k] -= X[other]
            out.append(block[:, 1:].reshape(len(block), -1))
            owners.append(rows[other])
        return np.vstack(out), np.concatenate(owners)

    def _part(self, parameters: np.ndarray, rows: slice) -> Point:
        X, y = self.common.take(rows), self.y[rows]
        K, p = self.categories, X.shape[1]
        w = np.ones(len(y)) if self.weights is None else self.weights[rows]
        eta = np.zeros((len(y), K))
        eta[:, 1:] = X.matvec(parameters.reshape(K - 1, p).T)
        if self.offset is not None:
            eta[:, 1:] += self.offset[rows, None]
        logs = log_softmax(eta, axis=1)
        chosen, probability = logs[np.arange(len(y)), y], np.exp(logs)
        residual = -probability
        residual[np.arange(len(y)), y] += 1
        score = X.rmatvec(w[:, None] * residual[:, 1:]).T.ravel()
        information = np.empty((K - 1, p, K - 1, p))
        for k in range(1, K):
            for other in range(1, k + 1):
                gram = X.gram(w * probability[:, k] * ((k == other) - probability[:, other]))
                information[k - 1, :, other - 1] = gram
                information[other - 1, :, k - 1] = gram.T
        value = float(w[w > 0] @ chosen[w > 0])
        return Point(value, score, information.reshape((K - 1) * p, -1))
