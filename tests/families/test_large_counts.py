"""Log-likelihoods of counts keep their digits from zero to 1e15.

The expected numbers were made by mpmath with 60 digits from the definitions: y log(mu) - mu - log Γ(y + 1);
log Γ(y + θ) - log Γ(θ) - log Γ(y + 1) + y log(mu / θ) - (y + θ) log(1 + mu / θ);
log Γ(m + 1) - log Γ(y + 1) - log Γ(m - y + 1) + y log(mu) + (m - y) log(1 - mu).
"""

import numpy as np
import pytest

from statmodels_tf.families import Binomial, NegativeBinomial, Poisson

POISSON = [
    (0, 2.5, -2.5),
    (1, 1, -1.0),
    (1, 1e-09, -20.72326583794641),
    (3, 2.9, -1.49762725825077),
    (7, 30.0, -14.716779689430327),
    (0.3, 1.7, -1.4326367151734885),
    (1e6, 1001000.0, -8.326360811986977),
    (1e12, 1000001500000.0, -15.859447966170295),
    (1e12, 3e12, -901387711346.6248),
    (1e15, 999999960000000.0, -18.98832675199335),
]
NEGATIVE_BINOMIAL = [
    (0, 2.5, 1.5, -1.4712438795175893),
    (1, 1, 1.5, -1.2770640594149767),
    (3, 2.9, 0.02, -5.101173106244361),
    (7, 30.0, 4.0, -4.6489149118810795),
    (3, 3.1, 1e8, -1.4975531497047532),
    (1e6, 1001000.0, 2.0, -14.42921819550972),
    (1e12, 1000001500000.0, 1000.0, -25.096165344597704),
    (1e12, 3e12, 0.7, -29.14392275861858),
    (7e3, 2e12, 78.0, -1447.867116441552),
    (2, 5e10, 1e6, -10819771.34637535),
    (1e15, 999999960000000.0, 1000.0, -32.00392062195615),
    (1e12, 1000001000000.0, 1e8, -19.339719270424382),
]
BINOMIAL = [
    (0, 1, 0.25, -0.2876820724517809),
    (3, 7, 0.4, -1.2368266291970142),
    (7, 7, 0.999, -0.00700350233508474),
    (2, 1000, 1e-07, -19.114928224850885),
    (5e5, 1e6, 0.501, -9.133550881637534),
    (4e11, 1e12, 0.4000003, -14.20839088206833),
    (1e12, 3e12, 0.3, -7780187333.494017),
    (6e14, 1e15, 0.60000001, -17.68310188849915),
    (1e15 - 3, 1e15, 1 - 2.0**-50, -3.0356857881879216),
]


@pytest.mark.parametrize(("y", "mu", "expected"), POISSON)
def test_poisson(y, mu, expected):
    assert Poisson().loglik(np.array([y]), np.array([mu]), None, {})[0] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(("y", "mu", "theta", "expected"), NEGATIVE_BINOMIAL)
def test_negative_binomial(y, mu, theta, expected):
    found = NegativeBinomial(theta=theta).loglik(np.array([y]), np.array([mu]), None, {})[0]
    assert found == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(("y", "m", "mu", "expected"), BINOMIAL)
def test_binomial(y, m, mu, expected):
    m = np.array([m])
    found = Binomial().loglik(y / m, np.array([mu]), m, {"trials": m})[0]
    assert found == pytest.approx(expected, rel=1e-10 if m[0] > 1e9 else 1e-14)


def test_theta_held_at_any_size_gives_a_deviance_with_its_digits():
    # 2 (y log(y / mu) - (y + θ) log((y + θ) / (mu + θ))) of y = 1e12, mu = 2e12 and θ = 3, by mpmath with 60 digits.
    assert NegativeBinomial(theta=3.0).deviance(1e12, 2e12) == pytest.approx(1.158883083357422, rel=1e-14)
