"""Learning in blocks gives the states of the whole column, whatever the blocks."""

import numpy as np
import pytest

from statmodels_tf.errors import DataError
from statmodels_tf.transforms import REGISTRY
from statmodels_tf.transforms.learner import Learner, learner
from statmodels_tf.transforms.selection import GATHERED, Selection, keys, numbers

RNG = np.random.default_rng(1)
X = np.concatenate([RNG.normal(3, 2, 500), RNG.integers(0, 5, 300), [np.nan, np.nan], RNG.exponential(50, 201)])
RNG.shuffle(X)
Z = RNG.normal(size=len(X)) + 2000

CALLS = [
    ("mean", (), {}),
    ("sum", (), {}),
    ("sd", (), {}),
    ("var", (), {}),
    ("min", (), {}),
    ("max", (), {}),
    ("median", (), {}),
    ("median", (), {"na_rm": False}),
    ("mean", (), {"na_rm": False}),
    ("length", (), {}),
    ("quantile", (0.3,), {}),
    ("quantile", (np.array([0.0, 0.25, 0.999, 1.0]),), {}),
    ("scale", (), {}),
    ("scale", (False,), {}),
    ("scale", (1.5, True), {}),
    ("scale", (), {"scale": False}),
    ("center", (), {}),
    ("poly", (3,), {}),
    ("poly", (), {"degree": 4}),
    ("poly", (Z,), {"degree": 2}),
    ("bs", (), {}),
    ("bs", (), {"df": 6}),
    ("bs", (), {"df": 5, "Boundary_knots": np.array([-20.0, 30.0])}),
    ("bs", (), {"knots": np.array([2.0, 5.0])}),
    ("ns", (4,), {}),
    ("cs", (), {"df": 5}),
    ("cut", (4,), {}),
    ("cut", (np.array([0.0, 10.0, 20.0]),), {}),
]


def by_blocks(name, x, arguments, options, size):
    """Return the state learned from blocks of `size` rows, and how many passes it took."""
    transform, passes = REGISTRY[name], 0

    def block(start):
        rows = slice(start, start + size)
        return [value[rows] if np.shape(value) == np.shape(x) else value for value in (x, *arguments)]

    found = learner(transform, block(0), options)
    while isinstance(found, Learner):
        parts = [found.part(Learner.bound(transform, block(i), options)) for i in range(0, len(x), size)]
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        found, passes = found.after(total), passes + 1
    return found, passes


def flat(state):
    """Return all numbers and texts of a state in order."""
    if isinstance(state, dict):
        return [item for key in sorted(state) for item in flat(state[key])]
    return [item for value in state for item in flat(value)] if isinstance(state, list) else [state]


@pytest.mark.parametrize("size", [7, 100, 5000])
@pytest.mark.parametrize(("name", "arguments", "options"), CALLS)
def test_states_are_those_of_the_whole_column(name, arguments, options, size):
    _, expected = REGISTRY[name].function(X, *arguments, **options, state=None)
    found, _ = by_blocks(name, X, arguments, options, size)
    assert set(found) == set(expected)
    for a, b in zip(flat(found), flat(expected), strict=True):
        assert a == b if isinstance(b, str) else np.isclose(a, b, rtol=1e-12, atol=1e-12, equal_nan=True)


def test_a_mean_far_from_zero_costs_no_digits():
    year = 1.7e9 + RNG.normal(size=3000)
    expected = REGISTRY["scale"].function(year, state=None)[1]
    found, _ = by_blocks("scale", year, (), {}, 100)
    assert found["scale"] == pytest.approx(expected["scale"], rel=1e-12)


def test_what_is_wrong_with_a_call_is_said_as_of_the_whole_column():
    for name, x, arguments in (("poly", np.repeat([1.0, 2.0], 50), (3,)), ("bs", np.ones(90), ()), ("cut", X, (1.5,))):
        with pytest.raises(DataError) as whole:
            REGISTRY[name].function(x, *arguments, state=None)
        with pytest.raises(DataError) as blocks:
            by_blocks(name, x, arguments, {}, 10)
        assert str(blocks.value) == str(whole.value)


def test_rank_needs_all_rows():
    with pytest.raises(DataError, match="column of the data beforehand"):
        learner(REGISTRY["rank"], [X], {})


def test_selection_is_exact_beyond_what_may_be_gathered():
    n = 3 * GATHERED
    x = np.concatenate([RNG.normal(size=n), np.full(n, 7.0), [-1e300, 1e300]])
    ranks = (0, 5, n // 2, n, n + n // 2, len(x) - 1)
    found, passes = Selection.between(x.min(), x.max(), ranks), 0
    while isinstance(found, Selection):
        halves = found.part(x[::2]) + found.part(x[1::2])
        found, passes = found.after(halves), passes + 1
    assert found.tolist() == np.sort(x)[list(ranks)].tolist()
    assert passes <= 5


def test_keys_are_in_the_order_of_the_numbers():
    x = np.array([-np.inf, -1e300, -1.0, -5e-324, 0.0, 5e-324, 1.0, np.inf])
    assert np.all(np.diff(keys(x).astype(object)) > 0)
    assert numbers(keys(x)).tolist() == x.tolist()
