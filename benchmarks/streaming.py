"""Data beyond memory: 5e7 rows of Parquet, a logistic fit of 116 coefficients, here and on a cluster losing a worker.

    python -m benchmarks.streaming [--rows 50000000] [--files 25] [--no-cluster]

The files are made in a temporary folder and removed. A pass counts all CPU time of reading, coding and summing, by the
process clock; the peak is that of a process that only fits. What was measured is written as JSON.
"""

import argparse
import json
import os
import platform
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import statmodels_tf as st
from benchmarks.board import RESULTS, write
from statmodels_tf.engines.irls.passes import Pass
from statmodels_tf.engines.irls.streamed import StreamedRows
from statmodels_tf.sources import as_source

FORMULA = "y ~ x1 + x2 + x3 + f + g"
SLOPES = np.array([0.3, -0.2, 0.1], dtype=np.float32)
FEW = [f"f{i:02d}" for i in range(13)]
MANY = [f"g{i:03d}" for i in range(101)]


def make(folder: Path, rows: int, files: int) -> None:
    """Write the files: int8 y, three float32 columns, factors of 13 and 101 levels as codes."""
    rng = np.random.default_rng(5)
    few, many = 0.3 * rng.normal(size=len(FEW)), 0.3 * rng.normal(size=len(MANY))
    for k in range(files):
        n = rows // files
        X = rng.standard_normal((len(SLOPES), n), dtype=np.float32)
        f, g = rng.integers(0, len(FEW), n).astype(np.int8), rng.integers(0, len(MANY), n).astype(np.int8)
        eta = -1 + few[f] + many[g] + SLOPES @ X
        y = (rng.random(n, dtype=np.float32) < 1 / (1 + np.exp(-eta))).astype(np.int8)
        columns = {"y": y, **{f"x{j + 1}": x for j, x in enumerate(X)}}
        columns["f"] = pa.DictionaryArray.from_arrays(f, FEW)
        columns["g"] = pa.DictionaryArray.from_arrays(g, MANY)
        how = {"compression": "zstd", "compression_level": 1, "use_dictionary": ["f", "g"]}
        pq.write_table(pa.table(columns), folder / f"part{k:03d}.parquet", row_group_size=500_000, **how)


def peak() -> float:
    """Return the peak memory of this process in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def fit(folder: str) -> dict:
    """Return what a fit took, and what one pass takes."""
    began, cpu = time.perf_counter(), time.process_time()
    made = st.glm(FORMULA, folder, "binomial", progress=True)
    out = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - began, "peak_gb": peak()}
    stream = made.model.design.source
    rows, passes = StreamedRows(stream, made.family, len(made.beta)), []
    for _ in range(3):
        cpu = time.process_time()
        rows.total(Pass(made.family, made.beta, "gram"), "a pass")
        passes.append(time.process_time() - cpu)
    out |= {"pass_cpu": float(np.median(passes)), "million_rows_per_cpu_s": made.nobs / float(np.median(passes)) / 1e6}
    out |= {"rows": made.nobs, "iterations": made.diagnostics["iterations"], "deviance": made.deviance}
    return out | {"peak_gb_with_passes": peak(), "coefficients": made.beta.tolist()}


def one_file(folder: str) -> float:
    """Return how far the coefficients of one file are from those of its table in memory, relative."""
    path = sorted(Path(folder).iterdir())[0]
    here, there = (st.glm(FORMULA, data, "binomial").beta for data in (pq.read_table(path), path))
    return float(np.max(np.abs(here - there) / np.maximum(np.abs(here), 1e-3)))


def cluster(folder: str, coefficients: np.ndarray, kill: bool) -> dict:
    """Return what a cluster of two workers takes, one of them killed half-way if asked, and how far its answer is."""
    from distributed import Client, LocalCluster

    workers = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50)
    with workers as made, Client(made) as client:
        pids = client.run(os.getpid)
        if kill:
            pieces = len(as_source(folder).fragments)
            wait = threading.Timer(0.15 * pieces, os.kill, (next(iter(pids.values())), signal.SIGKILL))
            wait.start()
        began = time.perf_counter()
        found = st.glm(FORMULA, folder, "binomial", runner=client)
        wall = time.perf_counter() - began
        died = kill and not wait.is_alive()
        if kill:
            wait.cancel()
    return {"wall": wall, "worker_killed": died, "difference": float(np.abs(found.beta - coefficients).max())}


def main() -> None:
    """Run the measurement from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streaming", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=50_000_000)
    parser.add_argument("--files", type=int, default=25)
    parser.add_argument("--no-cluster", action="store_true")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for the JSON")
    parser.add_argument("--fit", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.fit:
        print(json.dumps(fit(given.fit)))
        return
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), given.rows, given.files)
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
        alone = [sys.executable, "-m", "benchmarks.streaming", "--fit", folder]
        ran = subprocess.run(alone, stdout=subprocess.PIPE, check=True, text=True)
        out = {"megabytes": size, "fit": json.loads(ran.stdout), "one_file_against_memory": one_file(folder)}
        coefficients = np.array(out["fit"].pop("coefficients"))
        if not given.no_cluster:
            out["two_workers"] = cluster(folder, coefficients, kill=False)
            out["one_of_two_killed"] = cluster(folder, coefficients, kill=True)
    versions = {"statmodels_tf": st.__version__, "pyarrow": pa.__version__, "python": platform.python_version()}
    print(json.dumps(write("streaming", {**out, "versions": versions}, given.out), indent=1))


if __name__ == "__main__":
    main()
