"""What chains say of themselves while they run, where other processes can read it."""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DONE, DIVERGED = 0, 1


@dataclass(frozen=True, eq=False)
class Board:
    """Counts of each chain, and one number that asks all of them to stop.

    Attributes
    ----------
    cells : array [1 + chains, 2] of int64
        In memory that processes share: whether to stop, then each chain's iterations and divergences.
    owner : int
        The process that waits for the chains; where it was killed they stop too.
    """

    cells: np.ndarray
    owner: int

    @classmethod
    def shared(cls, chains: int) -> Board:
        """Return a board in memory that forked processes share."""
        size = 16 * (1 + chains)
        return cls(np.frombuffer(mmap.mmap(-1, size), dtype=np.int64).reshape(-1, 2), os.getpid())

    @classmethod
    def at(cls, path: Path, chains: int | None = None) -> Board:
        """Return the board in a file; with `chains` it is made, else it is that of the process above this one."""
        if chains is not None:
            path.write_bytes(bytes(16 * (1 + chains)))  # written out: a hole in a file on a full disk is fatal
        owner = os.getppid() if chains is None else os.getpid()
        return cls(np.memmap(path, dtype=np.int64, mode="r+").reshape(-1, 2), owner)

    @property
    def stopped(self) -> bool:
        """Whether chains are asked to stop, or nobody waits for them any more."""
        return bool(self.cells[0, 0]) or self.owner not in (os.getpid(), os.getppid())

    def stop(self) -> None:
        """Ask all chains to stop after the draw they are at."""
        self.cells[0, 0] = 1

    def chain(self, number: int) -> np.ndarray:
        """Return the row of a chain: iterations done, divergences."""
        return self.cells[1 + number]

    @property
    def done(self) -> int:
        """Iterations done by all chains."""
        return int(self.cells[1:, DONE].sum())

    @property
    def diverged(self) -> int:
        """Divergences of all chains after warm-up."""
        return int(self.cells[1:, DIVERGED].sum())
