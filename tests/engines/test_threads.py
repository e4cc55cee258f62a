"""BLAS is held to one thread while any fit runs, and has its threads back after the last."""

import json
import os
import subprocess
import sys
from threading import Barrier, Thread

import pytest

from statmodels_tf.engines import threads
from statmodels_tf.engines.threads import one_thread

START = """
import json
from threading import Event, Thread
import scipy.linalg
from threadpoolctl import threadpool_info
from statmodels_tf.engines.threads import one_thread

def blas():
    return sorted({library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"})

seen = {"before": blas()}
"""
NESTED = """
with one_thread():
    with one_thread():
        seen["inside"] = blas()
    seen["one left"] = blas()
"""
FAILING = """
try:
    with one_thread():
        seen["inside"] = seen["one left"] = blas()
        1 / 0
except ZeroDivisionError:
    pass
"""
OVERLAPPING = """
first_in, second_in, first_out = Event(), Event(), Event()

def first():
    with one_thread():
        first_in.set()
        second_in.wait(10)
        seen["inside"] = blas()
    first_out.set()
    {keep}

def second():
    first_in.wait(10)
    with one_thread():
        second_in.set()
        first_out.wait(10)
        seen["one left"] = blas()
    done.set()

done = Event()
running = [Thread(target=first), Thread(target=second)]
for thread in running: thread.start()
for thread in running: thread.join(20)
"""


@pytest.mark.parametrize(
    "script",
    [
        *(
            pytest.param(text, id=id, marks=pytest.mark.slow)
            for id, text in {
                "nested": NESTED,
                "failing": FAILING,
                "overlapping": OVERLAPPING.format(keep="pass"),
            }.items()
        ),
        pytest.param(OVERLAPPING.format(keep="done.wait(10)"), id="the first thread outlives the second"),
    ],
)
def test_one_thread_inside_and_all_of_them_after_the_last(script):
    done = subprocess.run(
        [sys.executable, "-c", START + script + "seen['after'] = blas()\nprint(json.dumps(seen))"],
        capture_output=True, text=True, check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "2", "MKL_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"},
    )  # fmt: skip
    seen = json.loads(done.stdout)
    if seen["before"] != [2]:
        pytest.skip("this BLAS cannot use two threads")
    assert seen == {"before": [2], "inside": [1], "one left": [1], "after": [2]}


def test_the_first_in_limits_and_the_last_out_restores(monkeypatch):
    """With a counter in place of the libraries, so that it is tested where BLAS has one thread only."""
    calls = []

    class Libraries:
        lib_controllers = ()

        def limit(self, **_):
            calls.append("limit")
            return self

        def restore_original_limits(self):
            calls.append("restore")

        __enter__ = __exit__ = lambda self, *_: None

    class Own(Libraries):
        def limit(self, **_):
            return self

    monkeypatch.setattr(threads, "_libraries", lambda shared: Libraries() if shared else Own())
    together = Barrier(4)

    def fit():
        for _ in range(50):
            with one_thread():
                pass
        with one_thread():
            together.wait(10)
        together.wait(10)

    running = [Thread(target=fit) for _ in range(4)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(20)
    assert calls and calls == ["limit", "restore"] * (len(calls) // 2)
