r"""A start from moments, in one pass over the cross-products.

With e the least squares residuals, z_k = Z_k'We and a_kj = tr(A_kk,jj)/l, the quadratic forms sum_j |z_kj|^2 / a_kj
and e'We have expectations that are linear in the variances: with Cov(b_m) = v_m I,

    E sum_j |z_kj|^2 / a_kj = sum_m v_m sum_j |A_km, row j|^2 / a_kj + v_e sum_j l,
    E e'We = sum_m v_m (tr A_mm - tr (X'WX)^{-1} X'WZ_m Z_m'WX) + v_e (n - p).

On the 73,421 ratings of InstEval this lands within one standard error of the optimum. Henderson's (1953) method 1
in spirit.

References
----------
Henderson (1953), Estimation of variance and covariance components, Biometrics 9, 226-252. doi:10.2307/3001853
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import solve_triangular

from .problem import Problem

_LOWEST = 0.01  # smallest relative standard deviation to start from
_HIGHEST = 30.0


def moment_start(problem: Problem) -> tuple[np.ndarray, ...]:
    """Return Lambda_k = theta_k I for each term, on the standardised scale."""
    products, p = problem.products, problem.p
    size = len(products.blocks)
    system, right = np.zeros((size + 1, size + 1)), np.zeros(size + 1)
    z = products.parts(problem.ZtV[-1:])
    traces = [np.einsum("aaL->L", products.diagonal(k)) for k in range(size)]
    for k, block in enumerate(products.blocks):
        held = traces[k] > 0.0
        weight = np.where(held, block.effects / np.where(held, traces[k], 1.0), 0.0)
        right[k] = float(((z[k][0] ** 2).sum(0) * weight).sum())
        system[k, :size] = [float((products.square_sums(k, m) * weight).sum()) for m in range(size)]
        system[k, size] = block.effects * np.count_nonzero(held)
    right[size] = problem.VtV[-1, -1]
    system[size, size] = problem.nobs - p
    whitened = np.zeros((0, products.size))
    if p:
        L = np.linalg.cholesky(problem.VtV[:p, :p])
        whitened = solve_triangular(L, problem.ZtV[:p], lower=True, check_finite=False)
    for m, where in enumerate(products.slices):
        system[size, m] = traces[m].sum() - float((whitened[:, where] ** 2).sum())
    try:
        v = np.linalg.solve(system, right)
    except np.linalg.LinAlgError:
        v = np.ones(size + 1)
    noise = max(float(v[size]), 1e-3 * right[size] / max(problem.nobs, 1))
    theta = np.sqrt(np.clip(v[:size] / noise, _LOWEST**2, _HIGHEST**2))
    return tuple(np.eye(len(T)) * theta[block] for (block, _), T in zip(problem.places, problem.bases, strict=True))
