"""Chains side by side: the same draws in whatever way they run, and what happens when one fails."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from statmodels_tf.engines import NUTS
from statmodels_tf.engines.sampling import workers
from statmodels_tf.engines.sampling.board import Board
from statmodels_tf.engines.sampling.chain import BLOCK, Plan, lengths
from statmodels_tf.engines.sampling.start import Start
from statmodels_tf.engines.sampling.workers import FORK, SPAWN, THREADS, manner, run_chains
from statmodels_tf.errors import EngineError

from .small import RUN, mixed

HERE = Path(__file__).parent


def plan(density=None, draws=130):
    density = mixed().flat_numeric if density is None else density
    return Plan(density, Start(np.zeros(density.size), np.ones(density.size)), 50, draws, 0.8, 8, 1)


def quiet(board):
    """Report nothing."""


@pytest.fixture(scope="module")
def one_by_one():
    return run_chains(plan(), 3, 1, THREADS, quiet)[0]


@pytest.mark.parametrize(
    ("how", "cores"), [(THREADS, 3), pytest.param(SPAWN, 2, marks=pytest.mark.slow)], ids=["threads", "new processes"]
)
def test_draws_are_the_same_in_whatever_way_chains_run(one_by_one, how, cores):
    chains, cut = run_chains(plan(), 3, cores, how, quiet)
    assert not cut
    for chain, alone in zip(chains, one_by_one, strict=True):
        np.testing.assert_array_equal(chain.q, alone.q)
        for name in alone.stats:
            np.testing.assert_array_equal(chain.stats[name], alone.stats[name])


@pytest.mark.skipif(sys.platform != "linux", reason="forking is safe on Linux only")
def test_forked_chains_have_the_same_draws(tmp_path):
    """In a process of its own: the one of the tests may have loaded JAX, and is not forked then."""
    options = {"draws": 130, "warmup": 50, "chains": 3, "seed": 1, "substrate": "numpy"}
    text = RUN.format(paths=[str(HERE), str(HERE.parents[2])], options={**options, "cores": 2}, out=str(tmp_path / "a"))
    text = text.replace("fit = NUTS", f"import {workers.__name__} as w\nw.WORTH_FORK = 0\nfit = NUTS")
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == FORK, done.stderr
    alone = NUTS(**options, cores=1).fit(mixed())
    forked = np.load(tmp_path / "a.npz")
    for name, draws in alone.values.items():
        np.testing.assert_array_equal(forked[name], draws)


class Broken:
    """A density that raises."""

    size = 2

    def __init__(self, dies=False):
        self.dies = dies

    def value_and_gradient(self, q):
        if self.dies:
            os._exit(7)
        raise ZeroDivisionError("no density here")


@pytest.mark.parametrize("how", [THREADS, SPAWN])
def test_a_chain_that_fails_says_so(how):
    with pytest.raises((EngineError, ZeroDivisionError), match=r"chain 1 failed|no density here"):
        run_chains(plan(Broken()), 2, 1, how, quiet)


def test_a_process_that_dies_is_said():
    with pytest.raises(EngineError, match=r"ended with code 7: it was killed, or out of memory.*checkpoint"):
        run_chains(plan(Broken(dies=True)), 2, 2, SPAWN, quiet)


def test_how_chains_run(monkeypatch):
    monkeypatch.setattr(workers, "forkable", lambda: True)
    assert manner(plan(), 2, 5.0, False) == (FORK, 2)
    assert manner(plan(), 2, 0.01, False) == (THREADS, 1)
    assert manner(plan(), 1, 5.0, False) == (THREADS, 1)
    assert manner(plan(), 2, float("nan"), True) == (THREADS, 2)
    monkeypatch.setattr(workers, "forkable", lambda: False)
    assert manner(plan(), 2, 5.0, False) == (THREADS, 1)
    assert manner(plan(), 2, 60.0, False) == (SPAWN, 2)
    made_here = type("Local", (Broken,), {"__module__": "__main__"})()
    assert manner(plan(made_here), 2, 60.0, False) == (THREADS, 1)


def test_a_process_with_jax_in_it_is_not_forked(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", sys)
    assert not workers.forkable()


def test_the_board_is_shared(tmp_path):
    board = Board.at(tmp_path / "board", 2)
    assert not board.stopped and board.done == 0
    board.chain(1)[:] = (12, 3)
    assert (board.done, board.diverged) == (12, 3)
    board.stop()
    assert Board.at(tmp_path / "board").cells[0, 0] == 1
    assert Board(np.zeros((2, 2), dtype=np.int64), owner=-1).stopped  # nobody waits


def test_blocks_fill_the_draws():
    assert lengths(1) == [1] and lengths(BLOCK) == [BLOCK] and sum(lengths(345)) == 345
