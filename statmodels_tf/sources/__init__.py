"""Data that need not fit in memory: files, relations and partitions, read block by block, here or on a cluster."""

from .base import Fragment, Source
from .recognise import as_source
from .runner import Cluster, Runner, Serial, Threads, as_runner
from .stream import Stream, check_size

__all__ = [
    "Cluster",
    "Fragment",
    "Runner",
    "Serial",
    "Source",
    "Stream",
    "Threads",
    "as_runner",
    "as_source",
    "check_size",
]
