"""Streamed: the design of data that are read block by block, and what such data cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..design import Design
from ..design.used import Given
from ..engines.progress import Passes
from ..errors import ModelError
from ..families import Family
from ..formula import Formula
from ..sources import Source, Stream, as_runner, check_size

__all__ = ["in_memory", "streamed_design"]

READ = "Read the rows into memory first (a sample may do) and pass them as a table."


def in_memory(how: Mapping[str, Any]) -> None:
    """Say that data in memory have no runner and no blocks to read."""
    for name in ("runner", "block_rows"):
        if how.get(name) is not None:
            raise ModelError(
                f"`{name}=` is for data that are read block by block (a path, a pyarrow Dataset, a DuckDB relation, a "
                "Dask DataFrame); leave it out for a table in memory."
            )


def streamed_design(
    entry: str,
    family: Family,
    formula: str,
    source: Source,
    rows: Mapping[str, Any],
    others: Mapping[str, str | None],
    how: Mapping[str, Any],
) -> Design:
    """Return the design of a formula on data that are read block by block.

    Parameters
    ----------
    entry : str
        The name of the entry point.
    rows, others, how : mapping
        Its arguments about rows, about other predictors, and about the engine.
    """
    if entry not in ("lm", "glm"):
        raise ModelError(f"`{entry}` does not read data block by block; `lm` and `glm` do. {READ}")
    _check(family, formula, source, rows, others)
    stream = Stream(source, as_runner(how.get("runner")), check_size(how.get("block_rows")))
    stream = stream.reporting(Passes(entry, how["progress"]))
    given = Given(rows["weights"], rows["offset"], rows["subset"], rows["functions"])
    return stream.scanned(formula, how=given, contrasts=rows["contrasts"], check=family.refuses)


def _check(family, formula, source, rows, others):
    """Refuse what needs all rows at once."""
    if any(text is not None for text in others.values()) or family.by_outcome or family.by_count:
        raise ModelError(f"the {family.name} family is not fitted block by block. {READ}")
    known = frozenset(rows["functions"] or ())
    parsed = formula if isinstance(formula, Formula) else Formula.parse(formula, source.names, known)
    for term in (*parsed.groups, *parsed.specials):
        raise ModelError(f"`{term.label}` cannot be fitted to data that are read block by block. {READ}")
    if parsed.response is None:
        raise ModelError(f"the formula `{parsed}` has no response; write one on the left, `y {parsed}`.")
