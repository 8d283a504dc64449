"""The formats: bytes <-> Message. The room that reads a file also writes its copy.

A module here that has ``SUFFIXES``, ``claims``, ``read`` and ``write`` is a format; the room
finds it by itself.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import PurePosixPath
from typing import Protocol, cast, runtime_checkable

from scanner.errors import FormatError, RewriteError
from scanner.formats.cuts import Cuts
from scanner.formats.splice import Reading
from scanner.model import Edit, Message

__all__ = ["MAX_SIZE", "Cuts", "cut", "formats", "read", "suffixes", "write"]

MAX_SIZE = 50 * 1024 * 1024  # bytes of one file


class Format(Protocol):
    """What a module has to have to be a format."""

    SUFFIXES: tuple[str, ...]

    def claims(self, data: bytes, suffix: str) -> bool:
        """Tell whether a file of that suffix and content is of this format."""
        ...

    def read(self, data: bytes, name: str) -> Reading:
        """Read a file; raises FormatError."""
        ...

    def write(self, data: bytes, name: str, edits: Sequence[Edit]) -> bytes:
        """Write edits into a copy; raises RewriteError."""
        ...


@runtime_checkable
class Cutting(Protocol):
    """What a format has that can take whole pieces out."""

    def cut(self, data: bytes, name: str, wanted: Cuts) -> bytes:
        """Take pieces out of a copy; raises RewriteError."""
        ...


@cache
def formats() -> tuple[Format, ...]:
    """Return every format of the room, in the order of their names."""
    modules = (import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    wanted = ("SUFFIXES", "claims", "read", "write")
    return tuple(cast(Format, m) for m in modules if all(hasattr(m, name) for name in wanted))


def suffixes() -> frozenset[str]:
    """Return the suffixes of all files that can be read, such as ".eml"."""
    return frozenset(suffix for known in formats() for suffix in known.SUFFIXES)


def read(data: bytes, name: str) -> Message:
    """Read a file into a message; what could be read only in part becomes gaps.

    name: the path as given, "-" for standard input. Raises FormatError when nothing can be
    read: an empty file, binary rubbish, an unknown format, more than 50 MB.
    """
    return _format(data, name).read(data, name).message


def write(data: bytes, name: str, edits: Sequence[Edit]) -> bytes:
    """Return a copy with the edits of ``read(data, name)`` spliced in.

    Every byte outside the edits stays; without edits the copy equals data. Raises
    RewriteError when no faithful copy can be written (signed or encrypted mail, a charset
    that cannot hold the replacement), FormatError as read does.
    """
    return _format(data, name).write(data, name, edits)


def cut(data: bytes, name: str, cuts: Cuts) -> bytes:
    """Return a copy without some recipients, the quoted history or some attachments.

    Every other byte stays. Raises RewriteError when that cannot be done faithfully (signed or
    encrypted mail, nobody left to receive it, no mail at all), FormatError as read does.
    """
    if not cuts:
        return data
    known = _format(data, name)
    if not isinstance(known, Cutting):
        raise RewriteError("only a mail has recipients, quoted history and attachments")
    return known.cut(data, name, cuts)


def _format(data: bytes, name: str) -> Format:
    if len(data) > MAX_SIZE:
        raise FormatError("the file is larger than 50 MB", "send a smaller file")
    if not data.strip():
        raise FormatError("the file is empty", "nothing can be scanned in it")
    suffix = "" if name == "-" else PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if " " in suffix or suffix[1:].isdigit():  # "v. 2", "minutes 3.11" have no suffix
        suffix = ""
    for known in formats():
        if known.claims(data, suffix):
            return known
    listed = " ".join(sorted(suffixes()))
    if suffix in suffixes():
        raise FormatError(
            f"the file is named {suffix} and holds something else", f"formats read: {listed}"
        )
    raise FormatError("files of this kind cannot be read yet", f"formats read: {listed}")
