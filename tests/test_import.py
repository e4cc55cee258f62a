"""Importing the package is quick and light, and no file of it is long."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = [
    "tensorflow",
    "tensorflow_probability",
    "jax",
    "arviz",
    "xarray",
    "matplotlib",
    "scipy.stats",
    "polars",
    "IPython",
]
SCRIPT = """
import json, sys, time
start = time.process_time()
import statmodels_tf
print(json.dumps([time.process_time() - start, sorted(sys.modules)]))
"""


@pytest.fixture(scope="module")
def imported():
    """The CPU seconds (best of five) and the modules loaded by `import statmodels_tf` in a fresh process."""
    runs = [
        json.loads(subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True, text=True).stdout)
        for _ in range(5)
    ]
    return min(seconds for seconds, _ in runs), set(runs[0][1])


def test_import_takes_under_half_a_second(imported):
    assert imported[0] < 0.5


@pytest.mark.parametrize("module", HEAVY)
def test_import_does_not_load(imported, module):
    assert module not in imported[1]


@pytest.mark.parametrize(
    "path",
    sorted(path for folder in ("statmodels_tf", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")),
    ids=lambda p: p.relative_to(ROOT).as_posix(),
)
def test_no_file_is_long(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300
