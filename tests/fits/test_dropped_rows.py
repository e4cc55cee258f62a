"""The summary says which columns and expressions dropped rows."""

import numpy as np
import pytest

import statmodels_tf as st


@pytest.fixture(scope="module")
def data():
    return st.load_dataset("sleepstudy")


def test_a_logarithm_without_a_value_is_named(data):
    text = str(st.lmer("log(Reaction - 250) ~ Days + (1 | Subject)", data).summary())
    count = int((data["Reaction"] < 250).sum())
    assert f"{count} rows dropped: `log(Reaction - 250)` has no value there" in text


def test_columns_with_missing_values_are_named(data):
    holes = data.assign(z=np.arange(180.0))
    holes.loc[holes.index[:3], "z"] = np.nan
    holes.loc[holes.index[2:4], "Days"] = np.nan
    text = str(st.lmer("Reaction ~ Days + z + (1 | Subject)", holes).summary())
    assert "4 rows with missing values dropped (Days 2, z 3)" in text
    text = str(st.lmer("Reaction ~ log(Days - 1.5) + z + (1 | Subject)", holes).summary())
    assert "rows dropped (missing: Days 2, z 3; without a value: `log(Days - 1.5)`" in text
