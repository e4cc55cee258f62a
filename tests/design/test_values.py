"""Values that hold arrays compare by identity: the generated comparison of arrays is an error."""

import numpy as np
import pytest

from statmodels_tf.design import build
from statmodels_tf.transforms import Contrast

DATA = {"y": [1.0, 2.0, 4.0, 3.0], "x": [0.5, 1.0, 2.0, 0.0], "f": list("aabb"), "g": list("abab")}


@pytest.fixture
def two():
    return build("y ~ x + f + (1 | g)", DATA), build("y ~ x + f + (1 | g)", DATA)


@pytest.mark.parametrize(
    "part",
    [
        lambda d: d,
        lambda d: d.common,
        lambda d: d.common.blocks[0],
        lambda d: d.common.blocks[1],
        lambda d: d.response,
        lambda d: d.groups[0],
        lambda d: d.spec,
        lambda d: d.on(DATA),
    ],
    ids=["design", "stacked", "dense", "coded", "response", "group", "spec", "new"],
)
def test_arrays_are_never_asked_whether_they_are_equal(two, part):
    one, other = map(part, two)
    assert one == one and one != other
    assert len({one, other}) == 2


def test_contrasts_are_equal_when_their_matrices_are():
    assert Contrast("matrix", np.eye(2)) != Contrast("matrix", np.ones((2, 2)))
    assert Contrast("matrix", np.eye(2)) == Contrast("matrix", np.eye(2))
    assert Contrast("contr.sum") == Contrast("contr.sum") != Contrast("contr.sum", np.eye(2))
    assert len({Contrast("matrix", np.eye(2)), Contrast("matrix", np.eye(2)), Contrast("contr.sum")}) == 2
    assert Contrast("contr.sum") != "contr.sum"
