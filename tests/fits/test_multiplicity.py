"""Adjustments against scipy's distributions, against simulation, and against figures of R."""

import numpy as np
import pytest
from scipy import stats

from statmodels_tf.fits.margins.multiplicity import ADJUSTMENTS, FamilyOfTests, adjusted_p, half_widths, range_cdf

FAMILY = FamilyOfTests(np.full(3, 48.0), 3, 2, np.array([[1, 0.5, -0.5], [0.5, 1, 0.5], [-0.5, 0.5, 1]]))
T = np.array([3.985720848, 1.831277146, -0.107722185])


@pytest.mark.parametrize(("q", "k", "df"), [(3.4, 3, 51), (1.2, 10, 5), (3, 4, np.inf), (8, 6, 30), (2.5, 50, 200)])
def test_the_studentized_range(q, k, df):
    assert range_cdf(q, k, df) == pytest.approx(stats.studentized_range.cdf(q, k, df), abs=1e-11)


def test_the_studentized_range_of_few_degrees_of_freedom():
    # The range of two means is sqrt(2) |t|.
    for df in (1.0, 1.5, 3.0, 7.3):
        for t in (0.5, 2.0, 9.0, 100.0):
            assert range_cdf(np.sqrt(2) * t, 2, df) == pytest.approx(1 - 2 * stats.t.sf(t, df), abs=1e-10)


# p.adjust and emmeans of R 4.2, for the same statistics and 48 degrees of freedom.
P = 2 * stats.t.sf(np.abs(T), 48)
BY_R = {
    "none": P,
    "bonferroni": np.minimum(1, 3 * P),
    "holm": [3 * P[0], 2 * P[1], P[2]],
    "fdr": [3 * P[0], 1.5 * P[1], P[2]],
    "sidak": 1 - (1 - P) ** 3,
    "tukey": [0.000657274459209933, 0.170351791505625, 0.993623772207969],
    "scheffe": stats.f.sf(T**2 / 2, 2, 48),
}


@pytest.mark.parametrize("method", BY_R)
def test_p_values(method):
    np.testing.assert_allclose(adjusted_p(method, T, FAMILY), BY_R[method], rtol=1e-6)


def test_all_pairs_have_the_range_as_their_multivariate_t():
    # The statistics of all pairs of balanced means are jointly t, and their maximum is Tukey's range.
    np.testing.assert_allclose(adjusted_p("mvt", T, FAMILY), adjusted_p("tukey", T, FAMILY), atol=5e-4)
    np.testing.assert_allclose(half_widths("mvt", 0.95, FAMILY), half_widths("tukey", 0.95, FAMILY), rtol=2e-3)


@pytest.mark.parametrize("method", [m for m in ADJUSTMENTS if m not in ("holm", "fdr")])
def test_an_interval_ends_at_zero_where_p_is_one_less_the_level(method):
    half = half_widths(method, 0.95, FAMILY)[0]
    p = adjusted_p(method, np.array([half, 0.1, 0.1]), FAMILY)[0]
    assert p == pytest.approx(0.05, abs=2e-4 if method == "mvt" else 1e-8)


def test_what_cannot_be_estimated_does_not_count():
    family = FamilyOfTests(np.array([48.0, np.nan, 48.0]), 3, 2, FAMILY.correlation)
    t = np.array([T[0], np.nan, T[2]])
    np.testing.assert_allclose(adjusted_p("bonferroni", t, family)[[0, 2]], [2 * P[0], 1.0])
    assert np.isnan(adjusted_p("mvt", t, family)[1])
