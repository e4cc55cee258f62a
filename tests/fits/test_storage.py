"""Saved fits: one file without code in it; a file made to do harm does none."""

import json
import zipfile
from dataclasses import replace
from io import BytesIO

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.errors import DataError, ModelError
from statmodels_tf.fits.storage import read_fit
from tests.fits.cases import dense_fit, dense_lmer, toy


@pytest.fixture
def saved(tmp_path):
    dense_fit("crossed").save(tmp_path / "fit.zip")
    return tmp_path / "fit.zip"


def rewritten(path, change=None, arrays=()):
    """The same archive with its JSON changed and some members replaced."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    content = json.loads(members["fit.json"])
    if change:
        change(content)
    members["fit.json"] = json.dumps(content).encode()
    members |= dict(arrays)
    other = path.with_name("other.zip")
    with zipfile.ZipFile(other, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return other


def test_columns_options_and_factors_come_back(saved):
    stored, fit = read_fit(saved), dense_fit("crossed")
    assert (stored.function, stored.engine) == ("dense_lmer", "dense")
    assert stored.formula == str(fit.formula)
    assert stored.options == {"REML": True, "weights": "w"}
    pd.testing.assert_frame_equal(stored.data, toy()[["y", "x", "arm", "g", "h", "w"]], check_dtype=False)
    assert list(stored.data["arm"].cat.categories) == ["old", "new", "none"]
    for mine, theirs in zip(stored.factors, fit.factors, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_every_kind_of_column_comes_back(tmp_path):
    data = toy().drop(columns=["g"]).reset_index(drop=True)
    data["g"] = np.repeat(np.arange(6), 8)
    data["flag"] = np.tile([True, False, False, True], 12)
    data["count"] = pd.array([None, *range(47)], dtype="Int64")
    data["size"] = pd.Categorical(np.tile(["s", "m", "l"], 16), ["s", "m", "l"], ordered=True)
    data["seen"] = pd.array([None, *[True, False] * 23, True], dtype="boolean")
    data["h"] = data["h"].astype(object).where(data.index != 5, None)
    fit = dense_lmer("y ~ flag + count + size + seen + h + (1 | g)", data, weights=data["w"].to_numpy())
    fit.save(tmp_path / "fit.zip")
    stored = read_fit(tmp_path / "fit.zip")
    back = stored.data
    used = data[["y", "h", "g", "flag", "count", "size", "seen"]]
    assert set(back.columns) == set(used.columns)
    assert back["size"].cat.ordered
    assert back["h"].isna().tolist() == data["h"].isna().tolist()
    assert back["seen"].isna().tolist() == data["seen"].isna().tolist()
    again = dense_lmer(stored.formula, back, weights=stored.options["weights"])
    np.testing.assert_allclose(again.coef(), fit.coef(), rtol=1e-8)
    assert again.nobs == fit.nobs == 46


def test_labels_of_rows_come_back(tmp_path):
    for index in (
        pd.DatetimeIndex(np.arange("2024-01", "2024-02-18", dtype="datetime64[D]")),
        pd.RangeIndex(5, 53),
        [f"r{i % 7}" for i in range(48)],
    ):
        fit = dense_lmer("y ~ x + (1 | g)", toy().set_axis(index, axis=0))
        fit.save(tmp_path / "fit.zip")
        pd.testing.assert_index_equal(read_fit(tmp_path / "fit.zip").data.index, pd.Index(index), exact=False)


def test_own_functions_are_not_stored(tmp_path):
    fit = dense_lmer("y ~ half(x) + (1 | g)", toy(), functions={"half": lambda x: x / 2})
    call = fit.call.keeping(functions={"half": abs})
    with pytest.raises(ModelError, match="functions="):
        replace(fit, call=call).save(tmp_path / "fit.zip")
    assert not (tmp_path / "fit.zip").exists()


def test_a_pickled_array_is_refused(saved, tmp_path):
    class Harm:
        def __reduce__(self):
            return (open, (str(tmp_path / "harm"), "w"))

    buffer = BytesIO()
    np.save(buffer, np.array([Harm()], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="damaged"):
        read_fit(rewritten(saved, arrays={"factor_0.npy": buffer.getvalue()}))
    assert not (tmp_path / "harm").exists()


def test_member_names_reach_no_file_outside(saved, tmp_path):
    (tmp_path / "secret.npy").write_bytes(b"")

    def change(content):
        content["columns"][0]["array"] = "../secret"

    with pytest.raises(DataError, match="damaged"):
        read_fit(rewritten(saved, change))
    other = rewritten(saved, arrays={"../../escaped.npy": b"x"})
    read_fit(other)
    assert not list(tmp_path.parent.glob("**/escaped.npy"))


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.update(format="something"),
        lambda c: c.update(version=99),
        lambda c: c.pop("formula"),
        lambda c: c.update(columns=3),
        lambda c: c["columns"][0].update(kind="code"),
        lambda c: c["columns"][2].update(levels=["a"]),
        lambda c: c.update(factors="many"),
        lambda c: c.update(options=["x"]),
    ],
)
def test_damaged_content_is_a_data_error(saved, change):
    with pytest.raises(DataError):
        read_fit(rewritten(saved, change))


def test_other_files_are_named(tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(DataError, match=r"a\.txt"):
        read_fit(tmp_path / "a.txt")
    with pytest.raises(DataError, match="no file"):
        read_fit(tmp_path / "absent.zip")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("other.json", "{}")
    with pytest.raises(DataError, match=r"b\.zip"):
        read_fit(tmp_path / "b.zip")
