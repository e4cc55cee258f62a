"""F tests of terms against lmerTest's, and where they differ, what is tested instead."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from statmodels_tf.fits.anova.wald import denominator, f_test

GOLDEN = json.loads((Path(__file__).parent.parent / "golden" / "anova_terms.json").read_text())["cases"]
# R codes the interaction of these by full indicators, and lmerTest then tests the lower term at a reference level.
AVERAGED = {
    "Informed.liking ~ heavy + heavy:Product + (1 | Consumer)": "heavy",
    "Informed.liking ~ Gender + Gender:Product + (1 | Consumer)": "Gender",
}


def ham():
    data = st.load_dataset("ham").assign(heavy=lambda d: d["Age"] / 10, session=np.arange(648) % 4)
    consumer = data["Consumer"].cat.codes + 1
    return data.assign(panel=consumer % 3, w=1 + data["Age"] % 5, **{".consumer": consumer})


def fitted(case):
    data = ham()
    if case.get("holes"):
        data = data[~((data["Product"] == "4") & (data["Gender"] == "2"))]
    if case.get("uneven"):
        data = data[data[".consumer"] % 5 != data["Product"].cat.codes + 1]
    if case.get("apart"):
        data = data[(data["Product"] == "1") == (data["Gender"] == "1")]
    coded = {"Product": "contr.sum", "Gender": "contr.helmert"} if case.get("coded") else None
    return st.lmer(case["formula"], data, contrasts=coded, REML=not case.get("ML"), weights=case.get("weights"))


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["formula"])
@pytest.mark.parametrize("kind", ["three", "one"])
def test_terms_are_tested_as_lmertest_tests_them(case, kind):
    fit = fitted(case)
    table = fit.anova(type={"three": "III", "one": "I"}[kind])
    assert list(table.index) == [row["term"] for row in case[kind]]
    for row in case[kind]:
        found = table.loc[row["term"]]
        if kind == "three" and AVERAGED.get(case["formula"]) == row["term"]:
            assert abs(found["F value"] - row["F"]) > 0.1 * abs(row["F"])
            continue
        assert found["NumDF"] == row["num"]
        assert found["F value"] == pytest.approx(row["F"], rel=2e-4, abs=1e-7)
        assert found["DenDF"] == pytest.approx(row["den"], rel=2e-3)


def test_a_slope_within_its_interaction_is_averaged_over_levels_whichever_is_the_reference():
    data, formula = ham(), "Informed.liking ~ heavy + heavy:Product + (1 | Consumer)"
    turned = data.assign(Product=data["Product"].cat.reorder_categories(["4", "2", "3", "1"]))
    one, other = (st.lmer(formula, d).anova().loc["heavy"] for d in (data, turned))
    np.testing.assert_allclose(one, other, rtol=1e-6)
    fit = st.lmer(formula, data)
    mean_slope = np.array([[0, 1, 0.25, 0.25, 0.25]])
    assert one["F value"] == pytest.approx(f_test(fit, mean_slope)[4], rel=1e-8)


def test_infinite_degrees_of_freedom_give_the_chi_square_test_and_no_nan():
    assert denominator(np.array([np.inf, np.inf])) == np.inf
    assert denominator(np.array([np.inf])) == np.inf
    # Both terms of 1/(1 - 2/nu) known: E = 1 + 10/8, so 2 E / (E - 2) = 18.
    assert denominator(np.array([np.inf, 10.0])) == pytest.approx(18.0)

    class Certain:
        def __init__(self, system):
            self.system, self.estimable = system, system.estimable

        def contrast_root(self, X):
            return self.system.contrast_root(X)

        def satterthwaite(self, contrasts):
            return np.full(len(contrasts), np.inf)

    fit = st.lmer("Informed.liking ~ Product + (1 | Consumer)", ham())
    row = replace(fit, system=Certain(fit.system)).anova().loc["Product"]
    assert row["DenDF"] == np.inf and 0 < row["Pr(>F)"] < 1
    assert row["F value"] == pytest.approx(fit.anova().loc["Product", "F value"], rel=1e-12)
    assert row["Pr(>F)"] == pytest.approx(stats.chi2.sf(row["NumDF"] * row["F value"], row["NumDF"]), rel=1e-9)


def test_types_are_named_as_in_r_and_type_two_is_said_to_be_missing():
    fit = st.lmer("Informed.liking ~ Product * Gender + (1 | Consumer)", ham())
    for three in ("III", 3, "3", "iii"):
        pd.testing.assert_frame_equal(fit.anova(type=three), fit.anova())
    for one in ("I", 1, "1"):
        pd.testing.assert_frame_equal(fit.anova(type=one), fit.anova(type="I"))
    with pytest.raises(ModelError, match="Type II is not available") as caught:
        fit.anova(type="II")
    assert "mean" not in str(caught.value)
    with pytest.raises(ModelError, match="others are given too"):
        fit.anova(fit, type="zzz")


def test_missing_cells_are_named_where_terms_are_tested_and_where_fits_are_checked():
    fit = fitted({"formula": "Informed.liking ~ Product * Gender + (1 | Consumer)", "apart": True})
    table = fit.anova()
    assert "missing cells" in table.attrs["heading"] and "Product[1]:Gender[2]" in table.attrs["heading"]
    (said,) = (sentence for sentence in fit.check() if sentence.startswith("Missing cells"))
    assert all(f"`Product[{p}]:Gender[{g}]`" in said for p, g in ((1, 2), (2, 1), (3, 1), (4, 1)))
    whole = fitted({"formula": "Informed.liking ~ Product * Gender + (1 | Consumer)"})
    assert "missing" not in whole.anova().attrs["heading"] and "Missing cells" not in str(whole.check())
    assert "missing" not in fit.anova(type="I").attrs["heading"]
