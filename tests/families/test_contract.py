"""What holds of every family that least squares fit, whichever it is: a family registers, and is held to this."""

import numpy as np
import pytest

from statmodels_tf.families import as_family, family_text, rowed
from tests.families.registered import (
    FAMILY,
    NAMES,
    QUASI,
    WEIGHTED,
    case,
    links,
    means,
    observed,
)

BY_VARIANCE = [family for family in [*map(as_family, NAMES), *QUASI] if case(family).by_variance]


@pytest.mark.parametrize("family", [*map(as_family, NAMES), *QUASI], ids=lambda f: family_text(f))
@WEIGHTED
def test_scores_are_half_the_slope_of_the_objective(family, weighted):
    for linked in links(family):
        eta, data = observed(linked, weighted)
        y, a = linked.observations(data)
        work, step = linked.working(eta, y, a), 1e-5 * np.maximum(np.abs(eta), 0.1)
        for k in range(len(eta)):
            row = slice(k, k + 1)
            each = None if a is None else a[row]
            up, down = (linked.working(eta[row] + s * step[row], y[row], each).objective for s in (1, -1))
            expected = -(up - down) / (4 * step[k])
            assert work.score[k] == pytest.approx(expected, rel=1e-5, abs=1e-7), (linked.link.name, k)


@pytest.mark.parametrize("family", BY_VARIANCE, ids=family_text)
@WEIGHTED
def test_working_is_by_definition(family, weighted):
    for linked in links(family):
        eta, data = observed(linked, weighted)
        y, a = linked.observations(data)
        work, w = linked.working(eta, y, a), 1.0 if a is None else a
        mu, slope = linked.link.inverse(eta, np), linked.link.derivative(eta, np)
        np.testing.assert_allclose(work.weight, w * slope**2 / linked.variance(mu), rtol=1e-9)
        np.testing.assert_allclose(work.score, w * (y - mu) * slope / linked.variance(mu), rtol=1e-8, atol=1e-11)
        moved = linked.link.link(mu * 0.9, np)
        change = linked.working(moved, y, a).objective - work.objective
        deviances = linked.deviance(y, mu * 0.9) - linked.deviance(y, mu)
        assert change == pytest.approx(float(np.sum(w * deviances)), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("family", BY_VARIANCE, ids=family_text)
def test_the_deviance_is_nought_at_the_response_and_falls_with_the_score(family):
    mu = means(family)
    np.testing.assert_allclose(family.deviance(mu, mu), 0, atol=1e-14)
    for y in (mu * 1.1, mu * 0.9):
        assert np.all(family.deviance(y, mu) >= 0)
        step = 1e-6 * np.maximum(np.abs(mu), 0.1)
        slope = (family.deviance(y, mu + step) - family.deviance(y, mu - step)) / (2 * step)
        np.testing.assert_allclose(slope, -2 * (y - mu) / family.variance(mu), rtol=1e-5, atol=1e-8)


@FAMILY
def test_where_to_start_is_in_range(family):
    low = case(family).low
    top = 1 - low if means(family).max() < 1 else 50.0
    y = np.array([low, low, 0.3, top])
    for a in (None, np.array([1.0, 2.0, 0.0, 3.0])):
        mu = family.start(y, a)
        assert family.valid(mu) and np.isfinite(family.link.link(mu, np)).all()


@FAMILY
def test_a_mean_out_of_range_has_no_finite_objective(family):
    for linked in links(family):
        for at in (np.nan, -np.inf):
            for a in (None, np.ones(2)):
                objective = linked.working(np.array([1.0, at]), np.array([0.4, 0.4]), a).objective
                assert not np.isfinite(objective), (linked.link.name, at)


@pytest.mark.parametrize("family", [*map(as_family, NAMES), *QUASI], ids=family_text)
def test_a_family_is_made_again_from_its_text(family):
    assert as_family(family_text(family)) == family


@pytest.mark.parametrize(
    ("name", "one", "two"),
    [
        ("negative_binomial", ({"theta": 0.5}, "theta=0.5"), ({"theta": 4.0}, "theta=4.0")),
        ("beta", ({"phi": 3.0}, "phi=3.0"), ({"phi": 40.0}, "phi=40.0")),
        ("tweedie", ({"shape": 1.0}, "power=1.5"), ({"shape": 4.0}, "power=1.2")),
    ],
)
def test_residuals_are_at_the_own_parameters_of_the_values(name, one, two):
    family = as_family(name)
    eta, data = observed(family, True)
    mu, first = family.link.inverse(eta, np), np.arange(len(eta)) < 5
    rows = {key: np.where(first, one[0][key], two[0][key]) for key in one[0]}
    for ask in ("pearson_residuals", "deviance_residuals"):
        expected = [getattr(as_family(f"{name}({text})"), ask)(mu, {}, data) for _, text in (one, two)]
        found = getattr(family, ask)(mu, rows, data)
        np.testing.assert_allclose(found, np.where(first, *expected), rtol=1e-9)
        np.testing.assert_allclose(
            getattr(family, ask)(mu, rowed({k: np.array(v) for k, v in one[0].items()}), data), expected[0], rtol=1e-9
        )
