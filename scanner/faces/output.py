"""Writing a copy: whole or not at all, readable by its owner alone (F5, P8)."""

from __future__ import annotations

import sys
from pathlib import Path

from scanner.faces.sources import STANDARD_INPUT
from scanner.files import write_pieces


def write_whole(output: str, data: bytes) -> None:
    """Write data to a file in one step (temporary file, fsync, rename), or to standard output.

    Raises StudentXError when the place cannot be written to; then nothing is left behind.
    """
    if output == STANDARD_INPUT:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    write_pieces(Path(output), [data], "the copy")
