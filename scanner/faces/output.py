"""Writing a copy: whole or not at all, readable by its owner alone (F5, P8)."""

from __future__ import annotations

import sys
from pathlib import Path

from scanner.errors import StudentXError
from scanner.faces.sources import STANDARD_INPUT
from scanner.files import replace_whole, write_pieces


def write_whole(output: str, data: bytes) -> None:
    """Write data to a file in one step (temporary file, fsync, rename), or to standard output.

    Raises StudentXError when the place cannot be written to; then nothing is left behind.
    """
    if output == STANDARD_INPUT:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    write_pieces(Path(output), [data], "the copy")


def replace_in_place(path: str, data: bytes, *, expected: bytes) -> None:
    """Put data in place of a file's content in one step, its mode and owner kept.

    expected: what was read from it. Raises StudentXError, the file untouched, when somebody
    wrote to it since, when it may not be written to, or when it has a second name (F5).
    """
    target = Path(path).resolve()  # a link stays a link
    try:
        known = target.stat()
        if not known.st_mode & 0o222:
            raise StudentXError("the file is read-only", "name another file with -o")
        if known.st_nlink > 1:
            raise StudentXError("the file has a second name", "name another file with -o")
        if target.read_bytes() != expected:
            raise StudentXError("the file was changed meanwhile", "scan it again")
        replace_whole(target, [data], known)
    except OSError as error:
        raise StudentXError(
            f"the file cannot be changed ({error.strerror})", "name another file with -o"
        ) from None


def same_file(path: str, other: str) -> bool:
    """Tell whether two paths lead to one file."""
    first, second = Path(path), Path(other)
    return first.exists() and second.exists() and first.samefile(second)
