"""Chains side by side: in forked processes, in processes of their own, or in threads.

Gradients in NumPy hold Python's lock, so that chains in threads of one process wait for each other (two threads take
longer than one); processes do not. Forking costs milliseconds and copies nothing, but a process in which TensorFlow or
JAX has started threads must not be forked. There, and where a system cannot fork safely, new processes are begun, which
takes each a few seconds, and only where the chains are expected to take longer than that. Compiled gradients run in
threads: they release the lock.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_futures
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import EngineError
from .board import Board
from .chain import Draws, Plan, load_nutpie, run_chain

FORK, SPAWN, THREADS = "forked processes", "new processes", "threads"
WORTH_FORK, WORTH_SPAWN = 0.2, 8.0  # seconds of sampling by one process
POLL = 0.05


def forkable() -> bool:
    """Return whether this process may be forked: macOS's libraries forbid it, and so do TensorFlow and JAX."""
    return sys.platform == "linux" and not {"tensorflow", "jax"} & set(sys.modules)


def manner(plan: Plan, cores: int, seconds: float, compiled: bool) -> tuple[str, int]:
    """Return how chains run that would take one process so many seconds, and how many at a time."""
    if compiled or cores == 1:
        return THREADS, cores
    if forkable():
        return (FORK, cores) if seconds > WORTH_FORK else (THREADS, 1)
    return (SPAWN, cores) if seconds > WORTH_SPAWN and _travels(plan) else (THREADS, 1)


def _travels(plan: Plan) -> bool:
    """Return whether another process can be sent the plan: it cannot know classes and functions of `__main__`."""
    try:
        return b"__main__" not in pickle.dumps(plan)
    except Exception:
        return False


def run_chains(
    plan: Plan, chains: int, cores: int, how: str, tick: Callable[[Board], None]
) -> tuple[list[Draws], bool]:
    """Return the draws of each chain, and whether Ctrl-C cut them short.

    Parameters
    ----------
    cores : int
        Chains at a time.
    how : str
        What `manner` returned.
    tick : callable
        Called with the board some times a second.
    """
    load_nutpie()
    if how == FORK:
        return _forked(plan, chains, cores, tick)
    if how == SPAWN:
        return _spawned(plan, chains, cores, tick)
    return _threaded(plan, chains, cores, tick)


def _forked(plan: Plan, chains: int, cores: int, tick: Callable[[Board], None]) -> tuple[list[Draws], bool]:
    """Run each chain in a fork of this process."""
    board, context = Board.shared(chains), multiprocessing.get_context("fork")
    waiting, cut = list(range(chains)), False
    running: dict[Any, tuple[int, Any]] = {}
    done: dict[int, Draws] = {}
    try:
        while running or (waiting and not cut):
            try:
                while waiting and len(running) < cores and not cut:
                    ours, theirs = context.Pipe(duplex=False)
                    process = context.Process(target=_child, args=(plan, waiting[0], board, theirs), daemon=True)
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore", DeprecationWarning)  # of threads: BLAS's, which fork well
                        process.start()
                    theirs.close()
                    running[ours] = (waiting.pop(0), process)
                for ready in wait(list(running), timeout=POLL):
                    chain, process = running.pop(ready)
                    done[chain] = _received(ready, process)
                tick(board)
            except KeyboardInterrupt:
                if cut:
                    raise
                cut = True
                board.stop()
    except BaseException:
        for _, process in running.values():
            process.terminate()
        raise
    return [done.get(chain, _none(plan)) for chain in range(chains)], cut


def _child(plan: Plan, chain: int, board: Board, pipe: Any) -> None:
    """Run one chain in a process of its own and send what comes of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pipe.send(run_chain(plan, chain, board))
    except Exception as error:
        pipe.send(error)


def _received(pipe: Any, process: Any) -> Draws:
    """Return what a process sent."""
    try:
        got = pipe.recv()
    except EOFError:
        process.join()
        raise EngineError(_ended(process.exitcode)) from None
    process.join()
    if isinstance(got, Exception):
        raise got
    return got


def _ended(code: int) -> str:
    """Return that a process ended before its chain did."""
    return (
        f"a process that ran a chain ended with code {code}: it was killed, or out of memory. With "
        '`checkpoint="dir"` the call, repeated, goes on from there; `cores=1` needs the least memory.'
    )


def _none(plan: Plan) -> Draws:
    """Return the draws of a chain that never began."""
    return Draws(np.zeros((0, plan.density.size)), {})


def _threaded(plan: Plan, chains: int, cores: int, tick: Callable[[Board], None]) -> tuple[list[Draws], bool]:
    """Run chains in threads of this process; the main one stays free to report and to be interrupted."""
    board = Board.shared(chains)
    with ThreadPoolExecutor(cores) as pool:
        tasks = [pool.submit(_unless_stopped, plan, chain, board) for chain in range(chains)]
        cut = _awaited(tasks, board, tick)
        return [task.result() for task in tasks], cut


def _unless_stopped(plan: Plan, chain: int, board: Board) -> Draws:
    return _none(plan) if board.stopped else run_chain(plan, chain, board)


def _awaited(tasks: Iterable[Future], board: Board, tick: Callable[[Board], None]) -> bool:
    """Wait for tasks, reporting; return whether Ctrl-C asked them to stop. If one fails the others stop."""
    left, cut = set(tasks), False
    while left:
        try:
            finished, left = wait_futures(left, timeout=POLL, return_when=FIRST_COMPLETED)
            if any(task.exception() is not None for task in finished):
                board.stop()
            tick(board)
        except KeyboardInterrupt:
            board.stop()
            if cut:
                raise
            cut = True
        except BaseException:
            board.stop()
            raise
    return cut


def _spawned(plan: Plan, chains: int, cores: int, tick: Callable[[Board], None]) -> tuple[list[Draws], bool]:
    """Run chains in new processes, each of which runs some of them one after another."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(cores) as pool:
        path = Path(folder) / "board"
        board = Board.at(path, chains)
        shares = [list(range(k, chains, cores)) for k in range(min(cores, chains))]
        tasks = [pool.submit(_asked, pickle.dumps((plan, share, path))) for share in shares]
        cut = _awaited(tasks, board, tick)
        got = {chain: draws for task in tasks for chain, draws in task.result().items()}
    return [got[chain] for chain in range(chains)], cut


def _asked(text: bytes) -> dict[int, Draws]:
    """Return what a new process makes of a pickled (plan, chains, board)."""
    begin = f"from {__name__} import answer; answer()"
    known = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", begin], input=text, stdout=subprocess.PIPE, env=known, start_new_session=True
    )
    if done.returncode:
        raise EngineError(_ended(done.returncode))
    got = pickle.loads(done.stdout)
    if isinstance(got, Exception):
        raise got
    return got


def answer() -> None:
    """Run the chains that standard input asks for, and write them to standard output: what a new process does."""
    out = os.dup(1)
    os.dup2(2, 1)  # what others print is no part of the answer
    plan, chains, path = pickle.load(sys.stdin.buffer)
    board = Board.at(path)
    try:
        got: Any = {chain: _unless_stopped(plan, chain, board) for chain in chains}
    except Exception as error:
        got = error
    with os.fdopen(out, "wb") as file:
        pickle.dump(got, file)
