"""Slopes, comparisons and predictions against formulas, brute force and marginal means."""

import time
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import special

import statmodels_tf as st
from statmodels_tf.errors import ModelError
from tests.fits.cases import dense_fit


@cache
def data():
    rng = np.random.default_rng(5)
    n = 400
    frame = pd.DataFrame(
        {"x": rng.normal(size=n), "z": rng.uniform(0.5, 3, size=n), "arm": rng.choice(["a", "b", "c"], n),
         "w": rng.uniform(0.2, 2, n), "flag": rng.random(n) < 0.4}
    )  # fmt: skip
    eta = 0.3 + 0.8 * frame["x"] - 0.5 * np.log(frame["z"]) + (frame["arm"] == "b") * 0.7
    return frame.assign(y=(rng.random(n) < special.expit(eta)).astype(int), count=rng.poisson(np.exp(0.5 * eta)))


@cache
def logit(formula="y ~ x + log(z) * arm + I(x^2)"):
    return st.glm(formula, data(), "binomial")


def test_the_average_slope_of_a_logistic_model_is_by_formula():
    fit = logit("y ~ x + z")
    X, b, V = fit.model_matrix().to_numpy(), fit.coef().to_numpy(), fit.vcov().to_numpy()
    mu = special.expit(X @ b)
    d, dd = mu * (1 - mu), mu * (1 - mu) * (1 - 2 * mu)
    row = fit.slopes("x").table.iloc[0]
    assert row["estimate"] == pytest.approx(np.mean(d) * b[1], rel=1e-9)
    J = b[1] * (X * dd[:, None]).mean(axis=0) + np.mean(d) * np.array([0, 1, 0])
    assert row["se"] == pytest.approx(np.sqrt(J @ V @ J), rel=1e-8)
    assert np.isinf(row["df"])


def brute(fit, quantity):
    """Return a quantity of the coefficients and its standard error by numeric derivatives of everything."""
    b, V = fit.coef().to_numpy(), fit.vcov().to_numpy()
    J = np.array([(quantity(b + h) - quantity(b - h)) / 2e-5 for h in 1e-5 * np.eye(len(b))])
    return quantity(b), np.sqrt(J @ V @ J)


def mean_at(fit, b, **columns):
    return special.expit(fit.model.design.on(data().assign(**columns)).common.matvec(b))


def test_slopes_of_transformed_columns_by_brute_force():
    fit = logit()
    for name in ("x", "z"):
        row = fit.slopes(name).table.iloc[0]
        h = 1e-5

        def quantity(b, name=name, h=h):
            ends = [mean_at(fit, b, **{name: data()[name] + s * h}) for s in (1, -1)]
            return np.mean(ends[0] - ends[1]) / (2 * h)

        value, se = brute(fit, quantity)
        assert row["estimate"] == pytest.approx(value, rel=1e-7)
        assert row["se"] == pytest.approx(se, rel=1e-4)


def test_the_derivative_is_good_to_eight_digits():
    cars = st.load_dataset("mtcars")
    fit = st.lm("mpg ~ log(hp) + I(wt^3) + poly(qsec, 2)", cars)
    b = fit.coef()
    rows = fit.slopes("hp", average=False).table
    np.testing.assert_allclose(rows["estimate"], b["log(hp)"] / cars["hp"], rtol=1e-8)
    rows = fit.slopes("wt", average=False).table
    np.testing.assert_allclose(rows["estimate"], 3 * b["I(wt^3)"] * cars["wt"] ** 2, rtol=1e-8)
    assert list(rows.index) == list(cars.index)
    se = fit.se()["I(wt^3)"] * 3 * cars["wt"] ** 2
    np.testing.assert_allclose(rows["se"], se, rtol=1e-7)


def test_rows_average_to_the_average():
    fit = logit()
    each, mean = fit.slopes("x", average=False).table, fit.slopes("x").table
    assert each["estimate"].mean() == pytest.approx(mean["estimate"][0], rel=1e-12)
    groups = fit.slopes("x", by="arm").table
    np.testing.assert_allclose(groups["estimate"], each["estimate"].groupby(each_arm()).mean(), rtol=1e-12)
    weighted = fit.slopes("x", weights=data()["w"]).table["estimate"][0]
    assert weighted == pytest.approx(np.average(each["estimate"], weights=data()["w"]), rel=1e-12)


def each_arm():
    return data()["arm"].to_numpy()


def test_comparisons_by_brute_force():
    fit = logit()

    def average(b, arm):
        return np.mean(mean_at(fit, b, arm=arm))

    table = fit.comparisons("arm").table.set_index("contrast")
    for arm in "bc":
        value, se = brute(fit, lambda b, arm=arm: average(b, arm) - average(b, "a"))
        assert table.loc[f"{arm} - a", "estimate"] == pytest.approx(value, rel=1e-10)
        assert table.loc[f"{arm} - a", "se"] == pytest.approx(se, rel=1e-5)
    for kind, name in (("ratio", "b / a"), ("oddsratio", "b / a"), ("lnratio", "b / a"), ("lnoddsratio", "b / a")):

        def quantity(b, kind=kind):
            ends = average(b, "b"), average(b, "a")
            odds = ends[0] / (1 - ends[0]), ends[1] / (1 - ends[1])
            ratio = odds[0] / odds[1] if "odds" in kind else ends[0] / ends[1]
            return np.log(ratio) if kind.startswith("ln") else ratio

        value, se = brute(fit, quantity)
        row = fit.comparisons("arm", comparison=kind).table.set_index("contrast").loc[name]
        assert row["estimate"] == pytest.approx(value, rel=1e-10), kind
        assert row["se"] == pytest.approx(se, rel=1e-5), kind
        assert (row["lower"] > 0) or kind.startswith("ln")
    assert len(fit.comparisons("arm", levels="pairwise").table) == 3
    assert list(fit.comparisons("arm", levels="sequential").table["contrast"]) == ["b - a", "c - b"]


def test_numbers_move_by_a_step():
    fit = logit()
    moved = np.mean(mean_at(fit, fit.coef().to_numpy(), x=data()["x"] + 2) - fit.fitted())
    assert fit.comparisons("x", step=2).table["estimate"][0] == pytest.approx(moved)
    low_high = fit.comparisons("x", step=(0, 1)).table
    b = fit.coef().to_numpy()
    assert low_high["estimate"][0] == pytest.approx(np.mean(mean_at(fit, b, x=1.0) - mean_at(fit, b, x=0.0)))
    assert low_high["contrast"][0] == "1 - 0"
    assert fit.comparisons("x", step="sd").table["contrast"][0] == "+sd"


def test_averages_of_predictions():
    fit = logit()
    assert fit.predictions().table["estimate"][0] == pytest.approx(fit.fitted().mean())
    table = fit.predictions(by="arm").table
    np.testing.assert_allclose(table["estimate"], fit.fitted().groupby(each_arm()).mean())
    at = fit.predictions(at={"arm": ["a", "c"]}).table
    expected = [np.mean(mean_at(fit, fit.coef().to_numpy(), arm=arm)) for arm in "ac"]
    np.testing.assert_allclose(at["estimate"], expected)
    assert list(at["arm"]) == ["a", "c"]


def test_marginal_means_where_they_coincide():
    warp = st.load_dataset("warpbreaks")  # balanced
    fit = st.lm("breaks ~ wool * tension", warp)
    means, table = fit.emmeans("tension").table, fit.predictions(by="tension").table
    for own, other in (("estimate", "emmean"), ("se", "se"), ("df", "df"), ("lower", "lower")):
        np.testing.assert_allclose(table[own], means[other], rtol=1e-9)
    pairs = fit.emmeans("tension").pairs(adjust="none", reverse=True).table
    compared = fit.comparisons("tension", levels="pairwise").table
    for column in ("estimate", "se", "p", "lower"):
        np.testing.assert_allclose(compared[column], pairs[column], rtol=1e-9)
    trend = logit("y ~ x * arm").emtrends("x", "arm").table
    slope = logit("y ~ x * arm").slopes("x", by="arm", type="link").table
    np.testing.assert_allclose(slope["estimate"], trend["x.trend"], rtol=1e-8)
    np.testing.assert_allclose(slope["se"], trend["se"], rtol=1e-8)


def test_a_slope_without_a_name_is_of_every_column():
    table = logit("y ~ x + arm + flag").slopes().table
    assert list(zip(table["term"], table["contrast"], strict=True)) == [
        ("x", "slope"), ("arm", "b - a"), ("arm", "c - a"), ("flag", "True - False")
    ]  # fmt: skip


def test_mixed_models_and_the_mean_row():
    fit = dense_fit("crossed")
    table = fit.slopes("x", at={"arm": ["old", "new"]}).table
    b = fit.coef()
    np.testing.assert_allclose(table["estimate"], [b["x"], b["x"] + b["x:arm[new]"]], rtol=1e-8)
    assert table["df"][0] == pytest.approx(fit.coef_table().loc["x", "df"], rel=1e-6)
    model = logit("y ~ x + z")
    eta = model.coef() @ np.array([1, data()["x"].mean(), data()["z"].mean()])
    at_mean = model.slopes("x", newdata="mean").table["estimate"][0]
    assert at_mean == pytest.approx(model.coef()["x"] * special.expit(eta) * special.expit(-eta), rel=1e-9)


def test_log_links_and_offsets():
    fit = st.glm("count ~ x + offset(log(z))", data(), "poisson")
    row = fit.slopes("x").table.iloc[0]
    assert row["estimate"] == pytest.approx(np.mean(fit.fitted()) * fit.coef()["x"], rel=1e-8)
    array = st.glm("count ~ x", data(), "poisson", offset=np.log(data()["z"].to_numpy()))
    assert array.slopes("x").table["estimate"][0] == pytest.approx(row["estimate"], rel=1e-8)
    assert array.slopes("x").table["se"][0] == pytest.approx(row["se"], rel=1e-8)


def test_rows_that_lack_a_value_are_left_out():
    new = data().head(4).assign(x=[0.0, np.nan, 1.0, 2.0])
    fit = logit("y ~ x + z")
    kept = fit.predictions(newdata=new.dropna()).table["estimate"][0]
    assert fit.predictions(newdata=new).table["estimate"][0] == pytest.approx(kept)


REFUSED = [
    (lambda f: f.slopes("xx"), "Did you mean `x`"),
    (lambda f: f.slopes("x", by="arn"), "Did you mean `arm`"),
    (lambda f: f.slopes("x", by="w"), "newdata="),
    (lambda f: f.slopes("x", at={"arm": "d"}), 'no level "d"'),
    (lambda f: f.slopes("x", newdata="median"), '"mean"'),
    (lambda f: f.slopes("x", weights="ww"), "no column `ww`"),
    (lambda f: f.slopes("x", type="resp"), "response"),
    (lambda f: f.comparisons("arm", comparison="ratioavg"), "Did you mean `ratio`"),
    (lambda f: f.comparisons("arm", comparison="ratio", type="link"), "response scale"),
    (lambda f: f.comparisons("x", step="twosd"), "write a number"),
    (lambda f: f.slopes(variables="x"), "write `x=`"),
    (lambda f: f.slopes("x", wts="w"), "write `weights=`"),
]


@pytest.mark.parametrize(("ask", "message"), REFUSED, ids=[m for _, m in REFUSED])
def test_refusals_say_what_to_write(ask, message):
    with pytest.raises(ModelError) as error:
        ask(logit())
    assert message in str(error.value)


def test_statsmodels_and_r_names_are_translated():
    for name, said in (("get_margeff", "slopes()"), ("avg_slopes", "slopes()"), ("linearHypothesis", "hypothesis(")):
        with pytest.raises(AttributeError) as error:
            getattr(logit(), name)
        assert said in str(error.value)


def test_effects_print_and_draw():
    effects = logit().slopes()
    assert "Average slopes" in str(effects) and "<table>" in effects._repr_html_()
    axes = effects.plot()
    assert axes.get_title(loc="left").startswith("Average slopes")
    assert not any("|" in label.get_text() for label in axes.get_yticklabels())
    rows = logit().slopes("x", average=False)
    assert "400 rows" in str(rows)


@pytest.mark.slow
def test_a_million_rows_take_bounded_time():
    rng = np.random.default_rng(1)
    n, p = 1_000_000, 20
    X = rng.normal(size=(n, p))
    frame = pd.DataFrame(X, columns=[f"x{j}" for j in range(p)])
    frame["y"] = (rng.random(n) < special.expit(X[:, 0] * 0.5)).astype(int)
    fit = st.glm("y ~ " + " + ".join(frame.columns[:p]), frame, "binomial")
    start = time.process_time()
    row = fit.slopes("x0").table.iloc[0]
    spent = time.process_time() - start
    mu = fit.fitted().to_numpy()
    assert row["estimate"] == pytest.approx(np.mean(mu * (1 - mu)) * fit.coef()["x0"], rel=1e-8)
    assert spent < 4, spent
