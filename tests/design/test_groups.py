"""Group terms become codes, levels and columns as in lme4."""

import json
import subprocess

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.dataset import load_dataset
from statmodels_tf.design import build
from statmodels_tf.errors import DataError


@pytest.fixture
def data():
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "y": rng.normal(size=60),
            "x": rng.normal(size=60),
            "a": np.repeat(["u", "v", "w"], 20),
            "b": np.tile([10, 2, 3, 2], 15),
            "f": pd.Categorical(np.tile(["lo", "mid", "hi"], 20), categories=["lo", "mid", "hi", "none"]),
        }
    )


def test_integers_sort_as_numbers_and_unused_categories_go(data):
    blocks = build("y ~ 1 + (1|b) + (1|f)", data).groups
    assert blocks[0].levels == ("2", "3", "10")
    assert blocks[0].codes[:4].tolist() == [2, 0, 1, 0]
    assert blocks[1].levels == ("lo", "mid", "hi")
    assert blocks[0].codes.dtype == np.int32 and blocks[0].columns is None


def test_text_sorts_by_code_point(data):
    data["a"] = np.repeat(["b", "B", "é"], 20)
    assert build("y ~ 1 + (1|a)", data).groups[0].levels == ("B", "b", "é")


def test_numbers_that_are_not_whole_may_group(data):
    data["b"] = data["b"] / 4
    assert build("y ~ 1 + (1|b)", data).groups[0].levels == ("0.5", "0.75", "2.5")


def test_integers_far_apart_and_negative(data):
    data["b"] = data["b"].map({10: 2**40, 2: -7, 3: 0})
    block = build("y ~ 1 + (1|b)", data).groups[0]
    assert block.levels == ("-7", "0", "1099511627776")
    assert block.codes[:4].tolist() == [2, 0, 1, 0]


def test_combinations_name_the_first_factor_first(data):
    block = build("y ~ 1 + (1|a:b)", data).groups[0]
    assert block.group == "a:b"
    assert block.levels[:4] == ("u:2", "u:3", "u:10", "v:2")
    names = [f"{a}:{b}" for a, b in zip(data["a"], data["b"], strict=True)]
    assert [block.levels[c] for c in block.codes] == names


def test_combinations_of_many_levels_do_not_need_all_pairs():
    n = 3000
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"y": rng.normal(size=n), "a": rng.permutation(n), "b": rng.permutation(n)})
    block = build("y ~ 1 + (1|a:b)", data).groups[0]
    names = [f"{a}:{b}" for a, b in zip(data["a"], data["b"], strict=True)]
    assert [block.levels[c] for c in block.codes] == names
    assert [tuple(map(int, level.split(":"))) for level in block.levels] == sorted(
        tuple(map(int, level.split(":"))) for level in block.levels
    )


def test_uncorrelated_effects_are_blocks_of_their_own(data):
    blocks = build("y ~ x + (1 + x + f || a)", data).groups
    assert [(b.label, b.effects) for b in blocks] == [
        ("1 | a", ("Intercept",)),
        ("0 + x | a", ("x",)),
        ("0 + f | a", ("f[lo]", "f[mid]", "f[hi]")),
    ]
    np.testing.assert_array_equal(blocks[2].columns.sum(axis=1), 1)


def test_a_column_may_be_effect_and_group_at_once(data):
    made = build("y ~ b + (1|b)", data)
    assert made.columns == ("Intercept", "b")
    assert made.groups[0].levels == ("2", "3", "10")


@pytest.mark.parametrize("formula", ["y ~ x + (1|a)", "y ~ x + (1|b:a)"])
def test_one_level_is_refused(data, formula):
    data["a"], data["b"] = "u", 1
    with pytest.raises(DataError, match="one level") as caught:
        build(formula, data)
    assert "^" in str(caught.value)


def test_an_expression_may_group(data):
    assert build("y ~ 1 + (1|factor(b))", data).groups[0].levels == ("2", "3", "10")
    assert build("y ~ 1 + (1|cut(x, 2))", data).groups[0].group == "cut(x, 2)"


def test_a_matrix_is_no_group(data):
    with pytest.raises(DataError, match="cannot group rows"):
        build("y ~ 1 + (1|poly(x, 2))", data)


def test_a_factor_of_many_levels_left_of_the_bar_is_refused(data):
    data = pd.concat([data] * 30).assign(id=np.arange(1800))
    with pytest.raises(DataError, match="has 1,800 effects that vary by `a`"):
        build("y ~ 1 + (factor(id) | a)", data)


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [
        ([308, 309, 310], [308, 309, 310], "i"),
        ([2, 10, -1], [-1, 2, 10], "i"),
        (np.array([3, 2, 1], dtype=np.uint8), [1, 2, 3], "i"),
        (pd.array([3, None, 1], dtype="Int64"), [1, 3], "i"),
        (pd.Categorical([3, 1, 2], categories=[3, 2, 1]), [3, 2, 1], "i"),
        ([1.5, 0.5, 2.5], [0.5, 1.5, 2.5], "f"),
        ([True, False, True], [False, True], "b"),
        (["3", "2", "10"], ["10", "2", "3"], "O"),
        (pd.Categorical(["3", "1", "2"]), ["1", "2", "3"], "O"),
    ],
)
def test_levels_are_found_by_what_the_column_holds(column, values, kind):
    data = pd.DataFrame({"y": np.arange(6.0) ** 2, "id": pd.concat([pd.Series(column)] * 2, ignore_index=True)})
    made = build("y ~ 1 + (1|id) + (1|factor(id))", data)
    for block in (*made.groups, *made.on(data.iloc[:1]).groups):
        assert block.values.tolist() == values and block.values.dtype.kind == kind
        assert len(block.values) == len(block.levels)


def test_combinations_are_found_by_text(data):
    made = build("y ~ 1 + (1|a:b) + (1|cut(x, 2))", data)
    assert made.groups[0].values[0] == "u:2" and made.groups[1].values.dtype == object


TERMS = [
    "(1|a)", "(x|a)", "(0 + x|a)", "(f|a)", "(0 + f|a)", "(x*f|a)", "(0 + x:f|a)", "(x + I(x^2)|b)", "(1|a:b)",
    "(1|a/b)", "(x|a/f)", "(f - 1|b)", "(poly(x, 2)|a)", "(0 + o|b)", "(o|a)", "(1|a:b:f)", "(x || a)",
]  # fmt: skip
SCRIPT = """
suppressMessages(library(lme4))
given <- jsonlite::fromJSON(file("stdin"))
d <- as.data.frame(given$data)
d$f <- factor(d$f, levels = c("lo", "mid", "hi", "none"))
d$o <- factor(d$o, levels = c("lo", "mid", "hi"), ordered = TRUE)
done <- lapply(given$terms, function(term) {
  r <- lFormula(as.formula(paste("y ~ 1 +", term)), d, control = lmerControl(check.nobs.vs.nRE = "ignore",
                check.nobs.vs.nlev = "ignore"))$reTrms
  lapply(seq_along(r$cnms), function(i) {
    rows <- (r$Gp[i] + 1):r$Gp[i + 1]
    list(group = names(r$cnms)[i], effects = I(r$cnms[[i]]), levels = I(levels(r$flist[[attr(r$flist, "assign")[i]]])),
         probe = I(as.numeric(r$Zt[rows, ] %*% given$probe)))
  })
})
cat(jsonlite::toJSON(done, digits = NA, auto_unbox = TRUE))
"""


@pytest.mark.r
def test_blocks_are_those_of_lme4(data):
    data["o"] = data["f"].astype(str)
    probe = np.random.default_rng(0).normal(size=60)
    given = {"data": {c: data[c].tolist() for c in data}, "terms": TERMS, "probe": probe.tolist()}
    done = subprocess.run(["Rscript", "-e", SCRIPT], input=json.dumps(given), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    data["o"] = pd.Categorical(data["o"], categories=["lo", "mid", "hi"], ordered=True)
    names = str.maketrans("", "", "[]")
    compared = 0
    for term, expected in zip(TERMS, json.loads(done.stdout), strict=True):
        expected = {(e["group"], *e["effects"]): e for e in expected}
        made = build(f"y ~ 1 + {term}", data).groups
        assert len(made) == len(expected), term
        for block in made:
            effects = [e.translate(names).replace("Intercept", "(Intercept)") for e in block.effects]
            r = expected[(block.group, *effects)]
            assert list(block.levels) == r["levels"], term
            columns = np.ones((60, 1)) if block.columns is None else block.columns
            sums = [np.bincount(block.codes, column * probe, minlength=len(block.levels)) for column in columns.T]
            np.testing.assert_allclose(np.ravel(sums, order="F"), r["probe"], atol=1e-12, err_msg=term)
            compared += 1
    assert compared == 20


def test_pastes_nested_levels():
    blocks = build("strength ~ 1 + (1 | batch/cask)", load_dataset("pastes")).groups
    assert [(b.group, len(b.levels)) for b in blocks] == [("cask:batch", 30), ("batch", 10)]


def test_combinations_that_print_alike_are_told_apart():
    data = pd.DataFrame({"a": ["x:y", "x", "q", "r"] * 5, "b": ["z", "y:z", "w", "w"] * 5, "y": np.arange(20.0)})
    made = build("y ~ 1 + (1|a:b)", data)
    assert made.groups[0].levels == ("q:w", "r:w", 'x:"y:z"', '"x:y":z')
    for rows in (data, data.iloc[[1, 0]], data.iloc[[3]]):
        codes = made.on(rows).groups[0].codes
        assert codes.tolist() == [made.groups[0].codes[i] for i in rows.index]
    crossed = made.on({"a": ["x:y"], "b": ["y:z"]}, new_levels="population").groups[0]
    assert crossed.codes.tolist() == [-1]
    with pytest.raises(DataError, match='the level "x:y:y:z"'):
        made.on({"a": ["x:y"], "b": ["y:z"]})


def test_combinations_of_three_factors_are_found_again(data):
    made = build("y ~ 1 + (1|f:a:b)", data)
    block = made.groups[0]
    again = made.on(data.iloc[::-1]).groups[0]
    assert again.codes.tolist() == block.codes[::-1].tolist() and again.levels == block.levels
    names = [":".join(map(str, row)) for row in zip(data["f"], data["a"], data["b"], strict=True)]
    assert [block.levels[c] for c in block.codes] == names
