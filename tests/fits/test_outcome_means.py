"""Marginal means of responses in categories: against R's emmeans where it is installed, and against averages."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

import statmodels_tf as st
from statmodels_tf.errors import ModelError

CLM = "clm(Sat ~ Infl + Type, {}data = housing, weights = Freq, control = list(gradTol = 1e-10))"
MODELS = {
    "location": ('clm(Sat ~ Infl + Type + Cont, data = housing, weights = Freq)', "Sat ~ Infl + Type + Cont", {}),
    "probit": ('clm(Sat ~ Infl + Type, data = housing, weights = Freq, link = "probit")', "Sat ~ Infl + Type",
               {"link": "probit"}),
    "nominal": (CLM.format("nominal = ~ Cont, "), "Sat ~ Infl + Type", {"nominal": "~ Cont"}),
    "scale": (CLM.format("scale = ~ Cont, "), "Sat ~ Infl + Type", {"scale": "~ Cont"}),
}  # fmt: skip
ASKED = {
    "latent": ("~ Infl", lambda f: f.emmeans("Infl")),
    "prob": ("~ Infl | Sat", lambda f: f.emmeans("Infl", type="prob")),
    "cum.prob": ("~ Infl | cut", lambda f: f.emmeans("Infl", type="cum.prob")),
    "mean.class": ("~ Infl", lambda f: f.emmeans("Infl", type="mean.class")),
}


@pytest.fixture(scope="module")
def fits():
    data = st.load_dataset("housing")
    return {
        name: st.glm(formula, data, "cumulative", weights="Freq", **options)
        for name, (_, formula, options) in MODELS.items()
    } | {"categorical": st.glm("Sat ~ Infl + Type", data, "categorical", weights="Freq")}


@pytest.fixture(scope="module")
def r(from_r):
    calls = [
        f'"{name} {kind}" = figures(emmeans({call}, {specs}, mode = "{kind}"))'
        for name, (call, *_) in MODELS.items()
        for kind, (specs, _) in ASKED.items()
    ]
    multinomial = "multinom(Sat ~ Infl + Type, housing, weights = Freq, trace = FALSE, reltol = 1e-14, maxit = 1000)"
    calls.append(f'"categorical prob" = figures(emmeans({multinomial}, ~ Infl | Sat))')
    script = f"""
    suppressMessages({{library(emmeans); library(ordinal); library(nnet)}})
    housing <- MASS::housing
    figures <- function(x) {{ t <- as.data.frame(x); list(estimate = t[[ncol(t) - 4]], se = t$SE) }}
    out <- list({", ".join(calls)})
    cat(jsonlite::toJSON(out, digits = I(12)))
    """
    return from_r(script, "emmeans", "ordinal", "nnet")


@pytest.mark.r
@pytest.mark.parametrize("kind", ASKED)
@pytest.mark.parametrize("name", MODELS)
def test_as_emmeans(name, kind, r, fits):
    table, expected = ASKED[kind][1](fits[name]).table, r[f"{name} {kind}"]
    np.testing.assert_allclose(table.iloc[:, -5], expected["estimate"], rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(table["se"], expected["se"], rtol=5e-4)


@pytest.mark.r
def test_probabilities_of_a_categorical_model_are_those_of_emmeans(r, fits):
    table, expected = fits["categorical"].emmeans("Infl").table, r["categorical prob"]
    np.testing.assert_allclose(table["prob"], expected["estimate"], rtol=1e-5)
    np.testing.assert_allclose(table["se"], expected["se"], rtol=1e-4)


@pytest.mark.parametrize("name", ["location", "nominal", "scale", "categorical"])
def test_probabilities_are_averages_of_predictions(name, fits):
    fit = fits[name]
    data = st.load_dataset("housing").drop_duplicates(["Infl", "Type", "Cont"])
    table = fit.emmeans("~ Sat | Infl", type="prob").table
    expected = fit.predict(data).groupby(data["Infl"].to_numpy(), sort=False).mean()
    for level in data["Infl"].unique():
        np.testing.assert_allclose(table.loc[table["Infl"] == level, "prob"], expected.loc[level], rtol=1e-10)
    assert list(table.columns[:2]) == ["Sat", "Infl"]


def test_the_scale_is_said(fits):
    assert "latent scale: the location less the mean threshold" in str(fits["location"].emmeans("Infl"))
    assert "probability of each outcome" in str(fits["categorical"].emmeans("Infl"))
    assert (
        fits["location"]
        .emmeans("Infl", type="response")
        .table.equals(fits["location"].emmeans("Infl", type="prob").table)
    )
    with pytest.raises(ModelError, match='There is "prob"'):
        fits["categorical"].emmeans("Infl", type="mean.class")


def test_contrasts_of_probabilities_are_within_outcomes(fits):
    pairs = fits["location"].emmeans("Infl", type="prob").pairs(adjust="none").table
    table = fits["location"].emmeans("Infl", type="prob").table
    assert list(pairs["Sat"].unique()) == ["Low", "Medium", "High"] and len(pairs) == 9
    np.testing.assert_allclose(pairs["estimate"].iloc[0], table["prob"].iloc[0] - table["prob"].iloc[1])
    with pytest.raises(ModelError, match="latent"):
        fits["location"].emmeans("Infl", type="prob").joint_tests()
    assert len(fits["location"].emmeans("Infl").joint_tests().table) == 1


@pytest.mark.parametrize("asked", [{"type": "prob"}, {"specs": "Infl", "type": "cum.prob"}, {"specs": "Infl"}])
def test_they_are_drawn(asked, fits):
    ax = fits["location"].emmeans(**asked).plot()
    assert len(ax.get_yticklabels()) >= 3 and ax.get_xlabel() == asked.get("type", "emmean")
    plt.close("all")
