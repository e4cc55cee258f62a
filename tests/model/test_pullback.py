"""The pullback of each effect is the gradient of its contribution, by central differences."""

import numpy as np
import pytest

from tests.model.cases import CASES, draw, model_of

STEP = 1e-6


def difference(effect, values, adjoint, name, at):
    """Return the central difference of adjoint · contribution by one entry of a parameter."""
    ends = []
    for step in (STEP, -STEP):
        moved = np.array(values[name], dtype=float)
        moved[at] += step
        ends.append(float(adjoint @ np.broadcast_to(effect.contribute({**values, name: moved}, np), adjoint.shape)))
    return (ends[0] - ends[1]) / (2 * STEP)


@pytest.mark.parametrize("case", CASES)
def test_pullback_is_the_gradient_of_the_contribution(case):
    model = model_of(case)
    values = draw(model, 11)
    adjoint = np.random.default_rng(12).normal(size=60)
    for effect in model.effects:
        found = effect.pullback(values, adjoint)
        assert {p.name for p in effect.parameters} <= set(found)
        for name, gradient in found.items():
            assert np.shape(gradient) == np.shape(values[name])
            for at in np.ndindex(np.shape(gradient)):
                expected = difference(effect, values, adjoint, name, at)
                assert np.asarray(gradient)[at] == pytest.approx(expected, rel=1e-6, abs=1e-6)
