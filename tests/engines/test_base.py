"""What holds for every engine: it refuses in one place, says what it did, and what to do when it fails."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

import statmodels_tf as st
from statmodels_tf.api.run import choose_engine
from statmodels_tf.design import build
from statmodels_tf.engines import ENGINES, NUTS, PLS, Engine
from statmodels_tf.engines.irls import IRLS
from statmodels_tf.families import as_family
from statmodels_tf.fits.mixed.check import not_converged
from statmodels_tf.model import build_model
from tests.model.cases import toy


def model(formula="y ~ x + (1 | g)", **options):
    return build_model(build(formula, toy(), **options))


@pytest.mark.parametrize("kind", ENGINES.values(), ids=list(ENGINES))
def test_every_engine_is_a_frozen_dataclass_that_keeps_fit_as_it_is(kind):
    assert is_dataclass(kind) and kind.__dataclass_params__.frozen
    assert kind.fit is Engine.fit
    assert isinstance(kind.sampling, bool)
    assert kind.remedy != Engine.remedy


@pytest.mark.parametrize("engine", [PLS(), NUTS(draws=25, warmup=25, chains=1)], ids=["pls", "nuts"])
def test_every_fit_says_which_engine_and_how_many_rows(engine):
    table = toy()
    table.loc["row3", "x"] = np.nan
    fit = engine.fit(build_model(build("y ~ x + (1 | g)", table)))
    about = fit.diagnostics
    assert (about["engine"], about["nobs"], about["dropped"]) == (engine.name, 59, 1)
    assert about["why"].startswith("asked for")


def test_a_model_that_is_not_supported_is_refused_by_fit_itself():
    with pytest.raises(st.EngineError, match="no group term"):
        PLS().fit(model("y ~ x"))
    with pytest.raises(st.EngineError, match="it has priors"):
        PLS().fit(build_model(build("y ~ x + (1 | g)", toy()), priors={"b": "normal(0, 1)"}))


def test_auto_tries_what_does_not_sample_first_and_says_what_it_passed_over():
    chosen, why = choose_engine("auto", model(), REML=True, progress=None)
    assert chosen == PLS() and why == "the first engine that supports this gaussian model"
    chosen, why = choose_engine("auto", model("y ~ x"), REML=True, progress=None)
    assert chosen == IRLS() and why == "the first engine that supports this gaussian model"
    counts = build_model(build("round(exp(y)) ~ x + (1 | g)", toy()), family=as_family("poisson"))
    chosen, why = choose_engine("auto", counts, REML=True, progress=None)
    assert chosen == NUTS()
    assert "irls: IRLS cannot fit `(1 | g)`, a group term" in why and "pls: " in why


def test_an_option_that_an_engine_does_not_have_is_not_dropped():
    assert "REML" not in {f.name for f in fields(NUTS)}
    with pytest.raises(st.EngineError, match="`REML=False`: nuts maximises no likelihood"):
        st.lmer("y ~ x + (1 | g)", toy(), REML=False, engine="nuts")


@pytest.mark.filterwarnings("ignore:Not converged")  # so few draws cannot
def test_a_fit_by_maximum_likelihood_has_a_posterior():
    fit = st.lmer("y ~ x + (1 | g)", toy(), REML=False)
    assert fit.bayes(engine=NUTS(draws=25, warmup=25, chains=1)).diagnostics["engine"] == "nuts"


def test_the_remedy_is_the_engines():
    fit = PLS().fit(model())
    fit = replace(fit, diagnostics={**fit.diagnostics, "converged": False})
    assert "PLS(max_iter=...)" in not_converged(fit)[0]
