"""Dates group rows by their ISO text, count as days since 1970 in `as.numeric`, and are no term of their own."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from statmodels_tf.design import build
from statmodels_tf.errors import DataError

DAYS = pd.date_range("2020-01-30", periods=4)
COLUMNS = {
    "dates": (DAYS, ("2020-01-30", "2020-01-31", "2020-02-01", "2020-02-02"), 18291 + np.arange(4.0)),
    "times": (DAYS + pd.Timedelta(hours=6), tuple(f"{d:%Y-%m-%d} 06:00:00" for d in DAYS), 18291.25 + np.arange(4.0)),
    "zoned": (DAYS.tz_localize("Asia/Tokyo"),
              tuple(f"{d:%Y-%m-%d} 00:00:00+09:00" for d in DAYS), 18290.625 + np.arange(4)),
    "objects": ([d.date() for d in DAYS], tuple(f"{d:%Y-%m-%d}" for d in DAYS), 18291 + np.arange(4.0)),
    "months": (pd.period_range("2020-01", periods=4, freq="M"), ("2020-01", "2020-02", "2020-03", "2020-04"),
               np.array([18262.0, 18293, 18322, 18353])),
}  # fmt: skip


@pytest.mark.parametrize("kind", COLUMNS)
def test_dates_group_rows_and_count_days(kind):
    column, levels, days = COLUMNS[kind]
    data = pd.DataFrame({"y": np.arange(8.0) ** 2, "d": pd.concat([pd.Series(column)[::-1]] * 2, ignore_index=True)})
    made = build("y ~ as.numeric(d) + (1 | d)", data)
    assert made.groups[0].levels == levels and made.groups[0].codes[:4].tolist() == [3, 2, 1, 0]
    np.testing.assert_array_equal(made.common.column(1)[:4], days[::-1])
    for new in (data.iloc[[1]], {"d": levels[2]}):
        again = made.on(new)
        assert again.groups[0].codes.tolist() == [2] and again.common.dense()[0, 1] == days[2]


@pytest.mark.parametrize("form", [pl.DataFrame, pa.table, dict])
def test_dates_of_every_table(form):
    made = build("y ~ as.numeric(d)", form({"y": [1.0, 2, 4], "d": [datetime.date(2020, 1, d) for d in (1, 2, 5)]}))
    assert made.common.column(1).tolist() == [18262, 18263, 18266]


def test_a_missing_date_drops_its_row():
    data = pd.DataFrame({"y": np.arange(4.0), "d": DAYS}).assign(d=lambda d: d["d"].where(d["y"] != 1))
    assert build("y ~ as.numeric(d)", data).missing_by == {"d": 1}


def test_dates_compare_with_text():
    data = pd.DataFrame({"y": np.arange(4.0), "d": DAYS})
    assert build("y ~ I(d >= '2020-02-01')", data).common.column(1).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("kind", COLUMNS)
def test_dates_as_a_term_get_advice_that_works(kind):
    data = pd.DataFrame({"y": np.arange(4.0), "d": COLUMNS[kind][0]})
    with pytest.raises(DataError, match=r"as.numeric\(d\)") as caught:
        build("y ~ d", data)
    assert "(d - d.min()).dt.days" in str(caught.value) and ".dt.to_timestamp()" in str(caught.value)
    days = data["d"].dt.to_timestamp() if kind == "months" else pd.to_datetime(data["d"])
    assert (days - days.min()).dt.days.iloc[0] == 0
    with pytest.raises(DataError, match="the response `d` holds dates"):
        build("d ~ y", data)
    with pytest.raises(DataError, match=r"was given dates .* `as.numeric\(...\)`"):
        build("y ~ log(d)", data)


def test_text_that_is_no_date_is_refused_on_new_rows():
    made = build("y ~ as.numeric(d)", pd.DataFrame({"y": np.arange(4.0), "d": DAYS}))
    with pytest.raises(DataError, match="held dates in the data fitted and holds 'soon' here"):
        made.on({"d": ["soon"]})
