"""What marginal means cannot be asked, and what the messages say to write instead."""

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.errors import ModelError


def warp():
    return st.lm("breaks ~ wool * tension", st.load_dataset("warpbreaks"))


REFUSED = [
    (lambda f: f.emmeans("tensoin"), "Did you mean `tension`"),
    (lambda f: f.emmeans("tension", by="wol"), "Did you mean `wool`"),
    (lambda f: f.emmeans("tension", by="tension"), "both shown and"),
    (lambda f: f.emmeans("~ tension | wool", by="wool"), "both group"),
    (lambda f: f.emmeans("tension", at={"wool": "C"}), 'no level "C"'),
    (lambda f: f.emmeans("tension", at=3), "write a dict"),
    (lambda f: f.emmeans("tension", type="respons"), 'Write "response"'),
    (lambda f: f.emmeans("tension", weights="prop"), "proportional"),
    (lambda f: f.emtrends("wool"), "is a factor"),
    (lambda f: f.emmeans("tension").contrast("pairwse"), "Did you mean `pairwise`"),
    (lambda f: f.emmeans("tension").contrast({"x": [1, -1]}), "2 coefficients"),
    (lambda f: f.emmeans("tension").pairs(adjust="tuckey"), "Did you mean `tukey`"),
    (lambda f: f.emmeans("tension").contrast("trt.vs.ctrl", ref="X"), "no mean 'X'"),
    (lambda f: f.emmeans("tension").contrast("pairwise", by="wool"), "no column `wool`"),
]


@pytest.mark.parametrize(("ask", "message"), REFUSED, ids=[m for _, m in REFUSED])
def test_refusals_say_what_to_write(ask, message):
    with pytest.raises(ModelError, match=message.replace("(", r"\(")):
        ask(warp())


def test_a_number_needs_values():
    fit = st.lm("mpg ~ wt * factor(cyl)", st.load_dataset("mtcars"))
    with pytest.raises(ModelError, match=r"`wt` is numeric.*at=.*emtrends"):
        fit.emmeans("wt")
    table = fit.emmeans("~ cyl | wt", at={"wt": [2, 3]}).table
    assert table["wt"].tolist() == [2, 2, 2, 3, 3, 3]


def test_data_read_block_by_block_need_values(tmp_path):
    cars = st.load_dataset("mtcars").assign(gear=lambda d: d["gear"].astype(str))
    cars.to_parquet(tmp_path / "cars.parquet")
    streamed = st.lm("mpg ~ wt + gear", str(tmp_path / "cars.parquet"))
    with pytest.raises(ModelError, match=r"mean of `wt` is not known; write its value"):
        streamed.emmeans("gear")
    with pytest.raises(ModelError, match="newdata="):
        streamed.slopes("wt")
    fit = st.lm("mpg ~ wt + gear", cars)
    expected = fit.emmeans("gear", at={"wt": 3}).table
    table = streamed.emmeans("gear", at={"wt": 3}).table
    np.testing.assert_allclose(table["emmean"], expected["emmean"], rtol=1e-9)
    np.testing.assert_allclose(table["se"], expected["se"], rtol=1e-9)
    own = streamed.slopes("gear", newdata=cars).table
    np.testing.assert_allclose(own["estimate"], fit.slopes("gear").table["estimate"], rtol=1e-9)


def test_data_read_block_by_block_have_the_offset_that_is_given(tmp_path):
    cars = st.load_dataset("mtcars").assign(gear=lambda d: d["gear"].astype(str))
    cars.to_parquet(tmp_path / "cars.parquet")
    streamed = st.glm("carb ~ gear + offset(log(cyl))", str(tmp_path / "cars.parquet"), "poisson")
    fit = st.glm("carb ~ gear + offset(log(cyl))", cars, "poisson")
    table, expected = (f.emmeans("gear", type="response", offset=0).table for f in (streamed, fit))
    np.testing.assert_allclose(table[["rate", "se"]], expected[["rate", "se"]], rtol=1e-8)
    with pytest.raises(ModelError, match="mean of the offset is not known; write `offset=`"):
        streamed.emmeans("gear")
    with pytest.raises(ModelError, match="how often levels occur is not known"):
        streamed.emmeans("gear", offset=0, weights="proportional")


def test_thousands_of_means_are_not_paired_by_accident():
    data = pd.DataFrame({"g": np.repeat([f"g{i:03d}" for i in range(320)], 3), "y": np.arange(960.0) % 7})
    means = st.lm("y ~ g", data).emmeans("g")
    np.testing.assert_allclose(means.table["emmean"], data.groupby("g")["y"].mean(), rtol=1e-9)
    with pytest.raises(ModelError, match="51,040 pairs"):
        means.pairs()
    assert len(means.contrast("trt.vs.ctrl", adjust="sidak").table) == 319


def test_a_factor_made_of_numbers_is_known_by_its_column_and_by_its_label():
    fit = st.lm("mpg ~ wt + factor(cyl)", st.load_dataset("mtcars"))
    one, other = fit.emmeans("cyl").table, fit.emmeans("factor(cyl)").table
    assert one.equals(other) and one.equals(fit.emmeans("cyl", at={"factor(cyl)": [4, 6, 8]}).table)
    assert fit.slopes("factor(cyl)").table.equals(fit.slopes("cyl").table)
    typical = fit.slopes("wt", newdata="mean").table
    assert typical["estimate"].iloc[0] == pytest.approx(fit.coef()["wt"], rel=1e-8)


def test_a_slope_is_not_said_to_be_at_a_value_of_its_own_column():
    cars = st.load_dataset("mtcars")
    assert "at wt" not in str(st.lm("mpg ~ wt", cars).emtrends("wt"))
    assert "at wt" in str(st.lm("mpg ~ log(wt)", cars).emtrends("wt"))
    assert st.lm("mpg ~ wt", cars).emtrends("wt").plot().get_title(loc="left").startswith("Marginal slopes")
