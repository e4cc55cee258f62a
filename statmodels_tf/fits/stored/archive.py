"""A zip archive of one JSON text and plain arrays, written to be read and read as if it were made to do harm.

Nothing in it is executed and nothing is unpacked to disk. A member is opened by name and once; what it claims to hold
is compared with what it holds before memory is taken for it, so that a small file cannot ask for much.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import DataError

CONTENT = "fit.json"
_ROOM, _RATIO = 2**24, 200
"""Bytes that any archive may expand to, and how many more for each byte of its own; deflate reaches 1032."""


def write_archive(path: str | Path, content: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write `content` as JSON and each array under its name; not compressed where it would expand too much."""
    members = {CONTENT: json.dumps(content, allow_nan=True, indent=1).encode()}
    for name, values in arrays.items():
        buffer = BytesIO()
        np.lib.format.write_array(buffer, np.ascontiguousarray(values), version=(1, 0), allow_pickle=False)
        members[f"{name}.npy"] = buffer.getvalue()
    try:
        for compression in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
            with zipfile.ZipFile(path, "w", compression) as archive:
                for name, data in members.items():
                    archive.writestr(name, data)
            if sum(map(len, members.values())) <= _limit(Path(path).stat().st_size):
                return
    except OSError as error:
        raise DataError(f"`{path}` cannot be written: {error.strerror or error}.") from None


def _limit(size: int) -> int:
    return _ROOM + _RATIO * size


class Archive:
    """The members of an open archive, each of them read once."""

    def __init__(self, archive: zipfile.ZipFile, size: int):
        self._archive, self._left = archive, {info.filename: info for info in archive.infolist()}
        total, limit = sum(info.file_size for info in self._left.values()), _limit(size)
        if total > limit:
            raise DataError(f"its {size:,} bytes expand to {total:,}, and no saved fit of that size has over {limit:,}")

    def content(self) -> dict[str, Any]:
        """Return the JSON text, read."""
        content = json.loads(self._member(CONTENT))
        if not isinstance(content, dict):
            raise DataError(f"its `{CONTENT}` is no mapping")
        return content

    def array(self, name: Any) -> np.ndarray:
        """Return an array of numbers or truth values with one or two axes, its header checked against its size."""
        data = self._member(f"{name}.npy")
        buffer = BytesIO(data)
        if np.lib.format.read_magic(buffer) != (1, 0):
            raise DataError(f"array `{name}` has a format that saved fits do not use")
        shape, by_columns, dtype = np.lib.format.read_array_header_1_0(buffer)
        left = len(data) - buffer.tell()
        if dtype.kind not in "iufb" or dtype.itemsize > 8:
            raise DataError(f"array `{name}` holds {dtype}, neither numbers nor truth values")
        if len(shape) not in (1, 2) or not all(0 <= side <= left for side in shape):
            raise DataError(f"array `{name}` claims the shape {shape}")
        if prod(shape) * dtype.itemsize != left:
            raise DataError(f"array `{name}` claims {prod(shape) * dtype.itemsize:,} bytes and has {left:,}")
        values = np.frombuffer(data, dtype, offset=buffer.tell()).reshape(shape, order="F" if by_columns else "C")
        return values.astype(dtype.newbyteorder("="))

    def _member(self, name: str) -> bytes:
        if name not in self._left:
            raise DataError(f"it has no member `{name}`, or uses it twice")
        info = self._left.pop(name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
            raise DataError(f"its member `{name}` is packed in a way that saved fits are not")
        with self._archive.open(info) as file:
            # Asking for so many bytes keeps a member that lies about its size from being expanded whole.
            data = file.read(info.file_size)
        if len(data) != info.file_size:
            raise DataError(f"its member `{name}` is cut short")
        return data
