"""What users of R and statsmodels write of lm and glm is answered with what to write here."""

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
    with pytest.raises(DataError, match=r"37 rows with missing values dropped \(Ozone 37\).*fail"):
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
    kinds = (st.fits.GLMEstimate, st.fits.MixedEstimate)
    assert all(any(hasattr(kind, name) for kind in kinds) for name in METHODS)
    assert not METHODS & {*ENTRIES, *ABSENT, *st.__all__}
