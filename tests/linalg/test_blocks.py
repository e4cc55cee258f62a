"""Dense, coded and stacked blocks do what the matrix they stand for does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statmodels_tf.linalg import Coded, Columns, Dense, Stacked, coded
from statmodels_tf.linalg.columns import in_runs


def make(rng, kind, n):
    """Return a block of one kind and the matrix it stands for."""
    if kind == "dense":
        values = rng.normal(size=(n, rng.integers(1, 4)))
        return Dense(values), values
    if kind == "columns":  # some of one array, some alone, in any order
        table = rng.normal(size=(8, n))
        columns = [np.broadcast_to(1.0, n), *table[rng.permutation(8)[:3]], *table[2:5], rng.normal(size=n)]
        columns = [columns[j] for j in sorted(rng.permutation(8)[: rng.integers(1, 9)])]
        return Columns(in_runs(columns)), np.column_stack(columns)
    levels, k = rng.integers(2, 6), rng.integers(1, 4)
    codes = rng.integers(levels, size=n).astype(np.int32)
    table = rng.normal(size=(levels, k))
    if kind == "coded":
        return Coded(codes, table), table[codes]
    m = rng.integers(1, 4)
    values = rng.normal(size=(n, m))
    products = (table[codes][:, :, None] * values[:, None, :]).reshape(n, -1)
    if kind == "values":
        return Coded(codes, table, values), products
    order = rng.permutation(k * m)
    return Coded(codes, table, values, order), products[:, order]


def close(got, wanted):
    np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-10)


def indicator(codes, levels):
    return Coded(codes, np.eye(levels))


KINDS = ["dense", "columns", "coded", "values", "ordered"]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    left=st.lists(st.sampled_from(KINDS), min_size=1, max_size=3),
    right=st.lists(st.sampled_from(KINDS), min_size=1, max_size=2),
    n=st.integers(1, 30),
)
def test_every_verb_is_that_of_the_matrix(seed, left, right, n):
    rng = np.random.default_rng(seed)

    def stack(kinds):
        blocks, matrices = zip(*(make(rng, kind, n) for kind in kinds), strict=True)
        return (blocks[0] if len(blocks) == 1 else Stacked(blocks)), np.hstack(matrices)

    (X, A), (Y, B) = stack(left), stack(right)
    w, v, V = rng.uniform(size=n), rng.normal(size=n), rng.normal(size=(n, 2))
    b, W = rng.normal(size=A.shape[1]), rng.normal(size=(A.shape[1], 2))
    rows = rng.integers(n, size=5)
    assert X.shape == A.shape
    close(X.matvec(b), A @ b)
    close(X.matvec(W), A @ W)
    close(X.rmatvec(v), A.T @ v)
    close(X.rmatvec(V), A.T @ V)
    close(X.gram(), A.T @ A)
    close(X.gram(w), A.T @ (w[:, None] * A))
    close(X.cross(Y), A.T @ B)
    close(X.cross(Y, w), A.T @ (w[:, None] * B))
    close(X.cross(X, w), X.gram(w))
    close(X.dense(), A)
    close(X.dense(rows), A[rows])
    close(X.dense(v > 0), A[v > 0])
    close(X.dense(slice(1, None, 2)), A[1::2])
    close(X.take(rows).dense(), A[rows])
    for j in range(A.shape[1]):
        close(X.column(j), A[:, j])
    columns = np.flatnonzero(rng.uniform(size=A.shape[1]) < 0.6)
    close(X.select(columns).dense(), A[:, columns])
    close(X.select(columns).gram(w), A[:, columns].T @ (w[:, None] * A[:, columns]))


def test_columns_of_a_coded_block_stay_coded():
    block = Stacked((Coded(np.arange(6, dtype=np.int32) % 3, np.eye(3)), Dense(np.ones((6, 2)))))
    assert isinstance(block.select(np.array([0, 2])), Coded)
    assert block.select(np.array([], dtype=int)).shape == (6, 0)


def test_many_pairs_of_levels_are_counted_sparsely(monkeypatch):
    rng = np.random.default_rng(1)
    a, b = (indicator(rng.integers(7, size=50).astype(np.int32), 7) for _ in range(2))
    expected = a.dense().T @ b.dense()
    monkeypatch.setattr(coded, "DENSE_PAIRS", 10)
    np.testing.assert_array_equal(a.cross(b), expected)
    w = rng.uniform(size=50)
    np.testing.assert_allclose(a.cross(b, w), a.dense().T @ (w[:, None] * b.dense()))


def test_a_column_beyond_the_last_is_an_error():
    with pytest.raises(IndexError, match="column 3 of 3"):
        Stacked((Dense(np.ones((2, 1))), Dense(np.ones((2, 2))))).column(3)


def test_the_indicator_matrix_is_not_formed():
    n, levels = 200_000, 500
    block = indicator(np.arange(n, dtype=np.int32) % levels, levels)
    np.testing.assert_array_equal(np.diag(block.gram()), np.full(levels, n / levels))
    np.testing.assert_array_equal(block.matvec(np.arange(levels, dtype=float))[:3], [0, 1, 2])


@pytest.mark.parametrize("kind", KINDS)
def test_no_rows_have_all_columns(kind):
    block, matrix = make(np.random.default_rng(0), kind, 3)
    assert block.dense(np.arange(0)).shape == (0, matrix.shape[1])


def test_columns_of_one_array_are_one_run():
    table = np.arange(60.0).reshape(6, 10)
    apart = np.arange(10.0)
    runs = in_runs([np.broadcast_to(1.0, 10), *table[:3], apart, table[5], table[3], table[4]])
    assert [run.shape[1] for run in runs] == [1, 3, 1, 1, 2]
    assert all(np.shares_memory(run, table) for run in (runs[1], runs[3], runs[4]))
    assert not any(run.flags.writeable for run in runs if run.shape[1] > 1)
