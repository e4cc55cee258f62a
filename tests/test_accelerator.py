"""The benchmark of many chains runs where there is no TensorFlow, and makes runs smaller that would take too long."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.accelerator import PROBLEMS, Size

ROOT = Path(__file__).parents[1]


def test_a_run_that_would_take_too_long_gets_fewer_chains_then_fewer_rows():
    asked = Size(rows=1_000_000, chains=256, warmup=500, draws=250)
    rate = 1e8  # at 10 steps each: 750 * 10 * work / rate seconds
    assert asked.within(20_000, rate, 10.0) == asked
    assert asked.within(10_000, rate, 10.0) == Size(1_000_000, 128, 500, 250)
    small = asked.within(300, rate, 10.0)
    assert (small.chains, small.rows) == (16, 250_000)
    assert 750 * 10 * small.work / rate <= 300


def test_tables_have_the_rows_asked_for():
    for problem in PROBLEMS.values():
        table = problem.data(500)
        assert len(table) == 500 and set(table["y"]) == {0, 1}


@pytest.mark.slow
def test_it_runs_without_tensorflow(tmp_path):
    pytest.importorskip("jax")
    absent = tmp_path / "absent"
    absent.mkdir()
    for name in ("tensorflow", "tf_keras", "keras"):
        (absent / f"{name}.py").write_text("raise ImportError('not installed')\n")
    sizes = ["--rows=400", "--group-rows=300", "--chains=8", "--warmup=50", "--draws=25"]
    command = [sys.executable, "-m", "benchmarks.accelerator", *sizes, "--on", "cpu", "--out", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(absent)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.glob("accelerator-*.json")
    results = json.loads(path.read_text())["results"]
    assert [(runs["cpu"]["rows"], runs["cpu"]["chains"]) for runs in results.values()] == [(400, 8), (300, 8)]
    for runs in results.values():
        assert runs["cpu"]["platform"] == "cpu" and not runs["cpu"]["reduced"]
        assert runs["cpu"]["ess_per_second"] > 0 and runs["cpu"]["leapfrogs"] >= 1
    assert "row gradients per second" in (tmp_path / "accelerator.md").read_text()
