"""Random effects: their tables, their order, and what is said of those without variance."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from statmodels_tf.fits.mixed.random_effects import flat_directions
from tests.fits.cases import data_of, dense_fit


def test_variances_stand_in_lme4s_order():
    table = dense_fit("reordered").varcorr()
    assert list(table["group"]) == ["g", "h", "Residual"]
    assert list(table["term1"]) == ["x", "Intercept", None]
    slopes = dense_fit("slopes")
    table = slopes.varcorr()
    assert list(zip(table["term1"], table["term2"], strict=True)) == [
        ("Intercept", None), ("Days", None), ("Intercept", "Days"), (None, None),
    ]  # fmt: skip
    assert table["vcov"][2] == pytest.approx(table["sdcor"][2] * table["sdcor"][0] * table["sdcor"][1])
    assert table["sdcor"][3] == slopes.sigma
    factor = slopes.factors[0]
    np.testing.assert_array_equal(slopes.theta, [factor[0, 0], factor[1, 0], factor[1, 1]])


def test_random_effects_by_group():
    fit = dense_fit("uncorrelated")
    effects = fit.ranef()["Subject"]
    assert list(effects.columns) == ["Intercept", "Days"]
    assert effects.index.name == "Subject"
    assert list(fit.ranef(se=True)["Subject"].columns) == ["Intercept", "Days", "se(Intercept)", "se(Days)"]
    np.testing.assert_allclose(fit.coef_by("Subject"), effects + fit.coef())
    with pytest.raises(ModelError, match="Did you mean `Subject`"):
        fit.coef_by("subject")


def test_random_effects_of_one_group_are_asked_by_its_name():
    fit = dense_fit("crossed")
    pd.testing.assert_frame_equal(fit.ranef("g"), fit.ranef()["g"])
    pd.testing.assert_frame_equal(fit.ranef("h", se=True), fit.ranef(se=True)["h"])
    assert set(fit.coef_by()) == {"g", "h"}
    pd.testing.assert_frame_equal(fit.coef_by()["h"], fit.coef_by("h"))
    slopes = dense_fit("slopes")
    pd.testing.assert_frame_equal(slopes.coef_by(), slopes.coef_by("Subject"))


def test_levels_of_an_integer_group_are_looked_up_as_integers():
    data = data_of("slopes").assign(id=lambda d: d["Subject"].astype(str).astype(int))
    fit = st.lmer("Reaction ~ Days + (Days | id)", data)
    named = st.lmer("Reaction ~ Days + (Days | Subject)", data)
    assert fit.ranef("id").loc[308, "Days"] == pytest.approx(named.ranef("Subject").loc["308", "Days"])
    assert fit.coef_by().index.tolist()[:2] == [308, 309]


def test_the_same_effect_twice_by_one_group_has_two_columns_and_a_finding():
    fit = st.lmer("Reaction ~ Days + (Days | Subject) + (1 | Subject)", data_of("slopes"))
    effects = fit.ranef("Subject")
    assert list(effects.columns) == ["Intercept", "Days", "Intercept.1"]
    np.testing.assert_allclose(effects["Intercept"], fit.modes[0][:, 0])
    np.testing.assert_allclose(
        fit.coef_by()["Intercept"], fit.coef()["Intercept"] + effects["Intercept"] + effects["Intercept.1"]
    )
    assert list(fit.ranef(se=True)["Subject"].columns[-1:]) == ["se(Intercept.1)"]
    assert "both give `Subject` the effect `Intercept`; only the sum" in str(fit.check())
    assert "both give" not in str(dense_fit("uncorrelated").check())


def test_coefficients_by_group_count_absent_ones_as_zero():
    table = dense_fit("reordered").coef_by("g")
    fit = dense_fit("reordered")
    np.testing.assert_allclose(table["x"], fit.coef()["x"] + fit.ranef()["g"]["x"])
    assert (table["Intercept"] == fit.coef()["Intercept"]).all()


def test_a_singular_fit_says_so_in_words():
    fit = dense_fit("singular")
    assert fit.singular
    assert "Singular fit" in str(fit.check()) and "`Batch`" in str(fit.check())
    assert "Singular fit" in str(fit.summary())
    assert not dense_fit("slopes").singular


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_whether_a_fit_is_singular_does_not_depend_on_units(unit):
    data = data_of("slopes").assign(x=lambda d: unit * d["Days"])
    fit = st.lmer("Reaction ~ x + (x | Subject)", data)
    assert not fit.singular and "Singular" not in str(fit)
    by_hand = dense_fit("slopes")
    block, factor = by_hand.model.design.groups[0], np.diag([1.0, 1 / unit]) @ by_hand.factors[0]
    groups = (replace(block, columns=block.columns * [1.0, unit]),)
    model = replace(by_hand.model, design=replace(by_hand.model.design, groups=groups))
    assert flat_directions(replace(by_hand, model=model, factors=(factor,))) == [False]
