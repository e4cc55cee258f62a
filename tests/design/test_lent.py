"""Columns of large data are used where they lie, and a fit stays as it is whatever is done to the data."""

import pickle

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.design import coding
from statmodels_tf.linalg import Columns, Dense

N, P = 400, 6
NAMES = [f"x{j}" for j in range(P)]
FORMULA = "y ~ " + " + ".join(NAMES) + " + log(abs(x1) + 1) + x2:x3"


def matrix():
    X = np.random.default_rng(0).normal(size=(N, P + 1))
    X[:, P] = X[:, 0].round() ** 2
    return X


def of_columns(X):
    frame = pd.DataFrame({"y": X[:, P]})
    for name, column in zip(NAMES, X.T, strict=False):
        frame[name] = column.copy()
    return frame


def spoil(data):
    """Write over the data in place."""
    if isinstance(data, dict):
        for column in data.values():
            column[:] = -1.0
    else:
        data.loc[5, "x1"] = 7.0
        data.iloc[:, :] = -1.0


FRAMES = {
    "matrix": lambda X: pd.DataFrame(X, columns=[*NAMES, "y"]),
    "dict": lambda X: pd.DataFrame(dict(zip([*NAMES, "y"], X.T, strict=True))),
    "columns": of_columns,
    "rows": lambda X: pd.DataFrame(X, columns=[*NAMES, "y"], copy=False),
    "arrays": lambda X: dict(zip([*NAMES, "y"], X.T.copy(), strict=True)),
}


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(coding, "SPARED", 1)


@pytest.mark.parametrize("name", FRAMES)
def test_the_fit_is_that_of_copies_and_stays_as_it_is(name, monkeypatch):
    make = FRAMES[name]
    wanted = st.glm(FORMULA, make(matrix()), "poisson")
    assert isinstance(wanted.model.design.common, Dense)
    monkeypatch.setattr(coding, "SPARED", 1)
    data = make(matrix())
    fit = st.glm(FORMULA, data, "poisson")
    whole = wanted.model.design.common.dense()
    spoil(data)
    np.testing.assert_array_equal(fit.model.design.common.dense(), whole)
    for got, want in ((fit.coef(), wanted.coef()), (fit.se(), wanted.se()), (fit.fitted(), wanted.fitted()),
                      (fit.residuals("deviance"), wanted.residuals("deviance"))):  # fmt: skip
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-12)
    again = pickle.loads(pickle.dumps(fit.model.design.common))
    np.testing.assert_array_equal(again.dense(), whole)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", ["matrix", "dict", "columns"])
@pytest.mark.skipif(int(pd.__version__.split(".")[0]) < 3, reason="pandas writes to shared memory")
def test_columns_of_a_frame_are_not_copied(name):
    data = FRAMES[name](matrix())
    common = st.lm(FORMULA, data).model.design.common
    assert isinstance(common, Columns)
    assert all(np.shares_memory(common.column(1 + j), data[column].to_numpy()) for j, column in enumerate(NAMES))


@pytest.mark.usefixtures("small")
def test_rows_left_out_are_copied():
    data = FRAMES["matrix"](matrix())
    data.loc[3, "x2"] = np.nan
    fit = st.lm(FORMULA, data)
    whole = fit.model.design.common.dense().copy()
    spoil(data)
    np.testing.assert_array_equal(fit.model.design.common.dense(), whole)
