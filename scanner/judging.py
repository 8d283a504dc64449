"""Bytes -> one result; every fault becomes a gap, never an exception (P2, P3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from scanner.errors import FormatError, StudentXError
from scanner.model import Gap
from scanner.pipeline import Scanner
from scanner.reports import Result


def judge_bytes(scanner: Scanner, data: bytes, path: str, today: date) -> Result:
    """Read and judge one document; what cannot be read or judged is a gap and asks for hold."""
    try:
        message = scanner.read(data, path)
    except FormatError as error:
        return unread(path, error.message)
    try:
        verdict = scanner.scan(message, today)
    except StudentXError as error:
        return unread(path, error.message)
    except Exception as error:
        # The exception's own words may quote the message, so its type is all that is said.
        return unread(path, f"an internal fault ({type(error).__name__})")
    return Result(path, replace(message, gaps=verdict.gaps), verdict)


def unread(path: str, reason: str) -> Result:
    """Return the result of a document of which nothing could be read."""
    return Result(path, gaps=(Gap("document", reason),))
