"""Columns that depend on earlier ones are found as R's lm finds them."""

import json
import subprocess

import numpy as np
import pytest

from statmodels_tf.design import rank
from statmodels_tf.design.rank import aliased_columns
from statmodels_tf.linalg import Coded, Dense, Stacked


def case(seed):
    """Return a matrix with exact, near and no dependence among its columns, in random order."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(6, 60))
    columns = [np.ones(n), *rng.normal(size=(3, n))]
    columns.append(columns[1] + 2 * columns[2])
    columns.append(columns[3] + 10.0 ** -rng.integers(2, 13) * rng.normal(size=n))
    columns.append(1e6 * columns[1] + columns[2])
    columns.append(np.zeros(n))
    columns.append((rng.integers(3, size=n) == 0).astype(float))
    columns.append(2000.0 + rng.integers(30, size=n))
    columns.append(columns[-1] ** 2)
    return np.column_stack([columns[j] for j in rng.permutation(len(columns))])


@pytest.mark.r
def test_the_rule_is_that_of_lm_fit():
    cases = [case(seed) for seed in range(150)]
    script = """
    given <- jsonlite::fromJSON(file("stdin"), simplifyVector = FALSE)
    done <- lapply(given, function(m) {
      X <- matrix(unlist(m$x), nrow = m$n)
      q <- qr(X, tol = 1e-7)
      I(if (q$rank < ncol(X)) sort(q$pivot[(q$rank + 1):ncol(X)]) - 1L else integer())
    })
    cat(jsonlite::toJSON(done))
    """
    sent = json.dumps([{"x": X.T.ravel().tolist(), "n": len(X)} for X in cases])
    done = subprocess.run(["Rscript", "-e", script], input=sent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    expected = json.loads(done.stdout)
    assert [list(aliased_columns(Dense(X))) for X in cases] == expected
    assert len({len(e) for e in expected}) > 2


def test_more_columns_than_rows():
    X = np.random.default_rng(0).normal(size=(4, 7))
    assert aliased_columns(Dense(X)) == (4, 5, 6)


def test_an_indicator_of_every_level_beside_an_intercept():
    codes = np.arange(20, dtype=np.int32) % 4
    block = Stacked((Dense(np.ones((20, 1))), Coded(codes, np.eye(5))))
    assert aliased_columns(block) == (4, 5)  # the last level's, and that of the level no row has


def test_rows_of_weight_zero_do_not_count():
    X = np.column_stack([np.ones(6), [1, 1, 1, 1, 2, 3]])
    assert aliased_columns(Dense(X)) == ()
    assert aliased_columns(Dense(X), np.array([1, 2, 1, 1, 0, 0.0])) == (1,)


def test_chunks_of_rows_decide_the_same(monkeypatch):
    monkeypatch.setattr(rank, "CHUNK", 5)
    for seed in range(20):
        X = case(seed)
        chunked = aliased_columns(Dense(X))
        monkeypatch.setattr(rank, "CHUNK", 10**6)
        assert aliased_columns(Dense(X)) == chunked
        monkeypatch.setattr(rank, "CHUNK", 5)


def test_years_and_their_squares_are_decided_without_looking_at_the_rows(monkeypatch):
    years = np.random.default_rng(0).integers(1990, 2020, size=10_000).astype(float)
    X = Dense(np.column_stack([np.ones(10_000), years]))
    monkeypatch.setattr(rank, "_triangle", None)
    assert aliased_columns(X) == ()
    squares = Dense(np.column_stack([np.ones(10_000), years - 2000, (years - 2000) ** 2]))
    assert aliased_columns(squares) == ()
