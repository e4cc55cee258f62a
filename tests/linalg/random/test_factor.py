"""Every back-end against dense matrices: any pattern, vector effects, weights, singular factors, empty levels."""

import numpy as np
import pytest

from statmodels_tf.errors import EngineError
from statmodels_tf.linalg.random import BACKENDS, Block, cross_products
from statmodels_tf.linalg.random.fill import DenseFill, PairFill, SparseFill

N = 90


def _columns(rng, effects):
    return None if effects == 0 else rng.standard_normal((N, effects))


def _single(rng, effects):
    codes = rng.integers(0, 11, N)
    codes[codes == 4] = 5  # level 4 has no row
    return [Block(codes.astype(np.int32), 11, _columns(rng, effects))]


def _nested(rng, effects):
    fine = rng.integers(0, 14, N)
    middle, top = fine // 2, fine // 6
    return [
        Block(middle, 7, _columns(rng, effects[1])),
        Block(fine, 14, _columns(rng, effects[0])),
        Block(top, 3, _columns(rng, effects[2])),
    ]


def _crossed(rng, effects):
    sizes = (6, 13, 4)[: len(effects)]
    return [
        Block(rng.integers(0, L, N).astype(np.int32), L, _columns(rng, e)) for L, e in zip(sizes, effects, strict=True)
    ]


DESIGNS = {
    "single-1": ("single", lambda r: _single(r, 0)),
    "single-1-column": ("single", lambda r: _single(r, 1)),
    "single-2": ("single", lambda r: _single(r, 2)),
    "single-3": ("single", lambda r: _single(r, 3)),
    "single-4": ("single", lambda r: _single(r, 4)),
    "nested": ("nested", lambda r: _nested(r, (0, 0, 0))),
    "nested-vector": ("nested", lambda r: _nested(r, (2, 3, 1))),
    "nested-vector-top": ("nested", lambda r: _nested(r, (0, 1, 2))),
    "crossed": ("crossed", lambda r: _crossed(r, (0, 0))),
    "crossed-3": ("crossed", lambda r: _crossed(r, (0, 0, 0))),
    "crossed-vector": ("crossed", lambda r: _crossed(r, (2, 2, 0))),
    "crossed-vector-rest": ("crossed", lambda r: _crossed(r, (3, 0, 2))),
    "dense": ("dense", lambda r: _crossed(r, (2, 0, 3))),
}


def _dense(blocks):
    parts = []
    for block in blocks:
        values = np.ones((N, 1)) if block.columns is None else block.columns
        part = np.zeros((N, block.effects, block.levels))
        for a in range(block.effects):
            part[np.arange(N), a, block.codes] = values[:, a]
        parts.append(part.reshape(N, -1))
    return np.concatenate(parts, axis=1)


def _factors(rng, blocks, kind):
    out = []
    for k, block in enumerate(blocks):
        Lambda = np.tril(rng.standard_normal((block.effects, block.effects)))
        if kind == "singular" and k != 1:
            Lambda[-1, -1] = 0.0
        if kind == "zero" and k == 0:
            Lambda[:] = 0.0
        out.append(Lambda)
    return out


@pytest.fixture(params=sorted(DESIGNS))
def problem(request):
    rng = np.random.default_rng(7)
    backend, make = DESIGNS[request.param]
    blocks = make(rng)
    w = rng.uniform(0.2, 3.0, N)
    w[5] = 0.0
    return backend, blocks, w, rng


@pytest.mark.parametrize("kind", ["regular", "singular", "zero"])
@pytest.mark.parametrize("weighted", [False, True])
def test_factor_equals_dense_algebra(problem, kind, weighted):
    backend, blocks, w, rng = problem
    w = w if weighted else None
    products = cross_products(blocks, w, backend=backend)
    Z, weights = _dense(blocks), np.ones(N) if w is None else w
    A = Z.T @ (weights[:, None] * Z)
    factors = _factors(rng, blocks, kind)
    whole = np.zeros_like(A)
    for Lambda, block, where in zip(factors, blocks, products.slices, strict=True):
        whole[where, where] = np.kron(Lambda, np.eye(block.levels))
    M = whole.T @ A @ whole + np.eye(len(A))
    T = whole @ np.linalg.solve(M, whole.T)
    G = A - A @ T @ A
    factor = products.factor(factors)
    close = dict(rtol=1e-9, atol=1e-10)

    assert np.isclose(factor.logdet, np.linalg.slogdet(M)[1], **close)
    given = rng.standard_normal((3, len(A)))
    np.testing.assert_allclose(products.apply(given), given @ A, **close)
    np.testing.assert_allclose(factor.shrink(given), given @ T, **close)
    np.testing.assert_allclose(factor.solve(given), np.linalg.solve(M, given.T).T, rtol=1e-8, atol=1e-9)
    values = rng.standard_normal((N, 2))
    np.testing.assert_allclose(products.rmatvec(values, w), (Z.T @ (weights[:, None] * values)).T, **close)
    np.testing.assert_allclose(products.matvec(given[0]), Z @ given[0], **close)
    np.testing.assert_allclose(factor.leverage(), np.einsum("nq,qr,nr->n", Z, T, Z), **close)
    for k, (block, where) in enumerate(zip(blocks, products.slices, strict=True)):
        shape = (block.effects, block.levels, block.effects, block.levels)
        own = {
            name: np.einsum("ajbj->abj", m[where, where].reshape(shape)) for name, m in (("A", A), ("T", T), ("G", G))
        }
        np.testing.assert_allclose(products.diagonal(k), own["A"], **close)
        np.testing.assert_allclose(factor.traces()[k], own["G"].sum(-1), rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(factor.covariance(k), own["T"], **close)
        np.testing.assert_allclose(factor.shrink(given), given @ T, **close)  # K now stands in for the factor
        for m, other in enumerate(products.slices):
            squares = (A[where, other] ** 2).sum(1).reshape(block.effects, -1).sum(0)
            np.testing.assert_allclose(products.square_sums(k, m), squares, **close)


@pytest.mark.parametrize("kind", ["regular", "singular"])
def test_draws_have_covariance_t(problem, kind):
    """The map from normals to effects is linear, so applying it to the identity gives its covariance exactly."""
    backend, blocks, w, rng = problem
    products = cross_products(blocks, w, backend=backend)
    factors = _factors(rng, blocks, kind)
    identity = np.eye(products.size)
    T = products.factor(factors).shrink(identity)
    for inverted in (False, True):
        factor = products.factor(factors)
        if inverted:
            factor.covariance(len(blocks) - 1)
            factor.traces()
        N_ = factor.draw(identity)
        np.testing.assert_allclose(N_.T @ N_, T, rtol=1e-8, atol=1e-8)


def test_quadratic_of_new_rows(problem):
    """New rows combine levels freely, and leave a factor out where the code is -1."""
    backend, blocks, w, rng = problem
    products = cross_products(blocks, w, backend=backend)
    factor = products.factor(_factors(rng, blocks, "regular"))
    rows, Z = [], []
    for block in blocks:
        codes = rng.integers(-1, block.levels, N)
        columns = None if block.columns is None else rng.standard_normal((N, block.effects))
        rows.append(Block(codes, block.levels, columns))
        part = np.zeros((N, block.effects, block.levels))
        known = codes >= 0
        for a in range(block.effects):
            part[known, a, codes[known]] = 1.0 if columns is None else columns[known, a]
        Z.append(part.reshape(N, -1))
    Z = np.concatenate(Z, axis=1)
    T = factor.shrink(np.eye(products.size))
    np.testing.assert_allclose(factor.quadratic(rows), np.einsum("nq,qr,nr->n", Z, T, Z), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("effects", [(0, 0, 0), (2, 3, 0), (0, 2, 2)])
def test_fills_agree(effects):
    rng = np.random.default_rng(3)
    products = BACKENDS["crossed"](_crossed(rng, effects), None)
    W = rng.standard_normal((*products.A1.shape,))
    W = W + W.transpose(1, 0, 2)
    K = rng.standard_normal((products.coupling.width,) * 2)
    K = K + K.T
    fills = [kind(products.coupling) for kind in (PairFill, DenseFill, SparseFill)]
    reference = [np.tril(fills[1].product(W)), fills[1].quadratic(K)]
    for fill in fills:
        np.testing.assert_allclose(np.tril(fill.product(W)), reference[0], atol=1e-9)
        np.testing.assert_allclose(fill.quadratic(np.tril(K)), reference[1], atol=1e-9)


def test_choice_follows_the_pattern():
    rng = np.random.default_rng(1)
    fine = rng.integers(0, 400, 2000)
    fine[:400] = np.arange(400)
    crossed = Block(rng.integers(0, 40, 2000), 40)
    assert cross_products([Block(fine, 400)]).name == "single"
    assert cross_products([Block(fine, 400), Block(fine // 5, 80)]).name == "nested"
    assert cross_products([Block(fine, 400), crossed]).name == "crossed"
    assert cross_products([Block(fine // 5, 80), crossed]).name == "dense"


@pytest.mark.parametrize(
    ("backend", "count", "said"),
    [
        ("crosed", 2, "Did you mean `crossed`"),
        ("single", 2, "2 grouping factors"),
        ("crossed", 1, "1 grouping factors"),
    ],
)
def test_a_back_end_that_does_not_fit_is_refused(backend, count, said):
    blocks = _crossed(np.random.default_rng(0), (0, 0))[:count]
    with pytest.raises(EngineError, match=said):
        cross_products(blocks, backend=backend)


def test_factors_that_are_not_nested_are_refused_by_the_nested_back_end():
    with pytest.raises(EngineError, match="not nested"):
        cross_products(_crossed(np.random.default_rng(0), (0, 0)), backend="nested")
