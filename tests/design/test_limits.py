"""Censored and truncated responses: what the left side of a formula says, as arrays on the rows used."""

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.design import build
from statmodels_tf.errors import DataError

DATA = pd.DataFrame(
    {
        "y": [1.0, 2, 3, 4, np.nan],
        "x": [1.0, 3, 2, 5, 0],
        "c": ["none", "right", "left", "none", "left"],
        "k": [0, 2, 1, -1, 0],
        "u": [9, 3.0, 9, 9, 9],
        "b": [True, False, True, False, True],
        "z": [0, 0, 0.5, 1, 0],
    }
)


def limits(text):
    return {name: array.tolist() for name, array in build(text, DATA).response.limits.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y ~ x", {}),
        ("y | cens(c) ~ x", {"censored": [0, 1, -1, 0]}),
        ("y | cens(b) ~ x", {"censored": [1, 0, 1, 0]}),
        ("y | cens(k, u) ~ x", {"censored": [0, 2, 1, -1], "until": [2, 3, 4, 5]}),
        ("y | trunc(lower = 0) ~ x", {"lower": [0, 0, 0, 0]}),
        ("y | trunc(lower = z, upper = 2 * 5) ~ x", {"lower": [0, 0, 0.5, 1], "upper": [10, 10, 10, 10]}),
    ],
)
def test_limits_are_arrays_on_the_rows_used(text, expected):
    assert limits(text) == expected


def test_rows_are_taken_with_their_limits():
    response = build("y | cens(k, u) ~ x", DATA).response.take(np.array([1, 3]))
    assert response.values.tolist() == [2, 4]
    assert {n: a.tolist() for n, a in response.limits.items()} == {"censored": [2, -1], "until": [3, 5]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("y | trunc(lower = 2) ~ x", "below its lower bound"),
        ("y | trunc(upper = 2) ~ x", "above its upper bound"),
        ("y | cens(x) ~ x", "`cens()` has 3"),
        ("y | cens(k) ~ x", "write `cens(c, until)`"),
        ("y | cens(k, z) ~ x", "an interval ends at or before"),
        ("y | cens(c) + trunc(lower = 0) ~ x", "at once"),
    ],
)
def test_limits_that_cannot_be_are_refused(text, said):
    with pytest.raises(DataError) as caught:
        build(text, DATA)
    assert said in str(caught.value)


def test_words_that_are_none_are_refused():
    with pytest.raises(DataError, match='"yes"; write "none"'):
        build("y | cens(c) ~ x", DATA.assign(c=["yes"] * 5))
