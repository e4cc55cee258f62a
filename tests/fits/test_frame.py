"""Tables of tests print in the house style within eighty columns, and stay pandas tables."""

import pickle
import re

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.fits.frame import Frame, headed

CARS = st.load_dataset("mtcars")


@pytest.fixture(scope="module")
def tables():
    lm, glm = st.lm("mpg ~ wt + hp", CARS), st.glm("am ~ wt + hp", CARS, "binomial")
    long = lm.update(". ~ . + qsec * drat * disp + carb + gear")
    sleep = st.load_dataset("sleepstudy")
    mixed = st.lmer("Reaction ~ Days + (Days | Subject)", sleep)
    polr = st.glm("Sat ~ Infl + Type + Cont", st.load_dataset("housing"), "cumulative", weights="Freq")
    return {
        "anova": lm.anova(),
        "anova of two": st.anova(lm, long),
        "anova type II": lm.anova(type="II"),
        "deviance": glm.anova(),
        "deviance of two": st.anova(glm, glm.update(". ~ wt")),
        "drop1": glm.drop1("Chisq"),
        "drop1 F": lm.drop1("F"),
        "add1": lm.add1("~ . + qsec", "F"),
        "score": glm.score_test("qsec", "drat"),
        "lmer": mixed.anova(),
        "lmer of two": st.anova(mixed, st.lmer("Reaction ~ Days + (1 | Subject)", sleep)),
        "lmer drop1": mixed.drop1(),
        "lmer confint": mixed.confint(),
        "coef_table": lm.coef_table(),
        "robust": lm.coef_table(vcov={"cluster": "cyl"}),
        "confint": lm.confint(),
        "profile": glm.confint(method="profile"),
        "boot": lm.confint(method="boot", nsim=20, seed=1),
        "influence": long.influence(),
        "polr": polr.anova(),
        "polr drop1": polr.drop1(),
        "polr of two": st.anova(polr, polr.update(nominal="~ Cont")),
        "nominal": polr.nominal_test(),
    }


def test_every_table_fits_eighty_columns_and_shows_no_marks_of_pandas(tables):
    for name, table in tables.items():
        assert isinstance(table, Frame), name
        text = str(table)
        assert max(map(len, text.splitlines())) <= 80, name
        assert not re.search(r"NaN|<NA>|\.\.\.|e[-+]\d\d", text), name
        assert repr(table) == text and "<NA>" not in table._repr_html_() and "NaN" not in table._repr_html_(), name


def test_a_comparison_names_its_models_in_lines_of_their_own(tables):
    lines = str(tables["anova of two"]).splitlines()
    assert lines[:2] == ["Analysis of variance", "1: mpg ~ wt + hp"]
    assert lines[2].startswith("2: mpg ~ wt + hp + qsec + drat") and lines[3].startswith("   ")
    assert [line.split()[0] for line in lines[-2:]] == ["1", "2"]
    assert tables["anova of two"].index[0] == "mpg ~ wt + hp"


def test_models_of_one_formula_are_told_apart_by_what_differs(tables):
    assert list(tables["polr of two"].index)[1].endswith(", nominal ~ Cont")
    assert "ML" not in str(tables["polr of two"]) and "fitted by ML instead of REML" in str(tables["lmer of two"])


def test_a_p_value_has_three_decimals_and_a_test_that_is_not_there_a_blank(tables):
    assert str(tables["anova"]).splitlines()[2:] == [
        "            Df    Sum Sq   Mean Sq   F value   Pr(>F)",
        "wt           1   847.725   847.725    126.04   <0.001",
        "hp           1    83.274    83.274     12.38    0.001",
        "Residuals   29   195.048     6.726",
    ]


def test_rounding_error_is_printed_as_nothing():
    figures = {"Df": [np.nan, 1], "Deviance": [12.5, 12.5 + 4e-15], "LRT": [np.nan, 3.5e-15]}
    table = headed(pd.DataFrame(figures, index=["<none>", "x"]), "deletions")
    assert str(table).splitlines()[-2:] == ["<none>           12.50", "x         1      12.50     0"]
    small = headed(pd.DataFrame({"Sum Sq": [2e-16, -0.0, 3.0], "Mean Sq": [2e-16, 1e-17, 1.5]}), "squares")
    shown = [line.split()[1:] for line in str(small).splitlines()[-3:]]
    assert shown == [["0.000", "0.000"], ["0.000", "0.000"], ["3.000", "1.500"]]


def test_a_table_that_is_nearly_too_wide_has_narrower_gaps_and_infinite_degrees_of_freedom_no_column(tables):
    glm = str(st.glm("am ~ wt", CARS, "binomial").coef_table())
    assert glm.splitlines()[0].split() == ["estimate", "se", "statistic", "p", "lower", "upper"]
    wide = pd.DataFrame({f"column {k}": [1.5, 2.5] for k in range(7)}, index=["first", "second"])
    assert len(str(Frame(wide)).splitlines()) == 3 and "   column" not in str(Frame(wide))[7:]
    assert len(str(Frame(wide.assign(more=1.5))).splitlines()) == 7


def test_the_covariance_used_is_said_with_its_degrees_of_freedom(tables):
    assert "clustered by cyl, 3 clusters, t on 2 df" in str(tables["robust"])


def test_a_table_that_is_changed_in_place_still_prints(tables):
    table = pickle.loads(pickle.dumps(tables["anova of two"]))
    assert str(table) == str(tables["anova of two"])
    table.loc["a third", "RSS"] = 100.0
    table["more"] = "text"
    assert "a third" in str(table).split("\n\n")[1] and "text" in str(table)
    assert str(Frame(pd.DataFrame({"a": []}))).strip() == "a"


def test_a_long_table_shows_its_ends(tables):
    text = str(tables["influence"])
    assert "32 rows, " in text and text.count("…") > 3 and "dfb.Intercept" in text


def test_a_part_of_a_table_is_plain_pandas_and_keeps_the_heading(tables):
    for part in (tables["anova"][["Df"]], tables["anova"].iloc[:1], tables["anova"].round(2), tables["anova"].copy()):
        assert type(part) is pd.DataFrame and part.attrs["heading"] == "analysis of variance, type I"
    assert pd.concat([tables["anova"], tables["anova"]]).shape == (6, 5)
