"""Writing a copy: whole or not at all, readable by its owner alone (F5, P8)."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from scanner.errors import StudentXError
from scanner.faces.sources import STANDARD_INPUT


def write_whole(output: str, data: bytes) -> None:
    """Write data to a file in one step (temporary file, fsync, rename), or to standard output.

    Raises StudentXError when the place cannot be written to; then nothing is left behind.
    """
    if output == STANDARD_INPUT:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    target = Path(output)
    try:
        _replace(target, data)
    except OSError as error:
        raise StudentXError(
            f"the copy cannot be written ({error.strerror})",
            "name a file in a folder that exists and that you may write to",
        ) from None


def _replace(target: Path, data: bytes) -> None:
    # A fixed prefix: the temporary file's name must not carry the document's.
    descriptor, name = tempfile.mkstemp(prefix=".scan-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
