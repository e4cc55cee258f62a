"""What users of R and statsmodels write of lm and glm is answered with what to write here."""

import inspect

import numpy as np
import pytest

import statmodels_tf as st
from statmodels_tf.elsewhere import ABSENT, ENTRIES, METHODS
from statmodels_tf.errors import DataError, ModelError

CARS = st.load_dataset("mtcars")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"control": 1}, r"engine=st\.IRLS"),
        ({"method": "glm.fit"}, 'engine="irls"'),
        ({"start": [0, 0]}, "its own start"),
        ({"exposure": "wt"}, r"offset=\"log\(exposure\)\""),
        ({"freq_weights": "wt"}, "`weights=`"),
        ({"missing": "drop"}, 'na_action="omit"'),
        ({"famly": "binomial"}, "Did you mean `family`"),
    ],
)
def test_an_argument_of_glm_is_translated(given, said):
    with pytest.raises(ModelError, match=f"`glm` has no argument.*{said}"):
        st.glm("am ~ wt", CARS, **given)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"family": "binomial"}, r"glm\(formula, data, family\)"), ({"method": "qr"}, 'engine="qr"'),
     ({"singular_ok": True}, "not estimated")],
)  # fmt: skip
def test_an_argument_of_lm_is_translated(given, said):
    with pytest.raises(ModelError, match=f"`lm` has no argument.*{said}"):
        st.lm("mpg ~ wt", CARS, **given)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rsquared", "fit.r_squared"),
        ("fvalue", r'fit.fstatistic\["value"\]'),
        ("resid_deviance", r'fit.residuals\("deviance"\)'),
        ("get_influence", r"fit.influence\(\)"),
        ("logLik", "fit.loglik"),
        ("pearson_chi2", "fit.totals.pearson"),
    ],
)
def test_an_accessor_is_translated(name, said):
    with pytest.raises(AttributeError, match=f"a LinearEstimate has no `{name}`: write `{said}"):
        getattr(st.lm("mpg ~ wt", CARS), name)


@pytest.mark.parametrize(("name", "said"), [("polr", "cumulative"), ("glm_nb", "negative_binomial"),
                                            ("multinom", "categorical"), ("lmre", "Did you mean `lmer`"),
                                            ("vcovHC", 'fit.vcov\\("HC3"\\)'), ("step", r"`fit.step\(...\)`"),
                                            ("binomial", "binomial"), ("linearHypothesis", "hypothesis"),
                                            ("gam", "ns"), ("confint", r"fit.confint\(")])  # fmt: skip
def test_an_entry_point_of_r_is_translated(name, said):
    with pytest.raises(AttributeError, match=said):
        getattr(st, name)


@pytest.mark.parametrize(("entry", "said"), [(lambda: st.lm("mpg ~ wt + (1 | cyl)", CARS), "lmer"),
                                             (lambda: st.glm("am ~ wt + (1 | cyl)", CARS, "binomial"), "nuts"),
                                             (lambda: st.glm("mpg ~ wt + (1 | cyl)", CARS), "lmer")])  # fmt: skip
def test_group_terms_are_sent_to_who_takes_them(entry, said):
    with pytest.raises(ModelError, match=rf"takes no group terms.*{said}|estimates no group terms yet.*{said}"):
        entry()


def test_a_model_without_group_terms_says_how_to_write_one():
    fit = st.lm("mpg ~ wt", CARS)
    for ask in (fit.ranef, fit.varcorr):
        with pytest.raises(ModelError, match=r"no group terms.*lmer\(\"mpg ~ wt \+ \(1 \| g\)\""):
            ask()


def test_rows_that_lack_a_value_fail_when_asked_to():
    air = st.load_dataset("airquality")
    assert st.lm("Ozone ~ Wind", air).nobs == 116
    with pytest.raises(DataError, match=r"37 rows with missing values \(Ozone 37\).*fail"):
        st.lm("Ozone ~ Wind", air, na_action="fail")
    with pytest.raises(ModelError, match=r"reindex\(data.index\)"):
        st.lm("Ozone ~ Wind", air, na_action="na.exclude")


def test_a_response_out_of_range_names_its_rows():
    cars = CARS.assign(am=CARS["am"] * 2.0)
    with pytest.raises(DataError, match=r"`am` is 2 in rows 0, 1, 2, 17, 18 and 8 more"):
        st.glm("am ~ wt", cars, "binomial")


def test_coefficients_are_those_of_coef_by_name():
    fit = st.lm("mpg ~ wt", CARS)
    assert fit.coefficients.equals(fit.coef()) and fit.coefficients["wt"] == fit.beta[1]


def test_every_method_that_a_bare_name_is_sent_to_is_one():
    kinds = (st.fits.GLMEstimate, st.fits.MixedEstimate, st.Posterior)
    assert all(any(hasattr(kind, name) for kind in kinds) for name in METHODS)
    assert not METHODS & {*ENTRIES, *ABSENT, *st.__all__}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: st.glm("am ~ wt", "binomial", CARS), "are formula, data, family, and what stands for `data`"),
        (lambda: st.glm("am ~ wt", "binomial", data=CARS), "`data` twice.*the order is formula, data, family"),
        (lambda: st.glm("am ~ wt", CARS, st.families.binomial), 'is a module.*`family="binomial"`'),
        (lambda: st.glm("am ~ wt", CARS, ["binomial"]), "`family=` is a list"),
        (lambda: st.lm(CARS, "mpg ~ wt"), "are formula, data, and what stands for `formula` is data"),
    ],
)
def test_arguments_in_another_order_are_told_the_order(call, said):
    with pytest.raises(ModelError, match=said) as caught:
        call()
    assert len(str(caught.value)) < 300  # and no data in it


def test_priors_are_for_engines_that_sample():
    with pytest.raises(ModelError, match=r'`priors=` is for engines that sample, and irls.*engine="nuts"'):
        st.glm("am ~ wt", CARS, "binomial", priors={"b": "normal(0, 1)"})
    with pytest.raises(ModelError, match=r'nothing is penalised.*"normal\(0, 1\)"'):
        st.glm("am ~ wt", CARS, "binomial", l2=1)


def test_a_link_of_another_family_is_told_the_usual_ones():
    with pytest.raises(ModelError, match=r'the logit link does not give means.*"log", "sqrt", "identity"'):
        st.glm("carb ~ wt", CARS, "poisson", link="logit")


def test_every_entry_takes_what_has_the_same_meaning():
    parameters = {entry: inspect.signature(entry).parameters for entry in (st.lm, st.glm, st.fit, st.lmer)}
    for name in ("weights", "offset", "subset", "na_action", "contrasts", "engine", "priors", "functions", "progress"):
        assert all(name in known for known in parameters.values())
    assert set(parameters[st.glm]) == set(parameters[st.fit]) - {"REML"}
    sleep = st.load_dataset("sleepstudy")
    holed = sleep.assign(Days=sleep["Days"].where(sleep.index != sleep.index[3]))
    with pytest.raises(DataError, match=r"1 row with missing values \(Days 1\), and `na_action"):
        st.lmer("Reaction ~ Days + (1 | Subject)", holed, na_action="fail")
    housing = st.load_dataset("housing")
    asked = {"weights": "Freq", "nominal": "~ Cont"}
    one, other = (entry("Sat ~ Infl", housing, "cumulative", **asked) for entry in (st.fit, st.glm))
    assert one.coef().equals(other.coef()) and one.diagnostics["why"].startswith("the first")
    assert st.lm("mpg ~ wt", CARS).diagnostics["why"] == "what `lm` takes if not told"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: st.lm("mpg ~ 1/wt", CARS), r"arithmetic inside `I\(\)`, as in `I\(1 / x\)`"),
        (lambda: st.lm("mpg ~ s(wt)", CARS), r"Smooth curves are `ns\(x, df = 4\)`"),
        (lambda: st.glm("am ~ wt", CARS, "logistic"), 'Write family="binomial", link="logit"'),
        (lambda: st.glm("am ~ wt", CARS, "probit"), 'link="probit"'),
        (lambda: st.glm("factor(cyl) ~ wt", CARS, "cumulative", link="probt"), "has no link `probt`.*`probit`"),
        (lambda: st.glm("factor(cyl) ~ wt", CARS, "cumulative", link="sqrt"), "cumulative model has no link `sqrt`"),
    ],
)
def test_what_is_meant_is_told(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_other_spellings_are_read():
    plain = st.glm("am ~ wt", CARS, "binomial", link="probit").coef()
    assert st.glm("am ~ wt", CARS, "binomial", link="Probit").coef().equals(plain)
    assert st.glm("carb ~ wt", CARS, "quasi-poisson").family.name == "quasipoisson"
    pairs = CARS.assign(dead=CARS["gear"] - 3)
    one, other = (
        st.glm(f"cbind(dead, {alive}) ~ wt", pairs, "binomial").coef() for alive in ("2 - dead", "alive = 2 - dead")
    )
    assert one.equals(other)
    by_column = st.lm("mpg ~ factor(cyl)", CARS, contrasts={"cyl": "contr.sum"}).coef()
    assert by_column.equals(st.lm("mpg ~ factor(cyl)", CARS, contrasts={"factor(cyl)": "contr.sum"}).coef())


def test_an_offset_that_new_rows_lack_is_said_to_be_one():
    fit = st.glm("carb ~ wt", CARS, "poisson", offset="log(hp)")
    with pytest.raises(DataError, match=r'no column `hp` in newdata.*The fit was given `offset="log\(hp\)"`') as caught:
        fit.predict({"wt": [3]})
    assert "^" not in str(caught.value)
    np.testing.assert_allclose(fit.predict(CARS), fit.fitted())


def test_glance_has_the_familys_own_parameters():
    quine = st.load_dataset("quine")
    fit = st.glm("Days ~ Sex", quine, "negative_binomial")
    assert fit.glance()["theta"].iloc[0] == fit.theta and "theta" not in st.glm("Days ~ Sex", quine, "poisson").glance()


def test_types_of_prediction_of_outcomes_are_listed_with_other_words():
    fit = st.glm("factor(gear) ~ hp", CARS, "categorical")
    with pytest.raises(ModelError, match=r'"response" is "prob", and "link" "linear.predictor"'):
        fit.predict(type="respnose")
