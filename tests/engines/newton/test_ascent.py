"""The ascent ends, and says why, whatever a likelihood gives it."""

import numpy as np
import pytest

from statmodels_tf.engines.newton.ascent import maximise
from statmodels_tf.engines.newton.likelihood import Point


class Given:
    """A likelihood -x'x/2 whose information goes wrong away from the start."""

    start, estimable = np.ones(2), np.arange(2)

    def __init__(self, there, here=1.0):
        self.here, self.there = here, there

    def at(self, x):
        information = np.diag(np.full(2, self.here if np.all(x == self.start) else self.there))
        return Point(float(-0.5 * x @ x), -x, information)


def test_the_maximum_is_found():
    found = maximise(Given(1.0), 1e-12, 10)
    assert found.converged
    np.testing.assert_array_equal(found.parameters, 0)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_information_that_is_not_finite_ends_the_ascent(wrong):
    found = maximise(Given(wrong), 1e-12, 10)
    assert not found.converged
    assert found.message == "no step raises the log-likelihood"
    found = maximise(Given(1.0, wrong), 1e-12, 10)
    assert "not finite at the start" in found.message


def test_information_of_zero_beside_a_huge_score_ends_the_ascent():
    class Steep(Given):
        def at(self, x):
            return Point(0.0, np.full(2, 1e300), np.zeros((2, 2)))

    found = maximise(Steep(1.0), 1e-12, 10)
    assert not found.converged
    assert found.message == "the information gives no step"
