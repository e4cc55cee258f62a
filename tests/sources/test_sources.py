"""Data are recognised by what they are, read as data, and give the same columns from every kind of source."""

import pickle

import numpy as np
import pandas as pd
import pytest

from statmodels_tf.errors import DataError, EngineError
from statmodels_tf.sources import Serial, Threads, as_runner, as_source

pa = pytest.importorskip("pyarrow")
pads = pytest.importorskip("pyarrow.dataset")
pq = pytest.importorskip("pyarrow.parquet")

N = 90
RNG = np.random.default_rng(2)
DATA = pd.DataFrame(
    {
        "x": RNG.normal(size=N),
        "f32": RNG.normal(size=N).astype("float32"),
        "k": RNG.integers(0, 5, N).astype("int8"),
        "s": RNG.choice(["b", "a", "ä"], N),
        "c": pd.Categorical(RNG.choice(["low", "high"], N), categories=["low", "never", "high"], ordered=True),
        "flag": RNG.random(N) < 0.5,
        "day": pd.Timestamp("2021-03-01") + pd.to_timedelta(RNG.integers(0, 5, N), "D"),
    }
)
DATA.loc[4, "x"] = np.nan
DATA.loc[5, "s"] = None


@pytest.fixture
def folder(tmp_path):
    """Three Parquet files, the first of three row groups."""
    for i in range(3):
        part = pa.Table.from_pandas(DATA.iloc[30 * i : 30 * (i + 1)], preserve_index=False)
        pq.write_table(part, tmp_path / f"part{i}.parquet", row_group_size=10 if i == 0 else 100)
    return tmp_path


def read(source, rows=7):
    """Return all that a source holds, by column: values and levels as the design reads them."""
    out = {}
    for name in source.names:
        parts = [t.column(name) for fragment in source.fragments for t in fragment.tables((name,), rows)]
        if hasattr(parts[0], "codes"):
            out[name] = np.concatenate([part.labels() for part in parts])
        else:
            out[name] = np.concatenate([np.asarray(getattr(p, "values", p), dtype=float) for p in parts])
    return out


def assert_holds_the_data(source, rows=7):
    found = read(source, rows)
    assert source.names == tuple(DATA.columns)
    for name in ("x", "f32", "k", "flag"):
        np.testing.assert_array_equal(found[name], DATA[name].to_numpy(dtype=float))
    for name in ("s", "c"):
        assert found[name].tolist() == [None if pd.isna(v) else v for v in DATA[name]]
    assert found["day"].tolist() == [str(day.date()) for day in DATA["day"]]


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_a_folder_of_parquet(folder, rows):
    assert_holds_the_data(as_source(str(folder)), rows)


def test_paths_in_every_way_they_are_written(folder):
    for paths in (folder, f"{folder}/*.parquet", sorted(str(p) for p in folder.iterdir()), sorted(folder.iterdir())):
        assert_holds_the_data(as_source(paths))
    assert as_source(folder).said == "3 files (part0.parquet to part2.parquet)"
    assert as_source(folder / "part0.parquet").said == "part0.parquet"


def test_a_dataset_and_its_order_of_categories(folder):
    source = as_source(pads.dataset(str(folder)))
    assert_holds_the_data(source)
    assert as_source(pads.dataset(pa.Table.from_pandas(DATA))).names == tuple(DATA.columns)
    first = source.first(5)
    assert (first.column("c").levels, first.column("c").ordered) == (("low", "never", "high"), True)
    assert first.column("s").text


def test_feather_and_csv(tmp_path):
    DATA.to_feather(tmp_path / "d.feather")
    assert_holds_the_data(as_source(tmp_path / "d.feather"))
    DATA.drop(columns=["c", "day", "flag"]).to_csv(tmp_path / "d.csv", index=False)
    found = read(as_source(tmp_path / "d.csv"))
    np.testing.assert_allclose(found["x"], DATA["x"])
    assert set(found["s"]) - {None, ""} == {"a", "b", "ä"}


def test_a_hive_folder_has_its_keys_as_columns(tmp_path):
    for year in (2020, 2021):
        (tmp_path / f"year={year}").mkdir()
        DATA.iloc[:5].to_parquet(tmp_path / f"year={year}" / "p.parquet", index=False)
    assert set(read(as_source(tmp_path))["year"]) == {2020.0, 2021.0}


def test_a_relation(folder):
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    source = as_source(connection.read_parquet(f"{folder}/*.parquet"))
    assert_holds_the_data(source)
    assert_holds_the_data(source)  # a second pass reads the same
    with pytest.raises(DataError, match="write_parquet"):
        pickle.dumps(source.fragments[0])


def test_partitions(folder):
    dd = pytest.importorskip("dask.dataframe")
    dask = pytest.importorskip("dask")
    with dask.config.set(scheduler="synchronous"):
        source = as_source(dd.from_pandas(DATA, npartitions=4, sort=False))
        assert source.said == "4 Dask partitions"
        assert_holds_the_data(source)


def test_tables_in_memory_are_no_source():
    for data in (DATA, pa.Table.from_pandas(DATA), DATA.to_dict("list"), [1, 2], [], None, 3):
        assert as_source(data) is None


def test_what_is_wrong_with_a_path_is_said(folder, tmp_path):
    with pytest.raises(DataError, match="no file or folder `nowhere"):
        as_source("nowhere.parquet")
    with pytest.raises(DataError, match="no file matches"):
        as_source(f"{tmp_path}/*.pq")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no file of a known kind"):
        as_source(tmp_path / "empty")
    (tmp_path / "d.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(DataError, match="one kind at a time"):
        as_source([folder / "part0.parquet", tmp_path / "d.pkl"])
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(DataError, match=r"broken\.parquet` cannot be read"):
        as_source(tmp_path / "broken.parquet")


def test_a_folder_is_read_whole_or_not_at_all(folder):
    (folder / "_SUCCESS").write_text("")
    (folder / ".hidden.csv").write_text("a\n1\n")
    assert len(as_source(folder).fragments) == 3
    for other in ("notes.txt", "more.csv"):
        (folder / other).write_text("x,y\n1,2\n")
        with pytest.raises(DataError, match=rf"`{other}`.*part0\.parquet|part0\.parquet.*`{other}`"):
            as_source(folder)
        assert len(as_source(f"{folder}/*.parquet").fragments) == 3
        (folder / other).unlink()


def test_a_file_that_lacks_columns_of_the_first_is_refused(folder):
    DATA[["x", "k"]].iloc[:5].to_parquet(folder / "part9.parquet", index=False)
    with pytest.raises(DataError, match=r"part9\.parquet` has no column `f32`, which .*part0\.parquet` has"):
        as_source(folder)


def test_a_filtered_dataset_is_refused(folder):
    with pytest.raises(DataError, match="`subset=`"):
        as_source(pads.dataset(str(folder)).filter(pads.field("x") > 0))


def test_fragments_travel_and_know_their_rows(folder):
    source = as_source(folder)
    assert [fragment.n for fragment in source.fragments] == [30, 30, 30]
    again = pickle.loads(pickle.dumps(source.fragments[1]))
    (found,) = again.tables(("x",), 100)
    np.testing.assert_array_equal(found.column("x"), DATA["x"].iloc[30:60])
    assert found.index[0] == 30


def test_row_groups_are_pieces_of_their_own_where_they_are_large(folder, monkeypatch):
    monkeypatch.setattr("statmodels_tf.sources.files.PIECE", 20)
    assert [fragment.n for fragment in as_source(folder).fragments] == [20, 10, 30, 30]
    assert_holds_the_data(as_source(folder))


def test_runners_give_results_in_order_and_stop_at_an_error():
    assert list(Threads(3).results(lambda i: i * i, range(50))) == [i * i for i in range(50)]
    assert list(Serial().results(lambda i: i + 1, range(3))) == [1, 2, 3]

    def fails(i):
        if i == 5:
            raise DataError("the fifth")
        return i

    with pytest.raises(DataError, match="the fifth"):
        list(Threads(2).results(fails, range(1000)))


def test_runners_by_name():
    assert as_runner("serial") == Serial()
    assert as_runner(3) == Threads(3)
    assert isinstance(as_runner(None), Threads)
    for wrong in ("dask", 0, True, 2.5, object()):
        with pytest.raises(EngineError, match="is no runner"):
            as_runner(wrong)
