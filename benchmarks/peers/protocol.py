"""The loop that a Python peer runs: load, warm up, then one measured fit for each line read."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd


def load(data: str, levels: str) -> pd.DataFrame:
    """Return the CSV file with the columns named in the JSON file as factors."""
    factors = json.loads(Path(levels).read_text(encoding="utf-8"))
    frame = pd.read_csv(data, dtype=dict.fromkeys(factors, str))
    for column, labels in factors.items():
        frame[column] = pd.Categorical(frame[column], labels)
    return frame


def serve(fit: Callable[[str, pd.DataFrame, bool], dict], versions: dict[str, str]) -> None:
    """Measure `fit(formula, data, REML)` (-> criterion, coef, se) once for each line of standard input."""
    data, levels, formula, method, number = sys.argv[1:6]
    frame = load(data, levels)
    fit(formula, frame, method == "REML")
    print(json.dumps({"versions": versions}), flush=True)
    for _ in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(int(number)):
            answer = fit(formula, frame, method == "REML")
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        print(json.dumps({"cpu": cpu / int(number), "wall": wall / int(number), **answer}), flush=True)
