"""The formats: bytes <-> Message. The room that reads a file also writes its copy.

A module here that has ``SUFFIXES``, ``claims`` and ``read`` is a format; the room finds it
by itself. How a copy is written lies in the Reading that ``read`` returns.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import PurePosixPath
from typing import Protocol, cast, runtime_checkable

from scanner.errors import FormatError, RewriteError, StudentXError
from scanner.formats import kinds
from scanner.formats.cuts import Cuts
from scanner.formats.limits import MEGABYTE, Limits
from scanner.formats.nesting import Context
from scanner.formats.splice import Reading, rewrite
from scanner.model import Edit, Message

__all__ = ["Cuts", "Limits", "cut", "formats", "read", "suffixes", "write"]

# A mail in a Maildir: time, what makes it unique, host, flags; its dots begin no suffix.
_MAILDIR = re.compile(r"\d{4,}\.(?=\w*\d)[\w=+-]+\.[^/\\]+")


class Format(Protocol):
    """What a module has to have to be a format."""

    SUFFIXES: tuple[str, ...]

    def claims(self, data: bytes, suffix: str) -> int:
        """Tell how surely a file is of this format: a claim of kinds, or kinds.NOT."""
        ...

    def read(self, data: bytes, name: str, context: Context) -> Reading:
        """Read a file; raises FormatError."""
        ...


@runtime_checkable
class Cutting(Protocol):
    """What a format has that can take whole pieces out."""

    def cut(self, data: bytes, name: str, wanted: Cuts, context: Context) -> bytes:
        """Take pieces out of a copy; raises RewriteError."""
        ...


@cache
def formats() -> tuple[Format, ...]:
    """Return every format of the room, in the order of their names."""
    modules = (import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    wanted = ("SUFFIXES", "claims", "read")
    return tuple(cast(Format, m) for m in modules if all(hasattr(m, name) for name in wanted))


def suffixes() -> frozenset[str]:
    """Return the suffixes of all files that can be read, such as ".eml"."""
    return frozenset(suffix for known in formats() for suffix in known.SUFFIXES)


def read(data: bytes, name: str, limits: Limits | None = None) -> Message:
    """Read a file into a message; what could be read only in part becomes gaps.

    name: the path as given, "-" for standard input. The content decides what a file is, its
    name only between formats without a mark of their own. Raises FormatError when nothing
    can be read: an empty file, an unknown or damaged one, a file that is two formats, more
    than limits.file bytes.
    """
    return _open(data, name, Context(_open, limits or Limits())).message


def write(data: bytes, name: str, edits: Sequence[Edit], limits: Limits | None = None) -> bytes:
    """Return a copy with the edits of ``read(data, name)`` written in.

    Without edits the copy equals data; else only what was edited changes (docs/formats.md
    says what more for each format). Raises RewriteError when no faithful copy can be
    written (signed or encrypted, a charset that cannot hold the replacement), FormatError
    as read does.
    """
    context = Context(_open, limits or Limits())
    with _quiet(RewriteError):
        return rewrite(data, edits, lambda changed: _open(changed, name, context.fresh()))


def cut(data: bytes, name: str, cuts: Cuts, limits: Limits | None = None) -> bytes:
    """Return a copy without some recipients, the quoted history or some attachments.

    Every other byte stays. Raises RewriteError when that cannot be done faithfully (signed or
    encrypted mail, nobody left to receive it, no mail at all), FormatError as read does.
    """
    if not cuts:
        return data
    context = Context(_open, limits or Limits())
    known = _format(data, name, context.limits)
    if not isinstance(known, Cutting):
        raise RewriteError("only a mail has recipients, quoted history and attachments")
    with _quiet(RewriteError):
        return known.cut(data, name, cuts, context)


def _open(data: bytes, name: str, context: Context) -> Reading:
    """Read a file, also one inside another; a fault of ours makes it unread, not the whole."""
    known = _format(data, name, context.limits)
    with _quiet(FormatError):
        return known.read(data, name, context)


@contextmanager
def _quiet(refusal: type[StudentXError]) -> Iterator[None]:
    """Turn a fault of ours into a refusal, for its own words may quote the file."""
    try:
        yield
    except (StudentXError, MemoryError):  # memory is a limit of the process, which names it
        raise
    except Exception as error:
        raise refusal(f"an internal fault ({type(error).__name__})") from None


def _format(data: bytes, name: str, limits: Limits) -> Format:
    if len(data) > limits.file:
        raise FormatError(
            f"the file is larger than {limits.file // MEGABYTE} MB", "send a smaller file"
        )
    if not data.strip():
        raise FormatError("the file is empty", "nothing can be scanned in it")
    suffix = "" if name == "-" else PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if " " in suffix or suffix[1:].isdigit():  # "v. 2", "minutes 3.11" have no suffix
        suffix = ""
    if suffix not in suffixes() and _MAILDIR.fullmatch(PurePosixPath(name).name):
        suffix = ""
    claims = [(known.claims(data, suffix), known) for known in formats()]
    best = max(claim for claim, _ in claims)
    claimants = [known for claim, known in claims if claim == best]
    if best == kinds.SIGNATURE and len(claimants) > 1:
        raise FormatError(
            "the file is of two formats at once", "ask for it in one of them: readers differ"
        )
    if best > kinds.NOT:
        return claimants[0]
    if reason := kinds.unreadable(data):
        raise FormatError(reason)
    listed = " ".join(sorted(suffixes()))
    if suffix in suffixes():
        raise FormatError(
            f"the file is named {suffix} and holds something else", f"formats read: {listed}"
        )
    raise FormatError("files of this kind cannot be read yet", f"formats read: {listed}")
