"""Profile-likelihood intervals against those stored of R, and against maximisation by brute force."""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from scipy import optimize, stats

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from tests.engines.regression_golden import GLM, LM, fit_of, golden, numbers, results_of

PROFILED = [case for case in GLM if "confint_profile" in golden(case)["results"]]
Z = stats.norm.ppf(0.975)


def test_seven_profiles_are_stored():
    assert len(PROFILED) == 7


@pytest.mark.parametrize("case", PROFILED)
def test_profile_intervals_are_mass(case):
    """R interpolates by splines: within 2e-3 of the interval's width."""
    table, stored = fit_of(case).confint(method="profile"), results_of(case)["confint_profile"]
    lower, upper = numbers(stored["lower"]), numbers(stored["upper"])
    assert np.max(np.abs(table["lower"] - lower) / (upper - lower)) < 2e-3
    assert np.max(np.abs(table["upper"] - upper) / (upper - lower)) < 2e-3


@pytest.mark.parametrize("case", LM)
def test_the_profile_of_a_linear_model_is_exact(case):
    table, stored = fit_of(case).confint(method="profile"), results_of(case)["confint_t"]
    np.testing.assert_allclose(table, np.transpose([numbers(stored["lower"]), numbers(stored["upper"])]), rtol=1e-9)


CASES = {
    "logit": ("vs ~ wt + am", "binomial", {}),
    "probit": ("am ~ wt", "binomial", {"link": "probit"}),
    "counts": ("carb ~ wt + offset(log(hp)) + factor(cyl)", "poisson", {"weights": "gear"}),
    "gamma": ("mpg ~ wt + hp", "Gamma", {"link": "log"}),
    "quasi": ("carb ~ wt", "quasipoisson", {}),
    "aliased": ("carb ~ wt + I(2 * wt) + am", "poisson", {}),
}


@pytest.mark.parametrize("case", CASES)
def test_ends_are_where_the_refit_with_an_offset_has_lost_enough(case):
    formula, family, options = CASES[case]
    cars = st.load_dataset("mtcars")
    fit = st.glm(formula, cars, family, **options)
    table = fit.confint(method="profile")
    assert list(table.index[table["lower"].isna()]) == (["I(2 * wt)"] if case == "aliased" else [])
    X = fit.model_matrix()
    for name, end in table.dropna().stack().items():
        held = cars.assign(held=end * X[name[0]].to_numpy())
        # "Without the column" is written by the columns that are left, so that factors keep their coding.
        left = [c for c in X.columns if c != name[0] and not np.isnan(fit.coef()[c])]
        columns = {f"c{j}": X[c].to_numpy() for j, c in enumerate(left)}
        offset = " + offset(log(hp))" if "offset" in formula else ""
        refit = st.glm(
            f"{formula.split('~')[0]} ~ 0 + {' + '.join(columns)} + offset(held){offset}",
            held.assign(**columns),
            family,
            **options,
        )
        assert np.sqrt((refit.deviance - fit.deviance) / fit.dispersion) == pytest.approx(Z, abs=1e-5)
        assert np.sign(end - fit.coef()[name[0]]) == (-1 if name[1] == "lower" else 1)


def test_theta_is_held_fixed_as_in_mass():
    quine = st.load_dataset("quine")
    fit = st.glm("Days ~ Eth + Sex", quine, "negative_binomial")
    fixed = st.glm("Days ~ Eth + Sex", quine, st.families.NegativeBinomial(theta=fit.family.values["theta"]))
    np.testing.assert_allclose(fit.confint(method="profile"), fixed.confint(method="profile"), rtol=1e-6)


@pytest.fixture(scope="module")
def separated():
    """`g` splits the responses on one side: no case at g = 1; `x` does not."""
    x = np.array([-1.0, 0.3, 0.8, 1.5, -0.4, 0.2, 1.1, -0.7, 0.6, 0.1, -1.2, 0.9])
    g = np.array([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
    y = np.array([0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0])
    return pd.DataFrame({"x": x, "g": g, "y": y})


def test_a_separated_coefficient_has_one_finite_end(separated):
    fit = st.glm("y ~ x + g", separated, "binomial")
    table = fit.confint(method="profile")
    assert fit.coef()["g"] == -np.inf and table.loc["g", "lower"] == -np.inf
    X = np.column_stack([np.ones(12), separated["x"], separated["g"]])

    def loss(beta):
        eta = X @ beta
        return np.sum(np.logaddexp(0, eta) - separated["y"] * eta)

    def profiled(j, value):
        free = [k for k in range(3) if k != j]

        def inner(part):
            beta = np.empty(3)
            beta[free], beta[j] = part, value
            return loss(beta)

        start = np.array([0.0, 1.0, -20.0])[free]
        return min(optimize.minimize(inner, start, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12}).fun,
                   optimize.minimize(inner, start * 0, method="BFGS").fun)  # fmt: skip

    best = fit.deviance / 2
    for j, name, side in [(2, "g", "upper"), (1, "x", "lower"), (1, "x", "upper"), (0, "Intercept", "upper")]:
        assert 2 * (profiled(j, table.loc[name, side]) - best) == pytest.approx(Z**2, abs=1e-3), (name, side)


def test_where_every_response_is_zero_only_the_mean_has_an_end():
    """With n zeros the deviance at the mean mu is 2 n mu, whatever slope a free intercept is given."""
    d = pd.DataFrame({"y": np.zeros(6), "x": np.arange(6.0)})
    table = st.glm("y ~ 1", d, "poisson").confint(method="profile")
    assert table.loc["Intercept", "lower"] == -np.inf
    assert table.loc["Intercept", "upper"] == pytest.approx(np.log(Z**2 / 12))
    table = st.glm("y ~ x", d, "poisson").confint(method="profile")
    assert table.loc["x"].tolist() == [-np.inf, np.inf]


def test_a_perfect_split_leaves_one_end_of_each_coefficient():
    d = pd.DataFrame({"x": np.arange(8.0), "y": [0, 0, 0, 0, 1, 1, 1, 1]})
    table = st.glm("y ~ x", d, "binomial").confint(method="profile")
    assert table.loc["x", "upper"] == np.inf and table.loc["Intercept", "lower"] == -np.inf

    def lost(slope):
        def loss(constant):
            eta = constant + slope * d["x"]
            return np.sum(np.logaddexp(0, eta) - d["y"] * eta)

        return 2 * optimize.minimize_scalar(loss, bracket=(-4 * slope, -3 * slope)).fun

    assert table.loc["x", "lower"] == pytest.approx(optimize.brentq(lambda b: lost(b) - Z**2, 0.1, 20), rel=1e-4)


def test_an_end_beyond_the_familys_range_is_its_last_value():
    """Poisson means with the identity link must stay positive: the profile ends where the least of them is zero."""
    d = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0], "y": [0, 0, 1, 1]})
    fit = st.glm("y ~ x", d.assign(y=[1, 2, 3, 5]), "poisson", link="identity")
    table = fit.confint(method="profile")
    assert np.all(np.isfinite(table)) and np.all(table["lower"] < fit.coef()) and np.all(table["upper"] > fit.coef())


def test_the_table_of_a_profile_runs_through_the_estimate():
    fit = st.glm("am ~ wt", st.load_dataset("mtcars"), "binomial")
    table = fit.profile(level=0.95, points=4).table
    ends = fit.confint(method="profile")
    for name, own in table.groupby("term"):
        assert len(own) == 9 and own["value"].is_monotonic_increasing and own["z"].is_monotonic_increasing
        np.testing.assert_allclose(own["value"].iloc[[0, -1]], ends.loc[name])
        np.testing.assert_allclose(own["z"].iloc[[0, 4, -1]], [-Z, 0, Z], atol=1e-6)
        np.testing.assert_allclose(own["deviance"], fit.deviance + own["z"] ** 2)


def test_a_lone_coefficient_has_a_profile():
    fit = st.glm("am ~ 1", st.load_dataset("mtcars"), "binomial")
    share, n = 13 / 32, 32

    def root(b):
        mu = 1 / (1 + np.exp(-b))
        return np.sqrt(2 * n * (share * np.log(share / mu) + (1 - share) * np.log((1 - share) / (1 - mu))))

    np.testing.assert_allclose([root(b) for b in fit.confint(method="profile").loc["Intercept"]], Z, rtol=1e-7)


def test_a_wider_coverage_gives_a_wider_interval_and_vcov_is_walds():
    fit = st.glm("am ~ wt", st.load_dataset("mtcars"), "binomial")
    narrow, wide = fit.confint(0.9, "profile"), fit.confint(0.99, "profile")
    assert np.all(wide["lower"] < narrow["lower"]) and np.all(wide["upper"] > narrow["upper"])
    with pytest.raises(ModelError, match='of `method="wald"`'):
        fit.confint(method="profile", vcov="HC3")
    with pytest.raises(ModelError, match='"profile", "boot"'):
        fit.confint(method="likelihood")


def test_a_profile_prints_its_interval_and_draws_it():
    fit = st.glm("am ~ wt + hp", st.load_dataset("mtcars"), "binomial")
    profile, ends = fit.profile(), fit.confint(method="profile")
    assert "Profile of the deviance" in str(profile) and "signed root of the deviance is ±1.96" in str(profile)
    assert re.search(r"wt +-8\.0835 +-17\.2071 +-3\.7695", str(profile)) and "<table>" in profile._repr_html_()
    axes = profile.plot()
    assert [ax.get_title(loc="left") for ax in axes.flat] == ["Intercept", "wt", "hp"]
    curve, *marks = axes[0, 1].lines
    own = profile.table[profile.table["term"] == "wt"]
    np.testing.assert_array_equal(curve.get_xdata(), own["value"])
    np.testing.assert_array_equal(curve.get_ydata(), own["z"])
    drawn = [mark.get_xdata()[0] for mark in marks if len(mark.get_xdata()) == 2 and mark.get_linewidth() == 1]
    np.testing.assert_allclose([end for end in drawn if end in set(ends.loc["wt"])], ends.loc["wt"])
    plt.close("all")


def test_a_profile_of_an_infinite_estimate_is_drawn_as_far_as_it_was_followed():
    profile = st.glm("y ~ x", {"x": [1.0, 2, 3, 4], "y": [0, 0, 1, 1]}, "binomial").profile()
    assert profile.ends.loc["x", "upper"] == np.inf and re.search(r"x +inf +0\.\d+ +inf", str(profile))
    assert np.isfinite(profile.plot()[0, 1].get_xlim()).all()
    plt.close("all")


def test_the_profile_of_a_linear_model_ends_at_its_t_interval():
    fit = st.lm("mpg ~ wt", st.load_dataset("mtcars"))
    pd.testing.assert_frame_equal(fit.profile(0.9).ends[["lower", "upper"]], pd.DataFrame(fit.confint(0.9)), rtol=1e-6)
