"""One source of a command line -> one result; what cannot be read is a gap (P2, P3)."""

from __future__ import annotations

from datetime import date

from scanner.errors import FormatError, WorkerError
from scanner.faces.basis import Basis
from scanner.faces.sources import Source
from scanner.files import as_format_error
from scanner.judging import NOTHING, Given, judge_message, read_as, unread
from scanner.remote import RemoteScanner
from scanner.reports import Result


def judge(remote: RemoteScanner, source: Source, today: date, given: Given = NOTHING) -> Result:
    """Read and judge one source; what cannot be read or judged is a gap and asks for hold."""
    try:
        data = _bytes(source, remote.limits.file)
    except FormatError as error:
        return unread(source.path, error.message)
    return remote.judge(data, source.path, today, given)


def judge_on_basis(
    remote: RemoteScanner, source: Source, today: date, given: Given, basis: Basis
) -> Result:
    """Read and judge one source on a declared basis, and record it.

    The basis is asked for and recorded in this process: the other one may write nothing.
    Raises PolicyError when the basis does not hold, StoreError when it cannot be recorded.
    """
    try:
        data = _bytes(source, remote.limits.file)
        message = remote.call(read_as, len(data), data, source.path, given)
        override = basis.override(remote.pack(), message, remote.home)
        given_all = (message, source.path, today, given, override)
        result = remote.call(judge_message, len(data), *given_all)
    except (FormatError, WorkerError) as error:
        return unread(source.path, error.message)
    return basis.record(result, override, remote.home)


def open_bytes(source: Source, limit: int) -> bytes:
    """Return a source's bytes, at most limit of them. Raises FormatError with one sentence."""
    try:
        return source.read(limit)
    except (OSError, ValueError) as error:
        raise as_format_error(error) from None


def _bytes(source: Source, limit: int) -> bytes:
    if source.fault:
        raise FormatError(source.fault)
    return open_bytes(source, limit)
