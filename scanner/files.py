"""Files in and out: read whatever lies there (F1, F2), written whole or not at all (F5, P8)."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from scanner.errors import FormatError, StudentXError


def read_regular(path: str, limit: int, *, follow: bool) -> bytes:
    """Return the bytes of a regular file, at most limit of them.

    follow: whether a link may be read through. Raises OSError, or ValueError with one sentence
    when it is no regular file, is larger, or changed while it was read.
    """
    # O_NONBLOCK: opening a FIFO must not wait for a writer that never comes.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    if not follow:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise ValueError("it is not a regular file")
        if before.st_size > limit:
            raise ValueError(too_large(limit))
        data = limited(file.read(limit + 1), limit)
        after = os.fstat(descriptor)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ValueError("it changed while it was read; scan it again once it is saved")
    return data


def limited(data: bytes, limit: int) -> bytes:
    """Return the data; raises ValueError with one sentence when there is more than limit."""
    if len(data) > limit:
        raise ValueError(too_large(limit))
    return data


def too_large(limit: int) -> str:
    """Return the sentence about a file of more than limit bytes."""
    return f"it is larger than {limit // 1024 // 1024} MB, the most that is read"


def as_format_error(error: OSError | ValueError) -> FormatError:
    """Return one sentence, without the path, for a file that could not be read."""
    if isinstance(error, FileNotFoundError):
        return FormatError("there is no such file")
    if isinstance(error, PermissionError):
        return FormatError("you have no permission to read it")
    if isinstance(error, OSError):
        return FormatError(f"it cannot be opened ({error.strerror})")
    return FormatError(str(error))


def write_pieces(target: Path, pieces: Iterable[bytes], what: str) -> None:
    """Write pieces to a file as they come, but in one step for whoever reads it.

    what: how an error calls it. Raises StudentXError when the place cannot be written to; then
    nothing is left behind.
    """
    try:
        replace_whole(target, pieces)
    except OSError as error:
        raise StudentXError(
            f"{what} cannot be written ({error.strerror})",
            "name a file in a folder that exists and that you may write to",
        ) from None


def replace_whole(
    target: Path, pieces: Iterable[bytes], known: os.stat_result | None = None
) -> None:
    """Write a file in one step: temporary file beside it, fsync, rename.

    known: the file that is replaced, whose mode and owner are kept; else the owner alone may
    read the new one. Raises OSError, and then nothing is left behind.
    """
    # A fixed prefix: the temporary file's name must not carry the document's.
    descriptor, name = tempfile.mkstemp(prefix=".scan-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
            if known is not None:
                _keep(descriptor, known)
            file.flush()
            os.fsync(descriptor)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def make_private(folder: Path) -> None:
    """Make a folder that its owner alone can enter, unless it is there. Raises OSError."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)  # whatever the umask


def is_open_to_others(path: Path) -> bool:
    """Tell whether others can get at a file or folder of ours. Raises OSError.

    Where there are no mode bits the user's profile folder is private.
    """
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)


def _keep(descriptor: int, known: os.stat_result) -> None:
    made = os.fstat(descriptor)
    if hasattr(os, "fchown") and (made.st_uid, made.st_gid) != (known.st_uid, known.st_gid):
        os.fchown(descriptor, known.st_uid, known.st_gid)
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, stat.S_IMODE(known.st_mode))
