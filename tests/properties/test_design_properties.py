"""Designs agree with R's model.matrix on hundreds of random formulas, and do not care how the data are arranged."""

import json
import random
import re
import subprocess

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statmodels_tf.design import build, restore

N = 48
COUNT = 400
COLUMNS = ["x", "z", "f", "g", "o", "t", "b", "k"]
CALLS = [
    "poly(x, 2)", "log(z)", "I(x^2)", "factor(k)", "scale(x)", "bs(x, df = 4)", "ns(z, df = 2)",
    "C(factor(f), contr.sum)",
    "C(factor(g), contr.helmert)", "I(x > 0)", 'relevel(f, ref = "c")', "cut(x, c(-9, -0.5, 0.5, 9))", "as.numeric(o)",
    'I(f == "a")', "I(x * z)", "sqrt(z)", "I(k %in% c(1, 3))", "ordered(k)", "pmin(x, 0.5)", "ifelse(x > 0, z, k)",
    "round(x, 1)", "exp(x)/z", "abs(x)", "I(!b)", "I(b & x > 0)",
]  # fmt: skip


def table(seed=4):
    """Return forty-eight rows with every type of column, holes, and a level that no row has."""
    rng = np.random.default_rng(seed)

    def labels(levels, ordered=False):
        values = rng.choice(levels[:-1], N)
        return pd.Categorical(values, categories=levels, ordered=ordered)

    data = pd.DataFrame(
        {
            "x": rng.normal(size=N).round(4),
            "z": rng.uniform(0.5, 3, size=N).round(4),
            "f": labels(["a", "b", "c", "unused"]),
            "g": labels(["q", "p", "unused"]),
            "o": labels(["lo", "mid", "hi", "top", "unused"], ordered=True),
            "t": rng.choice(["v", "w"], N).astype(object),
            "b": rng.choice([True, False], N).astype(object),
            "k": rng.integers(1, 4, size=N),
        }
    )
    for column, rows in {"x": [3], "z": [11], "f": [20], "t": [31, 32], "b": [40]}.items():
        data.loc[rows, column] = None
    return data


def formulas(seed=7):
    """Return random right sides: sums, interactions, nesting, powers, with and without an intercept."""
    draw = random.Random(seed)

    def variable():
        return draw.choice(CALLS) if draw.random() < 0.3 else draw.choice(COLUMNS)

    def product():
        return ":".join(draw.sample(COLUMNS, 1) + [variable() for _ in range(draw.choice([0, 0, 1, 1, 2]))])

    def piece():
        kind = draw.random()
        if kind < 0.45:
            return product()
        if kind < 0.6:
            return f"{variable()} * {variable()}"
        if kind < 0.7:
            return f"{variable()}/{variable()}"
        if kind < 0.8:
            return f"({draw.choice(COLUMNS)} + {variable()})^2"
        if kind < 0.87:
            return f"{draw.choice(COLUMNS)} %in% {draw.choice(COLUMNS)}"
        return variable()

    made = []
    for _ in range(COUNT):
        pieces = [piece() for _ in range(draw.choice([1, 1, 2, 2, 3]))]
        pieces.insert(0, draw.choice(["1", "1", "0", "-1"]))
        text = " + ".join(pieces)
        if draw.random() < 0.2:
            # Only columns without holes: R also drops rows for a variable that was taken out again.
            text += f" - {draw.choice(['g', 'o', 'k'])}"
        made.append("~ " + text.replace("+ -", "-"))
    return made


SCRIPT = """
library(splines)
given <- jsonlite::fromJSON(file("stdin"), simplifyVector = FALSE)
col <- function(name) sapply(given$data[[name]], function(v) if (is.null(v)) NA else v)
d <- data.frame(x = col("x"), z = col("z"), f = factor(col("f"), levels = c("a", "b", "c", "unused")),
  g = factor(col("g"), levels = c("q", "p", "unused")),
  o = factor(col("o"), levels = c("lo", "mid", "hi", "top", "unused"), ordered = TRUE),
  t = col("t"), b = col("b"), k = as.integer(col("k")), stringsAsFactors = FALSE)
probe <- matrix(unlist(given$probe), ncol = 2)
done <- lapply(given$formulas, function(text) tryCatch({
  frame <- model.frame(as.formula(text), d, drop.unused.levels = TRUE)
  X <- model.matrix(terms(frame), frame)
  rows <- as.integer(rownames(X))
  fit <- if (ncol(X)) lm.fit(X, probe[rows, 1]) else list(coefficients = numeric())
  list(columns = I(colnames(X)), rows = I(rows), probe = I(as.numeric(crossprod(X, probe[rows, , drop = FALSE]))),
       aliased = I(colnames(X)[is.na(fit$coefficients)]))
}, error = function(e) list(error = conditionMessage(e))))
cat(jsonlite::toJSON(done, digits = NA, auto_unbox = TRUE))
"""


def r_name(name):
    """Return R's name of a column: ours without the brackets."""
    bare = re.sub(r"\[([^\[\]]*\]?)\](?=:|$)", lambda m: {"True": "TRUE", "False": "FALSE"}.get(m[1], m[1]), name)
    return "(Intercept)" if bare == "Intercept" else bare


@pytest.mark.r
def test_random_formulas_against_model_matrix():
    data, texts = table(), formulas()
    probe = np.random.default_rng(0).normal(size=(N, 2))
    columns = {name: [None if pd.isna(v) else v for v in data[name].tolist()] for name in data}
    sent = json.dumps({"data": columns, "formulas": texts, "probe": probe.T.ravel().tolist()})
    done = subprocess.run(["Rscript", "-e", SCRIPT], input=sent, capture_output=True, text=True, check=True)
    compared = 0
    for text, r in zip(texts, json.loads(done.stdout), strict=True):
        if "error" in r:
            continue
        made = build(text, data)
        assert [r_name(c) for c in made.columns] == r["columns"], text
        np.testing.assert_array_equal(made.rows + 1, r["rows"], err_msg=text)
        ours = made.common.rmatvec(probe[made.rows]).T.ravel()
        np.testing.assert_allclose(ours, r["probe"], rtol=1e-9, atol=1e-9, err_msg=text)
        assert [r_name(made.columns[j]) for j in made.aliased] == r["aliased"], text
        compared += 1
    assert compared >= 380


FORMULA = "y ~ poly(x, 2) + f * scale(z) + b:o + t + (1 + x + f | g) + (0 + z || t:k)"


def with_response(seed=4):
    data = table(seed)
    data["y"] = np.random.default_rng(seed).normal(size=N)
    return data


def same(one, other, rows=None):
    """The two designs hold the same numbers, `rows` of one being those of the other."""
    rows = np.arange(other.n) if rows is None else rows
    assert one.columns == other.columns and one.aliased == other.aliased and one.levels == other.levels
    np.testing.assert_allclose(one.common.dense()[rows], other.common.dense(), atol=1e-12)
    np.testing.assert_array_equal(one.response.values[rows], other.response.values)
    for a, b in zip(one.groups, other.groups, strict=True):
        assert (a.label, a.levels, a.effects) == (b.label, b.levels, b.effects)
        np.testing.assert_array_equal(a.codes[rows], b.codes)
        assert (a.columns is None) == (b.columns is None)
        if a.columns is not None:
            np.testing.assert_allclose(a.columns[rows], b.columns, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(N)))
def test_the_order_of_rows_changes_only_their_order(order):
    data = with_response()
    made, moved = build(FORMULA, data), build(FORMULA, data.iloc[list(order)])
    places = {row: i for i, row in enumerate(made.index)}
    same(made, moved, np.array([places[row] for row in moved.index]))


@settings(max_examples=25, deadline=None)
@given(st.permutations(["x", "z", "f", "g", "o", "t", "b", "k", "y", "extra"]))
def test_the_order_of_columns_and_others_beside_them_change_nothing(order):
    data = with_response().assign(extra=[object()] * N)
    same(build(FORMULA, data), build(FORMULA, data[list(order)]))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), rows=st.lists(st.integers(0, N - 1), min_size=1, max_size=10))
def test_new_data_repeat_the_columns_of_the_same_rows(seed, rows):
    data = with_response(seed)
    made = build(FORMULA, data)
    new = made.on(data.drop(columns="y").iloc[rows], new_levels="population")
    kept = {position: i for i, position in enumerate(made.rows)}
    assert new.missing.tolist() == [row not in kept for row in rows]
    good = [i for i, row in enumerate(rows) if row in kept]
    places = [kept[rows[i]] for i in good]
    np.testing.assert_allclose(new.common.dense()[good], made.common.dense()[places], atol=1e-12)
    for a, b in zip(new.groups, made.groups, strict=True):
        np.testing.assert_array_equal(a.codes[good], b.codes[places])
        if b.columns is not None:
            np.testing.assert_allclose(a.columns[good], b.columns[places], atol=1e-12)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000))
def test_a_design_is_restored_from_its_specification(seed):
    data = with_response(seed)
    made = build(FORMULA + " + offset(z)", data, weights="k", subset="x > -1.5", contrasts={"f": "sum"})
    again = restore(made.spec, made.frame, weights=made.weights, offset=made.offset)
    same(made, again)
    np.testing.assert_array_equal(again.common.dense(), made.common.dense())
    assert (again.dropped, again.contrasts, again.terms) == (made.dropped, made.contrasts, made.terms)
    np.testing.assert_array_equal(again.offset, made.offset)
