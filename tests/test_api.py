"""The entry points: arguments, the choice of an engine, errors, saved fits; and the fit against dense matrices."""

import inspect
import json
import warnings
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from tests.fits.cases import CASES, data_of, dense_fit

COMPARED = sorted(CASES)


def lmer_of(case):
    _, formula, options = CASES[case]
    return st.lmer(formula, data_of(case), **options)


@pytest.mark.parametrize("case", COMPARED)
def test_the_engine_agrees_with_dense_matrices(case):
    """The optimum is no worse, and at it every answer is that of the textbook's matrices."""
    fit = lmer_of(case)
    assert fit.criterion <= dense_fit(case).criterion + 1e-6
    dense = dense_fit(case).engine.at(fit.model, fit.factors)
    assert fit.criterion == pytest.approx(dense.criterion, abs=1e-7)
    assert fit.deviance == pytest.approx(dense.deviance, abs=1e-7)
    assert fit.sigma == pytest.approx(dense.sigma, rel=1e-8)
    np.testing.assert_allclose(fit.coef(), dense.coef(), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(fit.vcov(), dense.vcov(), rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(fit.fitted(), dense.fitted(), rtol=1e-7)
    np.testing.assert_allclose(fit.hatvalues(), dense.hatvalues(), rtol=1e-6)
    np.testing.assert_allclose(fit.cooks_distance(), dense.cooks_distance(), rtol=1e-5, atol=1e-10)
    for group, table in fit.ranef(se=True).items():
        np.testing.assert_allclose(table, dense.ranef(se=True)[group], rtol=1e-5, atol=1e-6 * fit.sigma)
    for options in ({"random": "include"}, {"random": "exclude", "interval": "prediction"}):
        one = fit.predict(se=True, **options)
        np.testing.assert_allclose(one, dense.predict(se=True, **options), rtol=1e-6)


@pytest.mark.parametrize("case", ["slopes", "ml", "reordered", "uncorrelated"])
def test_degrees_of_freedom_agree_with_differences_of_the_dense_criterion(case):
    fit = lmer_of(case)
    dense = dense_fit(case).engine.at(fit.model, fit.factors)
    np.testing.assert_allclose(fit.coef_table()["df"], dense.coef_table()["df"], rtol=1e-2)


def test_drawn_coefficients_and_effects_have_the_posteriors_moments():
    fit = lmer_of("slopes")
    n = 4000
    drawn = fit.system.draw(np.random.default_rng(1), n)
    se = fit.se().to_numpy()
    assert np.all(np.abs(drawn["beta"].mean(axis=0) - fit.coef()) < 5 * se / np.sqrt(n))
    assert np.all(np.abs(drawn["beta"].std(axis=0) / se - 1) < 5 / np.sqrt(2 * n))
    error = drawn["b"][0] - fit.modes[0]
    x = np.column_stack([np.ones(180), fit.model_frame()["Days"]])
    mean = drawn["beta"] @ x.T + np.einsum("sij,ij->si", drawn["b"][0][:, fit.model.design.groups[0].codes], x)
    claimed = fit.predict(se=True)["se"].to_numpy()
    assert np.all(np.abs(mean.std(axis=0) / claimed - 1) < 6 / np.sqrt(2 * n))
    assert np.all(np.abs(error.mean(axis=0)) < 6 * error.std(axis=0) / np.sqrt(n))


def test_options_change_the_fit():
    data = data_of("crossed")
    formula = "y ~ x + (1 | g)"
    plain = st.lmer(formula, data)
    assert plain.REML and not st.lmer(formula, data, REML=False).REML
    by_name, by_array = st.lmer(formula, data, weights="w"), st.lmer(formula, data, weights=data["w"].to_numpy())
    assert by_name.criterion == pytest.approx(by_array.criterion, abs=1e-9)
    assert abs(by_name.criterion - plain.criterion) > 1e-3
    assert st.lmer(formula, data, subset="x > 0").nobs == int((data["x"] > 0).sum())
    shifted = st.lmer(formula, data, offset="0.5 * x")
    assert shifted.coef()["x"] == pytest.approx(plain.coef()["x"] - 0.5, abs=1e-6)
    own = st.lmer("y ~ half(x) + (1 | g)", data, functions={"half": lambda x: x / 2})
    assert own.coef()["half(x)"] == pytest.approx(2 * plain.coef()["x"], rel=1e-5)
    coded = st.lmer("y ~ arm + (1 | g)", data, contrasts={"arm": "contr.sum"})
    assert list(coded.coef().index) == ["Intercept", "arm[1]", "arm[2]"]


def test_every_kind_of_table_gives_the_same_fit():
    import polars
    import pyarrow

    data = st.load_dataset("sleepstudy").astype({"Subject": str})
    formula = "Reaction ~ Days + (Days | Subject)"
    fit = st.lmer(formula, data)
    tables = (polars.from_pandas(data), pyarrow.Table.from_pandas(data), {c: data[c].to_numpy() for c in data})
    for table in tables:
        other = st.lmer(formula, table)
        np.testing.assert_allclose(other.coef(), fit.coef(), rtol=1e-12)
        np.testing.assert_allclose(other.predict(table), fit.fitted(), rtol=1e-12)


def test_engines_by_name_by_object_and_by_choice():
    formula, data = "Reaction ~ Days + (Days | Subject)", st.load_dataset("sleepstudy")
    fit = st.lmer(formula, data, engine=st.PLS(REML=False))
    assert not fit.REML and fit.diagnostics["engine"] == "pls"
    auto = st.fit(formula, data)
    assert auto.diagnostics["engine"] == "pls" and "first engine" in auto.diagnostics["why"]
    assert auto.criterion == pytest.approx(st.lmer(formula, data).criterion, abs=1e-9)
    with pytest.raises(st.EngineError, match=r'Did you mean `pls`.*"pls"'):
        st.lmer(formula, data, engine="plss")


def test_no_random_effects_is_said_without_naming_what_is_not_there():
    with pytest.raises(st.ModelError, match=r"no random effects.*\(1 \| g\)"):
        st.lmer("Reaction ~ Days", st.load_dataset("sleepstudy"))


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("cbind(Reaction, Days) ~ 1 + (1 | Subject)", "two columns or a number of trials"),
        ("Reaction | trials(Days) ~ 1 + (1 | Subject)", "two columns or a number of trials"),
        ("poly(Reaction, 2) ~ 1 + (1 | Subject)", "two columns or a number of trials"),
        ("Subject ~ Days + (1 | Subject)", "has levels"),
    ],
)
def test_a_gaussian_model_takes_one_column_of_numbers(formula, said):
    for entry in (st.lmer, st.fit):
        with pytest.raises(st.DataError, match=f"(?s){said}.*gaussian model needs"):
            entry(formula, st.load_dataset("sleepstudy"))


def test_a_family_that_is_not_there_is_said_before_the_response_is_read():
    data = st.load_dataset("sleepstudy").assign(late=lambda d: np.where(d["Days"] > 4, "y", "n"))
    with pytest.raises(st.ModelError, match=r"no family .ordered.*There is"):
        st.fit("late ~ Days + (1 | Subject)", data, "ordered")


def test_a_formula_without_a_response_asks_for_one():
    with pytest.raises(st.ModelError, match=r"no response; write one on the left, `y ~ Days"):
        st.lmer("~ Days + (1 | Subject)", st.load_dataset("sleepstudy"))


@pytest.mark.parametrize("value", ["ML", "false", None, 2])
def test_reml_is_true_or_false(value):
    data = st.load_dataset("sleepstudy")
    for entry in (st.lmer, st.fit):
        with pytest.raises(st.ModelError, match="neither True nor False"):
            entry("Reaction ~ Days + (1 | Subject)", data, REML=value)
    assert st.lmer("Reaction ~ Days + (1 | Subject)", data, REML=0).REML is False


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"contrasts": "contr.sum"}, r'contrasts=\{"arm": "contr.sum"\}'),
        ({"priors": "normal"}, r'priors=\{"b": "normal'),
        ({"functions": [np.log]}, r'functions=\{"f": f\}'),
        ({"functions": {"f": 3}}, "is no function"),
    ],
)
def test_what_comes_by_name_is_a_dict(given, said):
    with pytest.raises(st.ModelError, match=said):
        st.lmer("Reaction ~ Days + (1 | Subject)", st.load_dataset("sleepstudy"), **given)


def test_an_engine_without_options_may_be_its_class():
    assert st.lmer("Reaction ~ Days + (1 | Subject)", st.load_dataset("sleepstudy"), engine=st.PLS).REML
    with pytest.raises(st.EngineError, match="Did you mean `pls`"):
        st.lmer("Reaction ~ Days + (1 | Subject)", st.load_dataset("sleepstudy"), engine=["pls"])


def test_a_fit_that_does_not_converge_warns_once():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit = st.lmer("Reaction ~ Days + (Days | Subject)", st.load_dataset("sleepstudy"), engine=st.PLS(max_iter=1))
    assert [w.category for w in caught] == [st.ConvergenceWarning]
    assert caught[0].filename == __file__
    assert "Not converged" in str(caught[0].message) and "Not converged" in str(fit.summary())
    assert not fit.converged and "NOT CONVERGED" in str(fit)


def test_a_singular_fit_is_quiet():
    fit = st.lmer("Yield ~ 1 + (1 | Batch)", st.load_dataset("dyestuff2"))
    assert fit.singular and "Singular fit" in str(fit.summary())


def test_update_and_anova():
    fit = st.lmer("Reaction ~ Days + (Days | Subject)", st.load_dataset("sleepstudy"))
    null = fit.update(". ~ . - Days")
    assert list(null.coef().index) == ["Intercept"]
    pd.testing.assert_frame_equal(st.anova(fit, null), fit.anova(null))
    assert st.anova(fit, null)["Chisq"].iloc[1] == pytest.approx(23.5365, abs=1e-3)
    assert fit.drop1().loc["Days", "LRT"] == pytest.approx(23.5365, abs=1e-3)


@pytest.mark.parametrize("case", COMPARED)
def test_a_saved_fit_comes_back_whole(case, tmp_path):
    fit = lmer_of(case)
    fit.save(tmp_path / "fit.zip")
    again = st.load(tmp_path / "fit.zip")
    assert again.criterion == pytest.approx(fit.criterion, abs=1e-8)
    pd.testing.assert_frame_equal(again.coef_table(), fit.coef_table(), rtol=1e-8)
    new = data_of(case).iloc[::7]
    pd.testing.assert_frame_equal(again.predict(new, se=True), fit.predict(new, se=True), rtol=1e-9)
    assert list(again.fitted().index) == list(fit.fitted().index)
    assert again.diagnostics["evaluations"] == fit.diagnostics["evaluations"]
    assert str(again.summary()) == str(fit.summary())
    assert again.update(REML=False).criterion == pytest.approx(fit.update(REML=False).criterion, abs=1e-6)


def test_a_saved_fit_keeps_what_transforms_learned(tmp_path):
    data = st.load_dataset("airquality")
    fit = st.lmer("Ozone ~ scale(Wind) + poly(Temp, 2) + (1 | Month)", data, subset="Day > 3")
    fit.save(tmp_path / "fit.zip")
    new = data.iloc[10:20]
    pd.testing.assert_series_equal(st.load(tmp_path / "fit.zip").predict(new), fit.predict(new), rtol=1e-12)


@pytest.mark.parametrize(
    "change",
    [
        {"formula": "Reaction ~ open('x').read() + (1 | Subject)"},
        {"formula": "Reaction ~ {__import__('os')} + (1 | Subject)"},
        {"function": "eval"},
        {"engine": "os"},
        {"options": {"functions": {"f": "open"}}},
        {"factors": 0},
    ],
)
def test_a_hostile_file_runs_nothing(change, tmp_path, monkeypatch):
    st.lmer("Reaction ~ Days + (1 | Subject)", st.load_dataset("sleepstudy")).save(tmp_path / "fit.zip")
    with zipfile.ZipFile(tmp_path / "fit.zip") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["fit.json"] = json.dumps(json.loads(members["fit.json"]) | change).encode()
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").write_text("")
    with pytest.raises(st.StatmodelsError):
        st.load(tmp_path / "bad.zip")


def test_an_estimate_exports_draws_only_when_asked():
    fit = st.lmer("Reaction ~ Days + (Days | Subject)", st.load_dataset("sleepstudy"))
    with pytest.raises(st.ModelError, match=r'to_arviz\(draws=1000\).*engine="nuts"'):
        fit.to_arviz()
    assert (
        fit.to_arviz(draws=100)["posterior"].sizes["draw"] * fit.to_arviz(draws=100)["posterior"].sizes["chain"] == 100
    )


def test_the_model_is_there_as_a_joint_distribution_and_as_code():
    fit = st.lmer("Reaction ~ Days + (Days | Subject)", st.load_dataset("sleepstudy"))
    compile(fit.code(), "model.py", "exec")
    assert callable(fit.joint_distribution)


def test_scale_of_the_response_scales_the_fit():
    data = st.load_dataset("sleepstudy")
    one = st.lmer("Reaction ~ Days + (Days | Subject)", data)
    thousand = st.lmer("Reaction ~ Days + (Days | Subject)", data.assign(Reaction=1000 * data["Reaction"]))
    np.testing.assert_allclose(thousand.coef(), 1000 * one.coef(), rtol=1e-5)
    np.testing.assert_allclose(thousand.theta, one.theta, atol=1e-4)


def test_entry_points_name_their_arguments():
    assert list(inspect.signature(st.lmer).parameters)[:2] == ["formula", "data"]
    kinds = {p.kind for p in list(inspect.signature(st.lmer).parameters.values())[2:]}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}  # own parameters come by name
    assert set(st.__all__) <= set(dir(st))


def test_a_model_built_by_hand_has_no_call():
    fit = replace(st.lmer("Reaction ~ Days + (1 | Subject)", st.load_dataset("sleepstudy")), call=None)
    for ask in (lambda: fit.update(". ~ 1"), lambda: fit.save("x"), fit.bayes):
        with pytest.raises(st.ModelError, match="built by hand"):
            ask()
