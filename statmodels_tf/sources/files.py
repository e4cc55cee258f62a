"""Files of columns: Parquet, Feather and CSV by path, and any pyarrow Dataset; they are only read, as data."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from glob import glob, has_magic
from pathlib import Path
from typing import Any

import pandas as pd

from ..design.table import Table
from ..errors import DataError
from .arrow_table import ArrowTable
from .base import Fragment, Source, first_rows

PIECE = 1_000_000
"""Rows that a piece of a large Parquet file has at least; a piece is whole row groups."""

FORMATS = {".parquet": "parquet", ".pq": "parquet", ".feather": "feather", ".arrow": "feather", ".csv": "csv"}
INSTALL = "reading files needs pyarrow, which is not installed: `pip install statmodels-tf[stream]`."


def _dataset() -> Any:
    """Return the module `pyarrow.dataset`."""
    try:
        import pyarrow.dataset
    except ImportError:
        raise DataError(INSTALL) from None
    return pyarrow.dataset


@dataclass(frozen=True, eq=False)
class FileFragment(Fragment):
    """A file, or some row groups of one.

    Attributes
    ----------
    fragment : pyarrow.dataset.Fragment
    schema : pyarrow.Schema
        Of the whole data set, text as codes.
    text : frozenset of str
        The columns of text.
    n : int or None
    start : int
        The number of its first row, where that of each fragment is known.
    """

    fragment: Any
    schema: Any
    text: frozenset[str]
    n: int | None = None
    start: int = 0

    def tables(self, columns: tuple[str, ...], rows: int) -> Iterator[Table]:
        batches = self.fragment.to_batches(
            schema=self.schema, columns=list(columns), batch_size=rows, use_threads=False, batch_readahead=1
        )
        start = self.start
        for batch in batches:
            if batch.num_rows:
                index = pd.RangeIndex(start, start + batch.num_rows)
                yield ArrowTable(columns, index, data=batch, text=self.text)
                start += batch.num_rows


@dataclass(frozen=True, eq=False)
class FileSource(Source):
    """A pyarrow Dataset."""

    names: tuple[str, ...]
    fragments: tuple[FileFragment, ...] = field(repr=False)
    said: str

    def first(self, rows: int) -> Table:
        return first_rows(self.fragments, self.names, rows)


def of_paths(paths: str | os.PathLike | list | tuple) -> FileSource:
    """Return the source of a path, of a glob, of a folder, or of a list of paths.

    A folder is read whole, so it holds files of one kind and nothing else, but for names that begin with a dot or an
    underscore; and every file has the columns of the first.
    """
    listed = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    if len(listed) == 1 and os.path.isdir(listed[0]):
        found = _held(listed[0])
        return _opened(found, format=_format(found), partitioning="hive", partition_base_dir=str(listed[0]))
    found = [file for path in listed for file in _files(os.fspath(path))]
    return _opened(found, format=_format(found))


def _opened(files, **how):
    """Return the source of files; what is none of its kind is a DataError."""
    try:
        made = _dataset().dataset(files, **how)
        _same_columns(list(made.get_fragments()))
        names = [os.path.basename(file) for file in files]
        said = names[0] if len(names) == 1 else f"{len(names):,} files ({names[0]} to {names[-1]})"
        return replace(of_dataset(made), said=said)
    except (ValueError, OSError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"`{files[0]}` cannot be read: {error}") from None


def _held(folder):
    """Return the files of a folder, sorted; say so where some are of no known kind, or kinds are mixed."""
    found = sorted(p for p in Path(folder).rglob("*") if p.is_file() and not _hidden(p, folder))
    kinds: dict[str, list[str]] = {}
    for path in found:
        kinds.setdefault(FORMATS.get(path.suffix.lower(), ""), []).append(str(path))
    if not kinds.keys() - {""}:
        raise DataError(f"the folder `{folder}` holds no file of a known kind ({', '.join(FORMATS)}).")
    if len(kinds) > 1:
        shown = ", ".join(f"`{os.path.relpath(paths[0], folder)}`" for paths in kinds.values())
        ending = next(Path(paths[0]).suffix for kind, paths in kinds.items() if kind)
        raise DataError(
            f"the folder `{folder}` is read whole, and holds files of several kinds ({shown}). Say which: "
            f'`"{os.path.join(folder, "*" + ending)}"`.'
        )
    return [str(path) for path in found]


def _same_columns(fragments):
    """Say so unless each file has the columns of the first; missing ones would silently count as incomplete rows."""
    first = fragments[0].physical_schema.names
    for fragment in fragments[1:]:
        lacking = set(first) - set(fragment.physical_schema.names)
        if lacking:
            name = next(name for name in first if name in lacking)
            raise DataError(
                f"`{fragment.path}` has no column `{name}`, which `{fragments[0].path}` has; files that are read "
                "together have the same columns."
            )


def _hidden(path, folder):
    return any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)


def _files(path):
    """Return the files that a path or glob names, sorted."""
    if os.path.isfile(path):
        return [path]
    found = sorted(p for p in glob(path, recursive=True) if os.path.isfile(p)) if has_magic(path) else []
    if not found:
        what = "no file matches" if has_magic(path) else "no file or folder"
        raise DataError(f"{what} `{path}`; data are a DataFrame, or a path where there is one.")
    return found


def _format(files):
    """Return the format of files by their endings."""
    kinds = {FORMATS.get(os.path.splitext(file)[1].lower()) for file in files}
    if None in kinds or len(kinds) > 1:
        odd = next((f for f in files if FORMATS.get(os.path.splitext(f)[1].lower()) is None), files[-1])
        raise DataError(
            f"`{odd}` ends otherwise than files that can be read together: {', '.join(FORMATS)}, one kind at a time."
        )
    return kinds.pop()


def of_dataset(given: Any) -> FileSource:
    """Return the source of a pyarrow Dataset."""
    try:
        found = list(given.get_fragments())
    except ValueError:
        raise DataError(
            "a filtered Dataset cannot be read in pieces; give the Dataset itself, and the filter as `subset=`."
        ) from None
    text = frozenset(field.name for field in given.schema if str(field.type) in ("string", "large_string"))
    schema, parts, start, known = _coded(given.schema, text), [], 0, True
    for fragment in found:
        for piece in _pieces(fragment, text):
            parts.append(FileFragment(piece[0], schema, text, piece[1], start if known else 0))
            known = known and piece[1] is not None
            start += piece[1] or 0
    files = len({getattr(f, "path", i) for i, f in enumerate(found)})
    return FileSource(tuple(given.schema.names), tuple(parts), f"{files} file{'s' * (files > 1)}")


def _coded(schema, text):
    """Return a schema with text as codes."""
    import pyarrow

    for i, column in enumerate(schema):
        if column.name in text:
            schema = schema.set(i, column.with_type(pyarrow.dictionary(pyarrow.int32(), pyarrow.string())))
    return schema


def _pieces(fragment, text):
    """Yield the pieces of a fragment with their numbers of rows: row groups of Parquet files, text read as codes."""
    dataset = _dataset()
    if not isinstance(fragment, dataset.ParquetFileFragment):
        yield fragment, None
        return
    options = dataset.ParquetReadOptions(dictionary_columns=text)
    kind = dataset.ParquetFileFormat(read_options=options)
    again = kind.make_fragment(fragment.path, fragment.filesystem, fragment.partition_expression)
    groups, rows = [], 0
    for group in again.row_groups:
        groups.append(group.id)
        rows += group.num_rows
        if rows >= PIECE:
            yield again.subset(row_group_ids=groups), rows
            groups, rows = [], 0
    if groups:
        yield again.subset(row_group_ids=groups), rows
