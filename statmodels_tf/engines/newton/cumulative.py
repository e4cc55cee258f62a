"""The likelihood of a cumulative model, P(Y <= k) = F((theta_k - eta) / exp(s)).

With N [n, J] the design of the thresholds (a column of ones, and what is nominal), X that of the location and S that of
the log scale, row i has theta_k = Σ_j N_ij (T a_j)_k, eta = x'beta + offset and s = s'zeta. The parameters are
a_1 .. a_J, beta, zeta, as `ordinal::clm` orders them. A row in category k has the limits u = (theta_k - eta) / exp(s)
and l = (theta_{k-1} - eta) / exp(s), and the log-likelihood log(F(u) - F(l)).

References
----------
Christensen (2018), Cumulative link models for ordinal regression with the R package ordinal.
McCullagh (1980), doi:10.1111/j.2517-6161.1980.tb01109.x.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...families.cumulative import Cumulative
from ...families.latent import Latent
from ...linalg import LinearMap
from .likelihood import CHUNK, Point


@dataclass(frozen=True, eq=False)
class Limits:
    """The log-probability of intervals and its derivatives by their limits [m]; 0 by a limit that is infinite."""

    value: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    upper2: np.ndarray
    lower2: np.ndarray
    mixed: np.ndarray


def limits(latent: Latent, upper: np.ndarray, lower: np.ndarray) -> Limits:
    """Return log(F(u) - F(l)), its first and its second derivatives.

    With p = F(u) - F(l): f(u) / p, -f(l) / p; f'(u) / p - (f(u) / p)², -f'(l) / p - (f(l) / p)², f(u) f(l) / p².
    """
    with np.errstate(all="ignore"):
        value, a, b = latent.rates(upper, lower)
        a_slope = np.where(a > 0, a * latent.slope(upper), 0.0)
        b_slope = np.where(b > 0, b * latent.slope(lower), 0.0)
    return Limits(value, a, -b, a_slope - a * a, -b_slope - b * b, a * b)


@dataclass(frozen=True, eq=False)
class CumulativeLikelihood:
    """The log-likelihood of ordered categories.

    Parameters
    ----------
    family : Cumulative
    y : int array [n]
        Categories 0 .. K-1, all of them there.
    weights : array [n] or None
    location : LinearMap [n, p]
        Without a column of ones.
    offset : array [n] or None
    nominal : array [n, J]
        A column of ones first.
    scale : array [n, q]
        Without a column of ones.
    scale_offset : array [n] or None
    mapping : array [K-1, r]
        T, from the parameters of the thresholds to the thresholds.
    estimable : int array
    """

    family: Cumulative
    y: np.ndarray
    weights: np.ndarray | None
    location: LinearMap
    offset: np.ndarray | None
    nominal: np.ndarray
    scale: np.ndarray
    scale_offset: np.ndarray | None
    mapping: np.ndarray
    estimable: np.ndarray

    @property
    def sizes(self) -> tuple[int, int, int]:
        """The numbers of parameters of the thresholds, the location and the scale."""
        return self.nominal.shape[1] * self.mapping.shape[1], self.location.shape[1], self.scale.shape[1]

    def split(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the thresholds by column of the nominal design [J, K-1], beta and zeta."""
        a, p, _ = self.sizes
        cut = parameters[:a].reshape(-1, self.mapping.shape[1]) @ self.mapping.T
        return cut, parameters[a : a + p], parameters[a + p :]

    @property
    def start(self) -> np.ndarray:
        """The thresholds that give the shares of the categories, as nearly as their structure can; no effects."""
        counts = np.bincount(self.y, self.weights, self.mapping.shape[0] + 1)
        cut = self.family.latent.quantile(np.cumsum(counts)[:-1] / counts.sum())
        first = np.linalg.lstsq(self.mapping, cut, rcond=None)[0]
        if np.any(np.diff(self.mapping @ first) <= 0):
            width = max(float(np.ptp(cut)), 1.0)
            even = np.linspace(-width / 2, width / 2, len(cut)) + float(np.mean(cut))
            first = np.linalg.lstsq(self.mapping, even, rcond=None)[0]
        out = np.zeros(sum(self.sizes))
        out[: len(first)] = first
        return out

    def at(self, parameters: np.ndarray) -> Point:
        """Return value, score and information at the parameters, summed over chunks of rows."""
        P = sum(self.sizes)
        total = Point(0.0, np.zeros(P), np.zeros((P, P)))
        for rows, chunk in self._chunks:
            total = total + self._part(parameters, rows, chunk)
            if not np.isfinite(total.value):
                break
        return total

    def directions(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the derivatives of each row's upper limit and, negative, of its lower one, and whose they are.

        Along a direction on which none of them falls no row's interval shrinks. The scale stays as it is.
        """
        X, N, y, q = self.location.dense(rows), self.nominal[rows], self.y[rows], self.mapping.shape[0]
        out, owners = [], []
        for sign, k in ((1.0, y), (-1.0, y - 1)):
            has = (k >= 0) & (k < q)
            cut = self.mapping[k[has]]
            thresholds = (N[has][:, :, None] * cut[:, None, :]).reshape(len(cut), -1)
            out.append(sign * np.hstack([thresholds, -X[has], np.zeros((len(cut), self.scale.shape[1]))]))
            owners.append(rows[has])
        return np.vstack(out), np.concatenate(owners)

    @cached_property
    def _chunks(self) -> list[tuple[slice, LinearMap]]:
        return list(_chunked(self.location))

    def _part(self, parameters: np.ndarray, rows: slice, X: LinearMap) -> Point:
        theta, beta, zeta = self.split(parameters)
        y, N, S = self.y[rows], self.nominal[rows], self.scale[rows]
        K = self.mapping.shape[0] + 1
        eta = X.matvec(beta) + (0.0 if self.offset is None else self.offset[rows])
        ends = np.hstack([np.full((len(theta), 1), -np.inf), theta, np.full((len(theta), 1), np.inf)])
        if len(theta) == 1:
            upper, lower = ends[0, y + 1] - eta, ends[0, y] - eta
        else:
            with np.errstate(invalid="ignore"):
                upper, lower = (_picked(N, theta, k, K - 1) - eta for k in (y, y - 1))
        scaled = bool(S.shape[1]) or self.scale_offset is not None
        shrink = np.ones(len(y))
        if scaled:
            log_scale = S @ zeta + (0.0 if self.scale_offset is None else self.scale_offset[rows])
            shrink = np.exp(-log_scale)
            upper, lower = upper * shrink, lower * shrink
        at = limits(self.family.latent, upper, lower)
        w = np.ones(len(y)) if self.weights is None else self.weights[rows]
        counted = w > 0
        value = float(w[counted] @ at.value[counted])
        P = sum(self.sizes)
        if not np.isfinite(value):
            return Point(value, np.zeros(P), np.zeros((P, P)))
        local = _local(at, upper, lower, shrink, np.where(counted, w, 0.0), scaled)
        return self._assembled(value, local, y, N, X, S)

    def _assembled(self, value, local, y, N, X, S):
        """Return value, score and information from the derivatives by each row's thresholds, location and log scale."""
        a, p, q = self.sizes
        t, location, log_scale = slice(0, a), slice(a, a + p), slice(a + p, a + p + q)
        J = N.shape[1]
        score, H = np.zeros(a + p + q), np.zeros((a + p + q, a + p + q))
        lift = np.kron(np.eye(J), self.mapping)  # [J (K-1), J r]
        score[t] = lift.T @ _spread(N, y, local["u"], local["l"], self.mapping.shape[0])
        score[location] = X.rmatvec(local["e"])
        H[t, t] = lift.T @ self._threshold_block(N, y, local) @ lift
        cross = self._crossed(N, y, local["ue"], local["le"])
        H[t, location] = lift.T @ X.rmatvec(cross).T
        H[location, location] = X.gram(local["ee"])
        if q:
            score[log_scale] = S.T @ local["s"]
            H[t, log_scale] = lift.T @ self._crossed(N, y, local["us"], local["ls"]).T @ S
            H[location, log_scale] = X.rmatvec(S * local["es"][:, None])
            H[log_scale, log_scale] = (S * local["ss"][:, None]).T @ S
        upper = np.triu_indices(len(H), 1)
        H[upper[1], upper[0]] = H[upper]
        return Point(value, score, -H)

    def _crossed(self, N, y, upper, lower):
        """Return [m, J (K-1)]: each row's derivatives by its upper and its lower threshold, at their places."""
        q = self.mapping.shape[0]
        wide = np.zeros((len(y), q + 2))
        rows = np.arange(len(y))
        wide[rows, y + 1] = upper
        wide[rows, y] = lower
        wide = wide[:, 1:-1]
        return wide if N.shape[1] == 1 else (N[:, :, None] * wide[:, None, :]).reshape(len(y), -1)

    def _threshold_block(self, N, y, local):
        """Return the second derivatives [J (K-1), J (K-1)] by the thresholds: only neighbours meet in a row."""
        q, J = self.mapping.shape[0], N.shape[1]
        block = np.zeros((J, q, J, q))
        for i in range(J):
            for j in range(i + 1):
                both = N[:, i] * N[:, j]
                own = np.bincount(y, both * local["uu"], q + 1)[:q] + np.bincount(y, both * local["ll"], q + 1)[1:]
                pair = np.bincount(y, both * local["ul"], q + 1)[1:q]
                k = np.arange(q)
                for left, right in {(i, j), (j, i)}:
                    block[left, k, right, k] = own
                    block[left, k[1:], right, k[:-1]] = block[left, k[:-1], right, k[1:]] = pair
        return block.reshape(J * q, J * q)


def _chunked(matrix: LinearMap) -> Iterator[tuple[slice, LinearMap]]:
    """Return the rows of a map in chunks, without copying them."""
    n = matrix.shape[0]
    for start in range(0, n, CHUNK):
        rows = slice(start, min(n, start + CHUNK))
        yield rows, matrix.take(rows)


def _picked(N, theta, k, q):
    """Return each row's threshold k [m], infinite beyond the first and the last."""
    inner = np.clip(k, 0, q - 1)
    value = np.einsum("ij,ij->i", N, theta.T[inner])
    return np.where(k < 0, -np.inf, np.where(k >= q, np.inf, value))


def _spread(N, y, upper, lower, q):
    """Return the sums [J (K-1)] of derivatives by the thresholds."""
    return np.concatenate([np.bincount(y, c * upper, q + 1)[:q] + np.bincount(y, c * lower, q + 1)[1:] for c in N.T])


def _local(at, upper, lower, shrink, w, scaled):
    """Return the weighted derivatives [m] by the thresholds u and l, the location e and the log scale s."""
    a, b = w * shrink, w * shrink * shrink
    by_upper, by_lower = at.upper2 + at.mixed, at.lower2 + at.mixed
    out = {
        "u": a * at.upper, "l": a * at.lower, "e": -a * (at.upper + at.lower),
        "uu": b * at.upper2, "ll": b * at.lower2, "ul": b * at.mixed,
        "ue": -b * by_upper, "le": -b * by_lower, "ee": b * (by_upper + by_lower),
    }  # fmt: skip
    if scaled:
        u, low = (np.where(np.isfinite(x), x, 0.0) for x in (upper, lower))
        first = at.upper * u + at.lower * low
        upper_s, lower_s = at.upper2 * u + at.mixed * low, at.lower2 * low + at.mixed * u
        out |= {
            "s": -w * first, "us": -a * (at.upper + upper_s), "ls": -a * (at.lower + lower_s),
            "es": a * (at.upper + at.lower + upper_s + lower_s), "ss": w * (first + u * upper_s + low * lower_s),
        }  # fmt: skip
    return out
