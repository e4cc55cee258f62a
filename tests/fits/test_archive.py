"""A file made to do harm does none: what is wrong with it is a DataError that names it, soon and in little memory."""

import os
import tracemalloc
import zipfile
from io import BytesIO

import numpy as np
import pytest

import statmodels_tf as st
from statmodels_tf.errors import DataError
from tests.fits.cases import toy
from tests.fits.saved import rewritten, saved_fit


@pytest.fixture
def saved(tmp_path):
    return saved_fit(tmp_path)


def npy(shape, descr="<f8", data=b""):
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def option(**values):
    return lambda content: content["options"].update(values)


CHANGES = {
    "another format": lambda c: c.update(format="something"),
    "another version": lambda c: c.update(version=99),
    "no formula": lambda c: c.pop("formula"),
    "formula of another type": lambda c: c.update(formula=["y ~ x"]),
    "formula without groups": lambda c: c.update(formula="y ~ x", factors=0),
    "formula without response": lambda c: c.update(formula="~ x + (1 + x | g)"),
    "formula with other groups": lambda c: c.update(formula="y ~ x + (1 | g)"),
    "formula with code": lambda c: c.update(formula="y ~ I(__import__('os').system('id')) + (1 | g)"),
    "formula of great depth": lambda c: c.update(formula=f"y ~ {'(' * 9000}x{')' * 9000} + (1 | g)"),
    "function of another type": lambda c: c.update(function=["lmer"]),
    "columns of another type": lambda c: c.update(columns=3),
    "no columns": lambda c: c.update(columns=[]),
    "a column of no kind": lambda c: c["columns"][0].update(kind="code"),
    "a column of dates in no unit": lambda c: c["columns"][3].update(kind="time", unit="s]; x", zone=None),
    "a column of dates in no zone": lambda c: c["columns"][3].update(kind="time", unit="s", zone="../../etc/passwd"),
    "levels too few": lambda c: c["columns"][2].update(levels=["a"]),
    "an array used twice": lambda c: c["columns"][1].update(array="column_0"),
    "an array of another length": lambda c: c["columns"][1].update(array="factor_0"),
    "an index of another length": lambda c: c.update(index=[{**c["index"][0], "kind": "number", "array": "factor_0"}]),
    "no index": lambda c: c.update(index=[]),
    "factors no number": lambda c: c.update(factors="many"),
    "factors without number": lambda c: c.update(factors=10**9),
    "factors too few": lambda c: c.update(factors=0),
    "options as a list": lambda c: c.update(options=["x"]),
    "an unknown option": option(functions={"f": "open"}),
    "REML as text": option(REML="no"),
    "contrasts as text": option(contrasts="x"),
    "contrasts of nothing": option(contrasts={"arm": None}),
    "contrasts unknown": option(contrasts={"arm": "contr.none"}),
    "contrasts without array": option(contrasts={"arm": {"name": "matrix", "array": "none", "columns": None}}),
    "family as a list": option(family=[1]),
    "family unknown": option(family="os"),
    "link as a dict": option(link={}),
    "link that the engine lacks": option(family="gaussian", link="log"),
    "priors as a list": option(priors=[1]),
    "priors that the engine lacks": option(priors={"b": "normal(0, 1)"}),
    "weights ragged": option(weights=[[1], [2, 3]]),
    "weights as a dict": option(weights={"a": 1}),
    "subset with two axes": option(subset=[[True]]),
    "the engine of another call": option(engine=["nuts"]),
    "engine of another type": lambda c: c.update(engine=[1]),
    "engine unknown": lambda c: c["engine"].update(name="os"),
    "engine without saved fits": lambda c: c["engine"].update(name="nuts", options={}),
    "engine with text for a number": lambda c: c["engine"]["options"].update(max_iter="x"),
    "engine that never ends": lambda c: c["engine"]["options"].update(max_iter=10**12),
    "engine with nothing for a number": lambda c: c["engine"]["options"].update(tol=None),
    "engine with an unknown option": lambda c: c["engine"]["options"].update(shell="id"),
    "engine with an unknown back-end": lambda c: c["engine"]["options"].update(backend="os"),
    "evaluations as markup": lambda c: c["diagnostics"].update(evaluations="<b>"),
    "seconds as text": lambda c: c["diagnostics"].update(seconds="x"),
    "seconds endless": lambda c: c["diagnostics"].update(seconds=float("inf")),
    "evaluations below zero": lambda c: c["diagnostics"].update(evaluations=-1),
    "message as a list": lambda c: c["diagnostics"].update(message=["x"]),
    "converged as text": lambda c: c["diagnostics"].update(converged="yes"),
    "rank of its own": lambda c: c["diagnostics"].update(rank=1),
    "diagnostics as a list": lambda c: c.update(diagnostics=[["seconds", 1]]),
    "another criterion": lambda c: c.update(criterion=0.0),
}

MEMBERS = {
    "JSON of great depth": {"fit.json": b"[" * 200_000},
    "JSON of great depth in a mapping": {"fit.json": b'{"a":' * 200_000},
    "no JSON": {"fit.json": b"\xff\xfe"},
    "JSON of another type": {"fit.json": b"[]"},
    "73 TiB": {"factor_0.npy": npy((10**13,))},
    "73 TiB of nothing": {"factor_0.npy": npy((10**13, 0))},
    "40 GB": {"factor_0.npy": npy((5 * 10**9,))},
    "fewer bytes than claimed": {"factor_0.npy": npy((2, 2), data=b"\0" * 16)},
    "a shape below zero": {"factor_0.npy": npy((-1, -4), data=b"\0" * 32)},
    "three axes": {"factor_0.npy": npy((1, 2, 2), data=b"\0" * 32)},
    "objects": {"factor_0.npy": npy((1,), "|O", b"\0" * 8)},
    "records": {"factor_0.npy": npy((2, 2), [("a", "<f8")], b"\0" * 32)},
    "texts": {"factor_0.npy": npy((2, 2), "<U1", b"a\0\0\0" * 4)},
    "complex": {"column_0.npy": npy((48,), "<c16", b"\0" * 768)},
    "not finite": {"factor_0.npy": npy((2, 2), data=np.full(4, np.inf).tobytes())},
    "codes out of range": {"column_3.npy": npy((48,), "|i1", bytes([99]) * 48)},
    "no array": {"factor_0.npy": b"hello"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_damaged_content_is_a_data_error(saved, change):
    path = rewritten(saved, change)
    with pytest.raises(DataError, match=r"other\.zip"):
        st.load(path)


@pytest.mark.parametrize("members", MEMBERS.values(), ids=MEMBERS)
def test_damaged_members_are_a_data_error(saved, members):
    path = rewritten(saved, arrays=members)
    tracemalloc.start()
    with pytest.raises(DataError, match=r"other\.zip"):
        st.load(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50e6


@pytest.mark.parametrize("claimed", [None, 1000], ids=["honest", "lying about its size"])
@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_small_file_does_not_expand_to_a_large_one(tmp_path, claimed, compression):
    path, body = tmp_path / "other.zip", b'{"format":"statmodels_tf fit","version":1,"a":"' + b"0" * 100_000_000 + b'"}'
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("fit.json", body)
    if claimed:
        raw = path.read_bytes()
        path.write_bytes(raw.replace(len(body).to_bytes(4, "little"), claimed.to_bytes(4, "little")))
    assert os.path.getsize(path) < 200_000
    tracemalloc.start()
    with pytest.raises(DataError, match=r"other\.zip"):
        st.load(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20e6


def test_a_pickled_array_is_refused(saved, tmp_path):
    class Harm:
        def __reduce__(self):
            return (open, (str(tmp_path / "harm"), "w"))

    buffer = BytesIO()
    np.save(buffer, np.array([Harm()], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="object"):
        st.load(rewritten(saved, arrays={"factor_0.npy": buffer.getvalue()}))
    assert not (tmp_path / "harm").exists()


def test_member_names_reach_no_file_outside(saved, tmp_path):
    (tmp_path / "secret.npy").write_bytes(b"")

    def change(content):
        content["columns"][0]["array"] = "../secret"

    with pytest.raises(DataError, match="no member"):
        st.load(rewritten(saved, change))
    st.load(rewritten(saved, arrays={"../../escaped.npy": b"x"}))
    assert not list(tmp_path.parent.glob("**/escaped.npy"))


def test_what_a_file_says_is_escaped(tmp_path):
    with pytest.warns(st.ConvergenceWarning):
        fit = st.lmer("y ~ x + (1 + x | g)", toy(), engine=st.PLS(max_iter=1))
    fit.save(tmp_path / "fit.zip")
    path = rewritten(tmp_path / "fit.zip", lambda c: c["diagnostics"].update(message="<script>alert(1)</script>"))
    html = st.load(path).summary()._repr_html_()
    assert "&lt;script&gt;" in html and "<script>" not in html


def test_other_files_are_named(tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(DataError, match=r"a\.txt"):
        st.load(tmp_path / "a.txt")
    with pytest.raises(DataError, match="no file"):
        st.load(tmp_path / "absent.zip")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("other.json", "{}")
    for path in (tmp_path / "b.zip", tmp_path, None, [], 3):
        with pytest.raises(DataError, match="loaded"):
            st.load(path)
