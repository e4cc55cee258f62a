"""Terms taken out, put in, searched for, and tested by their scores."""

import numpy as np
import pytest
from scipy import stats

import statmodels_tf as st
from statmodels_tf.errors import DataError, ModelError


@pytest.fixture(scope="module")
def cars():
    return st.load_dataset("mtcars")


@pytest.fixture(scope="module")
def infert():
    return st.load_dataset("infert")


def test_terms_within_interactions_stay(cars):
    fit = st.lm("mpg ~ wt * factor(cyl) + hp", cars)
    table = fit.drop1()
    assert list(table.index) == ["<none>", "hp", "wt:factor(cyl)"]
    assert table.loc["hp", "RSS"] == pytest.approx(st.lm("mpg ~ wt * factor(cyl)", cars).deviance)
    assert list(fit.drop1("F", scope="wt").index) == ["<none>", "wt"]
    with pytest.raises(ModelError, match='"F", "Rao"'):
        st.glm("vs ~ wt", cars, "binomial").drop1("Wald")
    with pytest.raises(ModelError, match=r"no term `hpp`.*Did you mean `hp`"):
        fit.drop1(scope="hpp")


def test_a_dropped_term_gains_what_the_fit_without_it_lacks(infert):
    fit = st.glm("case ~ spontaneous + induced", infert, "binomial")
    less = st.glm("case ~ spontaneous", infert, "binomial")
    row = fit.drop1(test="LRT").loc["induced"]
    assert row["LRT"] == pytest.approx(less.deviance - fit.deviance)
    assert row["AIC"] == pytest.approx(less.aic)
    assert row["Pr(>Chi)"] == pytest.approx(stats.chi2.sf(row["LRT"], 1))


def test_an_added_term_is_that_of_the_larger_fit(infert):
    fit, more = (st.glm(f"case ~ {terms}", infert, "binomial") for terms in ("spontaneous", "spontaneous + induced"))
    row = fit.add1("~ . + induced + age", test="Chisq").loc["induced"]
    assert row["Deviance"] == pytest.approx(more.deviance) and row["AIC"] == pytest.approx(more.aic)
    assert list(fit.add1(["age", "induced"]).index) == ["<none>", "age", "induced"]
    with pytest.raises(ModelError, match="no term that the fit lacks"):
        fit.add1("~ spontaneous")
    holes = infert.assign(age=infert["age"].where(infert.index > 3))
    with pytest.raises(DataError, match="`age` is missing in 4 of the rows"):
        st.glm("case ~ spontaneous", holes, "binomial").add1("age")


def test_interactions_are_added_after_their_margins(cars):
    fit = st.lm("mpg ~ wt", cars)
    assert list(fit.add1("~ . + wt:hp + hp").index) == ["<none>", "hp"]


def test_dropping_a_column_frees_the_one_it_aliased(cars):
    fit = st.lm("mpg ~ wt + I(2 * wt) + hp", cars)
    table = fit.drop1()
    assert table["Df"].tolist()[1:] == [0, 0, 1]


def test_score_tests_are_the_quadratic_form_of_the_score(infert):
    fit = st.glm("case ~ spontaneous", infert, "binomial")
    table = fit.score_test("induced", "age")
    X = np.column_stack([np.ones(len(infert)), infert[["spontaneous", "induced", "age"]].to_numpy(float)])
    mu = fit.fitted().to_numpy()
    u = X.T @ (infert["case"] - mu)
    assert table["Rao"].iloc[-1] == pytest.approx(u @ np.linalg.solve(X.T @ (X * (mu * (1 - mu))[:, None]), u))
    assert table["Df"].tolist() == [1, 1, 2]
    assert table.loc["induced", "p"] == pytest.approx(fit.add1("induced", test="Rao").loc["induced", "Pr(>Chi)"])
    with pytest.raises(ModelError, match="adds no column"):
        fit.score_test("spontaneous")
    with pytest.raises(ModelError, match=r'score_test\("x"'):
        fit.score_test()


def test_a_search_prints_its_path_and_ends_at_a_minimum(cars, capsys):
    fit = st.lm("mpg ~ wt + hp + qsec + drat", cars)
    end = fit.step()
    printed = capsys.readouterr().out
    assert printed.startswith("mpg ~ wt + hp + qsec + drat: AIC = ") and "- qsec" in printed
    table = end.drop1()
    assert table["AIC"].idxmin() == "<none>"
    assert set(end.coef().index) == {"Intercept", "wt", "hp"} or end.aic <= fit.aic
    assert capsys.readouterr().out == "" and fit.step(trace=False).formula == end.formula


def test_a_search_keeps_within_its_bounds(cars):
    fit = st.lm("mpg ~ wt", cars)
    kept = st.lm("mpg ~ drat + wt", cars).step({"lower": "~ drat"}, direction="backward", trace=False)
    assert "drat" in kept.coef().index
    assert fit.step("~ . + hp + drat", direction="forward", steps=1, trace=False).rank == 3
    with pytest.raises(ModelError, match="no AIC"):
        st.glm("carb ~ wt", cars, "quasipoisson").step()
    with pytest.raises(ModelError, match="lower"):
        fit.step({"smallest": "~ 1"})
