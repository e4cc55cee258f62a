"""Rows arranged for passes give the sums of the dense matrix, whatever the arrangement and however they are cut."""

from functools import reduce
from operator import add

import numpy as np
import pytest

from statmodels_tf.linalg import Coded, Columns, Dense, Stacked
from statmodels_tf.linalg.arrange import ColumnRows, DenseRows, MappedRows
from statmodels_tf.linalg.arranged import arranged
from statmodels_tf.linalg.cells import CellRows
from statmodels_tf.linalg.columns import in_runs
from statmodels_tf.linalg.normal import triangle_of
from statmodels_tf.linalg.split import SplitRows
from statmodels_tf.transforms.contrasts import indicators

N = 1300
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N, 2))
A, B = RNG.integers(10, size=N).astype(np.int32), RNG.integers(20, size=N).astype(np.int32)
MANY = np.concatenate([np.arange(1010), RNG.integers(1010, size=N - 1010)]).astype(np.int32)
WIDE = np.concatenate([np.arange(300), RNG.integers(300, size=N - 300)]).astype(np.int32)
FIRST = Dense(np.asfortranarray(np.column_stack([np.ones(N), X[:, 0]])))
LAST = Dense(X[:, 1:])
TREATED = indicators(10, first=1, count=9)
W, R, BETA = RNG.random(N), RNG.normal(size=N), RNG.normal(size=3000)
HELMERT = np.linalg.qr(np.column_stack([np.ones(10), RNG.normal(size=(10, 9))]))[0][:, 1:]

NUMERIC = Stacked((FIRST, LAST))
INTERACTION = Stacked((FIRST, Coded(A, TREATED), LAST, Coded(A, HELMERT, X[:, :1].copy()),
                       Coded((A * 20 + B).astype(np.int32), RNG.normal(size=(200, 37)))))  # fmt: skip
ORDERED = Stacked((FIRST, Coded(A, TREATED, X.copy(), RNG.permutation(18)), Coded(B, np.eye(20), X[:, 1:] ** 2)))
LARGE = Stacked((FIRST, Coded(A, TREATED), Coded(MANY, indicators(1010, first=1, count=1009)), LAST))
WHOLE = Stacked((LAST, Coded(MANY, indicators(1010)), Coded(A, TREATED), Coded(B, np.eye(20)[:, 1:], X.copy())))
OTHERS = Stacked((FIRST, Coded(WIDE, RNG.normal(size=(300, 3))), Coded(MANY, RNG.normal(size=(1010, 3)))))
TABLE = RNG.normal(size=(9, N))
TOGETHER = Columns(in_runs([np.broadcast_to(1.0, N), *TABLE]))
SCATTERED = Columns(in_runs([np.broadcast_to(1.0, N), *TABLE[::-1]]))
CASES = {"numeric": (NUMERIC, DenseRows), "together": (TOGETHER, ColumnRows), "scattered": (SCATTERED, ColumnRows),
         "interaction": (INTERACTION, CellRows), "ordered": (ORDERED, CellRows),
         "large": (LARGE, SplitRows), "whole": (WHOLE, SplitRows)}  # fmt: skip


def pieces(rows, cuts):
    """Return the sums of the rows cut at these places, added in order."""
    parts = zip([0, *cuts], [*cuts, N], strict=True)
    return reduce(add, (rows.take(slice(a, b)).normal(W[a:b], R[a:b]) for a, b in parts)).collected()


def dense_of(sums, rows):
    """Return X'WX and X'r of collected sums as arrays."""
    if not isinstance(rows, SplitRows):
        return sums.gram, sums.score
    plan = sums.plan
    effects = plan.to_effects.toarray()
    gram = np.empty((plan.p, plan.p))
    gram[np.ix_(plan.spanned, plan.spanned)] = effects.T @ (sums.diagonal[:, None] * effects)
    gram[np.ix_(plan.spanned, plan.rest)] = effects.T @ sums.between
    gram[np.ix_(plan.rest, plan.spanned)] = gram[np.ix_(plan.spanned, plan.rest)].T
    gram[np.ix_(plan.rest, plan.rest)] = sums.inner
    score = np.empty(plan.p)
    score[plan.spanned], score[plan.rest] = effects.T @ sums.score_levels, sums.score_rest
    return gram, score


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("cuts", [(), (1,), (500, 501, 1000)])
def test_sums_are_those_of_the_dense_matrix(name, cuts):
    columns, kind = CASES[name]
    rows, X = arranged(columns), columns.dense()
    assert isinstance(rows, kind)
    gram, score = dense_of(pieces(rows, cuts), rows)
    np.testing.assert_allclose(gram, X.T @ (W[:, None] * X), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(score, X.T @ R, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", CASES)
def test_products_and_rows_are_those_of_the_dense_matrix(name):
    columns, _ = CASES[name]
    rows, X = arranged(columns), columns.dense()
    np.testing.assert_array_equal(rows.dense(), X)
    np.testing.assert_allclose(rows.matvec(BETA[: X.shape[1]]), X @ BETA[: X.shape[1]], atol=1e-11)
    np.testing.assert_allclose(rows.rmatvec(R), X.T @ R, atol=1e-10)
    some = np.array([3, 17, 1299])
    np.testing.assert_array_equal(rows.take(some).dense(), X[some])


def test_sums_over_other_cells_add_up_once_portable():
    columns, _ = CASES["interaction"]
    some = [arranged(columns.take(rows)) for rows in (np.flatnonzero(A < 4), np.flatnonzero(A >= 4))]
    weights = [W[A < 4], W[A >= 4]]
    both = reduce(add, (part.normal(w, w).portable() for part, w in zip(some, weights, strict=True)))
    X = columns.dense()
    np.testing.assert_allclose(both.gram, X.T @ (W[:, None] * X), rtol=1e-10, atol=1e-10)


def test_without_split_a_large_factor_is_like_the_others():
    rows = arranged(LARGE)
    assert isinstance(arranged(rows, split=False), MappedRows)
    assert not isinstance(arranged(LARGE, split=False), SplitRows)


def test_a_factor_that_is_not_coded_by_indicators_is_not_eliminated():
    rows = arranged(Stacked((FIRST, Coded(MANY, np.triu(np.ones((1010, 1009)))))))
    assert not isinstance(rows, SplitRows)


def test_products_in_single_precision_err_by_its_rounding_only():
    wide = DenseRows(np.asfortranarray(RNG.normal(size=(N, 30))))
    exact, single = wide.normal(W, R), wide.normal(W, R, single=True)
    error = np.abs(single.gram - exact.gram).max() / np.abs(exact.gram).max()
    assert 0 < error < 1e-6
    np.testing.assert_array_equal(single.score, exact.score)


def test_triangles_merge():
    dense = np.column_stack([np.ones(N), X])
    parts = [triangle_of(dense[rows], W[rows], R[rows]) for rows in np.array_split(np.arange(N), [2, 700])]
    factor = reduce(add, parts).factor
    both = np.column_stack([dense * np.sqrt(W)[:, None], R / np.sqrt(W)])
    np.testing.assert_allclose(factor.T @ factor, both.T @ both, rtol=1e-10)


def test_cells_are_only_those_that_occur():
    codes = (np.arange(N) % 40).astype(np.int32)
    pairs = Stacked((Coded(codes, np.eye(40)), Coded((codes * 50).astype(np.int32), np.ones((2000, 1)))))
    assert arranged(pairs).plan.cells == 40
    assert isinstance(arranged(OTHERS), CellRows)


def test_only_scattered_columns_are_gathered():
    assert SCATTERED.scattered and not TOGETHER.scattered
    wide = Columns(in_runs(TABLE[::-1]) + in_runs(RNG.normal(size=(60, N))))
    assert not wide.scattered
