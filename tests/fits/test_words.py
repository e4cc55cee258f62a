"""R's words, and arguments of the wrong kind, are answered with what to write."""

import copy
import inspect
import re

import numpy as np
import pytest

import statmodels_tf as st
from statmodels_tf.errors import DataError, ModelError
from statmodels_tf.fits.accessors import ACCESSORS, PLUMBING
from statmodels_tf.fits.margins.marginal_means import MarginalMeans
from statmodels_tf.fits.vocabulary import ARGUMENTS
from tests.fits.cases import data_of, dense_fit, dense_lmer
from tests.fits.posteriors import posterior_of

F = "Reaction ~ Days + (Days | Subject)"


@pytest.fixture(scope="module")
def fit():
    return dense_fit("slopes")


@pytest.fixture(scope="module")
def linear():
    cars = st.load_dataset("mtcars")
    ordered = st.glm("Sat ~ Infl", st.load_dataset("housing"), "cumulative", weights="Freq")
    return st.lm("mpg ~ wt", cars), st.glm("am ~ wt", cars, "binomial"), ordered


@pytest.fixture(scope="module")
def sampled():
    return posterior_of("slopes")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda f: f.predict(re_form=None), r're.form = NA.*random="include"|random="exclude"'),
        (lambda f: f.predict(**{"re.form": None}), 'random="exclude"'),
        (lambda f: f.predict(allow_new_levels=True), 'new_levels="population"'),
        (lambda f: f.predict(se_fit=True), "`se=True`"),
        (lambda f: f.simulate(nsim=2), "write `n=`"),
        (lambda f: f.simulate(use_u=True), 'random="include"'),
        (lambda f: f.simulate(newdata=1), "rows of the fit"),
        (lambda f: f.ranef(condVar=True), "`se=True`"),
        (lambda f: f.ranef(whichel="Subject"), "`group=`"),
        (lambda f: f.confint(parm="Days"), r"\.loc"),
        (lambda f: f.summary(ddf="lme4"), 'df="none"'),
        (lambda f: f.anova(ddf="lme4"), "Satterthwaite's degrees of freedom"),
        (lambda f: f.anova(f, refit=False), "always refitted by ML"),
        (lambda f: f.tidy(conf_int=True), "`level=0.9`"),
        (lambda f: f.varcorr(comp="Variance"), "`vcov` and `sdcor`"),
        (lambda f: f.coef_table(levle=0.9), "Did you mean `level`"),
        (lambda f: f.predict(None, "response", "include"), "takes `newdata`, `type` by place"),
        (lambda f: f.refit(method="ML"), "`REML=False`"),
    ],
)
def test_an_argument_of_r_is_translated(fit, ask, said):
    with pytest.raises(ModelError, match=said) as caught:
        ask(fit)
    assert "has no argument" in str(caught.value) or "by place" in str(caught.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"control": "x"}, "engine=PLS"),
        ({"na_action": "na.omit"}, "omit"),
        ({"family": "binomial"}, "gaussian"),
        ({"method": "ML"}, "`REML=False`"),
        ({"wieghts": "w"}, "Did you mean `weights`"),
        ({"nAGQ": 0}, "without quadrature"),
    ],
)
def test_an_argument_of_rs_lmer_is_translated(given, said):
    with pytest.raises(ModelError, match=said):
        st.lmer(F, st.load_dataset("sleepstudy"), **given)


def test_data_that_are_not_given_are_asked_for():
    with pytest.raises(ModelError, match=r"needs `data`: write `lmer\(formula, data\)`"):
        st.lmer(F)


def test_signatures_are_those_that_are_written():
    assert list(inspect.signature(st.lmer).parameters)[:3] == ["formula", "data", "REML"]
    assert "kwargs" not in inspect.signature(dense_fit("slopes").predict).parameters


def test_a_translation_names_what_the_function_takes():
    """What is told to write exists on some function that can be asked."""
    fit = dense_fit("slopes")
    known = {
        *inspect.signature(st.IRLS).parameters,
        *inspect.signature(st.lmer).parameters,
        *inspect.signature(st.glm).parameters,
    }
    for name in ("predict", "simulate", "ranef", "confint", "anova", "summary", "coef_table", "tidy", "residuals"):
        known |= set(inspect.signature(getattr(fit, name)).parameters)
    for function in (
        st.NUTS,
        st.Posterior.pp_check,
        st.Posterior.loo,
        fit.hypothesis,
        fit.slopes,
        fit.comparisons,
        MarginalMeans.contrast,
    ):
        known |= set(inspect.signature(function).parameters)
    for said in ARGUMENTS.values():
        for part in said.split("`")[1::2]:
            word = part.split("=")[0]
            assert "=" not in part or not word.isidentifier() or word in known | {"family"}, part


@pytest.mark.parametrize("name", sorted(ACCESSORS))
def test_an_accessor_of_r_is_translated(fit, linear, sampled, name):
    """Each by the kind of fit that has what it stands for."""
    told = [told for each in (fit, *linear, sampled) if not hasattr(each, name) and (told := _told(each, name))]
    assert told and all(hasattr(type(each), word) or hasattr(each, word) for each, word in told)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda f: st.lmer(F, data_of("slopes"), engine="nuts", adapt_delta=0.95), r"`engine=st.NUTS\(target_accept"),
        (lambda f: st.lmer(F, data_of("slopes"), engine="nuts", chains=2), r"`engine=st.NUTS\(draws=1000"),
        (lambda f: st.NUTS(iter=2000), "write `draws=` for those kept after `warmup=`"),
        (lambda f: f.pp_check(type="hist"), "write `kind=`"),
        (lambda f: f.bayes(iter=2000), "counted apart"),
        (lambda f: f.draws(pars="Days"), "takes `names`"),
        (lambda f: f.summary(prob=0.9), "write `level=`"),
        (lambda f: f.predict(re_formula=None), 'random="include"'),
    ],
)
def test_an_argument_of_brms_is_translated(sampled, call, said):
    with pytest.raises(ModelError, match=said):
        call(sampled)


def test_a_posterior_says_how_its_draws_are_kept(sampled):
    with pytest.raises(AttributeError, match=r"to_arviz\(\)\.to_netcdf"):
        sampled.save("fit")


def _told(fit, name):
    with pytest.raises(AttributeError) as caught:
        getattr(fit, name)
    said = str(caught.value).split("write `fit.")
    return (fit, re.split(r"[`(.\[]", said[1])[0]) if len(said) == 2 else None


def test_attributes_that_are_not_there_name_the_nearest(fit):
    with pytest.raises(AttributeError, match="Did you mean `coef`"):
        _ = fit.coeff
    assert not hasattr(fit, "_no_such_thing") and hasattr(fit, "criterion")
    assert copy.copy(fit).sigma == fit.sigma


@pytest.mark.parametrize("random", [None, False, "~0", "NA"])
def test_random_in_rs_words_is_explained(fit, random):
    with pytest.raises(ModelError, match=r're.form = NULL` random="include"'):
        fit.predict(random=random)


def test_new_levels_true_is_explained(fit):
    with pytest.raises(ModelError, match=r'allow.new.levels = TRUE` is new_levels="population"'):
        fit.predict(new_levels=True)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda f: f.confint("Days"), r'level=.Days.*\.loc\[\["Days"\]\]'),
        (lambda f: f.confint(None), "between 0 and 1"),
        (lambda f: f.summary(level="95%"), "such as 0.95"),
        (lambda f: f.coef_table(95), "write `level=0.95`"),
        (lambda f: f.predict(se="yes"), "`se=True` or `se=False`"),
        (lambda f: f.simulate(1, "a"), "`seed=1`"),
        (lambda f: f.simulate("a"), "whole number"),
        (lambda f: f.coef_by(1), "There is `Subject`"),
        (lambda f: f.ranef(True), "There is `Subject`"),
        (lambda f: f.plot_ranef(["Subject"]), "There is `Subject`"),
        (lambda f: f.plot_effects(["Days"]), "There is `Days`"),
        (lambda f: f.update(["x"]), "as text"),
        (lambda f: f.save(None), r'write `save\("model.fit"\)`'),
        (lambda f: f.vcov("HC3"), "Robust covariances do not exist for mixed models here"),
        (lambda f: f.vcov(type="cluster"), "Robust covariances"),
        (lambda f: f.confint(method="profile"), 'not available; "boot"'),
        (lambda f: f.refit(REML="ML"), "neither True nor False"),
    ],
)
def test_arguments_of_the_wrong_kind_are_refused_in_words(fit, ask, said):
    with pytest.raises(ModelError, match=said):
        ask(fit)


def test_a_response_that_is_no_number_is_refused_by_refit():
    fit = st.lmer(F, st.load_dataset("sleepstudy"))
    with pytest.raises(DataError, match="needs numbers"):
        fit.refit(["a"] * 180)
    frame = fit.simulate(1, 1)
    np.testing.assert_array_equal(fit.refit(frame).coef(), fit.refit(frame["sim_1"]).coef())


def test_wald_is_wald_in_any_case(fit):
    np.testing.assert_array_equal(fit.confint(method="Wald"), fit.confint(method="wald"))


def test_the_call_is_shown_without_the_data():
    fit = dense_lmer(F, data_of("slopes"), REML=False)
    assert repr(fit.call) == f"dense_lmer({F!r}, data, REML=False)"


def test_what_users_call_is_listed_and_nothing_else(fit, linear):
    for one in (fit, *linear):
        listed = {name for name in dir(one) if not name.startswith("_")}
        assert {"coef", "summary", "predict", "aic", "check"} <= listed and not listed & PLUMBING
        assert all(hasattr(type(one), name) or hasattr(one, name) for name in listed)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("vif", "a LinearEstimate has no `vif`: regress the column on the others"),
        ("TukeyHSD", r"write `fit.emmeans\(specs\).pairs\(\)`"),
        ("bptest", "allows for them"),
        ("AICc", "add 2 k"),
        ("rse", "write `fit.sigma`"),
        ("xlevels", "write `fit.model.design.levels`"),
        ("durbin_watson", "neighbouring rows"),
    ],
)
def test_what_is_not_here_is_told_by_what_does_its_work(linear, name, said):
    with pytest.raises(AttributeError, match=said):
        getattr(linear[0], name)
    with pytest.raises(AttributeError, match="an OrdinalEstimate has no"):
        getattr(linear[2], name)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda f: f.plot(which=1), "four plots of R"),
        (lambda f: f.predict(type="lp"), 'Write "link"'),
        (lambda f: f.predict(type="prob"), 'Write "response"'),
        (lambda f: f.predict(interval="pred"), 'Write "prediction"'),
        (lambda f: f.emmeans(None, weights="prop"), 'Write "proportional"'),
        (lambda f: f.emmeans(None, adjust="holm"), "adjust what is asked of the means"),
        (lambda f: f.emmeans().pairs(type="response"), 'type="response"'),
    ],
)
def test_values_and_arguments_of_r_are_translated(ask, said):
    with pytest.raises(ModelError, match=said):
        ask(st.glm("am ~ wt", st.load_dataset("mtcars"), "binomial"))


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda f: f.summary().coefficients, r"its figures are in `.table`; the fit itself has `fit.coef_table\(\)`"),
        (lambda f: f.summary()["sigma"], "the fit itself has `fit.sigma`"),
        (lambda f: f.emmeans().to_frame(), "its figures are in `.table`"),
        (lambda f: f.emmeans().cld(), "groups of letters are not made"),
        (lambda f: f.emmeans().summary(infer=True), "means has intervals"),
        (lambda f: f.slopes().tabel, "Did you mean `table`"),
        (lambda f: st.IRLS(maxit=3), "`IRLS` has no argument `maxit`: write `max_iterations=`"),
        (lambda f: st.NUTS(chians=3), "Did you mean `chains`"),
    ],
)
def test_tables_and_engines_say_what_they_have(linear, ask, said):
    with pytest.raises((AttributeError, ModelError), match=said):
        ask(linear[0])
