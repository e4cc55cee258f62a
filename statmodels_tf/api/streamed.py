"""Streamed: the design of data that are read block by block, and what such data cannot do."""

from __future__ import annotations

from ..design import Design
from ..design.used import Given
from ..engines.progress import Passes
from ..errors import ModelError
from ..families import Family
from ..formula import Formula
from ..sources import Source, Stream, as_runner, check_size
from .ask import Ask

__all__ = ["in_memory", "streamed_design"]

READ = "Read the rows into memory first (a sample may do) and pass them as a table."


def in_memory(ask: Ask) -> None:
    """Say that data in memory have no runner and no blocks to read."""
    for name in ("runner", "block_rows"):
        if getattr(ask, name) is not None:
            raise ModelError(
                f"`{name}=` is for data that are read block by block (a path, a pyarrow Dataset, a DuckDB relation, a "
                "Dask DataFrame); leave it out for a table in memory."
            )


def streamed_design(ask: Ask, family: Family, source: Source) -> Design:
    """Return the design of a formula on data that are read block by block."""
    if ask.name == "lmer":
        raise ModelError(f"`{ask.name}` does not read data block by block; `lm` and `glm` do. {READ}")
    _check(ask, family, source)
    stream = Stream(source, as_runner(ask.runner), check_size(ask.block_rows))
    stream = stream.reporting(Passes(ask.name, ask.progress))
    given = Given(ask.weights, ask.offset, ask.subset, ask.functions)
    return stream.scanned(ask.formula, how=given, contrasts=ask.contrasts, check=family.refuses)


def _check(ask: Ask, family: Family, source: Source) -> None:
    """Refuse what needs all rows at once."""
    if any(text is not None for text in ask.others.values()) or family.by_outcome or family.by_count:
        raise ModelError(
            f"the {family.name} family is fitted by an engine that keeps all rows in memory, not block by block. {READ}"
        )
    known, formula = frozenset(ask.functions or ()), ask.formula
    parsed = formula if isinstance(formula, Formula) else Formula.parse(formula, source.names, known)
    for term in (*parsed.groups, *parsed.specials):
        raise ModelError(f"`{term.label}` cannot be fitted to data that are read block by block. {READ}")
    if parsed.response is None:
        raise ModelError(f"the formula `{parsed}` has no response; write one on the left, `y {parsed}`.")
