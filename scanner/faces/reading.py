"""One document -> one result; every fault becomes a gap, never an exception (P2, P3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from scanner.errors import FormatError, StudentXError
from scanner.faces.basis import Basis
from scanner.faces.sources import Source
from scanner.model import Gap, Message, Override, Recipient
from scanner.pipeline import Scanner, Style
from scanner.reports import Result


@dataclass(frozen=True, slots=True)
class Given:
    """What is said of a message that its bytes do not tell.

    recipients: judged as if it were sent to them, in place of its own; record: judged as a
    record of a meeting too, wherever it lies; style: of the copy for which the verdict tells
    who it could still be.
    """

    recipients: tuple[Recipient, ...] = ()
    record: bool = False
    style: Style = "initials"


def judge(scanner: Scanner, source: Source, today: date, given: Given = Given()) -> Result:
    """Read and judge one source; what cannot be read or judged is a gap and asks for hold."""
    try:
        message = _message(scanner, source, given)
    except FormatError as error:
        return _unread(source, error.message)
    return _judged(scanner, source, message, today, given.style)


def judge_on_basis(
    scanner: Scanner,
    source: Source,
    today: date,
    given: Given,
    basis: Basis,
    home: Path,
) -> Result:
    """Read and judge one source on a declared basis, and record it.

    Raises PolicyError when the basis does not hold, StoreError when it cannot be recorded.
    """
    try:
        message = _message(scanner, source, given)
    except FormatError as error:
        return _unread(source, error.message)
    override = basis.override(scanner.judge.pack, message, home)
    result = _judged(scanner, source, message, today, given.style, override)
    return basis.record(result, override, home)


def _message(scanner: Scanner, source: Source, given: Given) -> Message:
    message = scanner.read(_bytes(source), source.path)
    recipients = given.recipients or message.recipients
    return replace(message, recipients=recipients, record=given.record)


def _judged(
    scanner: Scanner,
    source: Source,
    message: Message,
    today: date,
    style: Style,
    override: Override | None = None,
) -> Result:
    try:
        verdict = scanner.scan(message, today, override, style)
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
