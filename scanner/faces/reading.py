"""One source -> one result; every fault becomes a gap, never an exception (P2, P3)."""

from __future__ import annotations

from datetime import date

from scanner.errors import FormatError
from scanner.faces.sources import Source
from scanner.files import as_format_error
from scanner.judging import judge_bytes, unread
from scanner.pipeline import Scanner
from scanner.reports import Result


def judge(scanner: Scanner, source: Source, today: date) -> Result:
    """Read and judge one source; what cannot be read or judged is a gap and asks for hold."""
    try:
        if source.fault:
            raise FormatError(source.fault)
        data = open_bytes(source)
    except FormatError as error:
        return unread(source.path, error.message)
    return judge_bytes(scanner, data, source.path, today)


def open_bytes(source: Source) -> bytes:
    """Return a source's bytes. Raises FormatError with one sentence."""
    try:
        return source.read()
    except (OSError, ValueError) as error:
        raise as_format_error(error) from None
