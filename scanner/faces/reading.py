"""One source of a command line -> one result; what cannot be read is a gap (P2, P3)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from scanner.errors import FormatError
from scanner.faces.basis import Basis
from scanner.faces.sources import Source
from scanner.files import as_format_error
from scanner.judging import NOTHING, Given, judge_bytes, judge_message, read_as, unread
from scanner.pipeline import Scanner
from scanner.reports import Result


def judge(scanner: Scanner, source: Source, today: date, given: Given = NOTHING) -> Result:
    """Read and judge one source; what cannot be read or judged is a gap and asks for hold."""
    try:
        data = _bytes(source)
    except FormatError as error:
        return unread(source.path, error.message)
    return judge_bytes(scanner, data, source.path, today, given)


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
        message = read_as(scanner, _bytes(source), source.path, given)
    except FormatError as error:
        return unread(source.path, error.message)
    override = basis.override(scanner.judge.pack, message, home)
    result = judge_message(scanner, message, source.path, today, given, override)
    return basis.record(result, override, home)


def open_bytes(source: Source) -> bytes:
    """Return a source's bytes. Raises FormatError with one sentence."""
    try:
        return source.read()
    except (OSError, ValueError) as error:
        raise as_format_error(error) from None


def _bytes(source: Source) -> bytes:
    if source.fault:
        raise FormatError(source.fault)
    return open_bytes(source)
