"""Bases, contrasts, cuts and scales are R's."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from statmodels_tf.transforms import REGISTRY
from statmodels_tf.transforms.contrasts import helmert, polynomial, sum_to_zero, treatment

GOLDEN = json.loads((Path(__file__).parent.parent / "golden" / "transforms.json").read_text())
X, NEW = np.array(GOLDEN["x"]), np.array(GOLDEN["new"])
VALUES = {"TRUE": True, "FALSE": False, "0": 0, "x": X}


def call(text, x, state=None):
    """Run the R call `text` with our function on `x`."""
    node = ast.parse(text.replace("Boundary.knots", "Boundary_knots").replace("include.lowest", "include_lowest")).body[
        0
    ]

    def value(part):
        if isinstance(part, ast.Call):
            return [value(a) for a in part.args]
        if isinstance(part, ast.BinOp):
            return value(part.left) / value(part.right)
        if isinstance(part, ast.Name):
            return x if part.id == "x" else VALUES[part.id]
        return part.value

    transform = REGISTRY[node.value.func.id]
    options = {k.arg: value(k.value) for k in node.value.keywords}
    assert transform.stateful
    return transform.function(x, *(value(a) for a in node.value.args[1:]), **options, state=state)


@pytest.mark.parametrize("case", GOLDEN["bases"], ids=lambda c: c["call"])
def test_basis_and_its_continuation(case):
    basis, state = call(case["call"], X)
    np.testing.assert_allclose(basis.values, np.reshape(case["at_x"], basis.values.shape), rtol=0, atol=1e-11)
    again, kept = call(case["call"], NEW, state)
    assert kept is state
    np.testing.assert_allclose(again.values, np.reshape(case["at_new"], again.values.shape), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("case", GOLDEN["contrasts"], ids=lambda c: str(c["levels"]))
def test_contrasts(case):
    levels = tuple("abcdefgh"[: case["levels"]])
    for name, coding in {"treatment": treatment, "sum": sum_to_zero, "helmert": helmert, "poly": polynomial}.items():
        matrix, columns = coding(levels)
        np.testing.assert_allclose(matrix, np.reshape(case[name], matrix.shape), rtol=0, atol=1e-14)
        assert len(columns) == matrix.shape[1]
    assert polynomial(levels)[1] == tuple(np.atleast_1d(case["names"]))


@pytest.mark.parametrize("case", GOLDEN["cuts"], ids=lambda c: c["call"])
def test_cut(case):
    factor, _ = call(case["call"], X)
    assert list(factor.levels) == case["levels"]
    assert [None if c < 0 else c + 1 for c in factor.codes.tolist()] == case["codes"]


def test_scale():
    scale = REGISTRY["scale"].function
    for options, expected in (({}, "both"), ({"center": False}, "no_centre"), ({"scale": False}, "centre")):
        np.testing.assert_allclose(scale(X, **options)[0], GOLDEN["scale"][expected], rtol=1e-14)


def test_natural_splines_by_value_at_the_knots():
    cs = REGISTRY["cs"].function
    knots = [3.0, 5.0, 6.5]
    whole, state = cs(X, knots=knots, intercept=True)
    np.testing.assert_allclose(whole.values.sum(axis=1), 1)
    at_knots, _ = cs(np.array([X.min(), *knots, X.max()]), knots=knots, intercept=True, state=state)
    np.testing.assert_allclose(at_knots.values, np.eye(5), atol=1e-14)
    natural, _ = REGISTRY["ns"].function(X, knots=knots, intercept=True)
    joined = np.hstack([whole.values, natural.values])
    assert np.linalg.matrix_rank(joined, tol=1e-9) == 5
    beyond, _ = cs(np.array([9.0, 10.0, 11.0]), knots=knots, intercept=True, state=state)
    np.testing.assert_allclose(np.diff(beyond.values, n=2, axis=0), 0, atol=1e-12)
