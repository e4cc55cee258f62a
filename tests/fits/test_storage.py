"""Saved fits: one file without code in it, and the same fit when it is loaded."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import statmodels_tf as st
from statmodels_tf.errors import DataError, ModelError
from statmodels_tf.families import Gaussian
from statmodels_tf.fits.stored.storage import read_fit
from tests.fits.cases import toy
from tests.fits.saved import rewritten, saved_fit


@pytest.fixture
def saved(tmp_path):
    return saved_fit(tmp_path)


def again(fit, tmp_path):
    fit.save(tmp_path / "fit.zip")
    return st.load(tmp_path / "fit.zip")


def same(loaded, fit, new):
    """The loaded fit answers as the first one did, on the data and on new rows."""
    pd.testing.assert_series_equal(loaded.coef(), fit.coef(), rtol=1e-12)
    pd.testing.assert_frame_equal(loaded.vcov(), fit.vcov(), rtol=1e-9)
    np.testing.assert_array_equal(loaded.fitted().index, fit.fitted().index)
    np.testing.assert_allclose(loaded.fitted(), fit.fitted(), rtol=1e-12)
    assert loaded.criterion == pytest.approx(fit.criterion, rel=1e-12)
    assert loaded.nobs == fit.nobs and loaded.model.design.dropped == fit.model.design.dropped
    if new is not None:
        np.testing.assert_allclose(loaded.predict(new, new_levels="population"),
                                   fit.predict(new, new_levels="population"), rtol=1e-12)  # fmt: skip
    assert str(loaded.summary()) == str(fit.summary())


def holes(data):
    """Rows that lack a value, which transforms learn from all the same."""
    data = data.assign(z=np.linspace(-3, 40, len(data)) ** 2, **{".w": data["w"], "my w": data["w"] + 1})
    data.iloc[[3, 17, 40], data.columns.get_loc("y")] = np.nan
    data.iloc[[5, 30], data.columns.get_loc("arm")] = np.nan
    return data


OPTIONS = {
    "nothing": {},
    "ml": {"REML": False},
    "a column of weights": {"weights": "w"},
    "a name with a dot in front": {"weights": ".w"},
    "a name with a blank": {"weights": "my w"},
    "an expression": {"weights": "1 / `my w`^2", "offset": "0.1 * log(.w)"},
    "a condition": {"subset": 'g != "c" & z > 0.5'},
    "truth values": {"subset": np.arange(48) % 7 > 0},
    "positions": {"subset": np.arange(5, 46)},
    "truth values that may lack": {"subset": pd.array([None, *[True] * 47], dtype="boolean")},
    "arrays": {"weights": np.linspace(1, 2, 48), "offset": np.linspace(0, 1, 48)},
    "a series of nullable numbers": {"weights": pd.Series(np.linspace(1, 2, 48), toy().index, dtype="Float64")},
    "one number": {"weights": 2.0},
    "contrasts by name": {"contrasts": {"arm": "contr.helmert"}},
    "contrasts as a matrix": {"contrasts": {"arm": np.array([[1.0, 0], [0, 1], [-1, -1]])}},
    "contrasts as a list": {"contrasts": {"arm": [[1.0, 0], [0, 1], [-1, -0.5]]}},
    "an engine": {"engine": st.PLS(REML=False, max_iter=50)},
    "an engine by name": {"engine": "pls"},
    "no priors": {"priors": {}},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_a_fit_comes_back_exactly_with_any_option(options, tmp_path):
    data = holes(toy())
    fit = st.lmer("y ~ scale(x) + poly(z, 2) + arm + (1 + scale(z) | g)", data, **options)
    given_offset = isinstance(options.get("offset"), np.ndarray)
    loaded = again(fit, tmp_path)
    same(loaded, fit, None if given_offset else data.drop(columns="y").iloc[2:20])
    if given_offset:
        with pytest.raises(DataError, match="offset"):
            loaded.predict(data)
    assert loaded.engine == fit.engine
    changed = {"formula": ". ~ . - arm"} if "contrasts" not in options else {"REML": False}
    assert loaded.update(**changed).criterion == pytest.approx(fit.update(**changed).criterion, rel=1e-9)
    same(again(loaded, tmp_path), fit, None)


@pytest.mark.parametrize("family", [{"family": "gaussian"}, {"family": Gaussian()}, {"link": "identity"}], ids=str)
def test_families_by_name_or_as_objects_are_stored_by_name(family, tmp_path):
    fit = st.fit("y ~ x + (1 | g)", toy(), **family)
    same(again(fit, tmp_path), fit, toy())


def test_every_kind_of_column_comes_back(tmp_path):
    n, data = 48, toy().drop(columns="g").reset_index(drop=True)
    data["g"] = np.repeat(np.arange(6), 8).astype(np.uint8)
    data["flag"] = np.tile([True, False, False, True], 12)
    data["count"] = pd.array([None, *range(47)], dtype="Int64")
    data["huge"] = np.arange(n, dtype=np.uint64) % 5 + np.uint64(2**63)
    data["half"] = np.linspace(0, 3, n).astype(np.float32) ** 2
    data["size"] = pd.Categorical(np.tile(["s", "m", "l"], 16), ["s", "m", "l"], ordered=True)
    data["grade"] = pd.Categorical(np.tile([2.5, 1.0, 4.0, 3.0], 12))
    data["seen"] = pd.array([None, *[True, False] * 23, True], dtype="boolean")
    data["maybe"] = pd.Series([*[True, False, False] * 15, None, True, True], dtype=object)
    data["h"] = data["h"].astype(object).where(data.index != 5, None)
    names = ["y", "g", "flag", "count", "huge", "half", "size", "grade", "seen", "maybe", "h"]
    formula = f"y ~ {' + '.join(names[2:])} + (1 | g)"
    fit = st.lmer(formula, data)
    loaded = again(fit, tmp_path)
    same(loaded, fit, data)
    back = loaded.call.data
    assert set(back.columns) == set(names)
    for name in ("flag", "huge", "half", "size"):
        np.testing.assert_array_equal(back[name], data[name])
    assert back["huge"].dtype == np.uint64 and back["half"].dtype == np.float32
    assert back["size"].cat.ordered
    assert fit.nobs == 45


def test_dates_and_periods_come_back(tmp_path):
    days = np.arange("2024-01", "2024-02-18", dtype="datetime64[D]")
    for when in (
        pd.Series(days),
        pd.Series(pd.DatetimeIndex(days).tz_localize("Europe/Zurich")),
        pd.Series([pd.Timestamp(day).date() for day in days], dtype=object),
        pd.Series(pd.PeriodIndex(days, freq="D")),
    ):
        data = toy().reset_index(drop=True).assign(when=when)
        fit = st.lmer("y ~ as.numeric(when) + (1 | g)", data)
        same(again(fit, tmp_path), fit, data)


@pytest.mark.parametrize(
    "index",
    [
        pd.DatetimeIndex(np.arange("2024-01", "2024-02-18", dtype="datetime64[D]")),
        pd.DatetimeIndex(np.arange("2024-01", "2024-02-18", dtype="datetime64[D]")).tz_localize("Asia/Tokyo"),
        pd.RangeIndex(5, 53),
        pd.Index(np.linspace(0, 1, 48), name="place"),
        pd.Index([f"r{i % 7}" for i in range(48)]),
        pd.MultiIndex.from_arrays([list("abcdef" * 8), range(48)], names=["letter", None]),
    ],
    ids=lambda index: type(index).__name__,
)
def test_labels_of_rows_come_back(index, tmp_path):
    loaded = again(st.lmer("y ~ x + (1 | g)", toy().set_axis(index, axis=0)), tmp_path)
    pd.testing.assert_index_equal(loaded.fitted().index, index, exact=False)


def test_own_functions_are_not_stored(tmp_path):
    fit = st.lmer("y ~ half(x) + (1 | g)", toy(), functions={"half": lambda x: x / 2})
    with pytest.raises(ModelError, match="functions="):
        fit.save(tmp_path / "fit.zip")
    assert not (tmp_path / "fit.zip").exists()


def test_data_changed_since_the_fit_are_not_stored_with_it(tmp_path):
    data = toy()
    fit = st.lmer("y ~ x + (1 | g)", data)
    data["x"] = data["x"] + 1
    with pytest.raises(ModelError, match="changed"):
        fit.save(tmp_path / "fit.zip")


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(DataError, match="absent"):
        st.lmer("y ~ x + (1 | g)", toy()).save(tmp_path / "absent" / "fit.zip")


def test_a_large_file_that_would_compress_too_well_is_not_compressed(tmp_path, monkeypatch):
    monkeypatch.setattr("statmodels_tf.fits.stored.archive._ROOM", 0)
    monkeypatch.setattr("statmodels_tf.fits.stored.archive._RATIO", 2)
    fit = st.lmer("y ~ x + (1 | g)", toy())
    same(again(fit, tmp_path), fit, toy())


def test_a_fit_that_did_not_converge_is_loaded_as_such(tmp_path):
    with pytest.warns(st.ConvergenceWarning):
        fit = st.lmer("y ~ x + (1 + x | g)", toy(), engine=st.PLS(max_iter=1))
    loaded = again(fit, tmp_path)
    assert not loaded.converged and str(loaded.summary()) == str(fit.summary())
    # A file cannot vouch for a fit: the criterion is judged at its factors.
    path = rewritten(tmp_path / "fit.zip", lambda c: c["diagnostics"].update(converged=True, message="fine"))
    assert not st.load(path).converged and "fine" not in str(st.load(path).summary())


def test_only_how_it_was_found_is_believed(saved):
    content = json.loads(zipfile.ZipFile(saved).read("fit.json"))
    assert set(content["diagnostics"]) == {"seconds", "evaluations", "iterations", "starts", "message", "converged"}
    first, loaded = read_fit(saved).diagnostics, st.load(saved).diagnostics
    assert {k: loaded[k] for k in first} == first
    assert (loaded["rank"], loaded["nobs"], loaded["singular"]) == (4, 48, False)


def test_a_fit_without_a_finite_criterion_can_be_described(saved):
    stored = read_fit(rewritten(saved, lambda c: c.update(criterion=None)))
    assert stored.criterion is None and replace(stored, criterion=1.0).criterion == 1.0
