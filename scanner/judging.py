"""Bytes -> one result; every fault becomes a gap, never an exception (P2, P3).

But for MemoryError: memory is a limit of the process, which names it and begins afresh.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from scanner.errors import FormatError, StudentXError
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


NOTHING = Given()


def judge_bytes(
    scanner: Scanner, data: bytes, path: str, today: date, given: Given = NOTHING
) -> Result:
    """Read and judge one document; what cannot be read or judged is a gap and asks for hold."""
    try:
        message = read_as(scanner, data, path, given)
    except FormatError as error:
        return unread(path, error.message)
    return judge_message(scanner, message, path, today, given)


def read_as(scanner: Scanner, data: bytes, path: str, given: Given) -> Message:
    """Read one document as what it is given for. Raises FormatError."""
    message = scanner.read(data, path)
    recipients = given.recipients or message.recipients
    return replace(message, recipients=recipients, record=given.record)


def judge_message(
    scanner: Scanner,
    message: Message,
    path: str,
    today: date,
    given: Given = NOTHING,
    override: Override | None = None,
) -> Result:
    """Judge one message that was read; what cannot be judged is a gap and asks for hold."""
    try:
        verdict = scanner.scan(message, today, override, given.style)
    except StudentXError as error:
        return unread(path, error.message)
    except MemoryError:
        raise
    except Exception as error:
        # The exception's own words may quote the message, so its type is all that is said.
        return unread(path, f"an internal fault ({type(error).__name__})")
    return Result(path, replace(message, gaps=verdict.gaps), verdict)


def unread(path: str, reason: str) -> Result:
    """Return the result of a document of which nothing could be read."""
    return Result(path, gaps=(Gap("document", reason),))
