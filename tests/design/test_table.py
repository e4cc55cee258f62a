"""Columns are read the same from every kind of table, and what cannot be a column is named."""

import datetime
import subprocess
import sys
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from statmodels_tf.design import build
from statmodels_tf.design.table import table
from statmodels_tf.errors import DataError

FORMULA = "y ~ x + f + t + b + (1|g)"
COLUMNS = {
    "y": [1.0, 2.5, 3.0, 4.0, 5.5, 6.0, 7.5, 8.0],
    "x": [1, 2, None, 4, 5, 6, 7, 9],
    "f": ["lo", "hi", "lo", "hi", "mid", "lo", "hi", None],
    "t": ["b", "a", "b", "a", "b", "b", "a", "a"],
    "b": [True, False, True, None, False, True, True, False],
    "g": [1, 1, 10, 10, 10, 2, 2, 2],
    "unread": [[1], [2], [3], [4], [5], [6], [7], [8]],
}
LEVELS = ["lo", "mid", "hi", "never"]


def reference():
    """Return the design of plain pandas columns."""
    frame = pd.DataFrame(COLUMNS)
    frame["f"] = pd.Categorical(frame["f"], categories=LEVELS)
    return build(FORMULA, frame)


def forms():
    """Yield the same data in every form that is read."""
    frame = pd.DataFrame(COLUMNS)
    category = pd.Categorical(COLUMNS["f"], categories=LEVELS)
    yield "nullable", frame.assign(f=category).convert_dtypes().assign(f=category)
    yield "python strings", frame.assign(f=category, t=frame["t"].astype(object))
    yield "category of text", frame.assign(f=category, t=frame["t"].astype("category"))
    yield (
        "arrow types",
        frame.assign(
            f=category,
            x=frame["x"].astype("int64[pyarrow]"),
            t=frame["t"].astype(pd.ArrowDtype(pa.string())),
            b=frame["b"].astype("bool[pyarrow]"),
            g=frame["g"].astype("category"),
        ),
    )
    yield "small numbers", frame.assign(f=category, g=frame["g"].astype(np.uint8), x=frame["x"].astype(np.float32))
    yield "dict", {**{name: np.array(column) for name, column in COLUMNS.items() if name in "ytg"}, "x": COLUMNS["x"],
                   "f": pd.Series(category), "b": COLUMNS["b"], "unread": COLUMNS["unread"]}  # fmt: skip
    yield "polars", pl.DataFrame(COLUMNS).with_columns(pl.col("f").cast(pl.Enum(LEVELS)))
    arrow = pa.table({**COLUMNS, "f": pa.DictionaryArray.from_arrays([0, 2, 0, 2, 1, 0, 2, None], LEVELS)})
    yield "pyarrow", arrow


@pytest.mark.parametrize(("kind", "data"), list(forms()), ids=lambda v: v if isinstance(v, str) else "")
def test_every_form_gives_the_same_design(kind, data):
    made, wanted = build(FORMULA, data), reference()
    assert made.columns == ("Intercept", "x", "f[mid]", "f[hi]", "t[b]", "b[True]")
    assert made.columns == wanted.columns
    np.testing.assert_array_equal(made.common.dense(), wanted.common.dense())
    np.testing.assert_array_equal(made.rows, [0, 1, 4, 5, 6])
    np.testing.assert_array_equal(made.groups[0].codes, wanted.groups[0].codes)
    assert made.groups[0].levels == ("1", "2", "10")
    assert made.dropped == 3
    assert sorted(made.frame.columns) == ["b", "f", "g", "t", "x", "y"]


def test_polars_categorical_has_its_categories_in_order_of_appearance():
    data = pl.DataFrame({"y": [1.0, 2, 4], "f": ["z", "a", "z"]}, schema_overrides={"f": pl.Categorical})
    assert set(build("y ~ f", data).levels["f"]) == {"a", "z"}


def test_categories_may_be_numbers_or_truth_values():
    data = pd.DataFrame({"y": [1.0, 2, 4, 3], "f": pd.Categorical([5.0, 2.5, 5.0, 2.5], categories=[5.0, 2.5])})
    data["g"] = pd.Categorical([True, False, False, True])
    assert build("y ~ f + g", data).levels == {"f": ("5", "2.5"), "g": ("False", "True")}


def test_object_columns_of_one_type_are_what_they_hold():
    data = pd.DataFrame({"y": [1.0, 2, 4, 3]})
    data["i"] = pd.Series([1, None, 3, 4], dtype=object)
    data["d"] = pd.Series([Decimal("1.5"), Decimal("2"), Decimal("3"), Decimal("5")], dtype=object)
    data["none"] = pd.Series([None] * 4, dtype=object)
    made = build("y ~ i + d", data)
    np.testing.assert_array_equal(made.common.dense(), [[1, 1, 1.5], [1, 3, 3], [1, 4, 5]])
    with pytest.raises(DataError, match="`none` in 4 of them"):
        build("y ~ none", data)


BAD = {
    "dates": pd.date_range("2020-01-01", periods=4),
    "zoned": pd.date_range("2020-01-01", periods=4, tz="UTC"),
    "day": [datetime.date(2020, 1, d) for d in range(1, 5)],
    "span": pd.to_timedelta([1, 2, 3, 4], unit="D"),
    "complex": np.array([1j, 2, 3, 4]),
    "mixed": [1.5, "two", 3.0, 4.0],
    "lists": [[1], [2], [3], [4]],
    "bytes": [b"a", b"b", b"c", b"d"],
    "month": pd.period_range("2020-01", periods=4, freq="M"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_no_column_can_be_is_named_with_a_remedy(name):
    data = pd.DataFrame({"y": [1.0, 2, 4, 3], name: BAD[name]})
    with pytest.raises(DataError, match=f"`{name}`") as caught:
        build(f"y ~ {name}", data)
    remedy = {
        "dates": ".dt.days",
        "month": ".dt.to_timestamp()",
        "span": "total_seconds",
        "mixed": "pd.to_numeric",
        "lists": "row 0",
    }.get(name, "")
    assert remedy in str(caught.value)


def test_a_mixture_names_both_rows():
    data = pd.DataFrame({"y": [1.0, 2, 4, 3], "x": [1.5, None, "two", 3.0]}, index=list("abcd"))
    with pytest.raises(DataError, match=r"row a holds 1.5 .* row c holds 'two'"):
        build("y ~ x", data)


def test_two_columns_of_one_name_matter_only_where_they_are_read():
    data = pd.DataFrame([[1.0, 2.0, 3.0], [2.0, 1.0, 1.0]], columns=["y", "x", "x"])
    assert build("y ~ 1", data).n == 2
    with pytest.raises(DataError, match="2 columns called `x`"):
        build("y ~ x", data)


@pytest.mark.parametrize("data", [None, 3, "ratings.csv", [1, 2], np.zeros((3, 2)), pd.Series([1, 2])])
def test_data_of_the_wrong_type(data):
    with pytest.raises(DataError, match=r"must be a DataFrame .* not "):
        table(data)


def test_a_lazy_frame_is_to_be_collected():
    with pytest.raises(DataError, match=r"\.collect\(\)"):
        table(pl.DataFrame({"y": [1]}).lazy())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "empty"),
        ({"y": [1, 2], "x": [1, 2, 3]}, "`y` has 2 values and `x` has 3"),
        ({"y": pd.Series([1, 2], index=[5, 6]), "x": pd.Series([1, 2])}, "different indexes"),
    ],
)
def test_a_dict_that_is_no_table(data, words):
    with pytest.raises(DataError, match=words):
        build("y ~ x", data)


def test_only_the_columns_used_are_read():
    class Guarded(dict):
        def __getitem__(self, name):
            assert name in "yx", name
            return super().__getitem__(name)

    read = Guarded(y=[1.0, 2.0, 4.0], x=[1, 2, 5], other=[object()] * 3)
    given = table({"y": [1.0], "x": [2]})
    object.__setattr__(given, "data", read)
    object.__setattr__(given, "index", pd.RangeIndex(3))
    assert build("y ~ x", given).columns == ("Intercept", "x")


def test_the_data_may_change_afterwards():
    data = pd.DataFrame({"y": [1.0, 2, 4, 3], "x": [1.0, 2, 3, 5], "f": pd.Categorical(list("abab"))})
    made = build("y ~ x + f:x", data, weights=np.ones(4))
    before = made.common.dense().copy(), made.response.values.copy(), made.frame["x"].tolist()
    data.loc[:, "x"] = 9.0
    data.loc[:, "y"] = 9.0
    np.testing.assert_array_equal(made.common.dense(), before[0])
    np.testing.assert_array_equal(made.response.values, before[1])
    assert made.frame["x"].tolist() == before[2]


def test_importing_the_design_loads_no_polars_or_pyarrow_of_ours():
    script = (
        "import pandas, sys; before = set(sys.modules); import statmodels_tf.design; print(set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "statmodels_tf.design.build" in done.stdout
    assert "'polars'" not in done.stdout and "'pyarrow'" not in done.stdout


def test_names_of_any_kind():
    data = pd.DataFrame({"y": np.arange(6.0) ** 2, "class": [1, 2, 3, 1, 2, 4], "mean": np.arange(6) % 4, "I": 1.5})
    data = data.assign(**{"f\u00fcr x": np.arange(6), "\u53d8\u91cf": list("abcabc"), "and": [1, 1, 2, 2, 3, 3]})
    made = build("y ~ class + `f\u00fcr x` + mean + I(I * mean(mean)) + (class | `and`) + (1 | \u53d8\u91cf)", data)
    assert made.columns == ("Intercept", "class", "f\u00fcr x", "mean", "I(I * mean(mean))")
    assert [block.group for block in made.groups] == ["and", "\u53d8\u91cf"]


def test_small_integers_do_not_overflow():
    data = pd.DataFrame({"y": np.arange(4.0), "a": np.array([100, 2, 3, 127], dtype=np.int8),
                         "b": np.array([200, 1, 2, 255], dtype=np.uint8)})  # fmt: skip
    made = build("y ~ I(a * 100) + I(a^2) + I(-b) + I(b - 201) + a:b", data)
    np.testing.assert_array_equal(made.common.dense()[0], [1, 1e4, 1e4, -200, -1, 2e4])
