"""Designs are R's: names, order, values, aliased columns, dropped rows and group levels of every reference fit."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.dataset import load_dataset
from statmodels_tf.design import build

CASES = json.loads((Path(__file__).parent.parent / "golden" / "design" / "designs.json").read_text())
R_NAMES = {"InstEval": {"student": "s", "instructor": "d", "rating": "y"}}


def count(data):
    return pd.Categorical(np.arange(1, len(data) + 1))


PREPARE = {
    "Traffic$w <- 1 + Traffic$day / 92": lambda d: d.assign(w=1 + d["day"] / 92),
    "cbpp$obs <- factor(seq_len(nrow(cbpp)))": lambda d: d.assign(obs=count(d)),
    "sleepstudy$w <- 1 + (sleepstudy$Days %% 3)": lambda d: d.assign(w=1 + d["Days"] % 3),
    "tumors$id <- factor(seq_len(nrow(tumors)))": lambda d: d.assign(id=count(d)),
}


def design(case):
    """Build the design of a case from its data set."""
    data = load_dataset(case["data"]).rename(columns=R_NAMES.get(case["data"], {}))
    if case["prep"]:
        data = PREPARE[case["prep"]](data)
    return build(case["formula"], data, contrasts=case["contrasts"], **case["options"])


def r_name(name):
    """Return R's name of a column: ours without the brackets."""
    bare = re.sub(r"\[([^\[\]]*)\](?=:|$)", lambda m: m[1].replace("True", "TRUE"), name)
    return "(Intercept)" if bare == "Intercept" else bare


def test_all_96_reference_designs_are_here():
    kinds = pd.Series([case["kind"] for case in CASES.values()]).value_counts()
    assert kinds.to_dict() == {"glm": 29, "lm": 26, "lmer": 23, "glmer": 18}
    assert len(CASES) == 96


@pytest.mark.parametrize("name", CASES)
def test_columns_and_values(name):
    case = CASES[name]
    made, expected = design(case), case["matrix"]
    X = made.common
    assert [r_name(column) for column in made.columns] == expected["columns"]
    assert X.shape == (expected["nrow"], len(expected["columns"]))
    assert made.n == expected["nrow"]
    ones = np.ones(made.n)
    scale = np.sqrt(np.array(expected["colsumsq"]) * made.n)  # of a sum, whose terms may cancel
    np.testing.assert_allclose(X.dense(np.arange(5)), expected["head"], rtol=1e-9, atol=1e-9)
    assert np.all(np.abs(X.rmatvec(ones) - expected["colsum"]) <= 1e-9 * scale)
    np.testing.assert_allclose(np.diag(X.gram()), expected["colsumsq"], rtol=1e-9, atol=1e-12)
    assert [r_name(made.columns[j]) for j in made.aliased] == case["aliased"]
    if case["dropped"] is not None:
        assert made.dropped == case["dropped"]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["groups"]])
def test_group_levels(name):
    groups = {}
    for block in design(CASES[name]).groups:
        levels, effects = groups.get(block.group, (block.levels, ()))
        groups[block.group] = levels, (*effects, *map(r_name, block.effects))
    expected = CASES[name]["groups"]
    assert groups.keys() == expected.keys()
    for label, (levels, effects) in groups.items():
        assert len(levels) == expected[label]["n_levels"]
        assert list(levels[:5]) == expected[label]["levels"]
        assert list(effects) == expected[label]["columns"]
