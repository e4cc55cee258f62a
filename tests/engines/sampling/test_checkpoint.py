"""A run that is saved as it goes: killed, cut short by a full disk, continued, extended."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from statmodels_tf.engines import HMC, NUTS
from statmodels_tf.engines.progress import Progress
from statmodels_tf.engines.sampling.checkpoint import Checkpoint, fingerprint, opened
from statmodels_tf.errors import EngineError

from .small import RUN, line, mixed

HERE = Path(__file__).parent
LONG = {"draws": 1000, "warmup": 200, "chains": 2, "seed": 5, "cores": 2}
TFP = {"draws": 100, "warmup": 50, "chains": 2, "seed": 5, "substrate": "jax"}


def started(options, out):
    """Return a process that samples."""
    text = RUN.format(paths=[str(HERE), str(HERE.parents[2])], options=options, out=str(out))
    return subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process):
    """Return what a process printed."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.strip()


@pytest.mark.parametrize(
    ("options", "pattern", "enough"),
    [(LONG, "chain*-block*.npz", 4), pytest.param(TFP, "chunk*.npz", 3, marks=pytest.mark.slow)],
    ids=["nutpie", "tfp"],
)
def test_a_run_that_is_killed_goes_on_with_the_same_draws(options, pattern, enough, tmp_path):
    saved = tmp_path / "run"
    options = {**options, "checkpoint": str(saved)}
    process = started(options, tmp_path / "never.npz")
    until = time.monotonic() + 100
    while len(list(saved.glob(pattern))) < enough and time.monotonic() < until and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    time.sleep(0.5)  # forked chains see that their parent is gone
    # The newest may be of a moment before its state was saved, and is made again then.
    before = {path.name: path.stat().st_mtime_ns for path in sorted(saved.glob(pattern))[: enough - 1]}
    assert before and not (tmp_path / "never.npz").exists()
    finished(started(options, tmp_path / "resumed.npz"))
    assert all((saved / name).stat().st_mtime_ns == then for name, then in before.items())  # none was made again
    whole = NUTS(**{**options, "checkpoint": None}).fit(mixed())
    resumed = np.load(tmp_path / "resumed.npz")
    for name, draws in whole.values.items():
        np.testing.assert_array_equal(resumed[name], draws, err_msg=name)


def no_room(monkeypatch, after):
    """Let the disk be full after so many files."""
    count, real = [0], os.fsync

    def fsync(file):
        count[0] += 1
        if count[0] > after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(file)

    monkeypatch.setattr(os, "fsync", fsync)


def test_a_full_disk_is_said_and_loses_nothing_that_was_saved(tmp_path, monkeypatch):
    options = {"draws": 400, "warmup": 100, "chains": 2, "seed": 3, "cores": 1}
    saved = tmp_path / "run"
    no_room(monkeypatch, after=4)  # the description, the warm-up and two blocks
    with pytest.raises(EngineError, match=r"cannot be written \(No space left.*make room and repeat the call"):
        NUTS(**options, checkpoint=saved).fit(line())
    assert sorted(path.name for path in saved.iterdir()) == [
        "chain0-block00000-100.npz", "chain0-block00001-100.npz", "chain0-warmup.npz", "run.json",
    ]  # fmt: skip
    monkeypatch.undo()
    fit, whole = NUTS(**options, checkpoint=saved).fit(line()), NUTS(**options).fit(line())
    np.testing.assert_array_equal(fit.values["b"], whole.values["b"])


def test_a_finished_run_is_read_and_more_draws_go_on_from_it(tmp_path):
    options = {"warmup": 100, "chains": 2, "seed": 3, "cores": 1, "checkpoint": tmp_path / "run"}
    first = NUTS(draws=200, **options).fit(line())
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "run").iterdir()}
    more = NUTS(draws=300, **options).fit(line())
    np.testing.assert_array_equal(more.values["sigma"][:, :200], first.values["sigma"])
    assert more.values["sigma"].shape == (2, 300)
    assert {path: path.stat().st_mtime_ns for path in written} == written


def test_without_a_seed_the_run_keeps_its_own(tmp_path):
    options = {"draws": 50, "warmup": 50, "chains": 1, "checkpoint": tmp_path / "run"}
    first, again = NUTS(**options).fit(line()), NUTS(**options).fit(line())
    np.testing.assert_array_equal(first.values["b"], again.values["b"])
    assert first.diagnostics["seed"] == again.diagnostics["seed"]


def test_another_run_is_refused(tmp_path):
    options = {"draws": 50, "warmup": 50, "chains": 1, "seed": 1}
    NUTS(**options, checkpoint=tmp_path / "run").fit(line())
    with pytest.raises(EngineError, match="another run: it differs in seed"):
        NUTS(**{**options, "seed": 2}, checkpoint=tmp_path / "run").fit(line())
    with pytest.raises(EngineError, match="another run: it differs in formula"):
        NUTS(**options, checkpoint=tmp_path / "run").fit(mixed())
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(EngineError, match="is not empty and holds no run"):
        NUTS(**options, checkpoint=tmp_path / "mine").fit(line())
    (tmp_path / "file").write_text("x")
    with pytest.raises(EngineError, match="no directory can be made there"):
        NUTS(**options, checkpoint=tmp_path / "file").fit(line())


def test_a_model_is_known_by_its_data(tmp_path):
    assert fingerprint(line()) == fingerprint(line())
    assert fingerprint(line())["data"] != fingerprint(mixed())["data"]


def test_arrays_come_back(tmp_path):
    here, seed = opened(tmp_path / "new", {"a": 1}, 7)
    assert seed == 7 and here == Checkpoint(tmp_path / "new")
    here.save("block", {"x": np.arange(3.0)})
    np.testing.assert_array_equal(here.load("block")["x"], np.arange(3.0))
    assert here.load("other") is None


def interrupting(report, at):
    """Return a report that asks this process to stop, as Ctrl-C does, once so much is done."""
    sent = []

    def call(self, done, phase, diverged=0):
        report(self, done, phase, diverged)
        if done >= at and not sent:
            sent.append(done)
            os.kill(os.getpid(), signal.SIGINT)

    return call


@pytest.mark.parametrize("kind", ["nutpie", "hmc"])
def test_ctrl_c_returns_the_draws_so_far(kind, monkeypatch, tmp_path):
    options = {"warmup": 100, "chains": 2, "seed": 3}
    if kind == "nutpie":
        engine = NUTS(**options, draws=100_000, cores=2, checkpoint=tmp_path / "run", substrate="numpy")
    else:
        engine = HMC(**options, draws=100_000, substrate="jax")
    monkeypatch.setattr(Progress, "__call__", interrupting(Progress.__call__, 700))
    fit = engine.fit(line())
    chains, count = fit.values["sigma"].shape
    assert chains in (1, 2) and 10 < count < 100_000
    assert fit.diagnostics["interrupted"] and "the run was interrupted" in fit.diagnostics["message"]
    assert np.all(np.isfinite(fit.values["sigma"])) and fit.stats["lp"].shape == (chains, count)
    assert "interrupted" in str(fit.summary())
    if kind == "nutpie":
        monkeypatch.undo()
        on = NUTS(**options, draws=count, cores=1, checkpoint=tmp_path / "run", substrate="numpy").fit(line())
        same = 100 * (count // 100)  # whole blocks
        np.testing.assert_array_equal(on.values["sigma"][0, :same], fit.values["sigma"][0, :same])


def test_ctrl_c_during_warm_up_has_no_draws_to_return(monkeypatch):
    monkeypatch.setattr(Progress, "__call__", interrupting(Progress.__call__, 0))
    with pytest.raises(KeyboardInterrupt):
        NUTS(draws=10, warmup=100_000, chains=2, cores=2).fit(line())
