"""One document -> one result; every fault becomes a gap, never an exception (P2, P3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from scanner.errors import FormatError, StudentXError
from scanner.faces.sources import Source
from scanner.model import Gap
from scanner.pipeline import Scanner, Style
from scanner.reports import Result


def judge(scanner: Scanner, source: Source, today: date, style: Style = "initials") -> Result:
    """Read and judge one source; what cannot be read or judged is a gap and asks for hold.

    style: of the copy for which the verdict tells who it could still be.
    """
    try:
        message = scanner.read(_bytes(source), source.path)
    except FormatError as error:
        return _unread(source, error.message)
    try:
        verdict = scanner.scan(message, today, style)
    except StudentXError as error:
        return _unread(source, error.message)
    except Exception as error:
        # The exception's own words may quote the message, so its type is all that is said.
        return _unread(source, f"an internal fault ({type(error).__name__})")
    return Result(source.path, replace(message, gaps=verdict.gaps), verdict)


def _bytes(source: Source) -> bytes:
    if source.fault:
        raise FormatError(source.fault)
    return open_bytes(source)


def open_bytes(source: Source) -> bytes:
    """Return a source's bytes. Raises FormatError with one sentence."""
    try:
        return source.read()
    except FileNotFoundError:
        raise FormatError("there is no such file") from None
    except PermissionError:
        raise FormatError("you have no permission to read it") from None
    except ValueError as error:
        raise FormatError(str(error)) from None
    except OSError as error:
        raise FormatError(f"it cannot be opened ({error.strerror})") from None


def _unread(source: Source, reason: str) -> Result:
    return Result(source.path, gaps=(Gap("document", reason),))
