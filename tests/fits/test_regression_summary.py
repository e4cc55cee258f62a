"""What lm and glm print, and what they find doubtful."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st

CARS = st.load_dataset("mtcars")
BREAKS = st.load_dataset("warpbreaks")


def shown(fit):
    """The summary with the engine's time left out."""
    return re.sub(r", [\d.]+ m?s", "", str(fit.summary()))


def test_a_linear_model():
    assert shown(st.lm("mpg ~ wt + factor(cyl)", CARS)) == (
        "Linear model                                  mpg ~ wt + factor(cyl)\n"
        "32 rows · reference levels: factor(cyl) 4\n"
        "qr: converged\n"
        "\n"
        "Coefficients     estimate      se       t        p      95% interval\n"
        "Intercept          33.991   1.888   18.01   <0.001   30.124   37.858\n"
        "wt                 -3.206   0.754   -4.25   <0.001   -4.750   -1.661\n"
        "factor(cyl)[6]     -4.256   1.386   -3.07    0.005   -7.095   -1.416\n"
        "factor(cyl)[8]     -6.071   1.652   -3.67   <0.001   -9.455   -2.686\n"
        "\n"
        "residual standard error 2.557 on 28 degrees of freedom · R² 0.8374 · adjusted 0.8200\n"
        "F(3, 28) 48.08, p <0.001 · log-likelihood -73.3 · AIC 156.6 · BIC 164.0"
    )


def test_a_binomial_model():
    text = shown(st.glm("am ~ wt", CARS, "binomial"))
    assert "Generalized linear model, binomial, logit link" in text
    assert re.search(r"Coefficients +estimate +se +z +p +95% interval", text)
    assert "null deviance 43.23 on 31 · residual deviance 19.18 on 30 degrees of freedom" in text
    assert "dispersion 1 · log-likelihood -9.6 · AIC 23.2 · BIC 26.1" in text


def test_an_estimated_dispersion_has_t_statistics():
    text = shown(st.glm("lot1 ~ log(u)", st.load_dataset("clotting"), "Gamma"))
    assert re.search(r"estimate +se +t +p", text)
    assert "residual deviance 0.01673 on 7" in text and "dispersion 0.002446 (estimated)" in text


def test_own_parameters_stand_with_their_standard_errors():
    text = shown(st.glm("Days ~ Sex/(Age + Eth * Lrn)", st.load_dataset("quine"), "negative_binomial"))
    assert "negative binomial, log link" in text and "theta 1.598 (se 0.2129)" in text


def test_weights_and_dropped_rows_are_said():
    text = shown(st.lm("log(Ozone) ~ Wind", st.load_dataset("airquality"), weights="Temp"))
    assert "37 rows with missing values dropped (Ozone 37) · weights Temp" in text


def test_every_form_holds_the_figures():
    summary = st.glm("am ~ wt", CARS, "binomial").summary(level=0.9)
    for form in (str(summary), summary._repr_html_(), summary.to_markdown(), summary.to_latex()):
        assert "12.04" in form and "19.18" in form and "90" in form
    pd.testing.assert_frame_equal(summary.table, st.glm("am ~ wt", CARS, "binomial").coef_table(0.9))


def found(fit, word):
    """The findings that begin with a word."""
    return [said for said in fit.check() if said.startswith(word)]


def test_aliased_columns_are_na_and_said():
    fit = st.lm("mpg ~ wt + I(2 * wt) + hp", CARS)
    assert re.search(r"I\(2 \* wt\) +NA +NA", shown(fit))
    (said,) = found(fit, "Aliased")
    assert "`I(2 * wt)`" in said and said.split(":")[0] in shown(fit)


def test_separation_names_columns_and_rows_and_the_remedy():
    data = pd.DataFrame({"x": [1.0, 2, 3, 4, 5, 6], "y": [0, 0, 0, 1, 1, 1], "z": [1.0, 3, 2, 2, 1, 3]})
    fit = st.glm("y ~ x + z", data, "binomial")
    (said,) = found(fit, "Separation")
    assert "`x`" in said and "row" in said and "`.bayes()`" in said
    assert np.isinf(fit.coef()["x"]) and np.isnan(fit.se()["x"]) and np.isnan(fit.vcov().loc["x", "x"])
    assert fit.confint().loc["x", "upper"] == np.inf and np.isnan(fit.confint().loc["x", "lower"])
    assert re.search(r"x +inf +inf\n", shown(fit))
    assert not found(fit, "Influential")


def test_a_constant_response_is_fitted_and_said():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = st.lm("y ~ wt", CARS.assign(y=3.0))
        zero = st.glm("y ~ wt", CARS.assign(y=0), "poisson")
        assert found(fit, "Constant") and found(zero, "Constant")
        assert not found(zero, "Separation")
    np.testing.assert_allclose(fit.coef(), [3, 0], atol=1e-12)


def test_a_perfect_and_a_saturated_fit_are_said():
    assert found(st.lm("y ~ x", {"x": np.arange(9.0), "y": 2 * np.arange(9.0)}), "Perfect fit")
    fit = st.lm("mpg ~ factor(row)", CARS.assign(row=range(32)))
    assert found(fit, "Saturated") and "nan" not in shown(fit)


def test_overdispersed_counts_are_said_with_the_remedy():
    fit = st.glm("breaks ~ wool * tension", BREAKS, "poisson")
    (said,) = found(fit, "Overdispersed")
    assert "3.8 times" in said and "negative_binomial" in said and "Overdispersed" in shown(fit)
    assert not found(st.glm("breaks ~ wool * tension", BREAKS, "negative_binomial"), "Overdispersed")


def test_single_trials_are_never_overdispersed():
    assert not found(st.glm("am ~ hp", CARS, "binomial"), "Overdispersed")


def test_counts_that_are_not_whole_are_said():
    with pytest.warns(st.DataWarning):
        fit = st.glm("y ~ wt", CARS.assign(y=CARS["carb"] + 0.5), "poisson")
    assert found(fit, "Not whole")


def test_a_row_that_alone_moves_the_fit_is_named():
    data = pd.DataFrame({"x": np.r_[np.arange(20.0), 100], "y": np.r_[np.tile([1.0, -1], 10), 300]})
    (said,) = found(st.lm("y ~ x", data), "Influential")
    assert "row 20 " in said


def test_a_row_with_its_own_coefficient_is_named():
    fit = st.lm("mpg ~ wt + I(hp == 335)", CARS)
    (said,) = found(fit, "Leverage one")
    assert "row 30 " in said


def test_a_residual_far_out_is_named():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=200), "y": rng.normal(size=200)})
    data.loc[17, "y"] = 30
    (said,) = found(st.lm("y ~ x", data), "Far out")
    assert "row 17;" in said


def test_a_fit_without_trouble_has_nothing_to_report():
    assert not st.glm("am ~ wt", CARS, "binomial").check()
    assert str(st.lm("mpg ~ wt", CARS).check()) == "Nothing to report."


def test_few_rows_for_many_coefficients_are_said():
    assert found(st.lm("mpg ~ factor(carb) * factor(cyl) + wt + hp + qsec + drat", CARS), "Few rows")


def test_a_fit_that_has_not_converged_says_where_to_allow_more_and_nothing_else():
    with pytest.warns(st.ConvergenceWarning):
        fit = st.glm("carb ~ wt + offset(hp)", CARS, "poisson", engine=st.IRLS(max_iterations=3))
    (said,) = fit.check()
    assert said.startswith("Not converged") and "engine=st.IRLS(max_iterations=...)" in said
    assert said.count("scale") == 1


def test_where_every_coefficient_is_infinite_there_are_no_others_to_report():
    fit = st.glm("am ~ wt", CARS.assign(am=(CARS["wt"] > 3).astype(int)), "binomial")
    (said,) = found(fit, "Separation")
    assert "Nothing is left to report" in said and "other coefficients" not in said


def test_frequencies_of_single_trials_are_judged_by_their_patterns():
    """Rows of 0 and 1 with frequencies say the same as the trials one by one, and as successes and failures."""
    data = st.load_dataset("ucbadmissions")
    weighted = st.glm("Admit ~ Gender + Dept", data, "binomial", weights="Freq")
    assert not weighted.check()
    rng = np.random.default_rng(1)
    x = np.linspace(-1, 1, 20)
    share = 1 / (1 + np.exp(-x - rng.normal(size=20)))
    yes = rng.binomial(40, share)
    wide = pd.DataFrame({"x": x, "yes": yes, "no": 40 - yes})
    long = pd.DataFrame({"x": np.r_[x, x], "y": np.repeat([1, 0], 20), "n": np.r_[yes, 40 - yes]})
    single = long.loc[long.index.repeat(long["n"])].reset_index(drop=True)
    fits = (
        st.glm("cbind(yes, no) ~ x", wide, "binomial"),
        st.glm("y ~ x", long, "binomial", weights="n"),
        st.glm("y ~ x", single, "binomial"),
    )
    said = {sentence for fit in fits for sentence in found(fit, "Overdispersed")}
    assert len(said) == 1 and all(found(fit, "Overdispersed") for fit in fits)


def test_a_theta_at_its_bound_is_said():
    fit = st.glm("carb ~ wt", CARS, "negative_binomial")
    assert "theta > 1e8" in shown(fit) and "1e+08" not in shown(fit)
    (said,) = found(fit, "No overdispersion")
    assert 'family="poisson"' in said


def test_the_levels_whose_probability_is_modelled_are_named():
    data = st.load_dataset("ucbadmissions")
    assert "outcome Admit: Rejected against Admitted\n" in shown(
        st.glm("Admit ~ Dept", data, "binomial", weights="Freq")
    )
    assert "outcome" not in shown(st.glm("am ~ wt", CARS, "binomial"))
    assert "outcome" not in shown(st.glm("I(mpg > 20) ~ hp", CARS, "binomial"))
    with pytest.warns(st.DataWarning, match="`cyl` has 3 levels.*6, 8 count as success, 4 as failure"):
        fit = st.glm("cyl ~ qsec", CARS.assign(cyl=CARS["cyl"].astype(str)), "binomial")
    assert "outcome cyl: 6, 8 against 4" in shown(fit)


def test_levels_with_columns_of_their_own_have_no_reference():
    assert "reference" not in shown(st.lm("breaks ~ tension - 1", BREAKS))
    assert "reference levels: wool A" in shown(st.lm("breaks ~ tension - 1 + wool", BREAKS))
    assert "reference levels: tension L" in shown(st.lm("breaks ~ tension", BREAKS))


def test_rounding_error_is_no_deviance():
    fit = st.glm("cbind(ncases, ncontrols) ~ agegp * alcgp * tobgp", st.load_dataset("esoph"), "binomial")
    assert fit.deviance > 0 and "residual deviance 0 on 0" in shown(fit)


def test_new_rows_of_a_weighted_fit_have_weight_one_and_that_is_said():
    fit = st.lm("mpg ~ wt", CARS, weights="hp")
    with pytest.warns(st.DataWarning, match="weight one"):
        fit.predict({"wt": [3.0]}, interval="prediction")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit.predict({"wt": [3.0]}, interval="confidence")
        fit.predict({"wt": [3.0], "hp": [100.0]}, interval="prediction")
