"""A scan of blocks gives the design of the whole table, whatever the blocks."""

from functools import reduce
from operator import add

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.design import build
from statmodels_tf.design.scan import scan
from statmodels_tf.design.table import table
from statmodels_tf.design.used import Given
from statmodels_tf.errors import DataError

N = 300
RNG = np.random.default_rng(3)
DATA = pd.DataFrame(
    {
        "y": RNG.normal(size=N),
        "hit": RNG.integers(0, 2, N),
        "won": RNG.random(N) < 0.4,
        "x": RNG.normal(10, 3, N),
        "z": RNG.exponential(size=N),
        "k": RNG.integers(1, 7, N),
        "s": RNG.choice(["b", "a", "B", "ä", "zz"], N),
        "c": pd.Categorical(RNG.choice(["low", "high", "mid"], N), categories=["low", "mid", "high", "never"]),
        "o": pd.Categorical(RNG.choice(["low", "high", "mid"], N), categories=["low", "mid", "high"], ordered=True),
        "w": RNG.random(N),
        "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 9, N), "D"),
        "five": RNG.choice(["1", "2", "10"], N),
    }
)
DATA.loc[[3, 50, 299], "x"] = np.nan
DATA.loc[[4, 50], "s"] = None
DATA.loc[DATA["s"] == "zz", "z"] = np.nan  # a level that no complete row has, where z is used

FORMULAS = [
    "y ~ x",
    "y ~ 0 + s + x",
    "y ~ s + z",
    "y ~ s * c + x:s",
    "y ~ o + won",
    "won ~ x",
    "s ~ x",
    "y ~ factor(k) + k",
    "y ~ factor(k):x + C(s, sum)",
    "y ~ C(c, contr.sum) + ordered(k)",
    "y ~ relevel(s, 'b') + as.numeric(s == 'a')",
    "y ~ as.numeric(c) + as.numeric(day) + as.numeric(five)",
    "y ~ scale(x) + center(z) + scale(z, FALSE)",
    "y ~ I(x - mean(x)) + I(z / sd(z) / var(x)) + I(x > median(x))",
    "y ~ I(x / max(x) + min(z) + sum(z) + length(z)) + I(x > quantile(x, 0.2))",
    "y ~ poly(x, 3) + poly(z, 2, raw = TRUE)",
    "y ~ poly(x, z, degree = 2)",
    "y ~ scale(log(z)) + scale(center(x)) + scale(poly(x, 1))",
    "y ~ bs(x) + bs(z, df = 5) + ns(x, 3)",
    "y ~ ns(z, knots = c(0.5, 1)) + cs(x, df = 4)",
    "y ~ cut(x, 4) + cut(z, c(0, 1, 3))",
    "y ~ factor(cut(x, 3)) + factor(as.numeric(c))",
    "y ~ interaction(s, k) + paste(c, o)",
    "y ~ dummy(s, 'b') + droplevels(c)",
    "y ~ ifelse(o >= 'mid', x, 0) + offset(scale(z))",
    "cbind(hit, k) ~ x",
    "y | weights(w) ~ x + s",
    "log(z) ~ log(x - 8)",
]


def scanned(formula, size, data=DATA, **how):
    """Return the scan of a table cut into blocks, and the blocks."""
    parts = [table(data.iloc[i : i + size]) for i in range(0, len(data), size)]
    contrasts = how.pop("contrasts", None)

    def total(task, label):
        return reduce(add, map(task, parts))

    return scan(formula, parts[0], total, how=Given(**how), contrasts=contrasts), parts


def flat(state):
    """Return all numbers and texts of a state in order."""
    if isinstance(state, dict):
        return [item for key in sorted(state) for item in flat(state[key])]
    return [item for part in state for item in flat(part)] if isinstance(state, (list, tuple)) else [state]


def same_state(a, b):
    """Return whether two states say the same, numbers to 1e-12."""
    pairs = list(zip(flat(a), flat(b), strict=True))
    return all(x == y if isinstance(x, str) else np.isclose(x, y, rtol=1e-11, atol=1e-11) for x, y in pairs)


def assert_same(found, parts, whole):
    design, spec = found.design, found.design.spec
    assert design.columns == whole.columns
    assert design.levels == whole.levels
    assert design.contrasts == whole.contrasts
    assert spec.formula == whole.spec.formula
    assert spec.variables == whole.spec.variables
    assert spec.states.keys() == whole.spec.states.keys()
    assert all(same_state(spec.states[key], whole.spec.states[key]) for key in spec.states)
    assert spec.columns == whole.spec.columns
    assert spec.specials == whole.spec.specials
    assert (spec.offset, spec.weights, spec.offset_given) == (whole.spec.offset, whole.spec.weights, False)
    assert design.dropped == whole.dropped
    assert design.missing_by == whole.missing_by
    assert design.undefined_by == whole.undefined_by
    assert found.counts.n == whole.n
    coded = [rows for rows in map(found.coder.block, parts) if rows is not None]
    X = np.vstack([rows.common.dense() for rows in coded])
    np.testing.assert_allclose(X, whole.common.dense(), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(np.concatenate([c.response.values for c in coded]), whole.response.values, rtol=1e-14)
    assert {c.response.levels for c in coded} == {whole.response.levels}
    for name in ("weights", "offset"):
        expected = getattr(whole, name)
        if expected is None:
            assert all(getattr(c, name) is None for c in coded)
        else:
            np.testing.assert_allclose(np.concatenate([getattr(c, name) for c in coded]), expected, atol=1e-12)


@pytest.mark.parametrize("size", [7, 100, N])
@pytest.mark.parametrize("formula", FORMULAS)
def test_the_design_is_that_of_the_whole_table(formula, size):
    assert_same(*scanned(formula, size), build(formula, DATA))


def test_blocks_may_be_single_rows():
    data = DATA.iloc[:60]
    assert_same(*scanned("y ~ s * scale(x) + cut(z, 3)", 1, data), build("y ~ s * scale(x) + cut(z, 3)", data))


@pytest.mark.parametrize("size", [40, N])
def test_arguments_about_rows_are_those_of_the_whole_table(size):
    how = {"weights": "w / mean(w)", "offset": "scale(z)", "subset": "x > mean(x) | s == 'a'"}
    contrasts = {"s": "contr.sum"}
    found, parts = scanned("y ~ s + poly(x, 2)", size, contrasts=contrasts, **how)
    assert_same(found, parts, build("y ~ s + poly(x, 2)", DATA, contrasts=contrasts, **how))


def test_own_functions_are_called_block_by_block():
    functions = {"half": lambda v: v / 2}
    assert_same(*scanned("y ~ half(x)", 40, functions=functions), build("y ~ half(x)", DATA, functions=functions))


def test_a_contrast_matrix_may_name_levels_that_are_not_used():
    matrix = np.arange(10.0).reshape(5, 2) ** 1.5
    contrasts = {"s": matrix}
    found, parts = scanned("y ~ s + z", 40, contrasts=contrasts)
    assert_same(found, parts, build("y ~ s + z", DATA, contrasts=contrasts))


def test_rows_of_weight_zero_are_counted_apart():
    found, _ = scanned("y ~ x", 50, weights="ifelse(k == 1, 0, 1)")
    kept = DATA.dropna(subset=["x"])
    assert found.counts.counted == int((kept["k"] != 1).sum())


@pytest.mark.parametrize("name", ["weights", "offset", "subset"])
def test_arrays_are_refused(name):
    with pytest.raises(DataError, match=f'`{name}="..."`'):
        scanned("y ~ x", 50, **{name: np.ones(N)})


def test_what_is_wrong_in_a_late_block_is_said():
    data = DATA.assign(w=np.where(np.arange(N) == 250, -1.0, 1.0))
    with pytest.raises(DataError, match="row 250"):
        scanned("y ~ x", 50, data, weights="w")
    with pytest.raises(DataError, match="no row is complete: something is missing in each of the 300 rows; `q` in 300"):
        scanned("y ~ q", 50, DATA.assign(q=np.nan))
    with pytest.raises(DataError, match="`subset` keeps no row"):
        scanned("y ~ x", 50, subset="x > 1e9")
    with pytest.raises(DataError, match="zero in every row"):
        scanned("y ~ x", 50, weights="0 * k")
    with pytest.raises(DataError, match=r"rank\(\) needs all rows at once"):
        scanned("y ~ rank(x)", 50)


def test_the_response_is_checked_in_every_block():
    data = DATA.assign(hit=np.where(np.arange(N) == 250, 7, DATA["hit"]))
    parts = [table(data.iloc[i : i + 50]) for i in range(0, N, 50)]

    def check(response):
        bad = np.flatnonzero(response.values > 1)
        return f"row {response.index[bad[0]]}" if len(bad) else None

    with pytest.raises(DataError, match="row 250"):
        scan("hit ~ x", parts[0], lambda task, label: reduce(add, map(task, parts)), how=Given(), check=check)


def test_predictions_of_new_rows_code_as_the_whole_design_does():
    formula, new = "y ~ s * scale(x) + as.numeric(c) + factor(k)", DATA.dropna().iloc[:5].drop(columns="y")
    found, _ = scanned(formula, 40)
    expected = build(formula, DATA).on(new).common.dense()
    np.testing.assert_allclose(found.design.on(new).common.dense(), expected, rtol=1e-12)
