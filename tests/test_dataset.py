"""The data sets are all there, as their README says, with R's factor levels."""

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest

import statmodels_tf
from statmodels_tf.dataset import datasets, load_dataset
from statmodels_tf.errors import DataError

FOLDER = Path(__file__).parent.parent / "datasets"


@pytest.mark.parametrize("name", datasets().index)
def test_each_data_set_is_as_listed(name):
    data = load_dataset(name)
    listed = datasets().loc[name]
    assert data.shape == (listed["rows"], listed["columns"])
    assert listed["about"] and listed["source"] and listed["licence"]


@pytest.mark.parametrize("sidecar", sorted(FOLDER.glob("*.levels.json")), ids=lambda p: p.name.split(".levels")[0])
def test_factors_have_the_levels_of_the_sidecar_and_no_label_is_lost(sidecar):
    name = sidecar.name.removesuffix(".levels.json")
    data = load_dataset(name)
    text = pd.read_csv(next(FOLDER.glob(f"{name}.csv*")), dtype=str, keep_default_na=False, na_values=["NA"])
    for position, (column, factor) in enumerate(json.loads(sidecar.read_text()).items()):
        ours = data.iloc[:, text.columns.get_loc(column)]
        assert list(ours.cat.categories) == factor["levels"], (position, column)
        assert ours.cat.ordered is factor["ordered"]
        assert ours.isna().sum() == text[column].isna().sum()


def test_every_file_is_listed():
    files = {path.name for path in FOLDER.glob("*.csv*")}
    assert len(files) == len(datasets())


def test_insteval_speaks_plainly():
    data = load_dataset("insteval")
    assert list(data) == ["student", "instructor", "studage", "lectage", "service", "dept", "rating"]
    assert data["student"].nunique() == 2972
    assert data["instructor"].nunique() == 1128
    assert data["studage"].cat.ordered


def test_upper_and_lower_case_names_are_the_same():
    pd.testing.assert_frame_equal(load_dataset("InstEval"), load_dataset("insteval"))


def test_missing_values_are_missing():
    assert load_dataset("airquality").isna().sum().sum() == 44


def test_each_load_is_a_fresh_copy():
    flows, listed = load_dataset("nile"), datasets()
    flows["value"], listed["rows"] = 0, 0
    assert load_dataset("nile")["value"].sum() > 0
    assert datasets().loc["nile", "rows"] == 100


@pytest.mark.parametrize(
    ("name", "hint"), [("sleepstudi", "Did you mean `sleepstudy`"), ("", "lists them all"), (3, "lists")]
)
def test_an_unknown_name_is_a_clear_error(name, hint):
    with pytest.raises(DataError, match=hint):
        load_dataset(name)


@pytest.mark.slow
def test_the_wheel_carries_the_data_sets(tmp_path):
    build = f"import hatchling.build; print(hatchling.build.build_wheel({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", build], cwd=FOLDER.parent, check=True, capture_output=True)
    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
        assert "statmodels_tf/py.typed" in wheel.namelist()
        (described,) = (wheel.read(name).decode() for name in wheel.namelist() if name.endswith("/METADATA"))
    assert f"\nVersion: {statmodels_tf.__version__}\n" in described
    show = "import statmodels_tf.dataset as d; print(d.__file__, d.load_dataset('insteval').shape)"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    done = subprocess.run([sys.executable, "-c", show], cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert done.stdout.decode().startswith(str(tmp_path)) and "(73421, 7)" in done.stdout.decode()
